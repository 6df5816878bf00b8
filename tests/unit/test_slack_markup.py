"""What people write in Slack stays words: it calls nobody, becomes no link and breaks nothing around it."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bots.slack.showing.elements import plain_text, quoted
from bots.slack.showing.markup import (
    MARKDOWN,
    MRKDWN,
    cut,
    markdown,
    mrkdwn,
    one_line,
    person,
    plain,
    shortened,
    spoken,
    tidy,
    web_address,
)

JOINER = "\u2060"

# What was written, and words of it that a reader must still be able to read.
HOSTILE = {
    "everybody in the channel": ("<!channel> read this", "channel"),
    "everybody online": ("please <!here> now", "here"),
    "everybody at all": ("<!everyone>", "everyone"),
    "everybody, with a label": ("<!channel|@channel> hello", "hello"),
    "a group": ("<!subteam^S0123ABCD|@advisers> help", "advisers"),
    "a person": ("ask <@U0123ABCD>", "U0123ABCD"),
    "a person of another workspace": ("ask <@W0123ABCD|the head>", "the head"),
    "a channel": ("see <#C0123ABCD|general>", "general"),
    "a date that Slack fills in": ("<!date^1392734382^{date}^https://evil.example/|today>", "today"),
    "names that Slack looks for": ("@channel @here @everyone", "everyone"),
    "a name in an address": ("mail@here.example", "mail"),
    "a link": ("<http://evil.example|your school>", "your school"),
    "a bare link": ("<https://evil.example>", "evil"),
    "a link by mail": ("<mailto:head@school.example|write>", "write"),
    "an address to write to": ("head@school.example", "school"),
    "an address": ("go to https://evil.example/a?b=c&d=e#f now", "now"),
    "an address without a scheme": ("www.evil.example", "www"),
    "a bare domain": ("evil.example.co.uk/login", "login"),
    "a domain in other letters": ("log in at http://xn--80ak6aa92e.com/", "xn--80ak6aa92e"),
    "a Markdown link": ("[official letter](https://evil.example)", "official letter"),
    "a Markdown link to a script": ("[click](javascript:alert(1))", "click"),
    "a script": ("javascript:alert(document.cookie)", "alert"),
    "data as an address": ("data:text/html;base64,PHNjcmlwdD4=", "base64"),
    "a Markdown picture": ("![a](https://evil.example/pixel.png)", "pixel"),
    "a reference link": ("[1]: https://evil.example", "[1]"),
    "a use of a reference": ("[words][1] and [1]", "words"),
    "an autolink": ("<ftp://evil.example/file>", "file"),
    "strong words": ("*must* and **must** and __must__", "must"),
    "slanted words": ("_should_ and *may*", "should"),
    "struck words": ("~must~ and ~~must~~ not", "must"),
    "code": ("`must` and ``may``", "may"),
    "a block of code": ("```\nrm -rf\n```", "rm -rf"),
    "an unclosed block of code": ("``` the rest is code", "the rest is code"),
    "a quote": ("> the head said so", "the head said so"),
    "a quote of many lines": (">>> all of this\nand this", "and this"),
    "an escaped quote": ("&gt; quoted", "quoted"),
    "a heading": ("# Ruling of the court", "Ruling of the court"),
    "a heading below": ("Ruling\n======", "Ruling"),
    "another heading below": ("Ruling\n---", "Ruling"),
    "a rule": ("---", "-"),
    "a list": ("- one\n- two\n* three\n+ four", "three"),
    "a numbered list": ("1. one\n2) two", "two"),
    "a task": ("- [x] told the parents", "told the parents"),
    "a table": ("| a | b |\n|---|---|\n| 1 | 2 |", "b"),
    "HTML": ("<b>must</b><script>alert(1)</script><img src=x onerror=alert(1)>", "must"),
    "an HTML comment": ("<!-- hidden --> seen", "seen"),
    "escaped calls": ("&lt;!channel&gt; and &lt;@U0123ABCD&gt;", "U0123ABCD"),
    "twice escaped calls": ("&amp;lt;!channel&amp;gt;", "channel"),
    "numbered entities": ("&#60;!channel&#62; &#x3c;!here&#x3e;", "channel"),
    "an emoji code": (":rotating_light: fire", "fire"),
    "emoji codes in a row": (":a::b::skin-tone-2:", "skin-tone-2"),
    "text turned round": ("pay \u202e000,1\u202c pounds", "000,1"),
    "isolated text": ("\u2067turned\u2069", "turned"),
    "marks of direction": ("\u200fleft\u200e", "left"),
    "a call with nothing in it": ("<\u200b!channel>", "channel"),
    "a call with joiners in it": ("<\u2060!here> <\u200d@U0123ABCD>", "U0123ABCD"),
    "a soft hyphen": ("<!chan\u00adnel>", "channel"),
    "a byte order mark": ("\ufeff<!channel>", "channel"),
    "a bell and a backspace": ("a\x07b\x08c", "abc"),
    "half a character": ("broken \ud83d here", "broken"),
    "hidden tags": ("plain\U000e0041\U000e0042", "plain"),
    "other ends of lines": ("one\u2028two\rthree\x0bfour", "four"),
    "backslashes": ("\\*not strong\\* \\[no link\\](https://evil.example)", "not strong"),
    "brackets that do not close": ("<!channel [a](", "channel"),
    "nested brackets": ("<<!channel>> <a <@U0123ABCD> b>", "channel"),
    "less and more": ("under 5 < 6 and 7 > 3", "under 5"),
    "a citation that is not ours": ("it says so [1][2]", "[1]"),
}
CASES = [pytest.param(text, words, id=name) for name, (text, words) in HOSTILE.items()]
LOOK_ALIKE = str.maketrans({"∗": "*", "ˍ": "_", "∼": "~", "ˋ": "`", "‹": "<", "›": ">", "¦": "|"})

_FOUND_BY_SLACK = [
    re.compile(r"[a-z][a-z0-9+.-]*:(?://|[a-z0-9])", re.IGNORECASE),  # addresses and scripts
    re.compile(r"\w@\w|@\w"),  # people and addresses
    re.compile(r"[a-z0-9-]\.[a-z]{2}", re.IGNORECASE),  # domains
    re.compile(r":[\w+'-]+:"),  # emoji
    re.compile(r"(?<!\w)#\w"),  # channels
]
_LIVE = re.compile(r"<[!@#a-z/][^<>]*>", re.IGNORECASE)


def read(shown: str) -> str:
    """What a person reads: without the joiners that nobody sees, and look-alikes taken for what they look like."""
    return " ".join(shown.replace(JOINER, "").translate(LOOK_ALIKE).split())


def finds_nothing(shown: str) -> bool:
    return not any(pattern.search(shown) for pattern in _FOUND_BY_SLACK)


def read_as_markdown(text: str) -> tuple[set[str], str]:
    """How another reader of Markdown takes it, tables and all: the kinds of its pieces, and the words shown."""
    pieces = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    inner = [piece for block in pieces for piece in block.children or []]
    return {piece.type for piece in (*pieces, *inner)}, "".join(piece.content for piece in inner)


def test_forty_hostile_strings_and_more_are_tried() -> None:
    assert len(HOSTILE) >= 40


@pytest.mark.parametrize(("text", "words"), CASES)
class TestHostileWords:
    def test_in_the_markup_of_slack_they_stay_words(self, text: str, words: str) -> None:
        shown = mrkdwn(text)
        assert "<" not in shown
        assert ">" not in shown
        assert not re.search(r"&(?!amp;|lt;|gt;)", shown)
        assert not re.search(r"[*_~`\n]", shown)
        assert not shown.startswith("&gt;")
        assert finds_nothing(unescape(shown))
        assert words in read(unescape(shown))

    def test_in_markdown_they_stay_words_of_one_paragraph(self, text: str, words: str) -> None:
        shown = markdown(text)
        kinds, seen = read_as_markdown(shown)
        assert kinds <= {"paragraph_open", "inline", "paragraph_close", "text", "text_special"}
        assert not _LIVE.search(shown)
        assert finds_nothing(seen)
        assert words in read(seen)

    def test_in_a_list_of_markdown_they_stay_words_of_their_item(self, text: str, words: str) -> None:
        kinds, seen = read_as_markdown(f"- **Must**: {markdown(text)} [1]\n- the next one [2]")
        assert kinds <= {
            *("bullet_list_open", "list_item_open", "paragraph_open", "inline", "text", "text_special"),
            *("paragraph_close", "list_item_close", "bullet_list_close", "strong_open", "strong_close"),
        }
        assert seen.endswith("the next one [2]")
        assert words in read(seen)

    def test_as_plain_text_they_are_shown_as_they_are(self, text: str, words: str) -> None:
        shown = plain_text(text)
        assert shown["emoji"] is False
        assert not _LIVE.search(shown["text"])
        assert finds_nothing(shown["text"])
        assert words in read(shown["text"])

    def test_quoted_they_are_one_piece_of_text(self, text: str, words: str) -> None:
        block = quoted(text)
        [quote] = block["elements"]
        [piece] = quote["elements"]
        assert (block["type"], quote["type"], piece["type"]) == ("rich_text", "rich_text_quote", "text")
        assert set(piece) == {"type", "text"}
        assert not _LIVE.search(piece["text"])
        assert words in read(piece["text"])

    def test_in_a_notification_they_call_nobody(self, text: str, words: str) -> None:
        shown = spoken(text)
        assert "<" not in shown
        assert finds_nothing(unescape(shown))
        assert words in read(unescape(shown))

    def test_as_the_words_of_a_link_they_do_not_break_it(self, text: str, words: str) -> None:
        there = "https://www.legislation.gov.uk/ukpga/2002/32"
        link = MRKDWN.link(there, text)
        assert re.fullmatch(r"<https://www\.legislation\.gov\.uk/ukpga/2002/32\|[^<>|]*>", link)
        kinds, seen = read_as_markdown(MARKDOWN.link(there, text))
        assert "link_open" in kinds
        assert words in read(seen)

    def test_as_an_address_they_are_no_link(self, text: str, words: str) -> None:
        assert web_address(text) is None
        assert MARKDOWN.link(text, words) == markdown(words)
        assert MRKDWN.link(text, words) == mrkdwn(words)


@pytest.mark.parametrize("escape", [mrkdwn, markdown, spoken])
@given(text=st.text(alphabet=st.characters() | st.sampled_from("<>!@#|&;*_~`[]()\\:/.-+=\n\u200b\u2060"), max_size=60))
def test_whatever_is_written_stays_a_line_without_live_markup(escape: Callable[[str], str], text: str) -> None:
    shown = escape(text)
    assert "\n" not in shown
    assert not _LIVE.search(shown)
    assert finds_nothing(unescape(shown) if escape is not markdown else shown)
    shown.encode()
    if escape is markdown:
        kinds, _ = read_as_markdown(f"words {shown}")
        assert kinds <= {"paragraph_open", "inline", "paragraph_close", "text", "text_special"}


@given(text=st.text(max_size=80))
def test_nothing_that_can_be_seen_is_lost(text: str) -> None:
    assert read(plain(text)) == read(tidy(text))
    assert read(unescape(mrkdwn(text))) == read(one_line(text)) or "&" in text


def test_lines_of_what_a_person_wrote_stay_lines_when_it_is_quoted() -> None:
    assert plain("He was sent home.\r\nNo letter came.") == "He was sent home.\nNo letter came."


def test_a_name_in_arabic_or_hindi_keeps_the_joiners_it_is_written_with() -> None:
    assert plain("نام من می\u200cآید") == "نام من می\u200cآید"
    assert plain("क\u094dष\u200d") == "क\u094dष"


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "javascript:alert(1)",
        "ftp://school.example/letter",
        "mailto:head@school.example",
        "//school.example",
        "school.example",
        "https://",
        "https://gov.uk@evil.example/",
        "http://[broken",
        "https://school.example/\u202ecod.exe",
        "https://school.example/" + "a" * 3000,
    ],
)
def test_only_addresses_of_the_web_become_links(address: str | None) -> None:
    assert web_address(address) is None


def test_an_address_cannot_end_its_link_early() -> None:
    address = web_address("https://school.example/a|b>c)d e")
    assert address == "https://school.example/a%7Cb%3Ec%29d%20e"


def test_a_person_is_named_only_by_an_id_of_slack() -> None:
    assert person("U0123ABCD") == "<@U0123ABCD>"
    for other in (None, "", "here", "!channel", "u0123", "U0123ABCD> <!channel"):
        assert person(other) is None


class TestCutting:
    TEXT = "The governing board must meet within 15 school days. [1][2] It may ask for more. [12] " * 40

    @pytest.mark.parametrize("most", [60, 61, 75, 100, 333, 3000])
    def test_citations_stay_with_their_words_and_none_is_lost(self, most: int) -> None:
        pieces = cut(self.TEXT, most)
        assert all(0 < len(piece) <= most for piece in pieces)
        assert " ".join(pieces).split() == self.TEXT.split()
        assert all(not re.match(r"\[\d|\]|\d+\]", piece) for piece in pieces)
        assert all(not re.search(r"\[\d*$", piece) for piece in pieces)

    def test_links_and_escapes_stay_whole(self) -> None:
        text = "See [the guidance](https://www.gov.uk/government/publications/school-exclusion) \\*here\\* &amp; " * 20
        for piece in cut(text, 120):
            assert piece.count("[the guidance](") == piece.count("school-exclusion)")
            assert not piece.endswith("\\")
            assert not re.search(r"&[a-z]*$", piece)

    def test_a_word_without_end_is_cut_all_the_same(self) -> None:
        assert cut("a" * 250, 100) == ["a" * 100, "a" * 100, "a" * 50]

    def test_a_short_text_stays_as_it_is(self) -> None:
        assert cut("Short. [1]", 100) == ["Short. [1]"]
        assert cut("  ", 100) == []
        assert shortened("Short.", 100) == "Short."

    def test_what_is_shortened_says_so(self) -> None:
        short = shortened(self.TEXT, 100)
        assert len(short) <= 100
        assert short.endswith(" …")

    @given(text=st.text(alphabet="ab .[1]\\&;\n*", max_size=300), most=st.integers(min_value=10, max_value=80))
    def test_nothing_is_lost_whatever_is_cut(self, text: str, most: int) -> None:
        pieces = cut(text, most)
        assert "".join("".join(pieces).split()) == "".join(text.split())
        assert all(len(piece) <= most for piece in pieces)

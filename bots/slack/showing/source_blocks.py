"""The sources of an answer in drawers to open: what each says, where it stands, since when, and the official text."""

from collections.abc import Iterable, Iterator, Sequence

from assistant.model import Citation
from assistant.sources import Tier, Verification
from bots.rendering import TIER_IN_WORDS, VERIFIED_IN_WORDS, day_in_words, in_force_in_words
from bots.slack.showing import limits, messages
from bots.slack.showing.elements import marked_up, section
from bots.slack.showing.limits import Block, Part
from bots.slack.showing.markup import MRKDWN, SPOKEN, cut, mrkdwn, web_address

_OFFICIAL = {Tier.ACT, Tier.REGULATIONS, Tier.CASE_LAW, Tier.STATUTORY_GUIDANCE, Tier.STATISTICS, Tier.PROPOSAL}
_DRAWER_WEIGHT = limits.MESSAGE_WEIGHT // 2  # so that a drawer shares a message with other blocks
_SECTIONS_TOGETHER = 3
_QUOTE_PIECE = 2_500  # characters; with its sign for each line it stays under those of a section


def source_parts(citations: Sequence[Citation]) -> list[Part]:
    """Every source once, in its order, in as few drawers as fit; none is torn that fits into a drawer."""
    return [_drawer(each) for each in _drawersful(citations)]


def _drawersful(citations: Iterable[Citation]) -> Iterator[list[tuple[Citation, list[Block]]]]:
    held: list[tuple[Citation, list[Block]]] = []
    for citation, blocks in _pieces(citations):
        together = [block for _, each in held for block in each] + blocks
        if held and (len(together) > limits.CONTAINER_CHILDREN or limits.weight(together) > _DRAWER_WEIGHT):
            yield held
            held = []
        held.append((citation, blocks))
    if held:
        yield held


def _pieces(citations: Iterable[Citation]) -> Iterator[tuple[Citation, list[Block]]]:
    """Each source in one piece, or in several where it alone is longer than a message holds."""
    for citation in citations:
        blocks = _source(citation)
        for start in range(0, len(blocks), _SECTIONS_TOGETHER):
            yield citation, blocks[start : start + _SECTIONS_TOGETHER]


def _drawer(held: Sequence[tuple[Citation, list[Block]]]) -> Part:
    numbers = [citation.n for citation, _ in held]
    which = f"[{numbers[0]}]" if len(numbers) == 1 else f"[{numbers[0]}] to [{numbers[-1]}]"
    drawer: Block = {
        "type": "container",
        "title": {"type": "plain_text", "text": f"{messages.SOURCES} {which}", "emoji": False},
        "subtitle": {"type": "plain_text", "text": messages.SOURCES_SAY, "emoji": False},
        "is_collapsible": True,
        "default_collapsed": True,
        "child_blocks": [block for _, blocks in held for block in blocks],
    }
    places = {citation.n: _place(citation) for citation, _ in held}
    names = "; ".join(f"[{n}] {SPOKEN.words(place)}" for n, place in places.items())
    return Part(blocks=(drawer,), spoken=f"{messages.SOURCES}: {names}.")


def _source(citation: Citation) -> list[Block]:
    """One source as blocks: nearly always one, more where what it says is longer than a block holds."""
    heading = f"*[{citation.n}] {mrkdwn(_place(citation))}*"
    facts = "\n".join(_facts(citation))
    quotes = [f"> {piece}" for piece in cut(mrkdwn(citation.quote), _QUOTE_PIECE)]
    texts: list[str] = []
    for line in (heading, *quotes, *cut(facts, _QUOTE_PIECE)):
        if texts and len(texts[-1]) + 1 + len(line) <= limits.SECTION_TEXT:
            texts[-1] = f"{texts[-1]}\n{line}"
        else:
            texts.append(line)
    return [section(marked_up(text), expand=True) for text in texts]


def _facts(citation: Citation) -> Iterator[str]:
    checked = f"checked {day_in_words(citation.checked_on)}, {VERIFIED_IN_WORDS[citation.verified]}"
    if citation.verified is Verification.MEMORY:
        checked = VERIFIED_IN_WORDS[citation.verified]
    kind = TIER_IN_WORDS[citation.tier]
    in_force = in_force_in_words(citation.in_force_from, citation.in_force_to)
    said = [kind[:1].upper() + kind[1:], citation.edition or "", in_force, checked]
    yield mrkdwn("; ".join(each for each in said if each) + ".")
    if citation.also:
        yield mrkdwn(f"Also in: {'; '.join(citation.also)}.")
    if citation.note:
        yield mrkdwn(f"Note: {citation.note}")
    if web_address(citation.url):
        words = messages.READ_OFFICIAL if citation.tier in _OFFICIAL else messages.READ_SOURCE
        yield MRKDWN.link(citation.url, f"{words} of [{citation.n}]")


def _place(citation: Citation) -> str:
    return f"{citation.title}, {citation.provision}" if citation.provision else citation.title

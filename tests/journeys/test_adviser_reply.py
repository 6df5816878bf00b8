"""An adviser goes from a family's question to a checked reply and a file, with the real program and server."""

import io
import json
import zipfile
from html import unescape
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

import docx
import pytest

from tests.journeys.programs import Apnav, Site

ASKED = "My son was permanently excluded on 10 November 2026. He has ADHD and goes to an academy. What can we do?"
MEETING = "Wednesday 2 December 2026"


def post(site: Site, path: str, **fields: str) -> bytes:
    """What a browser without JavaScript gets when it sends a form of the page."""
    body = urlencode(fields).encode()
    with urlopen(
        Request(site.address.rstrip("/") + path, data=body, headers={"Accept": "text/html"}), timeout=60
    ) as got:
        return bytes(got.read())


def boxed(page: str) -> str:
    """What stands in the box of the reply."""
    box = page[page.index('id="text"') :]
    return unescape(box[box.index(">") + 1 : box.index("</textarea>")]).removeprefix("\n")


@pytest.fixture(scope="module")
def drafted(site: Site) -> str:
    return boxed(post(site, "/reply", question=ASKED).decode())


def test_adviser_goes_from_an_answer_to_a_draft_with_dates_sources_and_helpers(site: Site, drafted: str) -> None:
    answer = post(site, "/", question=ASKED, audience="adviser", as_at="", history="").decode()

    assert 'action="/reply"' in answer
    assert drafted.split("\n\n")[1] == "Dear parent or carer,"
    assert MEETING in drafted
    assert "[1]" in drafted
    assert "https://www.legislation.gov.uk/" in drafted
    assert "Who else can help" in drafted


def test_an_unchanged_draft_has_nothing_to_mend_and_a_changed_day_is_noticed(site: Site, drafted: str) -> None:
    unchanged = post(site, "/reply", question=ASKED, text=drafted, action="check").decode()
    changed = post(
        site, "/reply", question=ASKED, text=drafted.replace(MEETING, "Wednesday 9 December 2026"), action="check"
    )

    assert "Nothing to mend" in unchanged
    assert "A number was changed: it was “2 … 2026” and is now “9 … 2026”." in changed.decode()


def test_adviser_takes_the_reply_away_as_a_file(site: Site, drafted: str) -> None:
    file = post(site, "/reply.docx", question=ASKED, text=drafted.replace("parent or carer", "Ms Khan"))

    assert zipfile.ZipFile(io.BytesIO(file)).testzip() is None
    letter = docx.Document(io.BytesIO(file))
    texts = [paragraph.text for paragraph in letter.paragraphs]
    links = [link.address for paragraph in letter.paragraphs for link in paragraph.hyperlinks]
    assert "Dear Ms Khan," in texts
    assert any(MEETING in text for text in texts)
    assert {urlsplit(link).scheme for link in links} == {"https"}


def test_adviser_drafts_and_checks_from_the_command_line(apnav: Apnav, tmp_path: Path) -> None:
    file, text = tmp_path / "reply.docx", tmp_path / "reply.txt"

    drafted = apnav.run("reply", ASKED, "--docx", str(file), "--json")
    assert drafted.status == 0, drafted.complained
    text.write_text(drafted.answer["text"], encoding="utf-8")
    fine = apnav.run("reply", ASKED, "--check", str(text))
    text.write_text(drafted.answer["text"] + "\nThe school is wrong.\n", encoding="utf-8")
    marked = apnav.run("reply", ASKED, "--check", str(text), "--json")

    assert docx.Document(str(file)).paragraphs
    assert (fine.status, "Nothing to mend." in fine.said) == (0, True)
    assert marked.status == 1
    assert [finding["kind"] for finding in json.loads(marked.said)["findings"]] == ["no_source"]


def test_a_reply_to_nothing_is_refused_with_what_to_do(apnav: Apnav) -> None:
    refused = apnav.run("reply", " ")

    assert refused.status == 2
    assert "Please write" in refused.complained

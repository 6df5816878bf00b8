"""What a running service writes down of the messages people send, read from the files of its database themselves."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.adapters.dates import DayFirstReader
from assistant.adapters.masking import PatternMasker
from corpus.catalogue import HERE, read_catalogue
from tests.journeys.programs import GOLDEN, Apnav, Site

SENTENCES: Sequence[dict[str, Any]] = [
    sentence
    for name in ("masking.yaml", "masking_unseen.yaml")
    for sentence in yaml.safe_load(GOLDEN.with_name(name).read_text("utf-8"))
]
_HIDDEN = r'<input type="hidden" name="{}" value="([^"]*)">'


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A service that was asked all the sentences, and the conversations that it opened for them."""

    site: Site
    data: Path
    conversations: Sequence[str]
    token: str

    def words(self) -> str:
        """Everything in the files of the database, its log included, as text."""
        files = sorted(self.data.glob("conversations.sqlite3*"))
        assert files
        return b"".join(file.read_bytes() for file in files).decode("utf-8", "replace")


def _hidden(name: str, page: str) -> str:
    found = re.findall(_HIDDEN.format(name), page)
    assert found, page[:2000]
    return str(found[-1])


@pytest.fixture(scope="module")
def kept(apnav: Apnav, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    data = tmp_path_factory.mktemp("kept") / "data"
    data.mkdir()
    for part in ("index", "models"):
        (data / part).symlink_to(apnav.data / part)
    conversations = []
    with Apnav(data=data).serving() as site:
        for sentence in SENTENCES:
            page = site.send_form(question=sentence["text"], audience="parent", as_at="", history="")
            if page.status == 422:  # of a date that cannot be, or in another language: there is no answer to keep
                continue
            conversations.append(_hidden("conversation_id", page.text))
            told = {
                "form_token": _hidden("form_token", page.text),
                "corpus_version": _hidden("corpus_version", page.text),
                "passage_ids": _hidden("passage_ids", page.text),
                "conversation_id": conversations[-1],
                "helpful": "no",
                "words": sentence["text"],
            }
            assert site.send("/feedback", **told).status == 200
            shared = {"form_token": told["form_token"], "question": sentence["text"], "audience": "parent"}
            assert site.send("/share", conversation_id=conversations[-1], **shared).status == 303
        assert len(conversations) >= 0.95 * len(SENTENCES)
        yield Kept(site=site, data=data, conversations=conversations, token=told["form_token"])


def _is_in(words: str, text: str) -> bool:
    return words in text and bool(re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text))


def _birthdays() -> list[date]:
    """Those that a program could have read out of the sentences, and written down in its own way."""
    reader = DayFirstReader()
    said = [
        identifier
        for sentence in SENTENCES
        for identifier, kind in zip(sentence["masked"], sentence["kinds"], strict=True)
        if kind == "dob"
    ]
    days = [day for each in said if (day := reader.read(each, today=date(2026, 11, 22)))]
    assert len(days) >= 5
    return days


def test_no_file_of_the_service_holds_what_says_who_a_child_is(kept: Kept) -> None:
    ours = " ".join(
        f"{p.statement} {[(a.source.title, a.provision) for a in p.authority]}" for p in read_catalogue(HERE).passages
    )
    said = {identifier for sentence in SENTENCES for identifier in sentence["masked"]}
    # Some are words of the law or of other messages as well; those say nothing about anyone.
    others = ours + " ".join(part for sentence in SENTENCES for part in sentence["kept"])
    looked_for = {identifier for identifier in said if not _is_in(identifier, others)}
    words = kept.words()

    assert len(looked_for) >= 0.9 * len(said)
    assert sorted(identifier for identifier in looked_for if _is_in(identifier, words)) == []
    assert [day for day in _birthdays() if day.isoformat() in words] == []


def test_what_a_reader_deletes_is_gone_from_the_files(kept: Kept) -> None:
    masker = PatternMasker()
    written = [beginning for s in SENTENCES if len(beginning := masker.mask(s["text"])[:40]) == 40]
    before = kept.words()
    assert sum(beginning in before for beginning in written) >= 0.9 * len(written)

    for conversation in kept.conversations:
        gone = kept.site.send("/conversations/delete", conversation_id=conversation, form_token=kept.token)
        assert gone.status == 200

    after = kept.words()
    assert [beginning for beginning in written if beginning in after] == []
    assert [conversation for conversation in kept.conversations if conversation in after] == []

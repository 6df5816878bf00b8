"""The wording of a drafted reply, read from reply.yaml: a bad line is named with its remedy."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from assistant.citations import telling_words
from assistant.model import Role, Status
from assistant.reply import ReplyWording
from corpus.entries import Entry, Words
from corpus.reading import Reader

HERE = Path(__file__).parent
FILE = "reply.yaml"

_PLACES = re.compile(r"\{(\w*)\}")


def _ours(value: str, *, allowed: frozenset[str] = frozenset()) -> str:
    unknown = [name for name in _PLACES.findall(value) if name not in allowed]
    if unknown or _PLACES.sub("", value).strip("{}") != _PLACES.sub("", value):
        raise ValueError(
            f"“{value}” has a {{place}} that nothing fills: here only {sorted(allowed) or 'none'} is known"
        )
    told = telling_words(_PLACES.sub("", value))
    wrong = [word for kind in ("number", "force") for word in told[kind] if word != "1"]  # "one" is mostly no number
    if wrong:
        raise ValueError(f"says “{wrong[0]}”: our own sentences state no duty and no number. Say it without")
    return value


Ours = Annotated[Words, AfterValidator(_ours)]
Dated = Annotated[Words, AfterValidator(lambda value: _ours(value, allowed=frozenset({"today"})))]
Opening = Annotated[Words, AfterValidator(lambda value: _ours(value, allowed=frozenset({"as_at"})))]
OnCalendar = Annotated[Words, AfterValidator(lambda value: _ours(value, allowed=frozenset({"calendar"})))]


class Openings(Entry):
    answered: Opening
    clarify: Opening
    not_found: Opening
    out_of_scope: Opening
    urgent: Opening


class Headings(Entry):
    correction: Words
    direct: Words
    duty: Words
    route: Words
    time_limit: Words
    change: Words
    help: Words


class ReplyFile(Entry):
    """The whole of reply.yaml."""

    version: Words
    subject: Ours
    date: Dated
    greeting: Ours
    openings: Openings
    headings: Headings
    dates_heading: Words
    calendar_note: OnCalendar
    contacts_heading: Words
    sources_heading: Words
    limits: Ours
    closing: Ours
    signature: Ours
    greetings: tuple[Words, ...]
    closings: tuple[Words, ...]
    holders: tuple[tuple[Words, ...], ...]


def read_reply_wording(folder: Path = HERE) -> ReplyWording:
    """The wording in `folder`. Raises `CorpusError` naming file, line and remedy of all that is wrong."""
    reader = Reader(folder)
    files = list(reader.one(FILE, ReplyFile))
    reader.refuse()
    said = files[0].model_dump()
    openings = {Status(name): words for name, words in said.pop("openings").items()}
    headings = {Role(name): words for name, words in said.pop("headings").items()}
    return ReplyWording(openings=openings, headings=headings, **said)

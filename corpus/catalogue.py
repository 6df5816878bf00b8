"""The one reader of the corpus: it validates everything and names file, line, entry and remedy of what is wrong."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, Generic, TypeAlias, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from assistant.errors import CorpusError
from assistant.model import (
    Catalogue,
    GlossaryTerm,
    Guide,
    GuideStep,
    HelpContact,
    Link,
    Misconception,
    Passage,
    Status,
    TriageExample,
    TriageRule,
)
from assistant.sources import Authority, Source
from corpus.entries import (
    Entry,
    FactEntry,
    GlossaryEntry,
    GuideEntry,
    HelpEntry,
    MisconceptionEntry,
    SourceEntry,
    TriageExamplesEntry,
    TriageFile,
)
from corpus.located import KeyPath, LocatedYaml, Problem, read_located

HERE = Path(__file__).parent
NO_RULE = "none"  # in triage_examples.yaml: messages that no triage rule may stop

E = TypeVar("E", bound=Entry)
_Named: TypeAlias = tuple[str, str, KeyPath]  # an id that an entry names: its kind, the id, where it stands

_REMEDIES = {
    "missing": "is missing. Add it (write null when it is not known).",
    "extra_forbidden": "is not a field of this kind of entry. Check the spelling or remove it.",
    "enum": "is not one of the allowed words: {expected}. Use the word the source itself uses.",
    "literal_error": "is not one of the allowed words: {expected}.",
    "string_pattern_mismatch": "does not have the right form. Ids are lower-case-with-dashes; addresses start https://.",
    "string_too_short": "is empty. Fill it in or remove the line.",
    "too_short": "is empty. Name at least one.",
    "string_type": "must be text. Write it on this line, in quotes if it is a number.",
    "tuple_type": "must be a list. Write [one, two], or one “- ” line for each.",
    "date_type": "must be a date. Write YYYY-MM-DD.",
    "bool_type": "must be true or false.",
    "bool_parsing": "must be true or false.",
    "model_type": "must be an entry of named fields, such as “id: …”. Check its dashes and indents.",
    "invalid_key": "is not the name of a field. Check the spelling or remove it.",
}


@dataclass(slots=True)
class _Read(Generic[E]):
    """Entries of one kind, each with where it stands."""

    entries: list[tuple[E, LocatedYaml, KeyPath]] = field(default_factory=list)

    def __iter__(self) -> Iterator[E]:
        return (entry for entry, _, _ in self.entries)

    def problem(self, position: int, what: str, *, name: str, at: KeyPath = ()) -> Problem:
        _, document, path = self.entries[position]
        return Problem(document.file, document.line_of((*path, *at)), name, what)


def read_catalogue(folder: Path = HERE) -> Catalogue:
    """Everything under `folder`, checked. Raises `CorpusError` listing every bad entry; returns nothing half-read.

    The ids that entries name are looked up once every entry by itself is sound.
    """
    reader = _Reader(folder)
    catalogue = reader.read()
    if catalogue is None:
        raise CorpusError(tuple(str(problem) for problem in reader.problems))
    return catalogue


class _Reader:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []

    def read(self) -> Catalogue | None:
        sources = self._list("sources.yaml", SourceEntry)
        facts: _Read[FactEntry] = _Read()
        paths = sorted(self.folder.glob("guidance/*.yaml"))
        if not paths:
            what = "has no .yaml file, so there is nothing to answer from. Restore it from the project."
            self.problems.append(Problem(f"{self.folder.name}/guidance", 1, "folder", what))
        for path in paths:
            facts.entries += self._list(f"guidance/{path.name}", FactEntry).entries
        guides: _Read[GuideEntry] = _Read()
        for path in sorted(self.folder.glob("guides/*.yaml")):
            guides.entries += self._one(f"guides/{path.name}", GuideEntry).entries
        misconceptions = self._list("misconceptions.yaml", MisconceptionEntry)
        glossary = self._list("glossary.yaml", GlossaryEntry)
        contacts = self._list("help.yaml", HelpEntry)
        triage = self._one("triage.yaml", TriageFile)
        examples = self._list("triage_examples.yaml", TriageExamplesEntry)
        all_read = not self.problems  # else what an entry names may well be there, among the refused
        self._refuse_duplicates(sources, facts, guides, misconceptions, contacts)
        self.problems += check_editions(sources)
        self.problems += check_dates(facts)
        if all_read:
            self.problems += check_references(sources, facts, guides, misconceptions, contacts, triage)
            self.problems += check_examples(examples, triage)
        if self.problems:
            return None
        return _build(sources, facts, guides, misconceptions, glossary, contacts, triage, examples)

    def _load(self, name: str) -> LocatedYaml | None:
        path = self.folder / name
        shown = f"{self.folder.name}/{name}"
        if not path.exists():
            self.problems.append(Problem(shown, 1, "file", "is missing. Restore it from the project."))
            return None
        document = read_located(path, shown_as=shown)
        if isinstance(document, Problem):
            self.problems.append(document)
            return None
        for key_path in document.repeated_keys:
            what = f"field `{key_path[-1]}` is written twice in one entry. Keep one."
            self.problems.append(Problem(shown, document.line_of(key_path), _entry_name(document, key_path), what))
        return document

    def _list(self, name: str, kind: type[E]) -> _Read[E]:
        document = self._load(name)
        read: _Read[E] = _Read()
        if document is None:
            return read
        if not isinstance(document.value, list):
            self.problems.append(Problem(document.file, 1, "file", "must be a list: each entry starts with “- ”."))
            return read
        for position, raw in enumerate(document.value):
            self._take(read, document, raw, (position,), kind)
        return read

    def _one(self, name: str, kind: type[E]) -> _Read[E]:
        document = self._load(name)
        read: _Read[E] = _Read()
        if document is not None:
            self._take(read, document, document.value, (), kind)
        return read

    def _take(self, read: _Read[E], document: LocatedYaml, raw: Any, path: KeyPath, kind: type[E]) -> None:
        try:
            read.entries.append((kind.model_validate(raw), document, path))
        except ValidationError as error:
            for details in _worth_saying(error.errors()):
                where = (*path, *details["loc"])
                line = document.line_of(where)
                self.problems.append(Problem(document.file, line, _entry_name(document, where), _say(details)))

    def _refuse_duplicates(self, *reads: _Read[Any]) -> None:
        for read in reads:
            first_seen: dict[str, str] = {}
            for position, (entry, document, path) in enumerate(read.entries):
                place = f"{document.file}:{document.line_of(path)}"
                if entry.id in first_seen:
                    what = (
                        f"has the same id as the entry at {first_seen[entry.id]}. Ids never repeat: give it a new one."
                    )
                    self.problems.append(read.problem(position, what, name=entry.id))
                first_seen.setdefault(entry.id, place)


def _entry_name(document: LocatedYaml, path: KeyPath) -> str:
    value = document.value
    name = "entry"
    for step in path:
        if isinstance(value, dict) and (value.get("id") or value.get("term")):
            name = str(value.get("id") or value.get("term"))
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            break
    if isinstance(value, dict) and value.get("id"):
        name = str(value["id"])
    return name


def _worth_saying(errors: Sequence[ErrorDetails]) -> Iterator[ErrorDetails]:
    """All but the lists that pydantic calls too short because it refused what stands in them."""
    for details in errors:
        place = details["loc"]
        inside = (other for other in errors if other is not details and other["loc"][: len(place)] == place)
        if details["type"] != "too_short" or not any(inside):
            yield details


def _say(details: ErrorDetails) -> str:
    fields = ".".join(str(part) for part in details["loc"]) or "entry"
    remedy = _REMEDIES.get(details["type"])
    context = details.get("ctx", {})
    if remedy is None:
        return f"field `{fields}`: {details['msg'].removeprefix('Value error, ')}."
    written = details["input"]
    shown = f" “{written}”" if isinstance(written, str | int | float) and details["type"] != "missing" else ""
    return f"field `{fields}`{shown} " + remedy.format(expected=context.get("expected", ""))


# Checks across entries ----------------------------------------------------------------------------------------------


def check_editions(sources: _Read[SourceEntry]) -> Iterator[Problem]:
    """Two editions of one work must never be in force on the same day."""
    works: dict[str, list[tuple[date, date, int, SourceEntry]]] = defaultdict(list)
    for position, source in enumerate(sources):
        starts, ends = source.in_force_from or date.min, source.in_force_to or date.max
        if ends < starts:
            what = "field `in_force_to` is before `in_force_from`. Swap or correct them."
            yield sources.problem(position, what, name=source.id, at=("in_force_to",))
        if source.work:
            works[source.work].append((starts, ends, position, source))
    for editions in works.values():
        editions.sort(key=lambda edition: edition[:3])
        for (_, ends, _, earlier), (starts, _, position, later) in pairwise(editions):
            if starts <= ends:
                what = (
                    f"is in force on the same days as {earlier.id}, another edition of {earlier.work}. "
                    f"End {earlier.id} (in_force_to) the day before this one starts (in_force_from)."
                )
                yield sources.problem(position, what, name=later.id, at=("in_force_from",))


def check_dates(facts: _Read[FactEntry]) -> Iterator[Problem]:
    """A fact must not end before it starts."""
    for position, fact in enumerate(facts):
        if fact.in_force_from and fact.in_force_to and fact.in_force_to < fact.in_force_from:
            what = "field `in_force_to` is before `in_force_from`. Swap or correct them."
            yield facts.problem(position, what, name=fact.id, at=("in_force_to",))


def check_references(
    sources: _Read[SourceEntry],
    facts: _Read[FactEntry],
    guides: _Read[GuideEntry],
    misconceptions: _Read[MisconceptionEntry],
    contacts: _Read[HelpEntry],
    triage: _Read[TriageFile],
) -> Iterator[Problem]:
    """Every id that an entry names must exist."""
    known = {
        "source": {source.id for source in sources},
        "fact": {fact.id for fact in facts},
        "contact": {contact.id for contact in contacts},
    }
    reads: tuple[tuple[_Read[Any], Callable[[Any], Iterator[_Named]]], ...] = (
        (sources, _named_by_source),
        (facts, _named_by_fact),
        (guides, _named_by_guide),
        (misconceptions, lambda entry: _facts_in("corrects", entry.corrects)),
        (contacts, lambda entry: _facts_in("facts", entry.facts)),
        (triage, _named_by_triage),
    )
    for read, named_by in reads:
        for position, entry in enumerate(read):
            for kind, name, at in named_by(entry):
                if name not in known[kind]:
                    what = f"names the {kind} “{name}”, which does not exist. Correct the id, or add that {kind} first."
                    yield read.problem(position, what, name=getattr(entry, "id", "triage"), at=at)


def _facts_in(field_name: str, names: Iterable[str]) -> Iterator[_Named]:
    for i, name in enumerate(names):
        yield "fact", name, (field_name, i)


def _named_by_source(source: SourceEntry) -> Iterator[_Named]:
    if source.superseded_by:
        yield "source", source.superseded_by, ("superseded_by",)


def _named_by_fact(fact: FactEntry) -> Iterator[_Named]:
    for i, authority in enumerate(fact.authority):
        yield "source", authority.source, ("authority", i, "source")
    for i, link in enumerate(fact.leads_to):
        yield "fact", link.fact, ("leads_to", i, "fact")
    yield from _facts_in("same_as", fact.same_as)
    yield from _facts_in("replaced_by", fact.replaced_by)


def _named_by_guide(guide: GuideEntry) -> Iterator[_Named]:
    for i, step in enumerate(guide.steps):
        yield "fact", step.fact, ("steps", i, "fact")


def _named_by_triage(file: TriageFile) -> Iterator[_Named]:
    groups = {"urgent": file.urgent, "nations": file.nations, "out_of_scope": file.out_of_scope}
    for group, rules in groups.items():
        for i, rule in enumerate(rules):
            for j, name in enumerate(rule.facts):
                yield "fact", name, (group, i, "facts", j)
            for j, name in enumerate(rule.help):
                yield "contact", name, (group, i, "help", j)


def check_examples(examples: _Read[TriageExamplesEntry], triage: _Read[TriageFile]) -> Iterator[Problem]:
    """Triage examples belong to a rule that exists, or to `none`."""
    rules = {rule.id for file in triage for rule in (*file.urgent, *file.nations, *file.out_of_scope)} | {NO_RULE}
    for position, entry in enumerate(examples):
        if entry.rule not in rules:
            what = f"names the rule “{entry.rule}”, which triage.yaml does not have. Correct it, or write {NO_RULE}."
            yield examples.problem(position, what, name=entry.rule, at=("rule",))


# From entries to the domain -----------------------------------------------------------------------------------------


def _build(
    sources: _Read[SourceEntry],
    facts: _Read[FactEntry],
    guides: _Read[GuideEntry],
    misconceptions: _Read[MisconceptionEntry],
    glossary: _Read[GlossaryEntry],
    contacts: _Read[HelpEntry],
    triage: _Read[TriageFile],
    examples: _Read[TriageExamplesEntry],
) -> Catalogue:
    register = {entry.id: Source(**entry.model_dump()) for entry in sources}
    parts: dict[str, Any] = {
        "sources": tuple(register.values()),
        "passages": tuple(_passage(entry, register) for entry in facts),
        "guides": tuple(_guide(entry) for entry in guides),
        "misconceptions": tuple(Misconception(**entry.model_dump()) for entry in misconceptions),
        "glossary": tuple(GlossaryTerm(**entry.model_dump()) for entry in glossary),
        "help": tuple(HelpContact(**entry.model_dump()) for entry in contacts),
        "triage": tuple(rule for file in triage for rule in _triage_rules(file)),
        "triage_examples": tuple(
            TriageExample(text=message, rule=None if entry.rule == NO_RULE else entry.rule)
            for entry in examples
            for message in entry.messages
        ),
    }
    unversioned = Catalogue(version="", **parts)
    digest = hashlib.sha256(TypeAdapter(Catalogue).dump_json(unversioned)).hexdigest()[:16]
    return Catalogue(version=digest, **parts)


def _passage(entry: FactEntry, register: dict[str, Source]) -> Passage:
    kept = entry.model_dump(exclude={"authority", "leads_to", "evidence_url"})
    authority = tuple(
        Authority(source=register[a.source], provision=a.provision, read_in=a.read_in, url=a.url)
        for a in entry.authority
    )
    links = tuple(Link(fact=link.fact, kind=link.as_) for link in entry.leads_to)
    return Passage(authority=authority, leads_to=links, **kept)


def _guide(entry: GuideEntry) -> Guide:
    steps = tuple(GuideStep(**step.model_dump()) for step in entry.steps)
    return Guide(id=entry.id, title=entry.title, matches=entry.matches, steps=steps, when=entry.when)


def _triage_rules(file: TriageFile) -> Iterator[TriageRule]:
    for status, rules, nation in (
        (Status.URGENT, file.urgent, False),
        (Status.OUT_OF_SCOPE, file.nations, True),
        (Status.OUT_OF_SCOPE, file.out_of_scope, False),
    ):
        for rule in rules:
            kept = rule.model_dump(exclude={"says", "what"})
            reason = rule.says.reason if rule.says else None
            yield TriageRule(status=status, what=rule.what or rule.id, reason=reason, nation=nation, **kept)

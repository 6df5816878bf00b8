"""The one reader of the corpus: it validates everything and names file, line, entry and remedy of what is wrong."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

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
    FactEntry,
    GlossaryEntry,
    GuideEntry,
    HelpEntry,
    MisconceptionEntry,
    SourceEntry,
    TriageExamplesEntry,
    TriageFile,
)
from corpus.located import Problem
from corpus.reading import Named, Read, Reader, check_names
from corpus.time_limits import TimeFiles, build_time_limits, check_time_files, names_in_time_files, read_time_files

HERE = Path(__file__).parent
NO_RULE = "none"  # in triage_examples.yaml: messages that no triage rule may stop


def read_catalogue(folder: Path = HERE) -> Catalogue:
    """Everything under `folder`, checked. Raises `CorpusError` listing every bad entry; returns nothing half-read.

    The ids that entries name are looked up once every entry by itself is sound.
    """
    reader = _Reader(folder)
    catalogue = reader.read()
    if catalogue is None:
        raise CorpusError(tuple(str(problem) for problem in reader.problems))
    return catalogue


class _Reader(Reader):
    def read(self) -> Catalogue | None:
        sources = self.many("sources.yaml", SourceEntry)
        facts: Read[FactEntry] = Read()
        paths = sorted(self.folder.glob("guidance/*.yaml"))
        if not paths:
            what = "has no .yaml file, so there is nothing to answer from. Restore it from the project."
            self.problems.append(Problem(f"{self.folder.name}/guidance", 1, "folder", what))
        for path in paths:
            facts.entries += self.many(f"guidance/{path.name}", FactEntry).entries
        guides: Read[GuideEntry] = Read()
        for path in sorted(self.folder.glob("guides/*.yaml")):
            guides.entries += self.one(f"guides/{path.name}", GuideEntry).entries
        misconceptions = self.many("misconceptions.yaml", MisconceptionEntry)
        glossary = self.many("glossary.yaml", GlossaryEntry)
        contacts = self.many("help.yaml", HelpEntry)
        triage = self.one("triage.yaml", TriageFile)
        examples = self.many("triage_examples.yaml", TriageExamplesEntry)
        time_files = read_time_files(self)
        all_read = not self.problems  # else what an entry names may well be there, among the refused
        self.refuse_duplicates(sources, facts, guides, misconceptions, contacts)
        self.refuse_duplicates(*time_files.with_ids())
        self.problems += check_editions(sources)
        self.problems += check_dates(facts)
        self.problems += check_time_files(time_files)
        if all_read:
            self.problems += check_references(sources, facts, guides, misconceptions, contacts, triage, time_files)
            self.problems += check_examples(examples, triage)
        if self.problems:
            return None
        return _build(sources, facts, guides, misconceptions, glossary, contacts, triage, examples, time_files)


# Checks across entries ----------------------------------------------------------------------------------------------


def check_editions(sources: Read[SourceEntry]) -> Iterator[Problem]:
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


def check_dates(facts: Read[FactEntry]) -> Iterator[Problem]:
    """A fact must not end before it starts."""
    for position, fact in enumerate(facts):
        if fact.in_force_from and fact.in_force_to and fact.in_force_to < fact.in_force_from:
            what = "field `in_force_to` is before `in_force_from`. Swap or correct them."
            yield facts.problem(position, what, name=fact.id, at=("in_force_to",))


def check_references(
    sources: Read[SourceEntry],
    facts: Read[FactEntry],
    guides: Read[GuideEntry],
    misconceptions: Read[MisconceptionEntry],
    contacts: Read[HelpEntry],
    triage: Read[TriageFile],
    time_files: TimeFiles,
) -> Iterator[Problem]:
    """Every id that an entry names must exist."""
    known = {
        "source": {source.id for source in sources},
        "fact": {fact.id for fact in facts},
        "contact": {contact.id for contact in contacts},
        **time_files.known(),
    }
    yield from check_names(
        known,
        (
            (sources, _named_by_source),
            (facts, _named_by_fact),
            (guides, _named_by_guide),
            (misconceptions, lambda entry: _facts_in("corrects", entry.corrects)),
            (contacts, lambda entry: _facts_in("facts", entry.facts)),
            (triage, _named_by_triage),
            *names_in_time_files(time_files),
        ),
    )


def _facts_in(field_name: str, names: Iterable[str]) -> Iterator[Named]:
    for i, name in enumerate(names):
        yield "fact", name, (field_name, i)


def _named_by_source(source: SourceEntry) -> Iterator[Named]:
    if source.superseded_by:
        yield "source", source.superseded_by, ("superseded_by",)


def _named_by_fact(fact: FactEntry) -> Iterator[Named]:
    for i, authority in enumerate(fact.authority):
        yield "source", authority.source, ("authority", i, "source")
    for i, link in enumerate(fact.leads_to):
        yield "fact", link.fact, ("leads_to", i, "fact")
    yield from _facts_in("same_as", fact.same_as)
    yield from _facts_in("replaced_by", fact.replaced_by)


def _named_by_guide(guide: GuideEntry) -> Iterator[Named]:
    for i, step in enumerate(guide.steps):
        yield "fact", step.fact, ("steps", i, "fact")


def _named_by_triage(file: TriageFile) -> Iterator[Named]:
    groups = {"urgent": file.urgent, "nations": file.nations, "out_of_scope": file.out_of_scope}
    for group, rules in groups.items():
        for i, rule in enumerate(rules):
            for j, name in enumerate(rule.facts):
                yield "fact", name, (group, i, "facts", j)
            for j, name in enumerate(rule.help):
                yield "contact", name, (group, i, "help", j)


def check_examples(examples: Read[TriageExamplesEntry], triage: Read[TriageFile]) -> Iterator[Problem]:
    """Triage examples belong to a rule that exists, or to `none`."""
    rules = {rule.id for file in triage for rule in (*file.urgent, *file.nations, *file.out_of_scope)} | {NO_RULE}
    for position, entry in enumerate(examples):
        if entry.rule not in rules:
            what = f"names the rule “{entry.rule}”, which triage.yaml does not have. Correct it, or write {NO_RULE}."
            yield examples.problem(position, what, name=entry.rule, at=("rule",))


# From entries to the domain -----------------------------------------------------------------------------------------


def _build(
    sources: Read[SourceEntry],
    facts: Read[FactEntry],
    guides: Read[GuideEntry],
    misconceptions: Read[MisconceptionEntry],
    glossary: Read[GlossaryEntry],
    contacts: Read[HelpEntry],
    triage: Read[TriageFile],
    examples: Read[TriageExamplesEntry],
    time_files: TimeFiles,
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
        "time_limits": build_time_limits(time_files, sources=register),
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
    return Guide(steps=steps, **entry.model_dump(exclude={"steps"}))


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

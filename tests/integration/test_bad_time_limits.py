"""Whoever edits the files about time is told the file, the line, the entry and what to do about each thing wrong."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from assistant.adapters.alarm import NOTHING_LEARNED
from assistant.adapters.chroma import CATALOGUE_RECORD, records_of
from assistant.errors import CorpusError
from assistant.model import Catalogue
from assistant.time_rules import Break, TimeLimits
from corpus.catalogue import read_catalogue
from corpus.time_limits import read_time_limits
from tests.integration.test_bad_entries import GOOD as WITHOUT_TIME
from tests.integration.test_bad_entries import write

DEADLINES = """\
# Rules of time.
tribunal_break:
  spans: [[08-01, 08-31], [12-25, 12-31], [01-01, 01-01]]
  source: education-act-2002
  provision: r.12

thresholds:
- id: over-15-in-term
  over: 15
  per: term
  what: The governing board must meet.
  facts: [exc-002]

rules:
- id: gdc-15
  label: Governors must meet
  applies_when: permanent exclusion
  event: board-told
  count_from: day_after
  length: 15
  unit: school_days
  direction: after
  roll: none
  days: school_days
  means: last_day
  who_must: governing board
  actor: school
  what: consider reinstatement
  authority:
  - source: education-act-2002
    provision: reg. 6
  verified: secondary
  facts: [exc-002, exc-001]
  asked: [['\\bgovernors\\b', '\\bmeet\\b']]
  if: {stage: [permanently-excluded]}
  in_force_from: 2012-09-01
  sooner_of: exam
  sooner_because: The board should meet before the exam.
  otherwise:
  - because: if the law means clear days
    length: 16
  gaps:
  - first: 2020-06-01
    last: 2022-03-24
    because: Another rule held.

- id: posted
  label: When a posted letter counts as given
  applies_when: letter posted
  event: letter-posted
  count_from: day_after
  length: 2
  unit: working_days
  direction: after
  roll: none
  days: england_working_days
  means: deemed_date
  who_must: governing board
  actor: school
  what: treat the letter as given
  authority: [{source: guidance-2026}]
  verified: primary
  facts: []
  asked: [[posted]]

- id: appeal
  label: Appeal
  applies_when: a decision
  event: board-told
  count_from: day_after
  length: 2
  unit: months
  direction: after
  roll: tribunal_shutdown
  days: all_days
  means: last_day
  who_must: parent
  actor: family
  what: appeal
  authority: [{source: guidance-2026}]
  verified: primary
  facts: [exc-001]
  asked: [[appeal]]

- id: latest
  label: The later of two
  applies_when: a decision
  event: board-told
  count_from: day_after
  length: null
  unit: fixed
  direction: after
  roll: tribunal_shutdown
  days: all_days
  means: last_day
  who_must: parent
  actor: family
  what: appeal in the end
  authority: [{source: guidance-2026}]
  verified: primary
  facts: [exc-001]
  asked: [[later]]
  later_of: [appeal, gdc-15]

- id: by-february
  label: Transfer
  applies_when: transfer
  event: transfer
  count_from: same_day
  length: null
  unit: fixed
  direction: before
  roll: none
  days: all_days
  means: last_day
  who_must: council
  actor: council
  what: name the school
  authority: [{source: guidance-2026}]
  verified: primary
  facts: [exc-001]
  asked: [[transfer]]
  before_day: [2, 15]
"""
EVENTS = """\
# Events.
- id: board-told
  label: the governing board was told
  ask: When was the board told?
  said: ['\\bboard (was )?told\\b']
  usually: [letter-posted]
  usually_because: The board is told with the letter.
- id: letter-posted
  label: the letter was posted
  ask: When was the letter posted?
  if_posted: posted
- id: exam
  label: the exam is sat
  ask: When is the exam?
- id: transfer
  label: the child moves
  ask: In which year?
"""
TIMELINES = """\
# Chains.
- id: exclusion
  title: Permanent exclusion
  starts: letter-posted
  stage: permanently-excluded
  steps:
  - on: letter-posted
    label: Letter
    who_must: head teacher
    actor: school
    what: tell the parent without delay
    facts: [exc-001]
    gives: board-told
  - rule: gdc-15
    if: {needs: [exam]}
""".replace("- on:", '- "on":')
GOOD = {**WITHOUT_TIME, "deadlines.yaml": DEADLINES, "case_events.yaml": EVENTS, "timelines.yaml": TIMELINES}


@dataclass(frozen=True, kw_only=True)
class Slip:
    """What an editor gets wrong: `old` becomes `new` in `file`; the fault then stands in the line that holds `at`."""

    old: str
    new: str
    entry: str
    says: str
    at: str | None = None
    file: str = "deadlines.yaml"

    def corpus(self) -> dict[str, str | bytes | None]:
        text = str(GOOD[self.file])
        assert text.count(self.old) == 1, "the slip must change one place"
        return {**GOOD, self.file: text.replace(self.old, self.new)}

    def line(self) -> int:
        lines = str(self.corpus()[self.file]).splitlines()
        (found,) = [number for number, line in enumerate(lines, start=1) if (self.at or self.new) in line]
        return found


SLIPS = {
    "unknown unit": Slip(
        old="unit: working_days", new="unit: fortnights", entry="posted",
        says="“fortnights” is not one of the allowed words: 'school_days', 'working_days',",
    ),
    "a length in words": Slip(old="length: 15", new="length: fifteen", entry="gdc-15", says="must be a whole number."),
    "a length of nothing": Slip(old="length: 15", new="length: 0", entry="gdc-15", says="must be more than nothing."),
    "a field spelt wrongly": Slip(
        file="case_events.yaml", old="ask: In which year?", new="ask: In which year?\n  asked: which year",
        at="asked:", entry="transfer", says="field `asked` “which year” is not a field of this kind of entry.",
    ),
    "a rule nobody can ask for": Slip(old="asked: [[appeal]]", new="asked: []", entry="appeal", says="is empty."),
    "words that are no regular expression": Slip(
        old="asked: [[posted]]", new="asked: [['(posted']]", entry="posted",
        says="“(posted” is not a regular expression",
    ),
    "words of an event that are no regular expression": Slip(
        file="case_events.yaml", old="['\\bboard (was )?told\\b']", new="['board (was told']", entry="board-told",
        says="“board (was told” is not a regular expression",
    ),
    "unknown stage": Slip(
        old="if: {stage: [permanently-excluded]}", new="if: {stage: [expelled]}", entry="gdc-15",
        says="“expelled” is not one of the allowed words",
    ),
    "a day that no year has": Slip(
        old="before_day: [2, 15]", new="before_day: [2, 30]", entry="by-february",
        says="is not a day of every year: write the month, then the day.",
    ),
    "a day that few years have": Slip(
        old="before_day: [2, 15]", new="before_day: [2, 29]", entry="by-february", says="is not a day of every year",
    ),
    "a break that ends on no day": Slip(
        old="[08-01, 08-31]", new="[08-01, 08-32]", at="08-32", entry="entry",
        says="“08-32” is not a day of every year",
    ),
    "unknown event": Slip(
        old="event: transfer", new="event: moving-day", entry="by-february",
        says="names the event “moving-day”, which does not exist. Correct the id, or add that event first.",
    ),
    "unknown event to be sooner than": Slip(
        old="sooner_of: exam", new="sooner_of: exams", entry="gdc-15", says="names the event “exams”, which does not",
    ),
    "unknown source": Slip(
        old="source: education-act-2002\n    provision: reg. 6", new="source: education-act-2020", entry="gdc-15",
        says="names the source “education-act-2020”, which does not exist.",
    ),
    "unknown source of the break": Slip(
        old="  source: education-act-2002\n  provision: r.12", new="  source: tribunal-rules\n  provision: r.12",
        at="source: tribunal-rules", entry="deadlines", says="names the source “tribunal-rules”, which does not exist.",
    ),
    "unknown rule among those compared": Slip(
        old="later_of: [appeal, gdc-15]", new="later_of: [appeal, gdc-51]", entry="latest",
        says="names the rule “gdc-51”, which does not exist.",
    ),
    "the later of itself": Slip(
        old="later_of: [appeal, gdc-15]", new="later_of: [appeal, latest]", entry="latest",
        says="names latest, which is itself the later of other rules.",
    ),
    "unknown usual event": Slip(
        file="case_events.yaml", old="usually: [letter-posted]", new="usually: [letter-sent]", entry="board-told",
        says="names the event “letter-sent”, which does not exist.",
    ),
    "unknown rule for posting": Slip(
        file="case_events.yaml", old="if_posted: posted", new="if_posted: by-post", entry="letter-posted",
        says="names the rule “by-post”, which does not exist.",
    ),
    "a rule for posting that says no such thing": Slip(
        file="case_events.yaml", old="if_posted: posted", new="if_posted: gdc-15", entry="letter-posted",
        says="names gdc-15, whose date is no deemed_date.",
    ),
    "unknown rule of a step": Slip(
        file="timelines.yaml", old="rule: gdc-15", new="rule: gdc-16", entry="exclusion",
        says="names the rule “gdc-16”",
    ),
    "unknown event that a step gives": Slip(
        file="timelines.yaml", old="gives: board-told", new="gives: board-met", entry="exclusion",
        says="names the event “board-met”",
    ),
    "unknown event of a step": Slip(
        file="timelines.yaml", old='"on": letter-posted', new='"on": letter-written', entry="exclusion",
        says="names the event “letter-written”",
    ),
    "unknown start of a chain": Slip(
        file="timelines.yaml", old="starts: letter-posted", new="starts: letter-written", entry="exclusion",
        says="names the event “letter-written”",
    ),
    "a step that is nothing": Slip(
        file="timelines.yaml", old="- rule: gdc-15\n    if:", new="- if:", at="- if:", entry="exclusion",
        says="a step has either `rule` or `on` (the event on whose day it falls). Write one.",
    ),
    "a step of which half is missing": Slip(
        file="timelines.yaml", old="    who_must: head teacher\n    actor: school\n", new="", at='"on"',
        entry="exclusion", says="`who_must`, `actor` is missing. Add it.",
    ),
    "school days of another calendar": Slip(
        old="days: school_days\n", new="days: all_days # oops\n", at="# oops", entry="gdc-15",
        says="does not fit unit school_days. Write school_days, or correct the unit.",
    ),
    "working days on school days": Slip(
        old="days: england_working_days", new="days: school_days # oops", entry="posted", at="# oops",
        says="does not fit unit working_days. Write england_working_days or tribunal_working_days",
    ),
    "counted, but without a number": Slip(
        old="length: 15", new="length: null # oops", at="# oops", entry="gdc-15",
        says="is null, but a limit in school_days has a length. Write the number.",
    ),
    "fixed, and still a number": Slip(
        old="length: null\n  unit: fixed\n  direction: before", new="length: 3\n  unit: fixed\n  direction: before",
        at="length: 3", entry="by-february", says="is only for limits that are counted.",
    ),
    "counted, and also a day of the year": Slip(
        old="asked: [[appeal]]", new="asked: [[appeal]]\n  before_day: [3, 1]", at="[3, 1]", entry="appeal",
        says="is only for unit fixed.",
    ),
    "a day of the year to be met after it": Slip(
        old="direction: before", new="direction: after # oops", at="# oops", entry="by-february",
        says="must be before, because `before_day`",
    ),
    "an afternoon that cannot matter": Slip(
        old="asked: [[appeal]]", new="asked: [[appeal]]\n  afternoon_next_day: true", at="afternoon", entry="appeal",
        says="is only for school days counted from the same day. Remove it.",
    ),
    "a rule that ends before it starts": Slip(
        old="in_force_from: 2012-09-01", new="in_force_from: 2012-09-01\n  in_force_to: 2012-08-31", at="in_force_to",
        entry="gdc-15", says="field `in_force_to` is before `in_force_from`.",
    ),
    "a gap that ends before it starts": Slip(
        old="last: 2022-03-24", new="last: 2019-03-24", entry="gdc-15", says="field `last` of a gap is before its",
    ),
    "another reading that is the same": Slip(
        old="    length: 16\n", new="", at="because: if the law", entry="gdc-15", says="is no other way to count.",
    ),
    "an event to be sooner than, without a reason": Slip(
        old="  sooner_because: The board should meet before the exam.\n", new="", at="sooner_of", entry="gdc-15",
        says="fields `sooner_of` and `sooner_because` belong together.",
    ),
    "a total per week": Slip(
        old="per: term", new="per: week", entry="over-15-in-term", says="is not one of the allowed words: 'term' or",
    ),
    "a total of no number": Slip(old="over: 15", new="over: many", entry="over-15-in-term", says="must be a number."),
}  # fmt: skip


def problems_of(folder: Path) -> tuple[str, ...]:
    with pytest.raises(CorpusError) as refused:
        read_time_limits(folder)
    return refused.value.problems


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "corpus"


class TestSlips:
    @pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
    def test_an_editor_is_told_where_and_what_to_do(self, slip: Slip, folder: Path) -> None:
        (problem,) = problems_of(write(folder, slip.corpus()))
        assert problem.startswith(f"corpus/{slip.file}:{slip.line()}: {slip.entry}: ")
        assert slip.says in problem

    def test_a_fixed_limit_must_say_when(self, folder: Path) -> None:
        write(folder, {**GOOD, "deadlines.yaml": DEADLINES.replace("  before_day: [2, 15]\n", "")})
        (problem,) = problems_of(folder)
        assert problem.startswith("corpus/deadlines.yaml:111: by-february: is fixed, so the rule needs either")

    def test_a_bad_rule_stops_the_whole_corpus_too(self, folder: Path) -> None:
        write(folder, {**GOOD, "deadlines.yaml": DEADLINES.replace("length: 15", "length: fifteen")})
        with pytest.raises(CorpusError, match=r"corpus/deadlines\.yaml:20: gdc-15: field `rules\.0\.length` “fifteen”"):
            read_catalogue(folder)

    def test_a_limit_in_the_tribunal_s_time_needs_its_break(self, folder: Path) -> None:
        without = DEADLINES[DEADLINES.index("thresholds:") :]
        problems = problems_of(write(folder, {**GOOD, "deadlines.yaml": without}))
        assert len(problems) == 2
        assert all("needs the tribunal's break, which this file does not give." in problem for problem in problems)

    @pytest.mark.parametrize("file", ["deadlines.yaml", "case_events.yaml", "timelines.yaml"])
    def test_the_same_id_twice_is_refused(self, file: str, folder: Path) -> None:
        text = str(GOOD[file])
        again = text[text.rindex("- id: ") :]
        (problem,) = [each for each in problems_of(write(folder, {**GOOD, file: text + again})) if "same id" in each]
        assert f"corpus/{file}:{len(text.splitlines()) + 1}: " in problem

    @pytest.mark.parametrize(
        ("file", "old", "new"),
        [
            ("deadlines.yaml", "facts: [exc-002, exc-001]", "facts: [exc-002, exc-999]"),
            ("deadlines.yaml", "facts: [exc-002]\n", "facts: [exc-999]\n"),
            ("timelines.yaml", "facts: [exc-001]", "facts: [exc-999]"),
        ],
    )
    def test_a_fact_that_is_not_there_is_named_when_the_facts_are_read(
        self, file: str, old: str, new: str, folder: Path
    ) -> None:
        write(folder, {**GOOD, file: str(GOOD[file]).replace(old, new)})
        assert read_time_limits(folder).rules  # which looks up no facts
        with pytest.raises(CorpusError, match="names the fact “exc-999”, which does not exist") as refused:
            read_catalogue(folder)
        assert refused.value.problems[0].startswith(f"corpus/{file}:")


class TestReading:
    def test_good_files_are_read_alone_and_with_the_rest(self, folder: Path) -> None:
        limits = read_time_limits(write(folder, GOOD))
        assert [rule.id for rule in limits.rules] == ["gdc-15", "posted", "appeal", "latest", "by-february"]
        assert read_catalogue(folder).time_limits == limits

    def test_limits_of_the_tribunal_get_its_break(self, folder: Path) -> None:
        limits = read_time_limits(write(folder, GOOD))
        assert [rule.id for rule in limits.rules if rule.breaks] == ["appeal", "latest"]
        assert limits.rules[2].breaks[0] == Break(first=(8, 1), last=(8, 31))

    def test_files_that_are_not_there_say_nothing(self, folder: Path) -> None:
        assert read_time_limits(write(folder, {"glossary.yaml": "[]"})) == TimeLimits()
        assert read_catalogue(write(folder, WITHOUT_TIME)).time_limits == TimeLimits()

    def test_sources_that_are_given_are_not_read_again(self, folder: Path) -> None:
        known = {source.id: source for source in read_catalogue(write(folder, GOOD)).sources}
        (folder / "sources.yaml").unlink()
        assert read_time_limits(folder, sources=known).rules

    def test_the_index_keeps_the_limits_as_they_are(self, corpus: Catalogue) -> None:
        records = records_of(corpus, NOTHING_LEARNED)
        text = "".join(records[name] for name in sorted(records) if name.startswith(CATALOGUE_RECORD))
        assert TypeAdapter(Catalogue).validate_json(text).time_limits == corpus.time_limits

"""Whoever edits the corpus is told the file, the line, the entry and what to do about each thing that is wrong."""

import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import CorpusError
from corpus.catalogue import read_catalogue
from corpus.located import LocatedYaml, Problem, read_located
from tests.integration.workbench import PROJECT

SOURCES = """\
# Every document, once.
- id: education-act-2002
  title: Education Act 2002
  short_title: EA 2002
  publisher: legislation.gov.uk
  tier: act
  url: https://www.legislation.gov.uk/ukpga/2002/32
  nation: england
  licence: OGL-3.0
  in_force_from: 2012-09-01
  in_force_to: null

- id: guidance-2024
  title: Guidance
  short_title: Guidance
  publisher: Department for Education
  tier: statutory_guidance
  url: https://www.gov.uk/guidance
  nation: england
  licence: OGL-3.0
  work: guidance
  edition: August 2024
  in_force_from: 2024-08-19
  in_force_to: 2026-07-25
  superseded_by: guidance-2026

- id: guidance-2026
  title: Guidance
  short_title: Guidance
  publisher: Department for Education
  tier: statutory_guidance
  url: https://www.gov.uk/guidance
  nation: england
  licence: OGL-3.0
  work: guidance
  edition: July 2026
  in_force_from: 2026-07-26
  in_force_to: null
"""
SUSPENSION = """\
# Suspensions.
- id: exc-001
  topic: who-can-exclude
  statement: Only the headteacher can suspend
    a pupil.
  force: may
  duty_on: headteacher
  audience: [parent, school]
  applies_to: [maintained, academy]
  authority:
    - source: education-act-2002
      provision: s.51A(1)
  in_force_from: 2012-09-01
  verified: primary
  checked_on: 2026-11-21
  questions:
    - who can suspend my son
  keywords: [suspend]
  leads_to:
    - fact: exc-002
      as: time_limit
"""
GOVERNORS = """\
# Governors.
- id: exc-002
  topic: governors
  statement: The governing board must meet within 15 school days.
  force: must
  duty_on: governing board
  audience: [parent, school]
  applies_to: [maintained]
  authority:
    - source: guidance-2026
      provision: para 95
      read_in: August 2024 edition
  in_force_from: 2012-09-01
  in_force_to: null
  verified: secondary
  checked_on: 2026-11-21
  same_as: []
"""
GUIDE = """\
id: first-suspension
title: A first suspension
matches:
  - my son was suspended today
steps:
  - {fact: exc-001}
  - {fact: exc-002, if: [ehc-plan], audience: [parent]}
"""
MISCONCEPTIONS = """\
- id: governors-always-meet
  wrong: Governors must meet about every suspension.
  cues:
    - when do the governors meet about his one day suspension
  corrects:
    - exc-001
    - exc-002
"""
GLOSSARY = """\
- term: PEX
  means: permanent exclusion
"""
HELP = """\
- id: emergency
  name: Emergency services
  what: Somebody is in danger now.
  phone: '999'
  facts:
    - exc-002
"""
TRIAGE = """\
urgent:
  - id: danger
    patterns:
      - in danger now
      - hurt (him|her)self
    facts: [exc-001]
    help: [emergency]
nations:
  - id: wales
    patterns: [in wales]
    says:
      reason: The law in Wales is different.
out_of_scope:
  - id: recipes
    patterns: [recipe]
"""
EXAMPLES = """\
- rule: danger
  messages:
    - he is in danger now
- rule: none
  messages:
    - he was suspended
"""
GOOD = {
    "sources.yaml": SOURCES,
    "guidance/governors.yaml": GOVERNORS,
    "guidance/suspension.yaml": SUSPENSION,
    "guides/first-suspension.yaml": GUIDE,
    "misconceptions.yaml": MISCONCEPTIONS,
    "glossary.yaml": GLOSSARY,
    "help.yaml": HELP,
    "triage.yaml": TRIAGE,
    "triage_examples.yaml": EXAMPLES,
}


def write(folder: Path, files: Mapping[str, str | bytes | None]) -> Path:
    """A corpus of these files in `folder`; None: the file is not there."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is not None:
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def problems_of(folder: Path) -> tuple[str, ...]:
    with pytest.raises(CorpusError) as refused:
        read_catalogue(folder)
    assert all(problem in str(refused.value) for problem in refused.value.problems)
    return refused.value.problems


@dataclass(frozen=True, kw_only=True)
class Slip:
    """What an editor gets wrong: `old` becomes `new` in `file`; the fault then stands in the line that holds `at`."""

    file: str
    old: str
    new: str
    at: str
    entry: str
    says: str

    def corpus(self) -> dict[str, str | bytes | None]:
        assert GOOD[self.file].count(self.old) == 1, "the slip must change one place"
        return {**GOOD, self.file: GOOD[self.file].replace(self.old, self.new)}

    def line(self) -> int:
        lines = str(self.corpus()[self.file]).splitlines()
        (found,) = [number for number, line in enumerate(lines, start=1) if self.at in line]
        return found


SUSPENSION_FILE, GOVERNORS_FILE = "guidance/suspension.yaml", "guidance/governors.yaml"
GUIDE_FILE, GLOSSARY_FILE = "guides/first-suspension.yaml", "glossary.yaml"
SLIPS = {
    "unknown source": Slip(
        file=SUSPENSION_FILE, old="source: education-act-2002", new="source: education-act-2020",
        at="source: education-act-2020", entry="exc-001",
        says="names the source “education-act-2020”, which does not exist. Correct the id, or add that source first.",
    ),
    "no day it was checked": Slip(
        file=GOVERNORS_FILE, old="  checked_on: 2026-11-21\n", new="", at="- id: exc-002", entry="exc-002",
        says="field `checked_on` is missing. Add it",
    ),
    "no day it came into force": Slip(
        file=SUSPENSION_FILE, old="  in_force_from: 2012-09-01\n", new="", at="- id: exc-001", entry="exc-001",
        says="field `in_force_from` is missing. Add it (write null when it is not known).",
    ),
    "source without a last day": Slip(
        file="sources.yaml", old="  in_force_from: 2012-09-01\n  in_force_to: null\n",
        new="  in_force_from: 2012-09-01\n", at="- id: education-act-2002", entry="education-act-2002",
        says="field `in_force_to` is missing. Add it",
    ),
    "a day left empty": Slip(
        file=SUSPENSION_FILE, old="checked_on: 2026-11-21", new="checked_on:", at="checked_on:", entry="exc-001",
        says="field `checked_on` must be a date. Write YYYY-MM-DD.",
    ),
    "impossible date": Slip(
        file=SUSPENSION_FILE, old="in_force_from: 2012-09-01", new="in_force_from: 2012-02-30",
        at="in_force_from: 2012-02-30", entry="exc-001",
        says="field `in_force_from`: “2012-02-30” is not a date in the calendar: write YYYY-MM-DD.",
    ),
    "impossible date in quotes": Slip(
        file="sources.yaml", old="in_force_from: 2026-07-26", new="in_force_from: '2026-13-26'",
        at="in_force_from: '2026-13-26'", entry="guidance-2026", says="“2026-13-26” is not a date in the calendar",
    ),
    "date written the English way": Slip(
        file=SUSPENSION_FILE, old="checked_on: 2026-11-21", new="checked_on: 21/11/2026", at="21/11/2026",
        entry="exc-001", says="“21/11/2026” is not a date in the calendar: write YYYY-MM-DD.",
    ),
    "a number for a date": Slip(
        file=SUSPENSION_FILE, old="checked_on: 2026-11-21", new="checked_on: 86400", at="86400", entry="exc-001",
        says="“86400” is not a date in the calendar",
    ),
    "same id in two files": Slip(
        file=SUSPENSION_FILE, old="      as: time_limit\n",
        new="      as: time_limit\n" + GOVERNORS.removeprefix("# Governors.\n"), at="- id: exc-002", entry="exc-002",
        says="has the same id as the entry at corpus/guidance/governors.yaml:2. Ids never repeat: give it a new one.",
    ),
    "unknown force": Slip(
        file=GOVERNORS_FILE, old="force: must", new="force: shall", at="force: shall", entry="exc-002",
        says="field `force` “shall” is not one of the allowed words: 'must', 'should', 'may' or 'info'.",
    ),
    "unknown tier": Slip(
        file="sources.yaml", old="tier: act", new="tier: law", at="tier: law", entry="education-act-2002",
        says="field `tier` “law” is not one of the allowed words: 'act',",
    ),
    "unknown kind of school": Slip(
        file=GOVERNORS_FILE, old="applies_to: [maintained]", new="applies_to: [comprehensive]", at="comprehensive",
        entry="exc-002", says="“comprehensive” is not one of the allowed words: 'maintained',",
    ),
    "a bracket that is not closed": Slip(
        file=SUSPENSION_FILE, old="keywords: [suspend]", new="keywords: [suspend", at="leads_to:", entry="file",
        says="is not valid YAML: ",
    ),
    "a quote that is not closed": Slip(
        file=GOVERNORS_FILE, old="topic: governors", new='topic: "governors" today', at='topic: "governors" today',
        entry="file", says="is not valid YAML: did not find expected key. Check indents and quotes here.",
    ),
    "a colon inside a statement": Slip(
        file=GOVERNORS_FILE, old="statement: The governing board must", new="statement: Note: the board must",
        at="Note: the board", entry="file", says="is not valid YAML: mapping values are not allowed",
    ),
    "an invisible character": Slip(
        file=SUSPENSION_FILE, old="topic: who-can-exclude", new="topic: who-can\x07-exclude", at="who-can\x07",
        entry="file", says=r"has the invisible character '\x07'. Delete it.",
    ),
    "a part used twice by a mark": Slip(
        file=SUSPENSION_FILE, old="keywords: [suspend]", new="keywords: &words [suspend, *words]", at="&words",
        entry="file", says="has a part marked with & that is used again with *. Write it out in both places.",
    ),
    "two editions in force at once": Slip(
        file="sources.yaml", old="in_force_to: 2026-07-25", new="in_force_to: 2026-07-26",
        at="in_force_from: 2026-07-26", entry="guidance-2026",
        says="is in force on the same days as guidance-2024, another edition of guidance. "
        "End guidance-2024 (in_force_to) the day before this one starts (in_force_from).",
    ),
    "an edition that never ends": Slip(
        file="sources.yaml", old="in_force_to: 2026-07-25", new="in_force_to: null",
        at="in_force_from: 2026-07-26", entry="guidance-2026",
        says="is in force on the same days as guidance-2024",
    ),
    "fact that ends before it starts": Slip(
        file=GOVERNORS_FILE, old="in_force_to: null", new="in_force_to: 2012-08-31", at="in_force_to: 2012-08-31",
        entry="exc-002", says="field `in_force_to` is before `in_force_from`. Swap or correct them.",
    ),
    "source that ends before it starts": Slip(
        file="sources.yaml", old="in_force_to: 2026-07-25", new="in_force_to: 2023-07-25",
        at="in_force_to: 2023-07-25", entry="guidance-2024",
        says="field `in_force_to` is before `in_force_from`. Swap or correct them.",
    ),
    "unknown fact in a guide": Slip(
        file=GUIDE_FILE, old="{fact: exc-001}", new="{fact: exc-999}", at="exc-999", entry="first-suspension",
        says="names the fact “exc-999”, which does not exist. Correct the id, or add that fact first.",
    ),
    "unknown fact in a misconception": Slip(
        file="misconceptions.yaml", old="- exc-002", new="- exc-999", at="exc-999", entry="governors-always-meet",
        says="names the fact “exc-999”, which does not exist.",
    ),
    "unknown fact in a link": Slip(
        file=SUSPENSION_FILE, old="fact: exc-002", new="fact: exc-999", at="exc-999", entry="exc-001",
        says="names the fact “exc-999”, which does not exist.",
    ),
    "unknown fact said to be the same": Slip(
        file=GOVERNORS_FILE, old="same_as: []", new="same_as: [exc-001, exc-999]", at="exc-999", entry="exc-002",
        says="names the fact “exc-999”, which does not exist.",
    ),
    "unknown fact said to replace one": Slip(
        file=GOVERNORS_FILE, old="same_as: []", new="replaced_by: [exc-999]", at="exc-999", entry="exc-002",
        says="names the fact “exc-999”, which does not exist.",
    ),
    "unknown fact of a contact": Slip(
        file="help.yaml", old="- exc-002", new="- exc-999", at="exc-999", entry="emergency",
        says="names the fact “exc-999”, which does not exist.",
    ),
    "unknown fact of a triage rule": Slip(
        file="triage.yaml", old="facts: [exc-001]", new="facts: [exc-999]", at="exc-999", entry="triage",
        says="names the fact “exc-999”, which does not exist.",
    ),
    "unknown contact of a triage rule": Slip(
        file="triage.yaml", old="help: [emergency]", new="help: [nobody]", at="nobody", entry="triage",
        says="names the contact “nobody”, which does not exist. Correct the id, or add that contact first.",
    ),
    "unknown successor of a source": Slip(
        file="sources.yaml", old="superseded_by: guidance-2026", new="superseded_by: guidance-2027",
        at="superseded_by: guidance-2027", entry="guidance-2024",
        says="names the source “guidance-2027”, which does not exist.",
    ),
    "unknown field": Slip(
        file=SUSPENSION_FILE, old="duty_on: headteacher", new="duty_on: headteacher\n  dutyholder: head",
        at="dutyholder", entry="exc-001",
        says="field `dutyholder` “head” is not a field of this kind of entry. Check the spelling or remove it.",
    ),
    "field written twice": Slip(
        file=SUSPENSION_FILE, old="keywords: [suspend]", new="keywords: [suspend]\n  force: must", at="force: must",
        entry="exc-001", says="field `force` is written twice in one entry. Keep one.",
    ),
    "list written twice": Slip(
        file=SUSPENSION_FILE, old="  keywords: [suspend]", new="  keywords: [suspend]\n  questions: # again\n    - why",
        at="questions: # again", entry="exc-001", says="field `questions` is written twice in one entry. Keep one.",
    ),
    "unknown condition": Slip(
        file=GUIDE_FILE, old="if: [ehc-plan]", new="if: [ehcp]", at="ehcp", entry="first-suspension",
        says="“ehcp” is not one of the allowed words: 'ehc-plan',",
    ),
    "unknown kind of link": Slip(
        file=SUSPENSION_FILE, old="as: time_limit", new="as: deadline", at="as: deadline", entry="exc-001",
        says="“deadline” is not one of the allowed words: 'consequence',",
    ),
    "pattern that cannot be compiled": Slip(
        file="triage.yaml", old="hurt (him|her)self", new="hurt (him|herself", at="hurt (him", entry="danger",
        says="“hurt (him|herself” is not a regular expression: missing ), unterminated subpattern",
    ),
    "unknown rule in the examples": Slip(
        file="triage_examples.yaml", old="rule: danger", new="rule: dangers", at="rule: dangers", entry="dangers",
        says="names the rule “dangers”, which triage.yaml does not have. Correct it, or write none.",
    ),
    "empty statement": Slip(
        file=GOVERNORS_FILE, old="statement: The governing board must meet within 15 school days.",
        new="statement: ''", at="statement: ''", entry="exc-002",
        says="field `statement` “” is empty. Fill it in or remove the line.",
    ),
    "statement that is a number": Slip(
        file=GOVERNORS_FILE, old="statement: The governing board must meet within 15 school days.",
        new="statement: 15", at="statement: 15", entry="exc-002", says="field `statement` “15” must be text.",
    ),
    "word where a list should be": Slip(
        file=SUSPENSION_FILE, old="keywords: [suspend]", new="keywords: suspend", at="keywords: suspend",
        entry="exc-001", says="field `keywords` “suspend” must be a list. Write [one, two]",
    ),
    "list of nobody": Slip(
        file=SUSPENSION_FILE, old="audience: [parent, school]", new="audience: []", at="audience: []",
        entry="exc-001", says="field `audience` is empty. Name at least one.",
    ),
    "id with capitals": Slip(
        file=GOVERNORS_FILE, old="topic: governors", new="topic: Governors", at="topic: Governors", entry="exc-002",
        says="field `topic` “Governors” does not have the right form. Ids are lower-case-with-dashes",
    ),
    "term without a meaning": Slip(
        file="glossary.yaml", old="  means: permanent exclusion\n", new="", at="term: PEX", entry="PEX",
        says="field `means` is missing. Add it",
    ),
}  # fmt: skip


class TestASlipOfTheEditor:
    def test_the_corpus_without_slips_is_read(self, tmp_path: Path) -> None:
        catalogue = read_catalogue(write(tmp_path, GOOD))
        assert [passage.id for passage in catalogue.passages] == ["exc-002", "exc-001"]
        assert catalogue.passages[1].statement == "Only the headteacher can suspend a pupil."

    def test_equal_words_have_an_equal_version_and_other_words_another(self, tmp_path: Path) -> None:
        other = {**GOOD, GLOSSARY_FILE: GLOSSARY.replace("permanent exclusion", "permanently excluded")}
        commented = {**GOOD, GLOSSARY_FILE: "# Words.\n" + GLOSSARY}
        versions = [
            read_catalogue(write(tmp_path / name, files)).version
            for name, files in {"one": GOOD, "same": commented, "other": other}.items()
        ]
        assert versions[0] == versions[1] != versions[2]

    @pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
    def test_the_editor_is_told_where_it_is_and_what_to_do(self, slip: Slip, tmp_path: Path) -> None:
        folder = write(tmp_path / "corpus", slip.corpus())
        (problem,) = problems_of(folder)
        place, _, what = problem.partition(f": {slip.entry}: ")
        assert place == f"corpus/{slip.file}:{slip.line()}"
        assert slip.says in what

    @pytest.mark.parametrize("name", [name for name in GOOD if "/" not in name])
    def test_a_missing_file_is_named(self, name: str, tmp_path: Path) -> None:
        problems = problems_of(write(tmp_path / "corpus", {**GOOD, name: None}))
        assert problems == (f"corpus/{name}:1: file: is missing. Restore it from the project.",)

    def test_a_corpus_without_any_guidance_is_refused(self, tmp_path: Path) -> None:
        files = {name: text for name, text in GOOD.items() if not name.startswith("guidance/")}
        (problem,) = problems_of(write(tmp_path / "corpus", files))
        assert problem.startswith("corpus/guidance:1: folder: has no .yaml file")

    def test_a_file_in_another_encoding_is_named_with_the_line_that_gives_it_away(self, tmp_path: Path) -> None:
        latin = GOVERNORS.replace("15 school days", "15 school days – not £15").encode("cp1252")
        (problem,) = problems_of(write(tmp_path / "corpus", {**GOOD, GOVERNORS_FILE: latin}))
        assert re.fullmatch(
            r"corpus/guidance/governors\.yaml:4: file: is not UTF-8 text \(.*\)\. Save it as UTF-8\.", problem
        )

    @pytest.mark.parametrize(
        ("name", "text", "place", "says"),
        [
            (GUIDE_FILE, "- id: first-suspension\n", f"{GUIDE_FILE}:1: entry: ", "must be an entry of named fields"),
            (SUSPENSION_FILE, "\n- - id: exc-001\n", f"{SUSPENSION_FILE}:2: entry: ", "must be an entry of named"),
            (SUSPENSION_FILE, "\n- exc-001\n", f"{SUSPENSION_FILE}:2: entry: ", "must be an entry of named fields"),
            (SUSPENSION_FILE, "id: exc-001\n", f"{SUSPENSION_FILE}:1: file: ", "must be a list: each entry starts wi"),
            (SUSPENSION_FILE, "# nothing\n", f"{SUSPENSION_FILE}:1: file: ", "must be a list: each entry starts with"),
            ("triage.yaml", "", "triage.yaml:1: entry: ", "must be an entry of named fields"),
        ],
        ids=["guide is a list", "fact is a list", "fact is a word", "facts are no list", "empty", "empty triage"],
    )
    def test_what_has_the_wrong_shape_is_refused(
        self, name: str, text: str, place: str, says: str, tmp_path: Path
    ) -> None:
        (problem,) = problems_of(write(tmp_path / "corpus", {**GOOD, name: text}))
        assert problem.startswith(f"corpus/{place}")
        assert says in problem

    def test_several_slips_are_all_told_at_once(self, tmp_path: Path) -> None:
        slips = [SLIPS[name] for name in ("unknown force", "unknown condition", "two editions in force at once")]
        files = GOOD | {slip.file: slip.corpus()[slip.file] for slip in slips}
        problems = problems_of(write(tmp_path / "corpus", files))
        assert len(problems) == 3
        for slip in slips:
            assert any(problem.startswith(f"corpus/{slip.file}:{slip.line()}: {slip.entry}: ") for problem in problems)

    def test_one_slip_in_a_fact_is_not_blamed_on_everything_that_names_it(self, tmp_path: Path) -> None:
        (problem,) = problems_of(write(tmp_path / "corpus", SLIPS["unknown force"].corpus()))
        assert "does not exist" not in problem


# The command --------------------------------------------------------------------------------------------------------


def check(*options: str | Path) -> subprocess.CompletedProcess[str]:
    """`apnav corpus check` as a program of its own."""
    command = [sys.executable, "-c", "from bots.cli.main import main; main()", "corpus", "check", *map(str, options)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=PROJECT, check=False)


class TestTheCommand:
    def test_the_shipped_corpus_passes(self) -> None:
        checked = check()
        assert (checked.returncode, checked.stderr) == (0, "")
        assert checked.stdout.startswith("660 facts, ")

    def test_a_bad_entry_ends_it_with_status_1_and_its_line(self, tmp_path: Path) -> None:
        slip = SLIPS["impossible date"]
        checked = check("--folder", write(tmp_path / "mine", slip.corpus()))
        assert (checked.returncode, checked.stdout) == (1, "")
        assert f"mine/{slip.file}:{slip.line()}: exc-001: field `in_force_from`: “2012-02-30” is not" in checked.stderr

    def test_a_good_folder_passes(self, tmp_path: Path) -> None:
        checked = check("--folder", write(tmp_path / "mine", GOOD))
        assert (checked.returncode, checked.stderr) == (0, "")
        assert checked.stdout.startswith("2 facts, 3 sources, 1 guides")

    def test_a_folder_that_is_not_there_is_said_to_be_so(self, tmp_path: Path) -> None:
        checked = check("--folder", tmp_path / "nowhere")
        assert checked.returncode == 2
        assert "nowhere" in checked.stderr


# Whatever is typed --------------------------------------------------------------------------------------------------

_runs = settings(max_examples=60, deadline=None, derandomize=True, database=None)
YAML_LIKE = st.lists(
    st.sampled_from([
        "- ", "  ", "\n", "\n- id: ", "\n  ", ": ", "id", "statement", "force", "must", "[", "]", "{", "}", "&a ", "*a",
        "<<", "!!bool ", "!!int ", "!!timestamp ", "!!set ", "!!omap ", "|", ">", "'", '"', "#", "%", "@", "?", ",",
        "---", "...", "null", "~", "2026-02-30", "2026-11-21", "1e999", "0x", "=", ".nan", "exc-001", "\t", "\r", "é",
        "\x00", "\ufeff", "\u2028", "authority", "leads_to",
    ]),
    max_size=30,
).map("".join)  # fmt: skip
PLAIN_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["id", "statement", "authority", "in_force_from", "leads_to"]) | st.integers() | st.none(),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def editable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good corpus whose suspension file is written over and over."""
    return write(tmp_path_factory.mktemp("editable") / "corpus", GOOD)


def is_read_or_refused(folder: Path, name: str, content: bytes) -> None:
    """Reading the corpus with this content in a file ends well, or with problems that name a line of a file."""
    (folder / name).write_bytes(content)
    problems: tuple[str, ...] = ("corpus/none:1: read",)
    try:
        read_catalogue(folder)
    except CorpusError as error:
        problems = error.problems
    finally:
        (folder / name).write_text(GOOD[name], encoding="utf-8")
    assert problems
    assert [problem for problem in problems if not re.match(r"corpus/[\w./-]+:[1-9]\d*: \S", problem)] == []


class TestWhateverIsTyped:
    @_runs
    @given(content=st.text() | YAML_LIKE)
    def test_any_text_in_a_file_is_read_or_refused(self, content: str, editable: Path) -> None:
        is_read_or_refused(editable, SUSPENSION_FILE, content.encode())

    @_runs
    @given(content=st.binary())
    def test_any_bytes_in_a_file_are_read_or_refused(self, content: bytes, editable: Path) -> None:
        is_read_or_refused(editable, SUSPENSION_FILE, content)

    @_runs
    @given(value=PLAIN_VALUES, place=st.sampled_from(["fact", "field"]))
    def test_any_value_in_the_place_of_a_fact_or_a_field_is_read_or_refused(
        self, value: object, place: str, editable: Path
    ) -> None:
        (good,) = yaml.safe_load(SUSPENSION)
        facts = [good, value] if place == "fact" else [{**good, "leads_to": value, "keywords": [value]}]
        is_read_or_refused(editable, SUSPENSION_FILE, yaml.safe_dump(facts, allow_unicode=True).encode())

    @_runs
    @given(content=YAML_LIKE, name=st.sampled_from([GUIDE_FILE, "triage.yaml", "sources.yaml"]))
    def test_any_text_in_another_file_is_read_or_refused(self, content: str, name: str, editable: Path) -> None:
        is_read_or_refused(editable, name, content.encode())

    @pytest.mark.parametrize(
        "content",
        [
            "[" * 5000,
            "[" * 990 + "]" * 990,
            "- " * 700 + "a",
            "- &a [*a]",
            "- !!bool x",
            "- " + "9" * 5000,
            "- {[1]: 2}",
        ],
        ids=["open", "deep", "deep list", "endless", "no truth value", "long number", "list as key"],
    )
    def test_what_would_break_a_parser_is_refused(self, content: str, tmp_path: Path) -> None:
        problems_of(write(tmp_path, {**GOOD, SUSPENSION_FILE: content}))


# Lines --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def located(tmp_path: Path) -> LocatedYaml:
    path = tmp_path / "guidance.yaml"
    path.write_text(SUSPENSION, encoding="utf-8")
    found = read_located(path, shown_as="guidance.yaml")
    assert isinstance(found, LocatedYaml)
    return found


class TestLines:
    @pytest.mark.parametrize(
        ("path", "line"),
        [
            ((), 1),
            ((0,), 2),
            ((0, "id"), 2),
            ((0, "statement"), 4),
            ((0, "applies_to", 1), 9),
            ((0, "authority"), 10),
            ((0, "authority", 0), 11),
            ((0, "authority", 0, "provision"), 12),
            ((0, "questions"), 16),
            ((0, "questions", 0), 17),
            ((0, "leads_to", 0, "as"), 21),
        ],
        ids=str,
    )
    def test_each_value_is_found_in_the_line_where_it_is_written(
        self, path: tuple[str | int, ...], line: int, located: LocatedYaml
    ) -> None:
        assert located.line_of(path) == line

    @pytest.mark.parametrize(
        ("path", "line"),
        [((0, "caveat"), 2), ((0, "authority", 0, "url"), 11), ((0, "authority", 7), 10), ((9, "id"), 1)],
        ids=str,
    )
    def test_what_is_not_written_is_looked_for_in_what_is_around_it(
        self, path: tuple[str | int, ...], line: int, located: LocatedYaml
    ) -> None:
        assert located.line_of(path) == line

    def test_dates_stay_as_they_were_written(self, located: LocatedYaml) -> None:
        assert located.value[0]["in_force_from"] == "2012-09-01"

    def test_a_problem_reads_as_file_line_entry_and_what_to_do(self) -> None:
        assert (
            str(Problem("corpus/help.yaml", 7, "childline", "is empty.")) == "corpus/help.yaml:7: childline: is empty."
        )

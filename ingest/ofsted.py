"""What Ofsted published of schools of alternative provision, from its monthly management information.

Report cards (inspections from 10 November 2025) have grades in words and no overall grade; older inspections have
numbers. The two are never turned into each other, and a school that is not in the file has no rating, not a bad one.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date

from assistant.offer import InspectionResult, OfferKind, Refusal
from assistant.offer_errors import SourceRefused
from ingest.offer_draft import About, Draft, Imported, LeftOut, Reading
from ingest.offer_readings import a_date, a_web_address
from ingest.offer_tables import TableFile, texts

_REPORT_CARD = (
    "Safeguarding standards",
    "Inclusion",
    "Curriculum and teaching",
    "Achievement",
    "Attendance and behaviour",
    "Personal development and wellbeing",
    "Early years (where applicable)",
    "Post-16 provision (where applicable)",
    "Leadership and governance",
)
_OLDER = (  # our words, the column of 2025 and later, the column of older files
    ("Overall effectiveness", "Latest OEIF overall effectiveness", "Overall effectiveness"),
    ("Quality of education", "Latest OEIF quality of education", "Quality of education"),
    ("Behaviour and attitudes", "Latest OEIF behaviour and attitudes", "Behaviour and attitudes"),
    ("Personal development", "Latest OEIF personal development", "Personal development"),
    (
        "Leadership and management",
        "Latest OEIF effectiveness of leadership and management",
        "Effectiveness of leadership and management",
    ),
    (
        "Sixth form provision",
        "Latest OEIF sixth form provision (where applicable)",
        "Sixth form provision (where applicable)",
    ),
)
_GRADES = {"1": "Outstanding", "2": "Good", "3": "Requires improvement", "4": "Inadequate", "not judged": "Not judged"}
_CONCERN = {"sm": "Special measures", "swk": "Serious weaknesses", "rsi": "Requires significant improvement"}
_NOT_SAID = {"", "null", "9", "not applicable", "-"}
_AP = re.compile(r"alternative provision|pupil referral|\bPRU\b", re.IGNORECASE)
_KINDS = (
    (re.compile(r"pupil referral|\bPRU\b", re.IGNORECASE), OfferKind.PUPIL_REFERRAL_UNIT),
    (re.compile(r"free school", re.IGNORECASE), OfferKind.AP_FREE_SCHOOL),
    (re.compile(r"academy", re.IGNORECASE), OfferKind.AP_ACADEMY),
)

Row = Mapping[str, str]


def results_in(table: TableFile, *, named: Collection[str], about: About, reading: Reading) -> Iterator[Imported]:
    """One entry with the latest result of each school of alternative provision, or whose URN is in `named`.

    Raises `SourceRefused` for a file that is not Ofsted's management information.
    """
    rows = table.rows()
    columns: list[str] = []
    for _, row in zip(range(20), rows, strict=False):  # the newest files have lines of notes above the headings
        columns = texts(row.cells)
        if {"URN", "School name"} <= set(columns):
            break
    else:
        why = "it is not Ofsted's management information of schools: there are no columns URN and School name"
        raise SourceRefused(table.path.name, why=why)
    for row in rows:
        said = {
            name: "" if cell.lower() == "null" else cell for name, cell in zip(columns, texts(row.cells), strict=False)
        }
        kind = f"{said.get('Ofsted phase', '')} {said.get('Type of education', '')}"
        if not _AP.search(kind) and said.get("URN") not in named:
            yield LeftOut(why="not alternative provision")
            continue
        yield from _entry(said, kind, Draft(about, where=row.where, reading=reading))


def _entry(said: Row, kind: str, draft: Draft) -> Iterator[Imported]:
    for field, column in (("urn", "URN"), ("name", "School name"), ("postcode", "Postcode")):
        draft.put(field, said.get(column, ""))
    if not draft.has("urn"):
        yield from draft.refusals or [Refusal(where=draft.where, field="urn", why="it has no URN.")]
        return
    if _AP.search(kind):
        draft.set("kind", next((found for pattern, found in _KINDS if pattern.search(kind)), None))
    try:
        result = _report_card(said) or _older(said)
    except ValueError as error:
        draft.refuse("inspection", f"{error}.")
        result = None
    if result is None and not draft.refusals:
        yield LeftOut(why="no inspection has been published")
        return
    for name in ("on", "report_card", "grades", "of_predecessor", "url"):
        draft.set(f"inspection_{name}", getattr(result, name, None))
    if result is not None:
        draft.set("source_url", result.url)
    yield from draft.results(said["URN"])


def _report_card(said: Row) -> InspectionResult | None:
    grades = [(name.removesuffix(" (where applicable)"), said.get(name, "")) for name in _REPORT_CARD]
    kept = [(area, grade) for area, grade in grades if grade.lower() not in _NOT_SAID]
    if not any(area != "Safeguarding standards" for area, _ in kept):
        return None
    return InspectionResult(
        on=_day(said, "Inspection start date"),
        report_card=True,
        grades=(*kept, *_concern(said)),
        of_predecessor=_of_predecessor(
            said, "Does the latest full inspection relate to the URN of the current school?"
        ),
        url=_link(said),
    )


def _older(said: Row) -> InspectionResult | None:
    """The latest graded inspection of before November 2025, else what an ungraded visit said."""
    newer = any(column in said for _, column, _ in _OLDER)
    cells = [(area, said.get(column if newer else older, "").lower()) for area, column, older in _OLDER]
    grades = [(area, _GRADES[cell]) for area, cell in cells if cell in _GRADES]
    unread = [cell for _, cell in cells if cell not in _GRADES and cell not in _NOT_SAID]
    if unread:
        raise ValueError(f"“{unread[0]}” is no grade of Ofsted's")
    ungraded = said.get("Ungraded inspection overall outcome", "")
    if ungraded.lower() not in _NOT_SAID:
        grades.append(("Ungraded inspection", ungraded))
    if not grades:
        return None
    day = "Inspection start date of latest OEIF graded inspection" if newer else "Inspection start date"
    relates = "Does the latest OEIF graded inspection relate to the URN of the current school?"
    if len(grades) == 1 and grades[0][0] == "Ungraded inspection":
        day, relates = (
            "Date of latest ungraded inspection",
            "Does the ungraded inspection relate to the URN of the current school?",
        )
    return InspectionResult(
        on=_day(said, day),
        report_card=False,
        grades=(*grades, *_concern(said)),
        of_predecessor=_of_predecessor(said, relates),
        url=_link(said),
    )


def _concern(said: Row) -> list[tuple[str, str]]:
    word = (said.get("Most recent category of concern") or said.get("Category of concern") or "").strip()
    return [] if word.lower() in _NOT_SAID else [("Category of concern", _CONCERN.get(word.lower(), word))]


def _of_predecessor(said: Row, column: str) -> bool | None:
    return {"yes": False, "no": True}.get(said.get(column, "").strip().lower())


def _day(said: Row, column: str) -> date | None:
    text = said.get(column, "")
    return None if text.lower() in _NOT_SAID else a_date(text)


def _link(said: Row) -> str | None:
    text = next((said[name] for name in said if name.lower().startswith("web link")), "")
    try:
        return a_web_address(text) if text else None
    except ValueError:
        return None

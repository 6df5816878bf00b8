"""Schools of alternative provision from the register of schools, Get Information About Schools (GIAS).

Its daily file has one row for each of about 50,000 establishments and 140 columns; which columns there are changes
with the years. The names of heads are never read, nor LastChangedDate: the register is true of the day of its extract,
however long ago a field was changed.
"""

import re
from collections.abc import Collection, Iterator, Mapping

from assistant.offer import OfferKind, Refusal, Registration
from assistant.offer_errors import SourceRefused
from corpus.offer_columns import GiasType, Take
from ingest.offer_draft import About, Draft, Imported, LeftOut, Reading
from ingest.offer_readings import a_date
from ingest.offer_tables import TableFile, TableRow, texts

_NEEDED = ("URN", "EstablishmentName", "TypeOfEstablishment (code)", "EstablishmentStatus (code)")
_REGISTER = "https://get-information-schools.service.gov.uk"
_OPEN, _CLOSING, _NOT_YET = 1, 3, 4
_LINKS = {"URN", "LinkURN", "LinkType"}
_SEMH = re.compile(r"\bSEMH\b|social, emotional", re.IGNORECASE)
_NOT_SAID = {"", "not applicable", "none", "does not apply", "unknown", "-"}
_FIELDS = (
    ("urn", "URN"),
    ("name", "EstablishmentName"),
    ("age_from", "StatutoryLowAge"),
    ("age_to", "StatutoryHighAge"),
    ("places_total", "PlacesPRU"),
    ("town", "Town"),
    ("postcode", "Postcode"),
    ("easting", "Easting"),
    ("northing", "Northing"),
    ("phone", "TelephoneNum"),
    ("url", "SchoolWebsite"),
)
_ADDRESS = ("Street", "Locality", "Address3")

Row = Mapping[str, str]


def schools_in(
    table: TableFile,
    *,
    types: Mapping[int, GiasType],
    named: Collection[str],
    about: About,
    reading: Reading,
) -> Iterator[Imported]:
    """The open schools that are offers of alternative provision; `named` are URNs that other sources have as offers.

    Raises `SourceRefused` for a file that is no extract of the register.
    """
    rows = table.rows()
    headings = next(rows, None)
    columns = texts(headings.cells) if headings else []
    _refuse_other_files(columns, table)
    for row in rows:
        cells = texts(row.cells)
        if len(cells) > len(columns):
            yield Refusal(where=row.where, why=f"it has {len(cells)} cells under {len(columns)} headings.")
            continue
        yield from _school(dict(zip(columns, cells, strict=False)), row, types, named, about=about, reading=reading)


def _refuse_other_files(columns: list[str], table: TableFile) -> None:
    if set(columns) >= _LINKS:
        why = "it says which schools came after which, and holds no schools. Import the file edubasealldata….csv"
        raise SourceRefused(table.path.name, why=why)
    if "type-of-establishment-code" in columns:
        raise SourceRefused(table.path.name, why="it is the list of types of schools, and holds no schools")
    missing = [each for each in _NEEDED if each not in columns]
    if missing:
        why = f"it is no extract of the register of schools: there is no column {', '.join(missing)}"
        raise SourceRefused(table.path.name, why=why)


def _school(
    row: Row,
    found: TableRow,
    types: Mapping[int, GiasType],
    named: Collection[str],
    *,
    about: About,
    reading: Reading,
) -> Iterator[Imported]:
    try:
        status, kind = _code(row, "EstablishmentStatus (code)"), _code(row, "TypeOfEstablishment (code)")
    except ValueError as error:
        yield Refusal(where=found.where, field=str(error), why="it is not a code of the register.")
        return
    if status not in {_OPEN, _CLOSING}:
        yield LeftOut(why="proposed to open, and not open yet" if status == _NOT_YET else "closed")
        return
    if kind not in types or not _is_offer(row, types[kind], named):
        yield LeftOut(why="not a type of school that is alternative provision")
        return
    draft = Draft(about, where=found.where, reading=reading)
    _fill(draft, row, types[kind], closing=status == _CLOSING)
    yield from draft.results(row.get("URN") or None)


def _code(row: Row, column: str) -> int:
    """Codes were padded with noughts until about 2020."""
    try:
        return int(row.get(column, ""))
    except ValueError as error:
        raise ValueError(column) from error


def _is_offer(row: Row, school: GiasType, named: Collection[str]) -> bool:
    if school.take is Take.ALWAYS or row.get("URN") in named or (school.hospital and _is_hospital(row)):
        return True
    return school.take is Take.WHEN_SEMH and (bool(_SEMH.search(" ".join(_needs(row)))) or _has_ebd(row))


def _is_hospital(row: Row) -> bool:
    return "hospital" in row.get("EstablishmentName", "").lower()


def _has_ebd(row: Row) -> bool:
    said = row.get("EBD (name)", "").lower()
    return "ebd" in said and "not" not in said


def _needs(row: Row) -> list[str]:
    said = (row.get(f"SEN{n} (name)", "") for n in range(1, 14))
    return [each for each in said if each.lower() not in _NOT_SAID]


def _fill(draft: Draft, row: Row, school: GiasType, *, closing: bool) -> None:
    hospital = school.hospital and _is_hospital(row)
    draft.set("kind", OfferKind.HOSPITAL if hospital else school.kind)
    if school.kind is not OfferKind.COLLEGE:
        draft.set("registration", Registration.REGISTERED)
    for field, column in _FIELDS:
        said = row.get(column, "")
        if said.lower() not in _NOT_SAID and (field, said) != ("places_total", "0"):
            draft.put(field, said)
    draft.set("address", ", ".join(said for each in _ADDRESS if (said := row.get(each, ""))) or None)
    draft.set("council", _authority(row))
    if needs := _needs(row):
        draft.put("need_words", "; ".join(needs))
    if _has_ebd(row):
        draft.add("needs", draft.reading.needs("SEMH"))
    draft.add_text(_in_words(row))
    if draft.has("urn"):
        draft.set("source_url", f"{_REGISTER}/Establishments/Establishment/Details/{draft.said['urn']}")
    if closing:
        draft.put("alert", f"This school is open but proposed to close{_closing_day(row)}.")


def _authority(row: Row) -> str | None:
    """The education authority: counties have codes of their own (E10…), others that of their district."""
    code = row.get("GSSLACode (name)", "")
    if re.fullmatch(r"E(?:06|08|09|10)\d{6}", code):
        return code
    district = row.get("DistrictAdministrative (code)", "")
    return district if re.fullmatch(r"E(?:06|08|09)\d{6}", district) else None  # E07: its county is the authority


def _in_words(row: Row) -> str:
    kind, council = row.get("TypeOfEstablishment (name)", ""), row.get("LA (name)", "")
    trust = row.get("Trusts (name)", "")
    parts = [f"{kind} in {council}." if kind and council else (f"{kind}." if kind else "")]
    parts.append(f"Run by {trust}." if trust.lower() not in _NOT_SAID else "")
    return " ".join(part for part in parts if part)


def _closing_day(row: Row) -> str:
    try:
        day = a_date(row.get("CloseDate", ""))
    except ValueError:
        return ""
    return f" on {day.day} {day:%B %Y}"

"""Which importer reads what: a file, folder or address becomes entries, with what is known of their source."""

import hashlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from assistant.offer import Claimant
from assistant.offer_errors import SourceRefused
from assistant.offer_terms import OfferVocabulary
from corpus.offer_columns import GiasType
from ingest.feed_requests import Patience, check_address, download
from ingest.gias import schools_in
from ingest.offer_draft import About, Imported, Reading
from ingest.offer_mapping import ColumnMapping, read_mapping, table_to_read
from ingest.offer_pages import offers_in_page
from ingest.offer_readings import a_date
from ingest.offer_sheets import offers_in_sheet
from ingest.offer_tables import TableFile, texts
from ingest.offer_workbooks import is_workbook
from ingest.ofsted import results_in
from ingest.open_referral import Dialect
from ingest.open_referral_feed import Progress, fetch_feed, offers_in_feed
from ingest.open_referral_files import envelope_of, offers_in_file, offers_in_tables, table_of, tables_in

_OGL = "Open Government Licence v3.0"


class SourceKind(StrEnum):
    """The forms that offers are published in."""

    ORUK = "oruk"
    GIAS = "gias"
    OFSTED = "ofsted"
    SHEET = "sheet"
    PAGE = "page"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRequest:
    """What a person asks to import; what they do not say is told from the file itself."""

    target: str
    kind: SourceKind | None = None
    mapping: Path | None = None
    source: str | None = None
    name: str | None = None
    says: Claimant | None = None
    url: str | None = None
    licence: str | None = None
    valid_to: date | None = None
    sheet: str | None = None
    sample: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTools:
    """What importers work with. `named` gives the URNs of the offers there are; `folder` keeps what is fetched."""

    reading: Reading
    vocabulary: OfferVocabulary
    gias_types: Mapping[int, GiasType]
    named: Callable[[], Collection[str]]
    folder: Path
    patience: Patience = field(default_factory=Patience)
    progress: Progress = lambda *_: None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSource:
    """A source ready to be read. `whole`: its entries are all it has; `notes` is complete once they were read."""

    about: About
    entries: Iterator[Imported]
    whole: bool = True
    notes: list[str] = field(default_factory=list)


def read_source(request: SourceRequest, *, tools: SourceTools, now: datetime) -> ReadSource:
    """The entries of a source, to be read one by one. Raises `SourceRefused` for what is none."""
    if not re.match(r"https?://", request.target):
        path = Path(request.target)
        if not path.exists():
            raise SourceRefused(request.target, why="there is no such file or folder")
        return _read_path(path, request, tools, now)
    check_address(request.target)
    is_table = re.search(r"\.(?:csv|xlsx|xlsm)$", urlsplit(request.target).path)
    if request.kind in {None, SourceKind.ORUK} and not is_table:
        return _read_feed(request, tools, now)
    path = download(request.target, to=tools.folder / "downloads", patience=tools.patience)
    return _read_path(path, replace(request, url=request.url or request.target), tools, now)


def _read_feed(request: SourceRequest, tools: SourceTools, now: datetime) -> ReadSource:
    fetched = fetch_feed(
        request.target, folder=tools.folder / "feeds", now=now, patience=tools.patience, progress=tools.progress
    )
    host = urlsplit(request.target).netloc
    about = _about(request, now, source=source_id(request), name=host, says=Claimant.COUNCIL)
    about = replace(about, url=about.url or request.target)
    dialect = Dialect(about=about, reading=tools.reading, vocabulary=tools.vocabulary)
    entries = offers_in_feed(fetched, dialect=dialect)
    return ReadSource(about=about, entries=entries, whole=fetched.whole, notes=list(fetched.notes))


def _read_path(path: Path, request: SourceRequest, tools: SourceTools, now: datetime) -> ReadSource:
    match request.kind or kind_of(path):
        case SourceKind.ORUK:
            return _read_open_referral(path, request, tools, now)
        case SourceKind.GIAS:
            table = TableFile(path=path)
            about = _about(request, now, source="gias", name="Get Information About Schools", says=Claimant.GOVERNMENT)
            about = replace(about, licence=about.licence or _OGL, now=_as_at(path, now))
            named = tools.named()
            entries = schools_in(table, types=tools.gias_types, named=named, about=about, reading=tools.reading)
            return ReadSource(about=about, entries=entries, notes=table.notes)
        case SourceKind.OFSTED:
            table = TableFile(path=path)
            about = _about(request, now, source="ofsted", name="Ofsted", says=Claimant.GOVERNMENT)
            about = replace(about, licence=about.licence or _OGL, now=_as_at(path, now))
            entries = results_in(table, named=tools.named(), about=about, reading=tools.reading)
            return ReadSource(about=about, entries=entries, notes=table.notes)
        case SourceKind.SHEET:
            return _read_sheet(path, request, tools, now)
        case SourceKind.PAGE:
            mapping = read_mapping(request.mapping) if request.mapping else None
            about = _about(
                request, now, source=source_id(request, path), name=path.name, says=Claimant.COUNCIL, mapping=mapping
            )
            url = about.url
            entries = offers_in_page(path, url=url, mapping=mapping, about=about, reading=tools.reading)
            return ReadSource(about=about, entries=entries)


def _read_open_referral(path: Path, request: SourceRequest, tools: SourceTools, now: datetime) -> ReadSource:
    about = _about(request, now, source=source_id(request, path), name=path.name, says=Claimant.COUNCIL)
    dialect = Dialect(about=about, reading=tools.reading, vocabulary=tools.vocabulary)
    if path.is_dir():
        return ReadSource(about=about, entries=offers_in_tables(tables_in(path), dialect=dialect))
    if path.suffix.lower() == ".csv":
        return ReadSource(about=about, entries=offers_in_tables(table_of(path), dialect=dialect))
    envelope = envelope_of(path)
    notes = [] if envelope.whole else [f"The file is one page of a feed of {envelope.claimed:,} services."]
    entries = offers_in_file(path, envelope=envelope, dialect=dialect)
    return ReadSource(about=about, entries=entries, whole=envelope.whole, notes=notes)


def _read_sheet(path: Path, request: SourceRequest, tools: SourceTools, now: datetime) -> ReadSource:
    about, mapping = _about_mapped(path, request, now)
    sheet = request.sheet or (mapping.sheet if mapping else None)
    table = TableFile(path=path, sheet=sheet) if mapping else _table(path, sheet, tools)
    entries = offers_in_sheet(table, mapping=mapping, about=about, reading=tools.reading)
    return ReadSource(about=about, entries=entries, notes=table.notes)


def _table(path: Path, sheet: str | None, tools: SourceTools) -> TableFile:
    return table_to_read(path, sheet=sheet, columns=tools.reading.columns)


def _about_mapped(path: Path, request: SourceRequest, now: datetime) -> tuple[About, ColumnMapping | None]:
    mapping = read_mapping(request.mapping) if request.mapping else None
    source, council = source_id(request, path), Claimant.COUNCIL
    return _about(request, now, source=source, name=path.name, says=council, mapping=mapping), mapping


def _about(
    request: SourceRequest,
    now: datetime,
    *,
    source: str,
    name: str,
    says: Claimant,
    mapping: ColumnMapping | None = None,
) -> About:
    """What the person says of the source, else what its mapping does, else what is usual for its kind."""
    return About(
        source=request.source or source,
        source_name=request.name or (mapping.name if mapping and mapping.name else name),
        says=request.says or (mapping.says if mapping else says),
        now=now,
        url=request.url or (mapping.url if mapping else None),
        licence=request.licence or (mapping.licence if mapping else None),
        valid_to=request.valid_to or (mapping.valid_to if mapping else None),
        sample=request.sample,
    )


def kind_of(path: Path) -> SourceKind:
    """What a file or folder holds, told by how it begins. Raises `SourceRefused` for what is none of ours."""
    if path.is_dir():
        return SourceKind.ORUK
    if is_workbook(path):
        return SourceKind.SHEET
    with path.open("rb") as file:
        start = file.read(2_048).lstrip(b"\xef\xbb\xbf \r\n\t")
    if start.startswith((b"{", b"[")):
        return SourceKind.ORUK
    if start.startswith(b"<"):
        return SourceKind.PAGE
    return _kind_of_table(path)


def _kind_of_table(path: Path) -> SourceKind:
    for _, row in zip(range(20), TableFile(path=path).rows(), strict=False):
        columns = set(texts(row.cells))
        if columns & {"TypeOfEstablishment (code)", "LinkURN", "type-of-establishment-code"}:
            return SourceKind.GIAS
        if {"URN", "School name"} <= columns and any("nspection" in column for column in columns):
            return SourceKind.OFSTED
        if "id" in columns and columns & {"organization_id", "service_id", "location_id", "link_id", "taxonomy"}:
            return SourceKind.ORUK
    return SourceKind.SHEET


def _as_at(path: Path, now: datetime) -> datetime:
    """The day that the name of a government file gives (edubasealldata20261119, as_at_31_Jan_2026), else today."""
    found = re.search(r"(20\d\d)([01]\d)([0-3]\d)", path.stem)
    words = re.search(r"as[_ -]at[_ -](\d{1,2})[_ -]([a-z]+)[_ -](20\d\d)", path.stem, re.IGNORECASE)
    said = "-".join(found.groups()) if found else " ".join(words.groups()) if words else ""
    try:
        day = datetime.combine(a_date(said), time(), tzinfo=now.tzinfo)
    except ValueError:
        return now
    return min(day, now)


def source_id(request: SourceRequest, path: Path | None = None) -> str:
    """The id of what was asked for: by its whole address, or by the name of a file of one's own.

    Two lists must never share one, for what is imported takes the place of what was there under its id.
    """
    if path is not None and not re.match(r"https?://", request.target):
        return _slug(path.stem)
    address = urlsplit(request.target)
    named = _slug(address.netloc + address.path)
    if not address.query and named == _slug(address.netloc + address.path, at_most=1_000):
        return named
    return f"{named[:50]}-{hashlib.sha256(request.target.encode()).hexdigest()[:8]}"


def _slug(text: str, *, at_most: int = 60) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:at_most].strip("-") or "offers"

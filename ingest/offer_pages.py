"""Offers from a web page of a council: a table of providers, or a heading for each with what is said under it."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from assistant.offer_errors import SourceRefused
from corpus.offer_columns import OfferColumns
from ingest.offer_draft import About, Draft, Imported, Reading
from ingest.offer_mapping import DROP, ColumnMapping
from ingest.offer_sheets import offers_in_sheet
from ingest.offer_tables import TableRow
from ingest.plain_text import plain

_WEB = {"http", "https"}
_MOST = 20 << 20  # bytes of one page
_MAIN = ("main", "[role=main]", "#main-content", "#content", "article", "body")
_NO_PART = ["script", "style", "nav", "header", "footer", "aside", "form", "noscript", "template", "iframe", "svg"]
_HIDDEN = "[hidden], [aria-hidden=true], [style*='display:none'], [style*='display: none']"
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5}
_BLOCKS = {"p", "li", "dd", "dt", "td", "th", "address", "div"}
_LABEL = re.compile(r"^([^:\n]{2,60}?)\s*:\s*(.+)$", re.DOTALL)


@dataclass(slots=True, kw_only=True)
class PageTable:
    """A table of a web page, as rows."""

    path: Path
    cells: list[tuple[str, ...]]
    sheet: str | None = None
    notes: list[str] = field(default_factory=list)

    def rows(self) -> Iterator[TableRow]:
        for number, cells in enumerate(self.cells, start=1):
            yield TableRow(where=f"{self.path.name}, row {number} of a table", number=number, cells=cells)


@dataclass(slots=True, kw_only=True)
class _Section:
    """A heading and what stands under it."""

    level: int
    title: str
    link: str | None = None
    pairs: list[tuple[str, str]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


def offers_in_page(
    path: Path, *, url: str | None, mapping: ColumnMapping | None, about: About, reading: Reading
) -> Iterator[Imported]:
    """What the page lists. Raises `SourceRefused` when it lists nothing that could be an offer."""
    body = _body(path)
    tables = [table for table in _tables(body, path) if _is_directory(table, mapping, reading.columns)]
    for table in tables:
        yield from offers_in_sheet(table, mapping=mapping, about=about, reading=reading)
    if tables:
        return
    sections = _entries(_sections(body), reading.columns)
    if not sections:
        why = "no table and no list of providers could be found in the page. Copy its table into a spreadsheet"
        raise SourceRefused(path.name, why=why)
    for section in sections:
        yield from _offer_of(section, path, url=url, mapping=mapping, about=about, reading=reading)


def _body(path: Path) -> LexborNode:
    if path.stat().st_size > _MOST:
        raise SourceRefused(path.name, why="the page has more than 20 MB")
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    tree = LexborHTMLParser(text)
    tree.strip_tags(_NO_PART)
    for node in tree.css(_HIDDEN):
        node.decompose()
    for selector in _MAIN:
        main = tree.css_first(selector)
        if main is not None:
            return main
    raise SourceRefused(path.name, why="it is no web page")


def _words(node: LexborNode) -> str:
    return plain(node.html or "")


# Tables -------------------------------------------------------------------------------------------------------------


def _tables(body: LexborNode, path: Path) -> Iterator[PageTable]:
    for table in body.css("table"):
        rows = [tuple(" ".join(_words(cell).split()) for cell in row.css("th, td")) for row in table.css("tr")]
        yield PageTable(path=path, cells=[row for row in rows if any(row)])


def _is_directory(table: PageTable, mapping: ColumnMapping | None, columns: OfferColumns) -> bool:
    """Whether its first row holds headings, one of them a name; a table of labels and values has none."""
    first = next(table.rows(), None)
    if first is None or len(table.cells) < 2:
        return False
    if mapping is not None:
        return mapping.heading_row(first)
    fields = {columns.field_of(str(cell)) for cell in first.cells} - {None}
    return len(fields) >= 2 and bool({"name", "provider"} & fields) and len(first.cells) > 2


# Sections -----------------------------------------------------------------------------------------------------------


def _sections(body: LexborNode) -> list[_Section]:
    sections = [_Section(level=9, title="")]
    label = ""
    for node in body.traverse(include_text=False):
        tag = node.tag or ""
        if tag in _HEADINGS:
            link = node.css_first("a[href]")
            title = " ".join(_words(node).split())
            sections.append(_Section(level=_HEADINGS[tag], title=title, link=_href(link)))
        elif tag == "a" and (href := _href(node)):
            sections[-1].links.append(href)
        elif tag in {"dt", "th"}:
            label = _words(node)
        elif tag in {"dd", "td"} and label:
            sections[-1].pairs.append((label, _words(node)))
            label = "" if tag == "td" else label
        elif tag in _BLOCKS and not _holds_blocks(node):
            _take_words(sections[-1], node)
    return sections


def _holds_blocks(node: LexborNode) -> bool:
    return any(child.tag in _BLOCKS or child.tag in _HEADINGS or child.tag in {"ul", "ol", "dl", "table"}
               for child in node.traverse(include_text=False) if child.mem_id != node.mem_id)  # fmt: skip


def _take_words(section: _Section, node: LexborNode) -> None:
    """Lines such as “Ages: 11 to 16” are labels and values; others are words of the description."""
    for line in _words(node).splitlines():
        match = _LABEL.match(line.strip())
        if match and not match[1].lower().startswith("http"):
            section.pairs.append((match[1], match[2]))
        elif line.strip():
            section.words.append(line.strip())


def _href(node: LexborNode | None) -> str | None:
    return node.attributes.get("href") if node is not None else None


def _entries(sections: Sequence[_Section], columns: OfferColumns) -> list[_Section]:
    """The sections that are providers: those of the level of heading under which most labels are known."""
    known = Counter(section.level for section in sections if section.title and _known(section, columns) >= 2)
    if not known:
        return []
    level = max(known, key=lambda each: (known[each], -each))
    return [section for section in sections if section.level == level and _known(section, columns) >= 2]


def _known(section: _Section, columns: OfferColumns) -> int:
    fields = {columns.field_of(label) for label, _ in section.pairs} - {None, DROP}
    return len(fields) + any(link.startswith(("mailto:", "tel:")) for link in section.links)


def _offer_of(
    section: _Section, path: Path, *, url: str | None, mapping: ColumnMapping | None, about: About, reading: Reading
) -> Iterator[Imported]:
    draft = Draft(about, where=f"{path.name}, “{section.title[:60]}”", reading=reading)
    draft.put("name", section.title)
    for label, value in section.pairs:
        meaning = mapping.columns.get(label) if mapping else reading.columns.field_of(label)
        if meaning is None:
            draft.add_text(f"{label}: {value}")
        elif meaning not in {DROP, "name", "ignore"}:
            draft.put(meaning, value, heading=label if meaning in {"text", "price_words"} else "")
    draft.add_text("\n".join(section.words))
    _put_links(draft, section, url)
    yield from draft.results()


def _put_links(draft: Draft, section: _Section, url: str | None) -> None:
    for link in section.links:
        kind, _, rest = link.partition(":")
        if kind == "mailto" and not draft.has("email"):
            draft.put("email", rest.partition("?")[0])
        elif kind == "tel" and not draft.has("phone"):
            draft.put("phone", rest)
        elif (
            kind in {"http", "https"} and url and not draft.has("url") and _joined(url, link)[1] != _joined(url, "")[1]
        ):
            draft.put("url", link)
    if section.link and url:
        draft.put("source_url", _joined(url, section.link)[0])


def _joined(url: str, link: str) -> tuple[str, str]:
    """The whole address of a link, and its host; nothing when it is no address."""
    try:
        whole = urljoin(url, link)
        return whole, urlsplit(whole).netloc
    except ValueError:
        return "", ""

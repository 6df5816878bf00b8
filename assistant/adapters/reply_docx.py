"""A letter as a DOCX file, by python-docx: real headings, lists and links, in British English."""

import re
from datetime import UTC, datetime, time
from io import BytesIO

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph as DocxParagraph

from assistant.reply_document import Part, ReplyDocument, SourceEntry

_STYLES = {Part.HEADING: "Heading 2", Part.ITEM: "List Bullet", Part.TEXT: "Normal"}
# XML has no place for these; a paste can bring them.
_NOT_IN_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_docx(letter: ReplyDocument) -> bytes:
    """The letter as the bytes of a DOCX file."""
    document = docx.Document()
    _prepare(document, letter)
    document.add_heading(letter.title, level=1)
    for paragraph in letter.paragraphs:
        document.add_paragraph(_safe(paragraph.text), style=_STYLES[paragraph.part])
    if letter.sources:
        document.add_heading(letter.sources_heading, level=2)
        for source in letter.sources:
            _add_source(document, source)
    document.sections[0].footer.paragraphs[0].text = letter.foot
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _prepare(document: Document, letter: ReplyDocument) -> None:
    properties = document.core_properties
    properties.title = letter.title
    properties.language = letter.language
    properties.author = "AP Navigator"
    properties.comments = letter.foot
    properties.created = properties.modified = datetime.combine(letter.written_on, time(), tzinfo=UTC)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(11)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), letter.language)


def _add_source(document: Document, source: SourceEntry) -> None:
    paragraph = document.add_paragraph(f"[{source.n}] ")
    if source.url and source.url.startswith(("https://", "http://")):
        _add_link(paragraph, _safe(source.text), source.url)
        paragraph.add_run(f" {source.url}")  # a printed letter has no links
    else:
        paragraph.add_run(_safe(source.text))


def _add_link(paragraph: DocxParagraph, text: str, url: str) -> None:
    """python-docx reads links and cannot write them."""
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run = paragraph.add_run(text)
    run.font.underline = True
    link.append(run._r)  # the only name these elements have
    paragraph._p.append(link)


def _safe(text: str) -> str:
    return _NOT_IN_XML.sub("", text)

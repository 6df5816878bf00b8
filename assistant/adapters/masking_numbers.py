"""Finds what identifies a person by number: birth dates, UPN, NHS and case numbers, telephones, e-mail, postcodes."""

import re
from collections.abc import Iterator

from phonenumbers import NumberParseException, is_possible_number, parse
from stdnum.gb import nhs

Found = tuple[int, int, str]  # start, end, the words put there instead

_EMAIL = re.compile(r"[\w.+'-]+\s?@\s?[\w-]+(?:\.[\w-]+)+")
_UPN = re.compile(r"\b[A-Z]\s?\d{11}[\dA-Z]\b|\b[A-Z](?:[ -]?\d{3}){4}\b", re.IGNORECASE)
_NATIONAL_INSURANCE = re.compile(r"\b[A-Z]{2}[ -]?\d{2}[ -]?\d{2}[ -]?\d{2}[ -]?[A-D]\b", re.IGNORECASE)
_TEN_DIGITS = re.compile(r"(?<![\d/.])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\d/])")
_NHS_CUE = re.compile(
    r"\bnhs\s*(?:number|num|no|n°)?\.?\s*(?:is|was|:|=|-|#)?\s*(\d(?:[ -]?\d){8,10})\b", re.IGNORECASE
)
_TELEPHONE = re.compile(r"(?<![\w/.\[])(?:\+|00)?\(?\d[\d()\s.-]{7,18}\d(?![\w/])")
# Freephone and 03 numbers belong to helplines and offices, and people need to see them.
_PUBLIC_LINE = re.compile(r"^(?:\+440?|00440?|0)(?:80|3|84|87)")

_DATE = re.compile(r"(?<!\d)\d{1,2}([.-])\d{1,2}\1(?:20)?\d\d(?!\d)|(?<!\d)\d{4}-\d\d-\d\d(?!\d)")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = rf"""(?:\d{{1,2}}\s*[/.\\-]\s*\d{{1,2}}\s*[/.\\-]\s*\d{{2,4}}|\d{{4}}[/.-]\d{{1,2}}[/.-]\d{{1,2}}
|\d{{1,2}}\s\d{{1,2}}\s\d{{4}}|\d{{1,2}}(?:st|nd|rd|th)?[\s-]*(?:of\s+)?{_MONTH}(?:[,\s-]*['’]?\d{{2,4}})?|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s*['’]?\d{{2,4}})?)"""
_BORN = r"(?:d\.?\s?o\.?\s?b(?![a-z])\.?|dates?\s+of\s+birth|birth\s?date|birthday|b['’]?day)"
_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
_BIRTH = re.compile(
    rf"""\b(?:{_BORN}(?:['’]s)?|born|b\.)
(?:[\s:=,(–-]|\b(?:is|was|on|the|in|are|{_WEEKDAY})\b){{0,6}}\s*((?:{_DAY})(?:\s*(?:,|and|&)\s*{_DAY})*|\d{{6}}(?:\d\d)?)(?!\d)""",
    re.IGNORECASE | re.VERBOSE,
)
# "14/03/2014 (dob)": only when nothing else could be what the words speak of, as in "excluded 3/11/2026, dob 14/3/14".
_BIRTH_AFTER = re.compile(
    rf"(?<!\d)({_DAY})\s*(?:\(\s*{_BORN}\s*\)|(?:is|was)\s+(?:his|her|their|my|the)?\s*(?:\w+['’]s\s+)?{_BORN})",
    re.IGNORECASE | re.VERBOSE,
)

_CASE_CUE = re.compile(
    r"\b(?:(?:ehcp?|eh?c?)\s*(?:plan|needs)?|case|file|complaint|appeal|tribunal|client|pupil|student|learner|plan"
    r"|enquiry|referral|our|your|my|lgs?co|ombudsman|uln|admission|safeguarding|record|incident|crime|reference)"
    r"(?:\s+(?:file|case|complaint|appeal|plan))?"
    r"\s*(?:numbers?|num|no|nos|references?|refs?|id|code)?\b[.:#\s]*(?:is|was)?[:#\s]*"
    r"((?=[\w/-]*\d)[A-Z\d][\w/-]*(?:\s\d{2,4}(?=\s\d{2,4}\b|\s|\b)){0,3})",
    re.IGNORECASE,
)
_REF_CUE = re.compile(
    r"(?<!\w)(?:refs?\.?|reference|ehcp?\s*(?:no|num)?\.?|uln|no\.|id)\s*[:#]\s*((?=[\w/-]*\d)[A-Z\d][\w/-]*)",
    re.IGNORECASE,
)
_CASE_SHAPES = re.compile(
    r"\b(?:EH|SE|ED|DD)\d{3}/\d{2}/\d{3,6}\b|\b(?:EHCN?A?P?|IAS|SEND?)[-/]?\d{4,}\b", re.IGNORECASE
)
_SAID_TO_BE_NUMBER = re.compile(
    r"(?:\b(?:number|num|no|nos|ref|refs|reference|references|id|code)\b|[#:])", re.IGNORECASE
)
_YEAR = re.compile(r"(?:19|20)\d\d(?:[/-]\d\d)?$")

_POSTCODE = re.compile(
    r"\b((?:AB|AL|B|BA|BB|BD|BH|BL|BN|BR|BS|BT|CA|CB|CF|CH|CM|CO|CR|CT|CV|CW|DA|DD|DE|DG|DH|DL|DN|DT|DY|E|EC|EH|EN|EX"
    r"|FK|FY|G|GL|GU|GY|HA|HD|HG|HP|HR|HS|HU|HX|IG|IM|IP|IV|JE|KA|KT|KW|KY|L|LA|LD|LE|LL|LN|LS|LU|M|ME|MK|ML|N|NE|NG"
    r"|NN|NP|NR|NW|OL|OX|PA|PE|PH|PL|PO|PR|RG|RH|RM|S|SA|SE|SG|SK|SL|SM|SN|SO|SP|SR|SS|ST|SW|SY|TA|TD|TF|TN|TQ|TR|TS"
    r"|TW|UB|W|WA|WC|WD|WF|WN|WR|WS|WV|YO|ZE)\d[A-Z\d]?)(\s{0,2})(\d[ABD-HJLNP-UW-Z]{2})\b",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"1st|2nd|3rd")  # "under s19 2nd time"
_SECTION = re.compile(r"s\d{3}[A-Z]{2}")  # "s444ZA(1)"


def identifiers(text: str) -> Iterator[Found]:
    """Each identifier in `text`, the surest kinds first; they may overlap."""
    if "@" in text:
        yield from ((*match.span(), "[e-mail]") for match in _EMAIL.finditer(text))
    if not any(character.isdigit() for character in text):
        return
    yield from ((*match.span(), "[UPN]") for match in _UPN.finditer(text))
    yield from ((*match.span(), "[National Insurance number]") for match in _NATIONAL_INSURANCE.finditer(text))
    yield from ((*match.span(1), "[date of birth]") for match in _BIRTH.finditer(text))
    yield from ((*match.span(1), "[date of birth]") for match in _BIRTH_AFTER.finditer(text))
    yield from _health_numbers(text)
    yield from _postcodes(text)
    yield from _case_numbers(text)
    yield from _telephones(text)


def _health_numbers(text: str) -> Iterator[Found]:
    for match in _NHS_CUE.finditer(text):
        yield *match.span(1), "[NHS number]"
    for match in _TEN_DIGITS.finditer(text):
        if nhs.is_valid(match[0]) and not match[0].startswith("0"):
            yield *match.span(), "[NHS number]"


def _postcodes(text: str) -> Iterator[Found]:
    for match in _POSTCODE.finditer(text):
        if _ORDINAL.fullmatch(match[3]) is None and _SECTION.fullmatch(match[0]) is None:
            yield match.end(1), match.end(), " [postcode]"


def _case_numbers(text: str) -> Iterator[Found]:
    yield from ((*match.span(), "[case number]") for match in _CASE_SHAPES.finditer(text))
    for match in _REF_CUE.finditer(text):
        if _could_be_number_of_case(match[1]):
            yield *match.span(1), "[case number]"
    for match in _CASE_CUE.finditer(text):
        cue = text[match.start() : match.start(1)]
        if _SAID_TO_BE_NUMBER.search(cue) and _could_be_number_of_case(match[1]):
            yield *match.span(1), "[case number]"


def _could_be_number_of_case(number: str) -> bool:
    digits = sum(character.isdigit() for character in number)
    return digits >= 3 and _YEAR.match(number) is None


def _telephones(text: str) -> Iterator[Found]:
    for match in _TELEPHONE.finditer(text):
        plain = re.sub(r"[^\d+]", "", match[0])
        if not plain.startswith(("0", "+")) or len(plain) < 10 or _PUBLIC_LINE.match(plain) or _DATE.search(match[0]):
            continue
        if len(plain) in {10, 11, 12} or _is_possible(plain):  # a digit too few or too many still tells who it is
            yield *match.span(), "[phone]"


def _is_possible(plain: str) -> bool:
    try:
        return is_possible_number(parse("+" + plain[2:] if plain.startswith("00") else plain, "GB"))
    except NumberParseException:
        return False

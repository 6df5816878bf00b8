"""A computed date told in full: what it is, who must act, how it was reached, what it is not and where that stands."""

from collections.abc import Iterator, Mapping

from assistant.citations import reference
from assistant.deadlines import Reckoning
from assistant.school_days import SchoolCalendar
from assistant.sources import Authority, Verification
from assistant.time_rules import DateMeans, TimeRule
from assistant.working import in_words

NOT_ADVICE = "Information, not legal advice."

WHAT_CHANGES_IT = (
    "These are typical school days, not your school's own. Other term dates, INSET days or days on which the school "
    "is closed can move the date: check it with the school."
)

MEANS_IN_WORDS: Mapping[DateMeans, str] = {
    DateMeans.LAST_DAY: "the last day",
    DateMeans.FIRST_DAY_OF_DUTY: "the first day on which it must happen",
    DateMeans.EARLIEST_ALLOWED: "the earliest day allowed",
    DateMeans.EARLIEST_SAFE: "the earliest safe day",
    DateMeans.DEEMED: "the day on which it counts as given",
}

VERIFIED_IN_WORDS: Mapping[Verification, str] = {
    Verification.PRIMARY: "read in the source itself",
    Verification.SECONDARY: "read in somebody's page about the source, not in the source itself",
    Verification.MEMORY: "not checked against its source yet",
}


def particulars(found: Reckoning) -> Iterator[tuple[str, str]]:
    """Heading and words of everything that belongs to a date, most needed first; a heading may come several times."""
    rule = found.rule
    yield "What", f"{rule.label}: {rule.what}"
    yield "Who must act", rule.who_must
    yield "Applies to", rule.applies_when
    yield "Working", found.working
    if found.not_this:
        yield "What it is not", found.not_this
    if found.aim_for:
        yield "Wiser", f"Act by {in_words(found.aim_for)}. {found.aim_because or ''}".rstrip()
    for other in found.others:
        yield "Another reading", f"{in_words(other.day)}: {other.because}"
    for assumed in found.assumed:
        if assumed not in found.working:
            yield "Taken as known", assumed
    yield from sources(rule)
    if rule.caveat:
        yield "Careful", rule.caveat
    if found.calendar is not None:
        yield from calendar_particulars(found.calendar)


def sources(rule: TimeRule) -> Iterator[tuple[str, str]]:
    """Where the rule stands, each with its link, and how far that was checked."""
    for authority in rule.authority:
        yield "Source", f"{in_one_line(authority)} ({VERIFIED_IN_WORDS[rule.verified]})"


def in_one_line(authority: Authority) -> str:
    """Title, provision and link."""
    place = reference(authority.source.title, authority.provision, authority.read_in)
    url = authority.url or authority.source.url
    return f"{place}, {url}" if url else place


def calendar_particulars(calendar: SchoolCalendar) -> Iterator[tuple[str, str]]:
    """Which school days were counted, where they come from, and what would change the date."""
    yield "Calendar", f"{calendar.name} ({calendar.id})" + (f". Source: {calendar.source}" if calendar.source else "")
    if calendar.told:
        yield "As you told us", "; ".join(calendar.told)
    if calendar.typical:
        yield "What would change it", WHAT_CHANGES_IT

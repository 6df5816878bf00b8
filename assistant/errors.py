"""Everything that can go wrong, in the user's terms. Each doorway maps these to a status and wording once.

NavigatorError
├── QuestionError              the message itself cannot be answered
│   ├── EmptyQuestion
│   ├── QuestionTooLong
│   ├── NotEnglish
│   ├── BadDate
│   ├── WrongWeekday
│   ├── AsAtBeforeLaw
│   ├── ReplyTooLong
│   └── DeadlineError          the date asked for cannot be computed
│       ├── CalendarTooShort
│       ├── BankHolidaysTooShort
│       ├── DateMissing
│       ├── NotASchoolDay
│       ├── EndBeforeStart
│       ├── SuspensionTooLong
│       ├── OverlappingSuspensions
│       ├── NotHalfDays
│       ├── DaysDoNotFit
│       ├── RuleNotInForce
│       ├── UnknownRule
│       ├── UnknownEvent
│       ├── UnknownCondition
│       ├── UnknownChain
│       └── UnknownCalendar
├── UnknownPassage
├── CalendarError              a calendar that was given cannot be used
├── CorpusError                the corpus says something it must not
├── IndexUnavailable           there is nothing to search yet
│   ├── IndexMissing
│   ├── IndexDamaged
│   └── IndexOutdated
├── IngestError                the index could not be built
│   ├── IngestBusy
│   └── StorageFailed
├── EmbeddingModelError
├── ConversationError          what is kept of conversations: see conversations.py
├── OfferError                 local offers and places: see offer_errors.py
└── EvaluationInputError
"""

from datetime import date


class NavigatorError(Exception):
    """The root. `str(error)` is one or two plain sentences that say what to do next."""

    code = "error"


class QuestionError(NavigatorError):
    """The question cannot be answered as it stands; nothing was searched or stored."""

    code = "bad_question"


class EmptyQuestion(QuestionError):
    code = "empty_question"

    def __init__(self) -> None:
        super().__init__("There is no question to answer. Please write, in a few words, what has happened.")


class QuestionTooLong(QuestionError):
    code = "question_too_long"

    def __init__(self, length: int, *, limit: int) -> None:
        super().__init__(
            f"That message has {length:,} characters and the limit is {limit:,}. "
            "Please send the main question and the most important facts, then ask the rest as follow-ups."
        )


class NotEnglish(QuestionError):
    code = "not_english"

    def __init__(self) -> None:
        super().__init__(
            "That message does not look like English, and this service can only answer in English for now. "
            "Please ask in English, or ask your local SENDIASS for an adviser who speaks your language."
        )


class BadDate(QuestionError):
    code = "bad_date"

    def __init__(self, text: str) -> None:
        super().__init__(
            f"“{text}” is not a date in the calendar. Please write it like 21 November 2026, or as YYYY-MM-DD."
        )


class WrongWeekday(QuestionError):
    code = "wrong_weekday"

    def __init__(self, text: str, *, day: date) -> None:
        super().__init__(
            f"“{text}” does not fit: {day:%-d %B %Y} is a {day:%A}. Check the date and the day of the week, then give "
            "the right date."
        )


class AsAtBeforeLaw(QuestionError):
    code = "as_at_before_law"

    def __init__(self, as_at: date, *, earliest: date) -> None:
        super().__init__(
            f"We hold no law as far back as {as_at:%-d %B %Y}: the earliest here is from {earliest:%-d %B %Y}. "
            "Please choose a later date."
        )


class ReplyTooLong(QuestionError):
    code = "reply_too_long"

    def __init__(self, length: int, *, limit: int) -> None:
        super().__init__(
            f"That reply has {length:,} characters and the limit is {limit:,}. Nothing you wrote is lost: shorten it, "
            "then check it again."
        )


class DeadlineError(QuestionError):
    """A date cannot be computed from what was given; nothing is half-computed."""

    code = "deadline"


class CalendarTooShort(DeadlineError):
    """`needed` is the first day that the calendar would have to know."""

    code = "calendar_too_short"

    def __init__(self, calendar: str, *, needed: date, first: date, last: date) -> None:
        self.needed = needed
        super().__init__(
            f"The calendar “{calendar}” covers {first:%-d %B %Y} to {last:%-d %B %Y}, and this count needs the term "
            f"dates around {needed:%-d %B %Y}. Ask the school or council for them, then add them with: "
            "apnav calendar add"
        )


class BankHolidaysTooShort(DeadlineError):
    code = "bank_holidays_too_short"

    def __init__(self, *, needed: date, first: date, last: date) -> None:
        super().__init__(
            f"England's bank holidays are known here from {first:%Y} to {last:%Y}, and this count needs those of "
            f"{needed:%Y}. Check the date by hand against the GOV.UK list of bank holidays."
        )


class DateMissing(DeadlineError):
    """`event` is the event without a date."""

    code = "date_missing"

    def __init__(self, event: str, *, ask: str) -> None:
        self.event = event
        super().__init__(f"One date is needed: {ask}")


class NotASchoolDay(DeadlineError):
    code = "not_a_school_day"

    def __init__(self, day: date, *, why: str, calendar: str) -> None:
        super().__init__(
            f"{day:%A} {day:%-d %B %Y} is not a school day on the calendar “{calendar}” ({why}), so the days cannot "
            "be counted from it. Check the date on the letter, or choose the school's own calendar."
        )


class EndBeforeStart(DeadlineError):
    code = "end_before_start"

    def __init__(self, start: date, end: date) -> None:
        super().__init__(
            f"The end, {end:%-d %B %Y}, is before the start, {start:%-d %B %Y}. Check which date is which."
        )


class SuspensionTooLong(DeadlineError):
    code = "suspension_too_long"

    def __init__(self, days: float, *, limit: float) -> None:
        super().__init__(
            f"{days:g} school days is more than a pupil may be suspended in one school year, which is {limit:g}. "
            "If the letter really says so, the suspension is not lawful beyond that: get advice. Otherwise check the "
            "number of days."
        )


class OverlappingSuspensions(DeadlineError):
    code = "overlapping_suspensions"

    def __init__(self, day: date, *, starts: tuple[date, date]) -> None:
        super().__init__(
            f"The suspensions that start on {starts[0]:%-d %B %Y} and {starts[1]:%-d %B %Y} both cover "
            f"{day:%A} {day:%-d %B %Y}. Check their dates on the letters, and enter each day once."
        )


class NotHalfDays(DeadlineError):
    code = "not_half_days"

    def __init__(self, days: float) -> None:
        super().__init__(
            f"{days:g} is not a number of suspended school days. Give whole or half days, like 3 or 2.5: a lunchtime "
            "counts as half a day."
        )


class DaysDoNotFit(DeadlineError):
    """`held` is how many school days there are from `first` to `last`."""

    code = "days_do_not_fit"

    def __init__(self, days: float, *, held: int, first: date, last: date) -> None:
        are = "is 1 school day" if held == 1 else f"are {held} school days"
        super().__init__(
            f"There {are} from {first:%-d %B %Y} to {last:%-d %B %Y}, which does not fit a suspension of {days:g}. "
            "Check the letter. If the days are not in a row, enter each stretch as a suspension of its own."
        )


class RuleNotInForce(DeadlineError):
    """`because` says what held instead, where that is known."""

    code = "rule_not_in_force"

    def __init__(self, label: str, day: date, *, because: str | None = None) -> None:
        unknown = "The rule of that day is not known here: get advice on a case of that time."
        super().__init__(f"“{label}” was not the rule on {day:%-d %B %Y}. {because or unknown}")


class UnknownRule(DeadlineError):
    code = "unknown_rule"

    def __init__(self, rule: str, *, near: tuple[str, ...] = ()) -> None:
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        super().__init__(f"There is no time limit “{rule}” here.{hint} To see them all: apnav deadline")


class UnknownEvent(DeadlineError):
    code = "unknown_event"

    def __init__(self, event: str, *, near: tuple[str, ...]) -> None:
        super().__init__(f"There is no event “{event}” here. It may be one of: {', '.join(near)}.")


class UnknownCondition(DeadlineError):
    """`kind` is what the word was given as: a setting, stage or need."""

    code = "unknown_condition"

    def __init__(self, word: str, *, kind: str, known: tuple[str, ...]) -> None:
        super().__init__(f"“{word}” is not a {kind} known here. It may be: {', '.join(known)}.")


class UnknownChain(DeadlineError):
    code = "unknown_timeline"

    def __init__(self, chain: str, *, known: tuple[str, ...]) -> None:
        super().__init__(f"There is no timeline “{chain}”. The timelines are: {', '.join(known)}.")


class UnknownCalendar(DeadlineError):
    code = "unknown_calendar"

    def __init__(self, calendar: str, *, known: tuple[str, ...]) -> None:
        super().__init__(
            f"There is no calendar “{calendar}” here. The calendars are: {', '.join(known)}. "
            "Add a council's or a school's own with: apnav calendar add"
        )


class CalendarError(NavigatorError):
    """A file of term dates was refused. `problems` names what is wrong, with lines, and the remedy."""

    code = "bad_calendar"

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("The calendar was not added:\n" + "\n".join(problems))


class UnknownPassage(NavigatorError):
    code = "unknown_passage"

    def __init__(self, passage_id: str) -> None:
        super().__init__(f"There is no passage “{passage_id}”. Check the id: it looks like exc-080 or ap-016.")


class UnknownSource(NavigatorError):
    code = "unknown_source"

    def __init__(self, source_id: str) -> None:
        super().__init__(
            f"There is no source “{source_id[:80]}”. Check the address for mistakes, or choose one from the list."
        )


class CorpusError(NavigatorError):
    """One or more entries of the corpus were refused. `problems` names file, line, entry and remedy of each."""

    code = "corpus_error"

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        count = len(problems)
        super().__init__(f"The corpus has {count} bad {'entry' if count == 1 else 'entries'}:\n" + "\n".join(problems))


class IndexUnavailable(NavigatorError):
    """Nothing can be answered until an index is there."""

    code = "index_unavailable"


class IndexMissing(IndexUnavailable):
    code = "index_missing"

    def __init__(self, where: str) -> None:
        super().__init__(f"There is no search index at {where} yet. Build it with: apnav ingest")


class IndexDamaged(IndexUnavailable):
    code = "index_damaged"

    def __init__(self, where: str, *, why: str) -> None:
        super().__init__(f"The search index at {where} cannot be read ({why}). Rebuild it with: apnav ingest --rebuild")


class IndexOutdated(IndexUnavailable):
    code = "index_outdated"

    def __init__(self, *, why: str) -> None:
        super().__init__(f"The search index does not fit this program: {why}. Rebuild it with: apnav ingest")


class IngestError(NavigatorError):
    """The new index was not finished; the old one, if any, still answers."""

    code = "ingest_failed"


class IngestBusy(IngestError):
    code = "ingest_busy"

    def __init__(self, where: str) -> None:
        super().__init__(f"Another ingest is already building the index at {where}. Wait for it to finish, then retry.")


class StorageFailed(IngestError):
    code = "storage_failed"

    def __init__(self, where: str, *, why: str) -> None:
        super().__init__(
            f"The index could not be written to {where}: {why}. Nothing was lost: any earlier index still answers. "
            "Free some space or choose a folder you can write to with APNAV_DATA_DIR, then run: apnav ingest"
        )


class EmbeddingModelError(NavigatorError):
    code = "embedding_model"

    def __init__(self, model: str, *, why: str) -> None:
        super().__init__(
            f"The embedding model “{model}” could not be prepared: {why}. "
            "Check APNAV_EMBEDDING_MODEL, or unset it to use the model that comes with the program."
        )


class EvaluationInputError(NavigatorError):
    code = "evaluation_input"

"""The composition root: the one place that knows which adapter plays which role.

What is heavy (Chroma, LangChain, the web framework) is imported inside the function that needs it, so that
`apnav --help` and `apnav corpus check` stay quick.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bots import wiring_index, wiring_offers
from bots.errors import BadSetting, CalendarStays

if TYPE_CHECKING:
    from fastapi import FastAPI

    from assistant.adapters.chroma import ChromaKnowledgeBase
    from assistant.adapters.database import DatabaseStore
    from assistant.desk import DeadlineDesk
    from assistant.diary import DiaryEntry
    from assistant.model import Catalogue
    from assistant.ports import Calendars, ConversationStore, Masker, OfferIndex
    from assistant.replies import ReplyDesk
    from assistant.reply_document import ReplyDocument
    from assistant.school_days import BankHolidays, SchoolCalendar
    from assistant.service import Assistant
    from bots.settings import Settings
    from bots.web.safety import Safety
    from bots.web.standing_pages import Standing
    from corpus.calendars import CalendarFolders
    from ingest.calendars import Proposal
    from ingest.pipeline import IngestReport, Workshop

_BASELINE_PASSAGES = 8


class Baseline(Protocol):
    """The plain search that the assistant is measured against."""

    def ask(self, text: str) -> list[str]:
        """The ids of the passages whose statements are nearest to `text`, nearest first."""
        ...


def load_settings() -> Settings:
    """The settings of this process. Raises `BadSetting`."""
    from bots.settings import read_settings  # noqa: PLC0415 - see the top of this file

    return read_settings()


def today() -> date:
    """The day it is in England; where the machine knows no time zones, the day it is on the machine."""
    try:
        zone = ZoneInfo("Europe/London")
    except ZoneInfoNotFoundError:
        zone = None
    return datetime.now(UTC).astimezone(zone).date()


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def catalogue(folder: Path | None = None) -> Catalogue:
    """The corpus, checked: the project's own, or the one in `folder`. Raises `CorpusError`."""
    from corpus.catalogue import HERE, read_catalogue  # noqa: PLC0415 - see the top of this file

    return read_catalogue(folder or HERE)


def check_reply_wording(folder: Path | None = None) -> None:
    """Whether the wording of replies can be used; a folder of one's own need not have any. Raises `CorpusError`."""
    from corpus.reply import FILE, HERE, read_reply_wording  # noqa: PLC0415 - see the top of this file

    if folder is None or (folder / FILE).exists():
        read_reply_wording(folder or HERE)


def bank_holidays() -> BankHolidays:
    """England's bank holidays, from a list that comes with the program."""
    from assistant.adapters.bank_holidays import england_bank_holidays  # noqa: PLC0415 - see the top of this file

    return england_bank_holidays()


def calendars(settings: Settings) -> CalendarFolders:
    """The project's own school calendars, and those that people added to the data folder."""
    from corpus.calendars import HERE, CalendarFolders  # noqa: PLC0415 - see the top of this file

    return CalendarFolders(
        (HERE, settings.data_dir / "calendars"), bank_holidays=bank_holidays, default=settings.calendar
    )


def has_calendar(settings: Settings, calendar_id: str) -> bool:
    """Whether there is a file of that id, sound or not."""
    return any((folder / f"{calendar_id}.yaml").exists() for folder in calendars(settings).folders)


def propose_calendar(file: Path, *, calendar_id: str, name: str, **said: Any) -> Proposal:
    """The school calendar that a file of term dates gives; `said` are fields of `About`. Raises `CalendarError`."""
    from ingest.calendars import About, propose_calendar  # noqa: PLC0415 - see the top of this file

    about = About(id=calendar_id, name=name, **said)
    return propose_calendar(file.read_bytes(), file=file.name, about=about, bank_holidays=bank_holidays())


def add_calendar(settings: Settings, calendar: SchoolCalendar) -> Path:
    """Keep a calendar in the data folder, in place of any of the same id, and say in which file."""
    from corpus.calendars import write_calendar  # noqa: PLC0415 - see the top of this file

    _, own = calendars(settings).folders
    return write_calendar(calendar, folder=own, replaces=_is_shipped(calendar.id))


def remove_calendar(settings: Settings, calendar_id: str) -> bool:
    """Remove a calendar that was added; whether one of the program's own is used again instead.

    Raises `UnknownCalendar`, and `CalendarStays` for one that comes with the program.
    """
    from corpus.calendars import remove_calendar  # noqa: PLC0415 - see the top of this file

    known = calendars(settings)
    if not remove_calendar(calendar_id, folder=known.folders[-1]):
        raise CalendarStays(calendar_id) if _is_shipped(calendar_id) else known.unknown(calendar_id)
    return _is_shipped(calendar_id)


def _is_shipped(calendar_id: str) -> bool:
    from corpus.calendars import HERE  # noqa: PLC0415 - see the top of this file

    return (HERE / f"{calendar_id}.yaml").exists()


def build_knowledge_base(settings: Settings) -> ChromaKnowledgeBase:
    from assistant.adapters.chroma import ChromaKnowledgeBase  # noqa: PLC0415 - see the top of this file

    return ChromaKnowledgeBase(
        wiring_index.place(settings),
        models=wiring_index.models(settings),
        spec=wiring_index.embedding_spec(settings),
        threads=settings.embedding_threads,
    )


def build_assistant(
    settings: Settings, *, school_calendars: Calendars | None = None, index: OfferIndex | None = None
) -> Assistant:
    """The assistant on the live index; `school_calendars` and `index` of offers stand in for those of the settings."""
    from assistant.adapters.dates import DayFirstReader  # noqa: PLC0415 - see the top of this file
    from assistant.adapters.patterns import PatternSet  # noqa: PLC0415 - see the top of this file
    from assistant.asked_dates import Clockwork  # noqa: PLC0415 - see the top of this file
    from assistant.service import Assistant  # noqa: PLC0415 - see the top of this file

    clockwork = Clockwork(calendars=school_calendars or calendars(settings), reader=DayFirstReader())
    adviser = wiring_offers.build_adviser(index or wiring_offers.offer_index(settings))
    return Assistant(build_knowledge_base(settings), scanner=PatternSet, clockwork=clockwork, offers=adviser)


def build_masker(settings: Settings) -> Masker:  # noqa: ARG001 - as its neighbours; a masker set otherwise would read it
    """What takes children's details out of a text; its lists are read at the first one."""
    from assistant.adapters.masking import PatternMasker  # noqa: PLC0415 - see the top of this file

    return PatternMasker()


def warm_up() -> None:
    """Load what else the first date would wait 0.3 seconds for, the first reply 2 and the first masking 4."""
    from assistant.adapters.dates import DayFirstReader  # noqa: PLC0415 - see the top of this file
    from assistant.adapters.masking import PatternMasker  # noqa: PLC0415 - see the top of this file
    from assistant.adapters.reading_age import FleschKincaid  # noqa: PLC0415 - see the top of this file

    DayFirstReader().warm()
    Thread(target=FleschKincaid().warm, daemon=True).start()
    Thread(target=PatternMasker().mask, args=("A child",), daemon=True).start()


def build_desk(settings: Settings) -> DeadlineDesk:
    """Where dates are asked for; it needs no index. Raises `CorpusError`."""
    from assistant.adapters.dates import DayFirstReader  # noqa: PLC0415 - see the top of this file
    from assistant.desk import DeadlineDesk  # noqa: PLC0415 - see the top of this file
    from corpus.time_limits import read_time_limits  # noqa: PLC0415 - see the top of this file

    return DeadlineDesk(
        read_time_limits(), calendars=calendars(settings), reader=DayFirstReader(), diary_file=_write_ical
    )


def build_workshop(settings: Settings) -> Workshop:
    from ingest.pipeline import Workshop  # noqa: PLC0415 - see the top of this file

    return Workshop(
        place=wiring_index.place(settings), models=wiring_index.models(settings), lock=settings.data_dir / "ingest.lock"
    )


def ingest_corpus(
    settings: Settings, *, now: datetime, progress: Callable[[str, int, int], None], rebuild: bool
) -> IngestReport:
    """Make the live index say what the corpus says. Raises `CorpusError`, `IngestError`, `EmbeddingModelError`."""
    from ingest.pipeline import ingest  # noqa: PLC0415 - see the top of this file

    return ingest(
        catalogue(),
        workshop=build_workshop(settings),
        spec=wiring_index.embedding_spec(settings),
        now=now,
        progress=progress,
        rebuild=rebuild,
    )


def build_baseline(settings: Settings) -> Baseline:
    return _NearestStatements(build_knowledge_base(settings))


def build_store(settings: Settings) -> DatabaseStore:
    """Where conversations are kept, all text masked first. It is opened, and brought up to date, when first used."""
    from assistant.adapters.database import DatabaseStore  # noqa: PLC0415 - see the top of this file
    from bots.slack.keeping.ending import ending  # noqa: PLC0415 - see the top of this file

    masker = build_masker(settings)
    keep, share = timedelta(hours=settings.keep_hours), timedelta(hours=settings.share_hours)
    tenants = [ending(keep=keep)]
    if settings.database_url is not None:
        url = settings.database_url.get_secret_value()
        return DatabaseStore.on_server(url, masker=masker, keep=keep, share=share, tenants=tenants)
    file = settings.data_dir / "conversations.sqlite3"
    return DatabaseStore.in_file(file, masker=masker, keep=keep, share=share, tenants=tenants)


def build_replies(assistant: Assistant) -> ReplyDesk:
    """Where replies to families are drafted and checked. Raises `CorpusError`."""
    from assistant.adapters.reading_age import FleschKincaid  # noqa: PLC0415 - see the top of this file
    from assistant.replies import ReplyDesk  # noqa: PLC0415 - see the top of this file
    from corpus.reply import read_reply_wording  # noqa: PLC0415 - see the top of this file

    return ReplyDesk(assistant, wording=read_reply_wording(), reading_age=FleschKincaid(), write=_write_docx)


def build_web(
    assistant: Assistant,
    *,
    desk: DeadlineDesk,
    settings: Settings,
    store: ConversationStore | None = None,
    index: OfferIndex | None = None,
) -> FastAPI:
    """The web application as the settings protect it; `index` of offers is the assistant's. Raises `BadSetting`."""
    from bots.web.app import create_app  # noqa: PLC0415 - see the top of this file
    from bots.web.rates import RateStoreUnusable  # noqa: PLC0415 - see the top of this file

    try:
        return create_app(
            assistant=assistant,
            desk=desk,
            store=store,
            standing=build_standing(settings),
            replies=build_replies(assistant),
            offers=wiring_offers.build_offers(settings, corpus=assistant.catalogue, index=index),
            today=today,
            now=now,
            safety=build_safety(settings),
        )
    except RateStoreUnusable as error:
        raise BadSetting((f"APNAV_RATE_STORE cannot be used. {error}",)) from error


def build_standing(settings: Settings) -> Standing:
    """What the pages about this service say. Raises `EvaluationInputError` for figures that cannot be read."""
    from bots.web.standing_pages import Standing  # noqa: PLC0415 - see the top of this file
    from corpus.accuracy import read_accuracy  # noqa: PLC0415 - see the top of this file

    return Standing(
        operator=settings.operator,
        operator_contact=settings.operator_contact,
        keep_hours=settings.keep_hours,
        share_hours=settings.share_hours,
        accuracy=read_accuracy(),
    )


def build_safety(settings: Settings) -> Safety:
    """How the web service protects itself. Makes the key of forms when there is none."""
    from bots.secret_key import kept_key  # noqa: PLC0415 - see the top of this file
    from bots.web.clients import networks  # noqa: PLC0415 - see the top of this file
    from bots.web.queue import Patience  # noqa: PLC0415 - see the top of this file
    from bots.web.rates import Rates  # noqa: PLC0415 - see the top of this file
    from bots.web.safety import Safety  # noqa: PLC0415 - see the top of this file

    given = settings.secret_key
    return Safety(
        key=given.get_secret_value().encode() if given else kept_key(settings.data_dir),
        rates=Rates(per_minute=settings.asks_per_minute, per_hour=settings.asks_per_hour, store=settings.rate_store),
        patience=Patience(
            seconds=settings.answer_timeout, at_once=settings.answers_at_once, waiting=settings.answers_waiting
        ),
        proxies=networks(settings.trusted_proxies),
        proxy_header=settings.proxy_header,
    )


class _NearestStatements:
    """The baseline: the statements nearest by vector alone."""

    def __init__(self, knowledge_base: ChromaKnowledgeBase) -> None:
        self._knowledge_base = knowledge_base

    def ask(self, text: str) -> list[str]:
        return list(self._knowledge_base.current().nearest_statements(text, _BASELINE_PASSAGES))


def _write_ical(
    entries: Sequence[DiaryEntry], *, stamp: datetime, today: date, title: str, remind: Sequence[int]
) -> bytes:
    from assistant.adapters.ical import write_ical  # noqa: PLC0415 - see the top of this file

    return write_ical(entries, stamp=stamp, today=today, title=title, remind=remind)


def _write_docx(letter: ReplyDocument) -> bytes:
    from assistant.adapters.reply_docx import write_docx  # noqa: PLC0415 - see the top of this file

    return write_docx(letter)

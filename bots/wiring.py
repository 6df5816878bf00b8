"""The composition root: the one place that knows which adapter plays which role.

What is heavy (Chroma, LangChain, the web framework) is imported inside the function that needs it, so that
`apnav --help` and `apnav corpus check` stay quick.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bots.errors import BadSetting, CalendarStays

if TYPE_CHECKING:
    from fastapi import FastAPI

    from assistant.adapters.chroma import ChromaKnowledgeBase
    from assistant.adapters.database import DatabaseStore
    from assistant.adapters.embeddings import EmbeddingSpec, OnnxEmbeddings
    from assistant.adapters.offer_vectors import OfferVectors
    from assistant.adapters.places import Place
    from assistant.desk import DeadlineDesk
    from assistant.diary import DiaryEntry
    from assistant.model import Catalogue
    from assistant.offer import Refusal
    from assistant.offer_desk import OfferDesk
    from assistant.offer_needs import Needs
    from assistant.offers_in_answers import OfferAdviser
    from assistant.ports import Calendars, ConversationStore, Masker, OfferIndex, OfferShelf, PostcodeBook
    from assistant.replies import ReplyDesk
    from assistant.reply_document import ReplyDocument
    from assistant.school_days import BankHolidays, SchoolCalendar
    from assistant.service import Assistant
    from bots.settings import Settings
    from bots.web.app import LocalOffers
    from bots.web.safety import Safety
    from bots.web.standing_pages import Standing
    from corpus.calendars import CalendarFolders
    from ingest.calendars import Proposal
    from ingest.offer_mapping import ProposedMapping
    from ingest.offer_sources import SourceRequest, SourceTools
    from ingest.offers import ImportReport
    from ingest.pipeline import IngestReport, Workshop

_BASELINE_PASSAGES = 8
_SAMPLE_DONE = "sample-imported"
_URNS_AT_ONCE = 1000

T = TypeVar("T")


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


def embedding_spec(settings: Settings) -> EmbeddingSpec:
    from assistant.adapters.embeddings import EmbeddingSpec  # noqa: PLC0415 - see the top of this file

    return EmbeddingSpec(
        model=settings.embedding_model,
        precision=settings.embedding_precision,
        query_prefix=settings.query_prefix,
        passage_prefix=settings.passage_prefix,
    )


def place(settings: Settings) -> Place:
    """Where the index is kept: a folder of this machine, or the Chroma server that the settings name."""
    from assistant.adapters.places import FolderPlace, ServerPlace  # noqa: PLC0415 - see the top of this file

    if settings.chroma_url is None:
        return FolderPlace(settings.data_dir / "index")
    token = settings.chroma_token.get_secret_value() if settings.chroma_token else None
    return ServerPlace(settings.chroma_url, cache=settings.data_dir / "server-cache", token=token)


def build_knowledge_base(settings: Settings) -> ChromaKnowledgeBase:
    from assistant.adapters.chroma import ChromaKnowledgeBase  # noqa: PLC0415 - see the top of this file

    return ChromaKnowledgeBase(
        place(settings),
        models=_models(settings),
        spec=embedding_spec(settings),
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
    adviser = build_adviser(index or offer_index(settings))
    return Assistant(build_knowledge_base(settings), scanner=PatternSet, clockwork=clockwork, offers=adviser)


def build_adviser(index: OfferIndex) -> OfferAdviser:
    """What looks for places when a question asks for one. Raises `CorpusError`."""
    from assistant.asked_offers import offer_search_in  # noqa: PLC0415 - see the top of this file
    from assistant.offers_in_answers import OfferAdviser  # noqa: PLC0415 - see the top of this file
    from corpus.offer_checks import read_offer_rules  # noqa: PLC0415 - see the top of this file

    needs = _Once(offer_needs)
    return OfferAdviser(
        index,
        read=lambda said: offer_search_in(said, postcodes=postcodes(), needs=needs()),
        rules=read_offer_rules(),
    )


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

    return Workshop(place=place(settings), models=_models(settings), lock=settings.data_dir / "ingest.lock")


def ingest_corpus(
    settings: Settings, *, now: datetime, progress: Callable[[str, int, int], None], rebuild: bool
) -> IngestReport:
    """Make the live index say what the corpus says. Raises `CorpusError`, `IngestError`, `EmbeddingModelError`."""
    from ingest.pipeline import ingest  # noqa: PLC0415 - see the top of this file

    return ingest(
        catalogue(),
        workshop=build_workshop(settings),
        spec=embedding_spec(settings),
        now=now,
        progress=progress,
        rebuild=rebuild,
    )


@cache
def postcodes() -> PostcodeBook:
    """Where postcodes and councils are; what comes with the program is read when it is first asked. Raises
    `CorpusError`."""
    from assistant.adapters.postcodes import CouncilNames, OfflinePostcodes  # noqa: PLC0415 - see the top of this file
    from corpus.councils import read_councils  # noqa: PLC0415 - see the top of this file

    file = read_councils()
    return OfflinePostcodes(CouncilNames(new=file.new, also=file.also, ended=file.ended, elsewhere=file.elsewhere))


def offer_needs() -> Needs:
    """The needs that offers are searched by. Raises `CorpusError`."""
    from corpus.offer_needs import read_needs  # noqa: PLC0415 - see the top of this file

    return read_needs()


def build_offer_desk(
    settings: Settings, *, corpus: Callable[[], Catalogue], index: OfferIndex | None = None
) -> OfferDesk:
    """Where local offers are asked for, with what `corpus` says goes with them; `index` stands in for that of the
    settings. Raises `CorpusError`."""
    from assistant.asked_offers import offer_search_in  # noqa: PLC0415 - see the top of this file
    from assistant.offer_desk import OfferDesk  # noqa: PLC0415 - see the top of this file
    from corpus.offer_checks import read_offer_rules  # noqa: PLC0415 - see the top of this file

    book, needs = postcodes(), offer_needs()
    return OfferDesk(
        index or offer_index(settings),
        book=book,
        needs=needs,
        rules=read_offer_rules(),
        catalogue=corpus,
        read=lambda said: offer_search_in(said, postcodes=book, needs=needs),
    )


def build_offers(
    settings: Settings, *, corpus: Callable[[], Catalogue], index: OfferIndex | None = None
) -> LocalOffers:
    """What the web shows of local offers, with what `corpus`, the live one, says goes with them. Raises
    `CorpusError`."""
    from bots.web.app import LocalOffers  # noqa: PLC0415 - see the top of this file
    from corpus.offer_terms import read_offer_vocabulary  # noqa: PLC0415 - see the top of this file

    desk = build_offer_desk(settings, corpus=corpus, index=index)
    return LocalOffers(desk=desk, vocabulary=read_offer_vocabulary())


def check_offer_rules(facts: Collection[str], folder: Path | None = None) -> None:
    """Whether what goes with offers names facts that are there; a folder of one's own need not have it.

    Raises `CorpusError`.
    """
    from corpus.offer_checks import FILE, HERE, read_offer_rules  # noqa: PLC0415 - see the top of this file

    if folder is None or (folder / FILE).exists():
        read_offer_rules(folder or HERE, facts=facts)


def offer_index(settings: Settings) -> OfferIndex:
    """The local offers, to be searched; one object serves every thread. Nothing is opened before it is asked."""
    from assistant.adapters.offer_index import IndexTools, SqliteOfferIndex  # noqa: PLC0415 - see the top of this file

    tools = IndexTools(
        vectors=_offer_vectors(settings),
        embedder=_Once(lambda: _query_embeddings(settings)),
        model=embedding_spec(settings).fingerprint,
        needs=_Once(offer_needs),
    )
    return SqliteOfferIndex(_offers(settings), tools=tools)


def offer_shelf(settings: Settings) -> OfferShelf:
    """Where imported offers are kept. The first import on a new machine makes the embedding model ready."""
    from assistant.adapters.offer_shelf import ShelfTools, SqliteOfferShelf  # noqa: PLC0415 - see the top of this file

    tools = ShelfTools(
        vectors=_offer_vectors(settings),
        embedder=_Once(lambda: _import_embeddings(settings)),
        model=embedding_spec(settings).fingerprint,
        needs=_Once(offer_needs),
        postcodes=postcodes(),
    )
    return SqliteOfferShelf(_offers(settings), tools=tools)


def offer_source(*, target: str, kind: str | None = None, **said: Any) -> SourceRequest:
    """What to import; `said` are fields of `SourceRequest`."""
    from ingest.offer_sources import SourceKind, SourceRequest  # noqa: PLC0415 - see the top of this file

    return SourceRequest(target=target, kind=SourceKind(kind) if kind else None, **said)


def import_offers(
    settings: Settings,
    asked: SourceRequest,
    *,
    now: datetime,
    tell: Callable[[Refusal], None] = lambda _: None,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> ImportReport:
    """Import one source of local offers; `tell` hears each refusal. Raises `SourceRefused` and `OffersUnavailable`."""
    from ingest.offer_sources import read_source  # noqa: PLC0415 - see the top of this file
    from ingest.offers import import_offers as import_entries  # noqa: PLC0415 - see the top of this file

    found = read_source(asked, tools=_import_tools(settings, progress), now=now)
    report = import_entries(
        found.entries,
        shelf=offer_shelf(settings),
        source=found.about.source,
        source_name=found.about.source_name,
        now=now,
        whole=found.whole,
        tell=tell,
    )
    return replace(report, notes=tuple(dict.fromkeys((*report.notes, *found.notes))))


def import_sample_offers(settings: Settings, *, now: datetime) -> Sequence[ImportReport]:
    """The made-up offers that come with the program, once for each data folder: removed, they stay away."""
    from corpus.offer_sample import SAMPLE  # noqa: PLC0415 - see the top of this file

    done = _offers(settings) / _SAMPLE_DONE
    if done.exists():
        return ()
    reports = [
        import_offers(settings, offer_source(target=str(file), sample=True, **said), now=now) for file, said in SAMPLE
    ]
    done.touch()
    return reports


def remove_sample_offers(settings: Settings) -> int:
    """Remove every source that is sample data; how many entries that was."""
    shelf = offer_shelf(settings)
    removed = sum(shelf.remove(each.source) for each in shelf.sources() if each.sample)
    done = _offers(settings) / _SAMPLE_DONE
    done.parent.mkdir(parents=True, exist_ok=True)
    done.touch()
    return removed


def propose_offer_mapping(file: Path, *, sheet: str | None, name: str | None) -> ProposedMapping:
    """What the columns of a council's table seem to mean. Raises `SourceRefused`."""
    from corpus.offer_columns import read_offer_columns  # noqa: PLC0415 - see the top of this file
    from ingest.offer_mapping import propose_mapping, table_to_read  # noqa: PLC0415 - see the top of this file

    columns = read_offer_columns()
    proposed = propose_mapping(table_to_read(file, sheet=sheet, columns=columns), columns=columns)
    return replace(proposed, mapping=replace(proposed.mapping, name=name or file.stem))


def offer_mapping_as_yaml(proposed: ProposedMapping) -> str:
    """The mapping as a file that a person can correct."""
    from ingest.offer_mapping import mapping_as_yaml  # noqa: PLC0415 - see the top of this file

    return mapping_as_yaml(proposed.mapping, values=proposed.values)


def _import_tools(settings: Settings, progress: Callable[[str, int, int], None]) -> SourceTools:
    from corpus.offer_columns import read_gias_types, read_offer_columns  # noqa: PLC0415 - see the top of this file
    from corpus.offer_terms import read_offer_vocabulary  # noqa: PLC0415 - see the top of this file
    from ingest.offer_draft import Reading  # noqa: PLC0415 - see the top of this file
    from ingest.offer_sources import SourceTools  # noqa: PLC0415 - see the top of this file

    needs = offer_needs()
    order = {need: place for place, need in enumerate(needs.by_id)}
    return SourceTools(
        reading=Reading(
            columns=read_offer_columns(), needs=lambda text: tuple(sorted(needs.met(text), key=order.__getitem__))
        ),
        vocabulary=read_offer_vocabulary(),
        gias_types=read_gias_types(),
        named=lambda: _urns(offer_index(settings)),
        folder=_offers(settings),
        progress=progress,
    )


def _urns(index: OfferIndex) -> frozenset[str]:
    """The URNs of the offers that there are."""
    found: set[str] = set()
    for number in count(1):
        offers, _ = index.page(number=number, size=_URNS_AT_ONCE)
        if not offers:
            return frozenset(found)
        found |= {offer.urn for offer in offers if offer.urn}
    raise AssertionError  # pages end


class _Once(Generic[T]):
    """Calls at the first call only, whichever thread is first, and then gives the same again."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made: list[T] = []
        self._lock = Lock()

    def __call__(self) -> T:
        with self._lock:
            if not self._made:
                self._made.append(self._make())
            return self._made[0]


def _offers(settings: Settings) -> Path:
    return settings.data_dir / "offers"


def _offer_vectors(settings: Settings) -> OfferVectors:
    from assistant.adapters.offer_vectors import (  # noqa: PLC0415 - see the top of this file
        FolderSegments,
        OfferVectors,
        ServerSegments,
    )
    from assistant.adapters.places import ServerPlace  # noqa: PLC0415 - see the top of this file

    where = place(settings)
    if isinstance(where, ServerPlace):
        return OfferVectors(ServerSegments(where.connect))
    return OfferVectors(FolderSegments(_offers(settings) / "vectors"))


def _query_embeddings(settings: Settings) -> OnnxEmbeddings:
    """The embedding model as it is on this machine. Raises `EmbeddingModelError`."""
    from assistant.adapters.embeddings import OnnxEmbeddings  # noqa: PLC0415 - see the top of this file

    folder = _models(settings) / embedding_spec(settings).fingerprint
    return OnnxEmbeddings(folder, threads=settings.embedding_threads)


def _import_embeddings(settings: Settings) -> OnnxEmbeddings:
    """The embedding model, made ready on this machine if it is not yet."""
    from assistant.adapters.embeddings import OnnxEmbeddings  # noqa: PLC0415 - see the top of this file
    from assistant.adapters.export import ensure_model  # noqa: PLC0415 - see the top of this file

    return OnnxEmbeddings(ensure_model(_models(settings), embedding_spec(settings)))


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
            offers=build_offers(settings, corpus=assistant.catalogue, index=index),
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


def _models(settings: Settings) -> Path:
    return settings.data_dir / "models"

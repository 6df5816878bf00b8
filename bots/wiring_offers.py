"""The composition root's part for local offers: importers, shelf, search and places.

What is heavy is imported inside the function that needs it, as in bots/wiring.py.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from itertools import count
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from bots import wiring_index

if TYPE_CHECKING:
    from assistant.adapters.embeddings import OnnxEmbeddings
    from assistant.adapters.offer_vectors import OfferVectors
    from assistant.model import Catalogue
    from assistant.offer import Refusal
    from assistant.offer_desk import OfferDesk
    from assistant.offer_needs import Needs
    from assistant.offers_in_answers import OfferAdviser
    from assistant.ports import OfferIndex, OfferShelf, PostcodeBook
    from assistant.school_ages import SchoolAges
    from bots.settings import Settings
    from bots.web.app import LocalOffers
    from ingest.offer_mapping import ProposedMapping
    from ingest.offer_sources import SourceRequest, SourceTools
    from ingest.offers import ImportReport

_SAMPLE_DONE = "sample-imported"
_URNS_AT_ONCE = 1000

T = TypeVar("T")


@cache
def postcodes() -> PostcodeBook:
    """Where postcodes and councils are; what comes with the program is read when it is first asked. Raises
    `CorpusError`."""
    from assistant.adapters.postcodes import CouncilNames, OfflinePostcodes  # noqa: PLC0415 - see bots/wiring.py
    from corpus.councils import read_councils  # noqa: PLC0415 - see bots/wiring.py

    file = read_councils()
    return OfflinePostcodes(CouncilNames(new=file.new, also=file.also, ended=file.ended, elsewhere=file.elsewhere))


def offer_needs() -> Needs:
    """The needs that offers are searched by. Raises `CorpusError`."""
    from corpus.offer_needs import read_needs  # noqa: PLC0415 - see bots/wiring.py

    return read_needs()


def _school_ages() -> SchoolAges:
    from corpus.school_ages import read_school_ages  # noqa: PLC0415 - see bots/wiring.py

    return read_school_ages()


def build_adviser(index: OfferIndex) -> OfferAdviser:
    """What looks for places when a question asks for one. Raises `CorpusError`."""
    from assistant.asked_offers import offer_search_in  # noqa: PLC0415 - see bots/wiring.py
    from assistant.offers_in_answers import OfferAdviser  # noqa: PLC0415 - see bots/wiring.py
    from corpus.offer_checks import read_offer_rules  # noqa: PLC0415 - see bots/wiring.py

    needs, ages = _Once(offer_needs), _Once(_school_ages)
    return OfferAdviser(
        index,
        read=lambda said: offer_search_in(said, postcodes=postcodes(), needs=needs(), ages=ages()),
        rules=read_offer_rules(),
    )


def build_offer_desk(
    settings: Settings, *, corpus: Callable[[], Catalogue], index: OfferIndex | None = None
) -> OfferDesk:
    """Where local offers are asked for, with what `corpus` says goes with them; `index` stands in for that of the
    settings. Raises `CorpusError`."""
    from assistant.asked_offers import offer_search_in  # noqa: PLC0415 - see bots/wiring.py
    from assistant.offer_desk import OfferDesk  # noqa: PLC0415 - see bots/wiring.py
    from corpus.offer_checks import read_offer_rules  # noqa: PLC0415 - see bots/wiring.py

    book, needs, ages = postcodes(), offer_needs(), _school_ages()
    return OfferDesk(
        index or offer_index(settings),
        book=book,
        needs=needs,
        rules=read_offer_rules(),
        catalogue=corpus,
        read=lambda said: offer_search_in(said, postcodes=book, needs=needs, ages=ages),
    )


def build_offers(
    settings: Settings, *, corpus: Callable[[], Catalogue], index: OfferIndex | None = None
) -> LocalOffers:
    """What the web shows of local offers, with what `corpus`, the live one, says goes with them. Raises
    `CorpusError`."""
    from bots.web.app import LocalOffers  # noqa: PLC0415 - see bots/wiring.py
    from corpus.offer_terms import read_offer_vocabulary  # noqa: PLC0415 - see bots/wiring.py

    desk = build_offer_desk(settings, corpus=corpus, index=index)
    return LocalOffers(desk=desk, vocabulary=read_offer_vocabulary())


def check_offer_rules(facts: Collection[str], folder: Path | None = None) -> None:
    """Whether what goes with offers names facts that are there; a folder of one's own need not have it.

    Raises `CorpusError`.
    """
    from corpus.offer_checks import FILE, HERE, read_offer_rules  # noqa: PLC0415 - see bots/wiring.py

    if folder is None or (folder / FILE).exists():
        read_offer_rules(folder or HERE, facts=facts)


def offer_index(settings: Settings) -> OfferIndex:
    """The local offers, to be searched; one object serves every thread. Nothing is opened before it is asked."""
    from assistant.adapters.offer_index import IndexTools, SqliteOfferIndex  # noqa: PLC0415 - see bots/wiring.py

    tools = IndexTools(
        vectors=_offer_vectors(settings),
        embedder=_Once(lambda: _query_embeddings(settings)),
        model=wiring_index.embedding_spec(settings).fingerprint,
        needs=_Once(offer_needs),
    )
    return SqliteOfferIndex(_offers(settings), tools=tools)


def offer_shelf(settings: Settings) -> OfferShelf:
    """Where imported offers are kept. The first import on a new machine makes the embedding model ready."""
    from assistant.adapters.offer_shelf import ShelfTools, SqliteOfferShelf  # noqa: PLC0415 - see bots/wiring.py

    tools = ShelfTools(
        vectors=_offer_vectors(settings),
        embedder=_Once(lambda: _import_embeddings(settings)),
        model=wiring_index.embedding_spec(settings).fingerprint,
        needs=_Once(offer_needs),
        ages=_Once(_school_ages),
        postcodes=postcodes(),
    )
    return SqliteOfferShelf(_offers(settings), tools=tools)


def offer_source(*, target: str, kind: str | None = None, **said: Any) -> SourceRequest:
    """What to import; `said` are fields of `SourceRequest`."""
    from ingest.offer_sources import SourceKind, SourceRequest  # noqa: PLC0415 - see bots/wiring.py

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
    from ingest.offer_sources import read_source  # noqa: PLC0415 - see bots/wiring.py
    from ingest.offers import import_offers as import_entries  # noqa: PLC0415 - see bots/wiring.py

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
    from corpus.offer_sample import SAMPLE  # noqa: PLC0415 - see bots/wiring.py

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
    from corpus.offer_columns import read_offer_columns  # noqa: PLC0415 - see bots/wiring.py
    from ingest.offer_mapping import propose_mapping, table_to_read  # noqa: PLC0415 - see bots/wiring.py

    columns = read_offer_columns()
    proposed = propose_mapping(table_to_read(file, sheet=sheet, columns=columns), columns=columns)
    return replace(proposed, mapping=replace(proposed.mapping, name=name or file.stem))


def offer_mapping_as_yaml(proposed: ProposedMapping) -> str:
    """The mapping as a file that a person can correct."""
    from ingest.offer_mapping import mapping_as_yaml  # noqa: PLC0415 - see bots/wiring.py

    return mapping_as_yaml(proposed.mapping, values=proposed.values)


def _import_tools(settings: Settings, progress: Callable[[str, int, int], None]) -> SourceTools:
    from corpus.offer_columns import read_gias_types, read_offer_columns  # noqa: PLC0415 - see bots/wiring.py
    from corpus.offer_terms import read_offer_vocabulary  # noqa: PLC0415 - see bots/wiring.py
    from ingest.offer_draft import Reading  # noqa: PLC0415 - see bots/wiring.py
    from ingest.offer_sources import SourceTools  # noqa: PLC0415 - see bots/wiring.py

    needs = offer_needs()
    order = {need: place for place, need in enumerate(needs.by_id)}
    return SourceTools(
        reading=Reading(
            columns=read_offer_columns(),
            ages=_school_ages(),
            needs=lambda text: tuple(sorted(needs.met(text), key=order.__getitem__)),
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
    from assistant.adapters.offer_vectors import (  # noqa: PLC0415 - see bots/wiring.py
        FolderSegments,
        OfferVectors,
        ServerSegments,
    )
    from assistant.adapters.places import ServerPlace  # noqa: PLC0415 - see bots/wiring.py

    where = wiring_index.place(settings)
    if isinstance(where, ServerPlace):
        return OfferVectors(ServerSegments(where.connect))
    return OfferVectors(FolderSegments(_offers(settings) / "vectors"))


def _query_embeddings(settings: Settings) -> OnnxEmbeddings:
    """The embedding model as it is on this machine. Raises `EmbeddingModelError`."""
    from assistant.adapters.embeddings import OnnxEmbeddings  # noqa: PLC0415 - see bots/wiring.py

    folder = wiring_index.models(settings) / wiring_index.embedding_spec(settings).fingerprint
    return OnnxEmbeddings(folder, threads=settings.embedding_threads)


def _import_embeddings(settings: Settings) -> OnnxEmbeddings:
    """The embedding model, made ready on this machine if it is not yet."""
    from assistant.adapters.embeddings import OnnxEmbeddings  # noqa: PLC0415 - see bots/wiring.py
    from assistant.adapters.export import ensure_model  # noqa: PLC0415 - see bots/wiring.py

    return OnnxEmbeddings(ensure_model(wiring_index.models(settings), wiring_index.embedding_spec(settings)))

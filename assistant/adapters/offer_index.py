"""Finding local offers: exact filters first, of all offers at once; then words and meaning; then how near it is.

Meaning counts 0.7 and words 0.3, as measured for the guidance. What nobody can tell from an entry puts it after those
that tell; ties go to the entry that is fresher and then to the one that says more, never to the alphabet.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import log
from pathlib import Path
from threading import Lock

import numpy as np
from langchain_core.embeddings import Embeddings

from assistant.adapters.embeddings import Vector
from assistant.adapters.offer_columns import Columns, Fitting, Numbers
from assistant.adapters.offer_rows import FACTS_COLUMNS, facts_from
from assistant.adapters.offer_tables import FILE, Readers, meta, offer_of, vector_of
from assistant.adapters.offer_vectors import OfferVectors
from assistant.adapters.places import STORE_FAILURES
from assistant.offer import Offer, OfferMatch, OfferResults, OfferSearch
from assistant.offer_errors import OfferGone, OffersUnavailable
from assistant.offer_needs import Needs
from assistant.offers import match_of, read_as

_MEANING, _WORDS, _NEARNESS = 0.7, 0.3, 0.3
_HALF_AS_NEAR = 10.0  # miles at which nearness counts half
_FAR = 1000.0  # miles: where nobody knows how far it is
_WEIGHED = 200  # offers that each way of looking brings in, when more than `_FEW` fit
_FEW = 400
_COMMON = 200  # a word that more offers have does not bring offers in: meaning does
_AT_ONCE = 500  # rows asked of SQLite by their numbers
_K1, _B = 1.5, 0.75  # of BM25, as everywhere


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexTools:
    """What searching needs. `embedder` is called at the first search with words; `model` names the vectors' make."""

    vectors: OfferVectors
    embedder: Callable[[], Embeddings]
    model: str
    needs: Callable[[], Needs]


@dataclass(frozen=True, slots=True)
class _State:
    """The offers as they were at one moment."""

    version: str
    columns: Columns


class SqliteOfferIndex:
    """The offers in a folder. Implements `assistant.ports.OfferIndex`."""

    def __init__(self, folder: Path, *, tools: IndexTools) -> None:
        self._folder = folder
        self._tools = tools
        self._readers = Readers(folder)
        self._state: _State | None = None
        self._lock = Lock()

    def search(self, wanted: OfferSearch, *, today: date, limit: int) -> OfferResults:
        told = read_as(wanted, needs=self._tools.needs())
        if not (self._folder / FILE).exists():
            return OfferResults(search=wanted, matches=(), total=0, read_as=told)
        try:
            matches, total = self._found(wanted, today=today, limit=limit)
        except (sqlite3.Error, *STORE_FAILURES, ValueError):
            # An import that was finished meanwhile may have taken away what this search was reading.
            self._state = None
            try:
                matches, total = self._found(wanted, today=today, limit=limit)
            except (sqlite3.Error, *STORE_FAILURES, ValueError) as error:
                raise OffersUnavailable(str(self._folder), why=str(error)) from error
        return OfferResults(search=wanted, matches=tuple(matches), total=total, read_as=told)

    def read(self, offer_id: str) -> Offer:
        if (self._folder / FILE).exists():
            try:
                with self._readers.one() as connection:
                    row = connection.execute("SELECT body FROM offers WHERE offer_id = ?", (offer_id,)).fetchone()
            except (sqlite3.Error, OSError) as error:
                raise OffersUnavailable(str(self._folder), why=str(error)) from error
            if row is not None:
                return offer_of(row[0])
        raise OfferGone(offer_id)

    def page(self, *, number: int, size: int) -> tuple[Sequence[Offer], int]:
        if not (self._folder / FILE).exists():
            return (), 0
        try:
            with self._readers.one() as connection:
                total = connection.execute("SELECT count(*) FROM offers").fetchone()[0]
                rows = connection.execute(
                    "SELECT body FROM offers JOIN (SELECT id AS at FROM offers ORDER BY offer_id LIMIT ? OFFSET ?) "
                    "ON at = id ORDER BY offer_id",
                    (size, (number - 1) * size),
                ).fetchall()
        except (sqlite3.Error, OSError) as error:
            raise OffersUnavailable(str(self._folder), why=str(error)) from error
        return [offer_of(body) for (body,) in rows], total

    def _found(self, wanted: OfferSearch, *, today: date, limit: int) -> tuple[list[OfferMatch], int]:
        with self._readers.one() as connection:
            columns = self._columns(connection)
            fit = columns.fitting(wanted)
            fit.unknown += columns.expired(today=today.toordinal())
            fitting = np.flatnonzero(fit.fits)
            if wanted.text.strip() and len(fitting):
                best = self._by_words(connection, columns, fit, fitting, wanted=wanted)[:limit]
            else:
                best = _in_order(columns, fit, fitting, scores=None, limit=limit)
            return self._matches(connection, columns.ids[best], wanted=wanted, today=today), len(fitting)

    def _columns(self, connection: sqlite3.Connection) -> Columns:
        """The arrays of the offers as `connection` sees them; made anew only after an import."""
        version = str(meta(connection, "version"))
        state = self._state
        if state is None or state.version != version:
            with self._lock:
                state = self._state
                if state is None or state.version != version:
                    state = _State(version, Columns(connection, needs=self._tools.needs()))
                    self._state = state
                    self._tools.vectors.close_others(state.columns.segments)
        return state.columns

    def _by_words(
        self, connection: sqlite3.Connection, columns: Columns, fit: Fitting, fitting: Numbers, *, wanted: OfferSearch
    ) -> Numbers:
        """The positions that fit, best first, by words, meaning and nearness."""
        if columns.without_vector() or meta(connection, "model") != self._tools.model:
            raise OffersUnavailable(str(self._folder), why="they were embedded with another model")
        vector = np.asarray(self._tools.embedder().embed_query(wanted.text), dtype=np.float32)
        stems = _stems(wanted.text)
        vectors = self._tools.vectors
        weighed = fitting
        if len(fitting) > _FEW:
            near = [columns.with_texts(vectors.nearest(segment, vector, n=_WEIGHED)) for segment in columns.segments]
            named = columns.at_rows(_having_rare(connection, stems))
            first = _in_order(columns, fit, fitting, scores=None, limit=_WEIGHED)
            weighed = np.unique(np.concatenate([first, *near, named]))
            weighed = weighed[fit.fits[weighed]]
        meaning = _cosines(connection, columns.texts(weighed), vector)
        words = _bm25(connection, columns.ids[weighed], stems)
        scores = np.asarray(
            [
                _MEANING * meaning.get(int(text), 0.0) + _WORDS * words.get(int(row), 0.0)
                for text, row in zip(columns.texts(weighed), columns.ids[weighed], strict=True)
            ]
        )
        if wanted.near is not None and wanted.near.grid is not None:
            scores += _NEARNESS / (1 + np.nan_to_num(fit.miles[weighed], nan=_FAR) / _HALF_AS_NEAR)
        return _in_order(columns, fit, weighed, scores=scores, limit=len(weighed))

    def _matches(
        self, connection: sqlite3.Connection, row_ids: Numbers, *, wanted: OfferSearch, today: date
    ) -> list[OfferMatch]:
        matches = []
        for row_id in row_ids:
            body, *facts = connection.execute(
                f"SELECT body, {FACTS_COLUMNS} FROM offers WHERE id = ?",  # noqa: S608 - our own column names
                (int(row_id),),
            ).fetchone()
            match = match_of(
                offer_of(body), facts=facts_from(facts), wanted=wanted, needs=self._tools.needs(), today=today
            )
            if match is not None:  # arrays hold numbers a little less exactly
                matches.append(match)
        return matches


def _in_order(columns: Columns, fit: Fitting, positions: Numbers, *, scores: Numbers | None, limit: int) -> Numbers:
    """The first `limit` of these positions: fewest unknowns, best score (or nearest), freshest, fullest."""
    if scores is None:
        scores = -np.round(np.nan_to_num(fit.miles[positions], nan=_FAR), 1)
        if len(positions) > max(limit, _WEIGHED):
            rough = fit.unknown[positions] * 1e7 - scores * 1e3 - columns.fresh[positions] * 1e-6
            nearest = np.argpartition(rough, max(limit, _WEIGHED))[: max(limit, _WEIGHED)]
            positions, scores = positions[nearest], scores[nearest]
    order = np.lexsort(
        (
            columns.texts(positions),  # a number that says nothing of the alphabet
            -columns.completeness[positions].astype(np.int16),
            -columns.fresh[positions],
            -np.round(scores, 2),
            fit.unknown[positions],
        )
    )
    return np.asarray(positions[order][:limit])


def _stems(text: str) -> Sequence[str]:
    from assistant.adapters.lexical import query_stems  # noqa: PLC0415 - a search without words does not wait for it

    return list(dict.fromkeys(query_stems(text)))


def _having_rare(connection: sqlite3.Connection, stems: Sequence[str]) -> list[int]:
    """The rows that have one of the words that few have: a name, a trade."""
    rows: set[int] = set()
    for stem in stems:
        asked = (f'"{stem.replace(chr(34), "")}"', _COMMON + 1)
        found = connection.execute("SELECT rowid FROM words WHERE words MATCH ? LIMIT ?", asked).fetchall()
        if len(found) <= _COMMON:
            rows.update(row_id for (row_id,) in found)
    return list(rows)


def _cosines(connection: sqlite3.Connection, text_ids: Numbers, vector: Vector) -> Mapping[int, float]:
    """How alike in meaning each text is to `vector`, by its id."""
    found: dict[int, bytes] = {}
    wanted = [int(each) for each in np.unique(text_ids)]
    for at in range(0, len(wanted), _AT_ONCE):
        some = wanted[at : at + _AT_ONCE]
        marks = ", ".join("?" * len(some))
        found.update(connection.execute(f"SELECT text_id, vector FROM vectors WHERE text_id IN ({marks})", some))  # noqa: S608
    if not found:
        return {}
    vectors = np.stack([vector_of(blob) for blob in found.values()])
    return dict(zip(found, (vectors @ vector).tolist(), strict=True))


def _bm25(connection: sqlite3.Connection, row_ids: Numbers, stems: Sequence[str]) -> Mapping[int, float]:
    """How alike each row is to the words, from 0 to 1 (the best), among these rows."""
    found: dict[int, list[str]] = {}
    for at in range(0, len(row_ids), _AT_ONCE):
        some = [int(each) for each in row_ids[at : at + _AT_ONCE]]
        marks = ", ".join("?" * len(some))
        rows = connection.execute(f"SELECT rowid, stems FROM words WHERE rowid IN ({marks})", some)  # noqa: S608
        found.update((row_id, text.split()) for row_id, text in rows)
    if not found or not stems:
        return {}
    counts = {
        row_id: {stem: times for stem in stems if (times := words.count(stem))} for row_id, words in found.items()
    }
    having = {stem: sum(1 for count in counts.values() if stem in count) for stem in stems}
    average = sum(map(len, found.values())) / len(found) or 1.0
    weight = {stem: log(1 + (len(found) - n + 0.5) / (n + 0.5)) for stem, n in having.items()}
    scores = {
        row_id: sum(
            weight[stem] * times * (_K1 + 1) / (times + _K1 * (1 - _B + _B * len(found[row_id]) / average))
            for stem, times in count.items()
        )
        for row_id, count in counts.items()
    }
    best = max(scores.values())
    return {row_id: score / best for row_id, score in scores.items()} if best > 0 else {}

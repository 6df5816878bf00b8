"""An import of offers: entries go to the shelf one by one, and a report says what became of each."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from assistant.offer import Offer, Refusal
from assistant.ports import OfferShelf, Shelved
from ingest.offer_draft import Imported, LeftOut

_SHOWN = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What became of the entries of one source.

    `refusals` are the first thousand; `refused` counts entries that could not be taken at all, `fields_refused` fields
    that were left out of entries that were. `kept_old`: nothing could be taken, so what was there before stays.
    """

    source: str
    source_name: str
    taken: int
    shelved: Shelved = field(default_factory=Shelved)
    refused: int = 0
    fields_refused: int = 0
    refusals: tuple[Refusal, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    whole: bool = True
    kept_old: bool = False


class _NothingTaken(Exception):
    """Ends the shelf's transaction: an empty import must not take away what is there."""


class _Tally:
    """Lets offers through and counts the rest."""

    def __init__(self, tell: Callable[[Refusal], None]) -> None:
        self.taken = 0
        self.refused = 0
        self.fields_refused = 0
        self.refusals: list[Refusal] = []
        self.left_out: Counter[str] = Counter()
        self._tell = tell

    def offers(self, entries: Iterable[Imported]) -> Iterator[Offer]:
        for entry in entries:
            if isinstance(entry, Offer):
                self.taken += 1
                yield entry
            elif isinstance(entry, LeftOut):
                self.left_out[entry.why] += 1
            else:
                self.refuse(entry)
        if not self.taken:
            raise _NothingTaken

    def refuse(self, refusal: Refusal) -> None:
        if refusal.field is None:
            self.refused += 1
        else:
            self.fields_refused += 1
        if len(self.refusals) < _SHOWN:
            self.refusals.append(refusal)
        self._tell(refusal)


def import_offers(
    entries: Iterable[Imported],
    *,
    shelf: OfferShelf,
    source: str,
    source_name: str,
    now: datetime,
    whole: bool = True,
    tell: Callable[[Refusal], None] = lambda _: None,
) -> ImportReport:
    """Put what a source has on the shelf, in one transaction; `tell` hears every refusal as it comes.

    `whole`: what the source no longer has is taken away. Raises `SourceRefused` when the source cannot be read to its
    end, and `OffersUnavailable`; then, as when there was nothing to take, the shelf is as it was.
    """
    tally = _Tally(tell)
    try:
        shelved = shelf.replace(source, tally.offers(entries), whole=whole, now=now)
    except _NothingTaken:
        shelved = None
    for refusal in shelved.refused if shelved else ():
        tally.refuse(refusal)
    return ImportReport(
        source=source,
        source_name=source_name,
        taken=tally.taken,
        shelved=replace(shelved, refused=()) if shelved else Shelved(),
        refused=tally.refused,
        fields_refused=tally.fields_refused,
        refusals=tuple(tally.refusals),
        left_out=dict(tally.left_out),
        whole=whole,
        kept_old=shelved is None,
    )

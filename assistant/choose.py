"""Which of the ranked passages an answer is made of, and in what order a reader needs them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.model import Passage, Role, Situation
from assistant.retrieve import Ranked, Retrieval
from assistant.shelf import Shelf
from assistant.sources import Verification
from assistant.wording import content_stems

MOST_STATEMENTS = 8
READING_ORDER = (Role.CORRECTION, Role.DIRECT, Role.DUTY, Role.TIME_LIMIT, Role.ROUTE, Role.CHANGE, Role.HELP)
RECENT = timedelta(days=366)  # how long a change in the law is news

_WORTH_SAYING = 0.55  # of the best passage's score: below that a passage is about something else
_ALIKE = 0.6  # of the words shared: two statements that say one thing
_SURE_OF_PREMISE = 3  # a premise is corrected only by a fact among this many best
_BEST_OF_PART = 3  # passages of a question searched on its own that may lead


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """A passage chosen for the answer and what it does there."""

    passage: Passage
    role: Role


def choose(
    retrieval: Retrieval, *, shelf: Shelf, as_at: date, situation: Situation, asked: Sequence[Passage] = ()
) -> tuple[Picked, ...]:
    """The passages an answer is made of, in reading order, at most `MOST_STATEMENTS`.

    `asked` state the time limits asked about; the first of them answers. A wrong premise is corrected first; each
    question of the message gets its best passage; no two say the same.
    """
    ranked = [r.passage for r in _worth_saying(retrieval.ranked)]
    picked: list[Picked] = []
    for passage in _corrections(retrieval.suspected_premises, ranked, shelf):
        _add(picked, passage, Role.CORRECTION)
    for place, passage in enumerate(asked):
        _add(picked, passage, Role.TIME_LIMIT if place else Role.DIRECT)
    parts = [[r.passage for r in part[:_BEST_OF_PART]] for part in retrieval.parts]
    if len(parts) == 1:  # one question after a story: it is what was asked, the story is its background
        ranked = parts[0] + ranked
    for passage in (
        *_leads(ranked, situation.holders),
        *(lead for part in parts for lead in _leads(part, frozenset())),
    ):
        _add(picked, passage, Role.DIRECT)
    for change in _changes(picked, shelf, as_at, situation):
        if all(change.id != other.passage.id for other in picked):
            # Old and new law often differ by one word or number: never dropped as near-duplicates.
            picked.append(Picked(passage=change, role=Role.CHANGE))
    for passage in ranked:
        if len(picked) >= MOST_STATEMENTS:
            break
        _add(picked, passage, shelf.roles[passage.id])
    picked = _with_what_came_after(picked[:MOST_STATEMENTS], shelf)
    return tuple(sorted(picked, key=lambda p: READING_ORDER.index(p.role)))


def _worth_saying(ranked: Sequence[Ranked]) -> list[Ranked]:
    best = ranked[0].score if ranked else 0.0
    return [r for r in ranked if r.score >= _WORTH_SAYING * best]


def _leads(ranked: Sequence[Passage], holders: frozenset[str]) -> Sequence[Passage]:
    """The one passage that answers first: what the people asked about must do, where the question names them, and
    never one known only from memory when a better one is at hand."""
    checked = [passage for passage in ranked[:MOST_STATEMENTS] if passage.verified is not Verification.MEMORY]
    theirs = [p for p in checked if p.duty_on and any(holder in p.duty_on.lower() for holder in holders)]
    return (theirs or checked or list(ranked))[:1]


def _corrections(suspected: Sequence[str], ranked: Sequence[Passage], shelf: Shelf) -> Iterator[Passage]:
    """The fact that corrects a wrong premise: only where the message sounds like the belief *and* the search found
    that fact among its very best (first of all, when it sounds more like another belief), so that a merely similar
    sentence corrects nobody."""
    best = [passage.id for passage in ranked[:_SURE_OF_PREMISE]]
    wrong = {misconception.id: misconception for misconception in shelf.catalogue.misconceptions}
    for place, name in enumerate(suspected):
        correcting = wrong[name].corrects[0]
        if correcting in (best if place == 0 else best[:1]):
            yield shelf.by_id[correcting]
            return


def _changes(picked: Sequence[Picked], shelf: Shelf, as_at: date, situation: Situation) -> Iterator[Passage]:
    """What the law said before or has said since, where it changed near the day asked about."""
    chosen = {p.passage.id for p in picked}
    for passage in shelf.replaced:
        ended = passage.in_force_to
        ended_recently = ended is not None and ended < as_at and as_at - ended < RECENT
        if chosen & set(passage.replaced_by) and (ended_recently or situation.asks_history):
            yield passage
        elif passage.id in chosen:
            yield shelf.by_id[passage.replaced_by[0]]


def _with_what_came_after(picked: list[Picked], shelf: Shelf) -> list[Picked]:
    """With room made for one: law that has ended never stands without what replaced it."""
    kept = picked[: MOST_STATEMENTS - 1]
    chosen = {p.passage.id for p in picked}
    for each in kept:
        later = each.passage.replaced_by
        if each.passage.in_force_to is not None and later and not chosen & set(later):
            return [*kept, Picked(passage=shelf.by_id[later[0]], role=Role.CHANGE)]
    return picked


def _add(picked: list[Picked], passage: Passage, role: Role) -> None:
    if not any(says_the_same(passage, other.passage) for other in picked):
        picked.append(Picked(passage=passage, role=role))


def says_the_same(one: Passage, other: Passage) -> bool:
    """Whether showing both would say one thing twice: the corpus says so, or nearly all their words are shared."""
    if one.id == other.id or one.id in other.same_as or other.id in one.same_as:
        return True
    mine, theirs = content_stems(one.statement), content_stems(other.statement)
    return len(mine & theirs) / max(1, len(mine | theirs)) >= _ALIKE

"""Answers and passages as plain text for a terminal."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from assistant.citations import reference
from assistant.model import Answer, Citation, Deadline, Help, NearMiss, Passage
from assistant.offer import OfferMatch
from assistant.sources import Authority, Verification
from bots.offer_words import read_on
from bots.rendering import TIER_IN_WORDS, VERIFIED_IN_WORDS, day_in_words, in_force_in_words


def as_json_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def answer_as_text(answer: Answer) -> str:
    """The answer, then its sources, notices and helpers; what the answer's own text already says is not repeated."""
    blocks = [answer.text]
    if answer.question_back and answer.question_back not in answer.text:
        blocks.append(answer.question_back)
    if answer.deadlines:
        blocks.append("\n".join(["How the dates are counted", *map(_deadline, answer.deadlines)]))
    blocks += [_offers(answer.offers)] if answer.offers else []
    if answer.near_misses:
        blocks.append(_list("Nearest passages", map(_near_miss, answer.near_misses)))
    if answer.citations:
        blocks.append("\n".join(["Sources", *map(_citation, answer.citations)]))
    if answer.notices:
        blocks.append(_list("Please note", answer.notices))
    helpers = [each for each in answer.help if each.name not in answer.text]
    if helpers:
        blocks.append(_list("Who can help", map(_helper, helpers)))
    blocks.append(f"Law as at {day_in_words(answer.as_at)}.")
    return "\n\n".join(blocks)


def passage_as_text(passage: Passage) -> str:
    """One passage with everything known about it."""
    blocks = [f"{passage.id} ({passage.topic})\n{passage.statement}"]
    blocks.append("\n".join(f"{name + ':':<12}{value}" for name, value in _particulars(passage)))
    blocks.append("\n".join(["Sources", *map(_authority, passage.authority)]))
    if passage.caveat:
        blocks.append(f"Caveat: {passage.caveat}")
    if passage.leads_to:
        links = (f"{link.fact}: {link.kind.replace('_', ' ')}" for link in passage.leads_to)
        blocks.append(_list("Leads to", links))
    return "\n\n".join(blocks)


def _list(heading: str, items: Iterable[str]) -> str:
    return "\n".join([heading, *(f"- {item}" for item in items)])


def _citation(citation: Citation) -> str:
    place = f"{citation.title}, {citation.provision}" if citation.provision else citation.title
    edition = f" ({citation.edition})" if citation.edition else ""
    in_force = in_force_in_words(citation.in_force_from, citation.in_force_to)
    lines = [
        f"[{citation.n}] {place}{edition}",
        f"    {_first_capital(TIER_IN_WORDS[citation.tier])}; {in_force}; {_checked(citation)}",
        f"    {citation.url}" if citation.url else "",
        f"    Note: {citation.note}" if citation.note else "",
        f"    Also: {'; '.join(citation.also)}" if citation.also else "",
        f"    More: apnav show {citation.passage_id}",
    ]
    return "\n".join(line for line in lines if line)


def _checked(citation: Citation) -> str:
    if citation.verified is Verification.MEMORY:
        return f"written down {day_in_words(citation.checked_on)}, not checked"
    return f"checked {day_in_words(citation.checked_on)}"


def _deadline(deadline: Deadline) -> str:
    lines = [f"- {deadline.label}: {day_in_words(deadline.date)}. {deadline.working}"]
    if deadline.aim_for:
        lines.append(f"  Aim for {day_in_words(deadline.aim_for)}. {deadline.aim_because}")
    lines += [f"  Another reading: {other}" for other in deadline.others]
    lines += [f"  Calendar: {deadline.calendar}"] if deadline.calendar else []
    lines += [f"  {deadline.caveat}"] if deadline.caveat else []
    return "\n".join(lines)


def _offers(matches: Sequence[OfferMatch]) -> str:
    """Where each place of the answer comes from, whose words they are, and how to see all that is published."""
    told = ((match.offer, match.offer.provenances[0]) for match in matches)
    return _list(
        "Where the places come from",
        (
            f"{offer.name}: {best.source_name}, {read_on(best)}. More: apnav offers show {offer.id}"
            for offer, best in told
        ),
    )


def _near_miss(near: NearMiss) -> str:
    return f"{near.statement} ({near.title}; apnav show {near.passage_id})"


def _helper(contact: Help) -> str:
    phone = f" Telephone {contact.phone}." if contact.phone else ""
    warning = "" if contact.phone_checked else " That number has not been checked: look it up if it does not answer."
    return f"{contact.name}. {contact.what}{phone}{warning}{' ' + contact.url if contact.url else ''}"


def _particulars(passage: Passage) -> Iterator[tuple[str, str]]:
    yield "Force", f"{passage.force.value}, owed by: {passage.duty_on}" if passage.duty_on else passage.force.value
    yield "Settings", ", ".join(passage.applies_to) or "any"
    yield "For", ", ".join(passage.audience)
    yield "Dates", in_force_in_words(passage.in_force_from, passage.in_force_to)
    if passage.replaced_by:
        yield "Replaced by", ", ".join(passage.replaced_by)
    if passage.same_as:
        yield "Same as", ", ".join(passage.same_as)
    yield "Checked", f"{VERIFIED_IN_WORDS[passage.verified]} ({day_in_words(passage.checked_on)})"


def _authority(authority: Authority) -> str:
    source = authority.source
    place = reference(source.title, authority.provision, authority.read_in)
    edition = f"; edition: {source.edition}" if source.edition else ""
    url = authority.url or source.url
    about = f"{_first_capital(TIER_IN_WORDS[source.tier])}; {source.publisher}{edition}"
    return "\n".join([f"- {place}", f"  {about}", *([f"  {url}"] if url else [])])


def _first_capital(words: str) -> str:
    return words[:1].upper() + words[1:]

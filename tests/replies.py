"""What tests of replies share: the wording that ships, and an answer with every part that a reply can have."""

from dataclasses import replace
from datetime import date
from typing import Any

from assistant.model import Answer, Audience, Citation, Deadline, Force, Help, Role, Statement, Status
from assistant.reply import Draft, ReplyWording, draft_reply
from assistant.sources import Tier, Verification
from corpus.reply import read_reply_wording

TODAY = date(2026, 11, 22)
WORDING: ReplyWording = read_reply_wording()
QUESTION = "My son was permanently excluded on 10 November 2026."

MEETING = "The governing board must consider reinstatement within 15 school days of being told."
LETTER = "The headteacher must tell the parents why. The letter should be plain. It may not be late."
ROUTE = "Parents may ask for a review by an independent panel."
ADVICE = "Schools should not send a child home without a letter."
WRITTEN = (
    (MEETING, Force.MUST, "governing board", Role.DIRECT),
    (LETTER, Force.MUST, "headteacher", Role.DUTY),
    (ROUTE, Force.MAY, "parent", Role.ROUTE),
    (ADVICE, Force.SHOULD, "school", Role.DUTY),
)


def a_citation(n: int, quote: str, **changes: Any) -> Citation:
    plain = Citation(
        n=n,
        passage_id=f"exc-{n:03}",
        title="The Exclusion Regulations 2012",
        provision=f"reg {20 + n}",
        edition=None,
        tier=Tier.REGULATIONS,
        url=f"https://www.legislation.gov.uk/uksi/2012/1033/regulation/{20 + n}",
        quote=quote,
        in_force_from=date(2012, 9, 1),
        in_force_to=None,
        checked_on=date(2026, 11, 21),
        verified=Verification.PRIMARY,
    )
    return replace(plain, **changes)


def an_answer(**changes: Any) -> Answer:
    """An adviser's answer with a date, a contact whose number is not checked, and a source known from memory."""
    plain = Answer(
        status=Status.ANSWERED,
        as_at=TODAY,
        audience=Audience.ADVISER,
        text="",
        statements=tuple(
            Statement(text=text, force=force, duty_on=who, citations=(n,), role=role)
            for n, (text, force, who, role) in enumerate(WRITTEN, start=1)
        ),
        citations=tuple(
            a_citation(n, text, **({"verified": Verification.MEMORY, "url": None} if n == 4 else {}))
            for n, (text, *_) in enumerate(WRITTEN, start=1)
        ),
        deadlines=(
            Deadline(
                label="Governors meet",
                date=date(2026, 12, 2),
                working="15 school days from Wednesday 11 November 2026.",
                citations=(1,),
                who_must="governing board",
                calendar="Usual term dates 2026-27",
                caveat="Day one is the school day after the board is told.",
            ),
        ),
        help=(
            Help(name="IPSEA", what="Free legal advice on special needs.", url="https://www.ipsea.org.uk"),
            Help(name="Advice line", what="Free advice.", phone="01632 960000", phone_checked=False),
        ),
        notices=("Changed on 26 July 2026: what [1] says applies from that day.",),
        corpus_version="corpus-1",
    )
    return replace(plain, **changes)


def a_draft(answer: Answer | None = None) -> Draft:
    return draft_reply(answer or an_answer(), question=QUESTION, today=TODAY, wording=WORDING)

"""An assistant that answers at once, or slowly, by repeating the question: what reliability tests ask."""

import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from assistant.model import Answer, Audience, Catalogue, Citation, Force, Role, Statement, Status, Turn
from assistant.sources import Tier, Verification


class EchoAssistant:
    """Says "You asked: ..." after a while, and notes every question in `asked.txt` of its folder, one a line.

    How many seconds it takes stands in `seconds.txt`; tests may change it, also for what is being thought about.

    A question that holds "crash" raises; one that holds "at length" gets an answer of some 8,000 characters.
    """

    def __init__(self, folder: Path) -> None:
        self._asked = folder / "asked.txt"
        self._seconds = folder / "seconds.txt"

    def urgent(self, _words: str, **_: Any) -> None:
        """It knows of no danger."""

    def catalogue(self) -> Catalogue:
        return Catalogue(version="echo", passages=(), sources=(), help=())

    def ask(
        self,
        question: str,
        *,
        today: date,
        history: Sequence[Turn] = (),
        as_at: date | None = None,
        audience: Audience = Audience.PARENT,
        **_: Any,
    ) -> Answer:
        with self._asked.open("a", encoding="utf-8") as asked:
            asked.write(f"{question}\n")
        began = time.monotonic()
        while (left := began + float(self._seconds.read_text()) - time.monotonic()) > 0:
            time.sleep(min(left, 0.1))
        if "crash" in question:
            raise ZeroDivisionError(question)
        said = [f"You asked: {question}", f"Before that, {len(history)} turns were said."]
        if "at length" in question:
            said += ["The governors must think about it again and write down why. " * 5] * 30
        forces = (Force.INFO, Force.INFO, *[Force.MUST] * 30)
        roles = (Role.DIRECT, Role.DIRECT, *[Role.DUTY] * 30)  # duties are written one by one
        return Answer(
            status=Status.ANSWERED,
            as_at=as_at or today,
            audience=audience,
            text="\n".join(said),
            statements=tuple(
                Statement(text=text, force=force, duty_on=None, citations=(1,), role=role)
                for text, force, role in zip(said, forces, roles, strict=False)
            ),
            citations=(A_SOURCE,),
        )


A_SOURCE = Citation(
    n=1,
    passage_id="exc-001",
    title="Education Act 2002",
    provision="s.51A(1)",
    edition=None,
    tier=Tier.ACT,
    url="https://www.legislation.gov.uk/ukpga/2002/32/section/51A",
    quote="The headteacher may exclude a pupil.",
    in_force_from=date(2012, 9, 1),
    in_force_to=None,
    checked_on=date(2026, 11, 1),
    verified=Verification.PRIMARY,
)

"""A person instead of a program: a question passed on to an advice channel, where one adviser claims and settles it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class HandoverState(StrEnum):
    """How far a handover has come."""

    OPEN = "open"
    CLAIMED = "claimed"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """One question passed on, masked. `asked_by` and `taken_by` are Slack's ids of people; `answer` is published JSON.

    `message_ts` names the message in the advice channel; None while it is not there yet.
    """

    id: str
    job_id: str
    team: str
    asked_by: str
    advice_channel: str
    question: str
    answer: str
    at: datetime
    message_ts: str | None = None
    state: HandoverState = HandoverState.OPEN
    taken_by: str | None = None


class Handovers(Protocol):
    """Keeps handovers; of two people who press a button at once, one wins. All raise `StoreUnavailable`."""

    def open(self, handover: Handover) -> bool:
        """Keep a new one; False when its question was passed on before. One that was never posted gives way."""
        ...

    def posted(self, handover_id: str, *, ts: str) -> None:
        """Note which message of the advice channel shows it."""
        ...

    def withdraw(self, handover_id: str) -> None:
        """Delete one that could not be posted, so that it can be asked for again."""
        ...

    def find(self, handover_id: str) -> Handover | None:
        """How it stands now; None when it is not kept any more."""
        ...

    def claim(self, handover_id: str, *, by: str) -> tuple[bool, Handover | None]:
        """Whether this person is the one who claims it, and how it stands now; None when it is not kept any more."""
        ...

    def settle(self, handover_id: str, *, by: str) -> tuple[bool, Handover | None]:
        """The same for marking it as done: only who claimed it can, or anybody while it is open."""
        ...

"""Documents and the places in them that the corpus cites, as frozen types."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Tier(StrEnum):
    """What kind of authority a document has, strongest first."""

    ACT = "act"
    REGULATIONS = "regulations"
    CASE_LAW = "case_law"
    STATUTORY_GUIDANCE = "statutory_guidance"
    GUIDANCE = "guidance"
    REPORT = "report"
    STATISTICS = "statistics"
    PROPOSAL = "proposal"
    CHARITY = "charity"
    COUNCIL = "council"
    LOCAL_OFFER = "local_offer"


class Verification(StrEnum):
    """How far a fact was checked: the law itself read, somebody's page about it read, or neither."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    MEMORY = "memory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A document of the catalogue: an Act, a set of regulations, one edition of guidance, a judgment, a page."""

    id: str
    title: str
    short_title: str
    publisher: str
    tier: Tier
    url: str | None
    nation: str
    licence: str
    work: str | None = None
    edition: str | None = None
    in_force_from: date | None = None
    in_force_to: date | None = None
    superseded_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Where a passage comes from: a source and the place in it.

    `read_in` names the edition in which `provision` was read when that is not the source's own edition; the number
    must then never be shown as the source's.
    """

    source: Source
    provision: str | None = None
    read_in: str | None = None
    url: str | None = None

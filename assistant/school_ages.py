"""How old pupils are in each school year and key stage. The ages themselves are data: see corpus/offers/ages.yaml."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolAges:
    """Ages in years. `year_1` is that of pupils as year 1 begins; `key_stages` that as each stage begins and ends;
    `phases` the stages that a word in small letters speaks of ("primary")."""

    year_1: int
    key_stages: Mapping[int, tuple[int, int]]
    phases: Mapping[str, frozenset[int]]

    def at_start_of(self, year: int) -> int:
        """How old pupils are when they start this school year (1 to 13)."""
        return self.year_1 + year - 1

    def in_years(self, first: int, last: int) -> tuple[int, int]:
        """From the start of the year `first` to the end of the year `last`."""
        return self.at_start_of(first), self.at_start_of(last + 1)

    def stages_named(self, text: str) -> frozenset[int]:
        """The stages of every phase that `text` names."""
        said = text.lower()
        return frozenset(stage for word, stages in self.phases.items() if word in said for stage in stages)

    def in_stages(self, stages: Iterable[int]) -> tuple[int, int] | None:
        """From the start of the first of the stages to the end of the last; None for no stage that there is."""
        spans = [self.key_stages[stage] for stage in stages if stage in self.key_stages]
        return (min(first for first, _ in spans), max(last for _, last in spans)) if spans else None

    def stages_between(self, first: float, last: float) -> frozenset[int]:
        """Every stage that has pupils between these ages."""
        spans = self.key_stages.items()
        return frozenset(stage for stage, (begins, ends) in spans if first < ends and last > begins)

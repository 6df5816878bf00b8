"""The made-up offers that come with the program: which file is read how."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent / "offers" / "sample"

_LICENCE = "CC0 1.0: made-up sample data"

SAMPLE: Sequence[tuple[Path, Mapping[str, Any]]] = (
    (
        HERE / "services.json",
        {
            "kind": "oruk",
            "source": "sample-services",
            "name": "Sampleton Council feed (sample data)",
            "licence": _LICENCE,
        },
    ),
    (
        HERE / "directory.xlsx",
        {
            "kind": "sheet",
            "source": "sample-directory",
            "name": "Sampleton Council directory (sample data)",
            "mapping": HERE / "directory.yaml",
            "licence": _LICENCE,
        },
    ),
    (
        HERE / "schools.csv",
        {"kind": "gias", "source": "sample-schools", "name": "Register of schools (sample data)", "licence": _LICENCE},
    ),
)
"""Each file, and the fields of `ingest.offer_sources.SourceRequest` that go with it."""

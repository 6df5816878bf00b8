"""The figures that were published of this corpus: `accuracy.json`, which `apnav evaluate --publish` writes."""

import json
from pathlib import Path

from assistant.accuracy import Accuracy, accuracy_from
from assistant.errors import EvaluationInputError

FILE = Path(__file__).parent / "accuracy.json"


def read_accuracy(file: Path = FILE) -> Accuracy | None:
    """The published figures, or None when there are none. Raises `EvaluationInputError` for a file that is not so."""
    if not file.exists():
        return None
    try:
        return accuracy_from(json.loads(file.read_text(encoding="utf-8")))
    except ValueError as error:
        raise EvaluationInputError(f"{file.name} is not JSON: {error}.") from error

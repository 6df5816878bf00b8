"""An answer read back from its published JSON, as it was kept."""

from functools import cache

from pydantic import TypeAdapter, ValidationError

from assistant.model import Answer


def answer_of(published: str | None) -> Answer | None:
    """The answer of which this is the published JSON; None when it is gone, or of a shape that is no longer read."""
    if not published:
        return None
    try:
        return _reader().validate_json(published)
    except ValidationError:
        return None


@cache
def _reader() -> TypeAdapter[Answer]:
    return TypeAdapter(Answer)

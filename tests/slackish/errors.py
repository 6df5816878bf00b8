"""How the stand-in refuses."""

from typing import Any


class Refused(Exception):
    """What was sent is not what Slack takes; `code` is Slack's own name of the error."""

    def __init__(self, code: str, *why: str, **extra: Any) -> None:
        super().__init__(code, *why)
        self.code = code
        self.why = why
        self.extra = extra

    def answer(self) -> dict[str, Any]:
        """The body of the response."""
        said: dict[str, Any] = {"ok": False, "error": self.code, **self.extra}
        if self.why:
            said["response_metadata"] = {"messages": [f"[ERROR] {why}" for why in self.why]}
        return said

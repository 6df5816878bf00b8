"""Small sound pieces of Block Kit, for tests to bend."""

from typing import Any


def section(text: str = "Words", **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(text: str = "Press", action_id: str = "press", **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": {"type": "plain_text", "text": text}, "action_id": action_id, **more}


def a_modal(*blocks: dict[str, Any]) -> dict[str, Any]:
    plain = {"type": "plain_text"}
    return {
        "type": "modal",
        "callback_id": "why",
        "title": plain | {"text": "Why?"},
        "submit": plain | {"text": "Send"},
        "blocks": list(blocks) or [section()],
    }

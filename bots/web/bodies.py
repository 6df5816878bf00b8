"""A request's body: read whole once, and given again to whatever stands behind."""

from starlette.types import Message, Receive


class ClientLeft(Exception):
    """Nobody is there any more to read an answer."""


async def whole_body(receive: Receive) -> bytes:
    """All of the body; its size was limited before. Raises `ClientLeft`."""
    kept = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientLeft
        kept += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(kept)


def replay(body: bytes, receive: Receive | None = None) -> Receive:
    """A `receive` that gives the body that was read, then whatever comes after it."""
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive() if receive is not None else {"type": "http.disconnect"}
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed

"""Signatures as Slack makes them: an HMAC over the time and the very bytes of the body."""

import hashlib
import hmac
import time
from collections.abc import Mapping


def signed_headers(body: bytes, *, secret: str, age: float = 0.0) -> Mapping[str, str]:
    """The two headers that prove a request is Slack's; `age` is how many seconds ago it was signed."""
    at = str(int(time.time() - age))
    digest = hmac.new(secret.encode(), b"v0:" + at.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={digest}"}

"""How often one client may ask: so many questions a minute and an hour."""

import hmac
import logging
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.errors import ConfigurationError, StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import MovingWindowRateLimiter
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from bots.web.bodies import replay, whole_body
from bots.web.clients import client_group
from bots.web.errors import Problem, asked_too_often

_log = logging.getLogger(__name__)
_NAMESPACE = "ap-navigator"
_SCHEMES: Mapping[str, str] = {"memory": "memory", "redis": "redis", "rediss": "rediss"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Questions a minute and an hour that one client may ask; 0 is no limit. `store` is where they are counted."""

    per_minute: int = 0
    per_hour: int = 0
    store: str = "memory://"


class RateStoreUnusable(Exception):
    """Questions cannot be counted where the settings say; the message says what to do."""


class AskingRates:
    """Counts the questions of each client. Addresses are kept only as a keyed digest.

    Raises `RateStoreUnusable` when the store cannot be opened.
    """

    def __init__(self, rates: Rates, *, key: bytes) -> None:
        if rates.store.partition(":")[0] not in _SCHEMES:
            raise RateStoreUnusable("Questions are counted in memory:// or at an address redis://...")
        try:
            self._storage = storage_from_string(rates.store, wrap_exceptions=True)
        except ConfigurationError as error:
            raise RateStoreUnusable("To count questions in Redis, install the package “redis”.") from error
        self._limiter = MovingWindowRateLimiter(self._storage)
        self._key = key
        self._limits: tuple[RateLimitItem, ...] = tuple(
            kind(number, namespace=_NAMESPACE)
            for kind, number in ((RateLimitItemPerMinute, rates.per_minute), (RateLimitItemPerHour, rates.per_hour))
            if number
        )

    @property
    def is_quick(self) -> bool:
        """Whether counting never waits for a network."""
        return isinstance(self._storage, MemoryStorage)

    @property
    def has_limits(self) -> bool:
        return bool(self._limits)

    def wait(self, client: str) -> int:
        """Counts one question of `client`; the seconds it has to wait when that is one too many, else 0.

        A store that cannot be reached limits nobody: parents are not turned away for it.
        """
        who = hmac.digest(self._key, client.encode(), "sha256").hex()[:24]
        try:
            for limit in self._limits:
                if not self._limiter.hit(limit, who):
                    reset = self._limiter.get_window_stats(limit, who).reset_time
                    return max(1, math.ceil(reset - time.time()))
        except StorageError as error:
            _log.warning("Questions are not counted: the rate store cannot be reached (%s)", type(error).__name__)
        return 0


class RateLimit:
    """Refuses the question of a client that has asked too many, and says when to ask again."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        rates: AskingRates,
        is_counted: Callable[[Scope], bool],
        refuse: Callable[[Scope, bytes, Send, Problem], Awaitable[None]],
    ) -> None:
        self._app = app
        self._rates = rates
        self._is_counted = is_counted
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._rates.has_limits or not self._is_counted(scope):
            await self._app(scope, receive, send)
            return
        body = await whole_body(receive)
        client = client_group(scope)
        wait = self._rates.wait(client) if self._rates.is_quick else await run_in_threadpool(self._rates.wait, client)
        if wait:
            await self._refuse(scope, body, send, asked_too_often(wait))
            return
        await self._app(scope, replay(body, receive), send)

"""Only so many answers are worked on at once, and nobody waits for one longer than is promised."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pydantic_core import to_json
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bots.web.bodies import replay, whole_body
from bots.web.errors import Problem, answer_took_too_long, explain, too_busy


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """`seconds` until a person is told to try again; `at_once` answers in work, `waiting` questions in the queue."""

    seconds: float = 20
    at_once: int = 8
    waiting: int = 100


class AnswerQueue:
    """Gives each question a place, and a 503 with words when there is none or the answer does not come in time.

    An answer that is late is not waited for, but keeps its place until it ends: threads cannot be stopped. A stream
    of events that is late ends with an `error` event.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        patience: Patience,
        is_asking: Callable[[Scope], bool],
        refuse: Callable[[Scope, bytes, Send, Problem], Awaitable[None]],
    ) -> None:
        self._app = app
        self._patience = patience
        self._is_asking = is_asking
        self._refuse = refuse
        self._places = asyncio.Semaphore(patience.at_once)
        self._present = 0  # at work and waiting
        self._working: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._is_asking(scope):
            await self._app(scope, receive, send)
            return
        body = await whole_body(receive)
        clock = asyncio.get_running_loop()
        until = clock.time() + self._patience.seconds
        if not await self._takes_a_place():
            await self._refuse(scope, body, send, too_busy())
            return
        reply = _Reply(send)
        work = asyncio.create_task(self._work(scope, replay(body, receive), reply))
        self._working.add(work)
        work.add_done_callback(self._working.discard)
        done, _ = await asyncio.wait({work}, timeout=max(0.0, until - clock.time()))
        if not done and not reply.started:
            reply.abandoned = True
            await self._refuse(scope, body, send, answer_took_too_long())
        elif not done and reply.is_stream:
            reply.abandoned = True
            await send({"type": "http.response.body", "body": _as_event(answer_took_too_long())})
        else:
            await work

    async def _takes_a_place(self) -> bool:
        if self._present >= self._patience.at_once + self._patience.waiting:
            return False
        self._present += 1
        try:
            await asyncio.wait_for(self._places.acquire(), timeout=self._patience.seconds)
        except BaseException as error:
            self._present -= 1
            if isinstance(error, TimeoutError):
                return False
            raise
        return True

    async def _work(self, scope: Scope, receive: Receive, reply: "_Reply") -> None:
        try:
            await self._app(scope, receive, reply)
        except Exception as error:
            if not reply.abandoned:
                raise
            explain(error)  # which logs it: nobody else will
        finally:
            self._present -= 1
            self._places.release()


class _Reply:
    """The way back to the client, until the answer has come too late for it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.started = False
        self.is_stream = False
        self.abandoned = False

    async def __call__(self, message: Message) -> None:
        if self.abandoned:
            return
        if message["type"] == "http.response.start":
            self.is_stream = Headers(raw=message["headers"]).get("content-type", "").startswith("text/event-stream")
        self.started = True
        await self._send(message)


def _as_event(problem: Problem) -> bytes:
    return b"event: error\ndata: %s\n\n" % to_json({"code": problem.code, "message": problem.message})

"""The HTTP side of the stand-in: the Web API, uploads and response_urls, on loopback."""

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.slackish.errors import Refused
from tests.slackish.limits import faults_of
from tests.slackish.methods import APP, METHODS, Method, check_arguments
from tests.slackish.workspace import (
    RESPONSE_URL_LIVES,
    RESPONSE_URL_USES,
    Json,
    Message,
    Team,
    Workspace,
)

When = Callable[[Json], bool]


@dataclass(kw_only=True)
class Call:
    """One call of a method, in the order in which they came. `at` is in monotonic seconds."""

    method: str
    arguments: Json
    token: str | None
    at: float = field(default_factory=time.monotonic)
    status: int = 200
    error: str | None = None
    why: tuple[str, ...] = ()
    planned: bool = False


@dataclass(kw_only=True)
class Trouble:
    """What a method does instead, some times. `after` the work: Slack did it and still answers so."""

    method: str
    times: int | None
    when: When
    status: int = 200
    error: str = "internal_error"
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    after: bool = False


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An HTTP answer."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class WebApi:
    """Answers HTTP requests about one workspace."""

    def __init__(self, space: Workspace, *, app_token: str, client: tuple[str, str], socket_url: Callable[[], str]):
        self.space = space
        self.app_token = app_token
        self.calls: list[Call] = []
        self.troubles: list[Trouble] = []
        self.paces: dict[str, tuple[int, float]] = {}
        self._client = client
        self._socket_url = socket_url
        self._lock = Lock()
        self._server = _Server(("127.0.0.1", 0), _handler_of(self))
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), name="slackish-http", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=10)

    def answer(self, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """The answer to a POST (or GET) at `path`."""
        place = urlsplit(path)
        if place.path.startswith("/api/"):
            return self._method(place.path.removeprefix("/api/"), headers, body, place.query)
        if place.path.startswith("/upload/"):
            return self._upload(place.path.rpartition("/")[2], body)
        if place.path.startswith("/response/"):
            return self._response_url(place.path.rpartition("/")[2], body)
        return _said({"ok": False, "error": "unknown_method"}, status=404)

    # Web API ------------------------------------------------------------------------------------------------------

    def _method(self, name: str, headers: Mapping[str, str], body: bytes, query: str) -> Answer:
        arguments = _arguments(headers.get("Content-Type", ""), body, query)
        call = Call(method=name, arguments=arguments, token=_token(headers, arguments))
        with self._lock:
            self.calls.append(call)
            trouble = self._trouble_for(call)
        if trouble is not None:
            time.sleep(trouble.seconds)
            if trouble.error and not trouble.after:
                return self._planned(call, trouble)
        paced = self._too_fast(call)
        if paced is not None:
            return paced
        try:
            said = {"ok": True, **self._do(call, headers)}
        except Refused as error:
            call.error, call.why = error.code, error.why
            said = error.answer()
        if trouble is not None and trouble.error:
            return self._planned(call, trouble)
        return _said(said)

    def _do(self, call: Call, headers: Mapping[str, str]) -> Json:
        method = METHODS.get(call.method)
        if method is None:
            raise Refused("unknown_method")
        arguments = {name: value for name, value in call.arguments.items() if name != "token"}
        if call.method == "oauth.v2.access":
            return self._oauth(headers, arguments)
        team = self._team(method, call.token)
        check_arguments(method, arguments)
        if call.method == "apps.connections.open":
            return {"url": self._socket_url()}
        with self.space.lock:
            said = method.does(self.space, team, arguments)
        if call.method == "files.getUploadURLExternal":
            said["upload_url"] = f"{self.origin}/upload/v1/{said['upload_url']}"
        return said

    def _team(self, method: Method, token: str | None) -> Team:
        if not token:
            raise Refused("not_authed")
        team = self.space.team_of(token)
        if team is None and token != self.app_token:
            raise Refused("invalid_auth")
        if (token == self.app_token) != (method.token == APP):
            raise Refused("not_allowed_token_type")
        if team is None:
            return next(iter(self.space.teams.values()))
        if team.revoked:
            raise Refused("token_revoked")
        if method.scopes and team.scopes is not None and not method.scopes & team.scopes:
            needed = ",".join(sorted(method.scopes))
            raise Refused("missing_scope", needed=needed, provided=",".join(sorted(team.scopes)))
        return team

    def _oauth(self, headers: Mapping[str, str], said: Json) -> Json:
        given = headers.get("Authorization", "")
        who = (said.get("client_id"), said.get("client_secret"))
        if given.startswith("Basic "):
            name, _, secret = base64.b64decode(given.removeprefix("Basic ")).decode().partition(":")
            who = (unquote(name), unquote(secret))
        if who != self._client:
            raise Refused("bad_client_secret" if who[0] == self._client[0] else "invalid_client_id")
        team = self.space.teams.get(self.space.codes.pop(said.get("code") or "", ""))
        if team is None:
            raise Refused("invalid_code")
        return {
            "access_token": team.bot_token,
            "token_type": "bot",
            "scope": ",".join(sorted(team.scopes or ("chat:write",))),
            "bot_user_id": team.bot_user,
            "app_id": "A0APNAV",
            "team": {"id": team.id, "name": team.name},
            "enterprise": None,
            "is_enterprise_install": False,
            "authed_user": {"id": next(user for home, user in self.space.users if home == team.id)},
        }

    # Trouble ------------------------------------------------------------------------------------------------------

    def _trouble_for(self, call: Call) -> Trouble | None:
        for trouble in self.troubles:
            if trouble.method in {call.method, "*"} and trouble.times != 0 and trouble.when(call.arguments):
                if trouble.times is not None:
                    trouble.times -= 1
                return trouble
        return None

    def _planned(self, call: Call, trouble: Trouble) -> Answer:
        call.status, call.error, call.planned = trouble.status, trouble.error, True
        return _said({"ok": False, "error": trouble.error}, status=trouble.status, headers=trouble.headers)

    def _too_fast(self, call: Call) -> Answer | None:
        if call.method not in self.paces:
            return None
        most, within = self.paces[call.method]
        with self._lock:
            lately = [c for c in self.calls if c.method == call.method and c.status == 200 and c.at > call.at - within]
        if len(lately) <= most:
            return None
        wait = max(1, round(within - (call.at - lately[0].at)))
        trouble = Trouble(method=call.method, times=1, when=lambda _: True, status=429, error="ratelimited")
        trouble.headers = {"Retry-After": str(wait)}
        return self._planned(call, trouble)

    # Uploads and response_urls ------------------------------------------------------------------------------------

    def _upload(self, file_id: str, body: bytes) -> Answer:
        file = self.space.files.get(file_id)
        if file is None or file.content is not None or len(body) != file.length:
            return Answer(status=400, body=b"not what was announced")
        file.content = body
        return Answer(status=200, body=f"OK - {len(body)}".encode())

    def _response_url(self, name: str, body: bytes) -> Answer:
        call = Call(method="response_url", arguments=json.loads(body), token=None)
        with self._lock:
            self.calls.append(call)
            trouble = self._trouble_for(call)
        if trouble is not None:
            time.sleep(trouble.seconds)
            if trouble.error:
                return self._planned(call, trouble)
        try:
            with self.space.lock:
                self._respond(name, call.arguments)
        except Refused as error:
            call.error, call.why, call.status = error.code, error.why, 404 if error.code.endswith("_url") else 400
            return _said(error.answer(), status=call.status)
        return Answer(status=200, body=b"ok")

    def _respond(self, name: str, said: Json) -> None:
        space, url = self.space, self.space.response_urls.get(name)
        if url is None or time.monotonic() - url.issued > RESPONSE_URL_LIVES:
            raise Refused("expired_url")
        if url.uses >= RESPONSE_URL_USES:
            raise Refused("used_url")
        url.uses += 1
        known = "text blocks attachments response_type replace_original delete_original thread_ts unfurl_links"
        unknown = set(said) - set(f"{known} unfurl_media metadata".split())
        faults = [f"unknown argument: {key}" for key in sorted(unknown)] + faults_of(said.get("blocks") or [])
        if faults:
            raise Refused("invalid_blocks" if not unknown else "invalid_arguments", *faults)
        original = next((m for m in space.messages if m.ts == url.message_ts), None)
        if said.get("delete_original") and original is not None:
            original.deleted = True
            return
        text, blocks = said.get("text") or "", said.get("blocks") or []
        if not text and not blocks:
            raise Refused("no_text")
        if said.get("replace_original") and original is not None:
            space.name_blocks(blocks)
            original.text, original.blocks, original.edits = text, blocks, original.edits + 1
            return
        team = space.teams[url.team]
        message = Message(team=url.team, channel=url.channel, ts=space.new_ts(), user=team.bot_user, by_app=True)
        message.text, message.blocks, message.thread_ts = text, blocks, said.get("thread_ts")
        message.only_for = None if said.get("response_type") == "in_channel" else url.user
        space.post(message)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def handle_error(self, request: Any, client_address: Any) -> None:
        """An app that was killed hangs up in the middle; that is its business."""


def _handler_of(api: WebApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = api.answer(self.path, self.headers, body)  # type: ignore[arg-type]
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: Any) -> None:
            """Tests read `calls`."""

    return Handler


def _said(said: Json, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    kind = {"Content-Type": "application/json; charset=utf-8"}
    return Answer(status=status, body=json.dumps(said).encode(), headers={**kind, **(headers or {})})


def _arguments(kind: str, body: bytes, query: str) -> Json:
    given: Json = dict(parse_qsl(query, keep_blank_values=True))
    if kind.startswith("application/json"):
        return {**given, **(json.loads(body) if body else {})}
    return {**given, **dict(parse_qsl(body.decode(), keep_blank_values=True))}


def _token(headers: Mapping[str, str], arguments: Json) -> str | None:
    given = headers.get("Authorization") or ""
    if given.startswith("Bearer "):
        return given.removeprefix("Bearer ").strip() or None
    return arguments.get("token")

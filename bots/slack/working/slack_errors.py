"""What Slack can say to a call that failed, sorted by what to do about it; and how long to be patient with it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_handlers import (
    ConnectionErrorRetryHandler,
    RateLimitErrorRetryHandler,
    ServerErrorRetryHandler,
)
from slack_sdk.http_retry.handler import RetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState

NO_PLACE = frozenset(
    "channel_not_found not_in_channel is_archived user_not_in_channel channel_type_not_supported "
    "restricted_action restricted_action_read_only_channel restricted_action_thread_only_channel "
    "restricted_action_thread_locked restricted_action_non_threadable_channel messages_tab_disabled "
    "thread_not_found cannot_reply_to_message message_not_found channel_is_limited_access access_denied "
    "no_permission user_not_found used_url expired_url expired_trigger_id no_service".split()
)
NO_FORM = frozenset(
    "invalid_blocks invalid_blocks_format msg_blocks_too_long msg_too_long invalid_chunks no_text "
    "invalid_arguments block_mismatch".split()
)
NO_RIGHT = frozenset(
    "not_allowed_token_type invalid_auth not_authed token_revoked token_expired account_inactive missing_scope "
    "org_login_required team_access_not_granted ekm_access_denied two_factor_setup_required "
    "enterprise_is_restricted".split()
)
_CODE = re.compile(r"[a-z][a-z0-9_]{1,60}")
# Pieces of a stream go in one message instead; forms cannot be opened later than at once.
_USELESS_LATE = ("chat.startStream", "chat.appendStream", "views.open", "assistant.threads.setSuggestedPrompts")
_STATUS, _AT_WORK = "agents.sessions.setStatus", b"processing"


class SlackRefused(Exception):
    """Slack did not do what it was asked. `code` is Slack's own word for why."""

    remedy = "see https://docs.slack.dev for this error"

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(f"Slack refused: {code}; {self.remedy}")


class NoPlace(SlackRefused):
    """There is no such place, or the app may not write there."""

    remedy = "invite the app to the channel, or see whether the channel still is there"


class NoForm(SlackRefused):
    """The message is not as Slack takes it."""

    remedy = "the message was sent in plain words instead, where that could be done"


class NoRight(SlackRefused):
    """The token does not allow this."""

    remedy = "install the app again, so that it gets a token that works"


class SlackAway(SlackRefused):
    """Slack was down, too busy or out of reach, also after waiting. `surely_not_done`: it said that it did nothing."""

    remedy = "it is tried again in a while"

    def __init__(self, code: str, *, surely_not_done: bool) -> None:
        self.surely_not_done = surely_not_done
        super().__init__(code)


@contextmanager
def saying_why() -> Iterator[None]:
    """Turns whatever the SDK raises into a kind of `SlackRefused`."""
    try:
        yield
    except SlackApiError as error:
        raise _kind_of(error) from error
    except (SlackClientError, HTTPException, OSError) as error:
        # Refused connections never arrived; of anything else that broke off, nobody knows.
        never_there = isinstance(error, ConnectionRefusedError) or (
            isinstance(error, URLError) and isinstance(error.reason, ConnectionRefusedError)
        )
        raise SlackAway(type(error).__name__, surely_not_done=never_there) from error


def refusal(code: str, *, status: int = 200) -> SlackRefused:
    """The kind of error that an answer of Slack is."""
    if status == 429 or status >= 500 or code in {"ratelimited", "rate_limited"}:
        return SlackAway(code, surely_not_done=True)
    for kind, codes in ((NoPlace, NO_PLACE), (NoForm, NO_FORM), (NoRight, NO_RIGHT)):
        if code in codes:
            return kind(code)
    if code in {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}:
        return SlackAway(code, surely_not_done=False)
    return SlackRefused(code)


def patient(client: WebClient) -> WebClient:
    """The same client, which waits as long as Slack asks it to, and tries again what failed on Slack's side."""
    client.retry_handlers = patience()
    return client


def at_once(client: WebClient) -> WebClient:
    """A client for what Slack waits for: it asks once, for two seconds at most."""
    return WebClient(token=client.token, base_url=client.base_url, timeout=2, retry_handlers=[])


def patience() -> list[RetryHandler]:
    return [
        # Only what failed before Slack had it all: the rest may have been done, and would be done twice.
        ConnectionErrorRetryHandler(max_retry_count=1, error_types=[URLError]),
        ServerErrorRetryHandler(max_retry_count=2),
        _WaitingOnlyForWhatMatters(max_retry_count=5),
    ]


class _WaitingOnlyForWhatMatters(RateLimitErrorRetryHandler):
    """Obeys Retry-After, except for what is of no use when it comes late: an answer does not wait for its ornaments."""

    def _can_retry(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        is_ornament = request.url.endswith(_STATUS) and _AT_WORK in (request.data or b"")
        if is_ornament or request.url.endswith(_USELESS_LATE):
            return False
        return super()._can_retry(state=state, request=request, response=response, error=error)


def _kind_of(error: SlackApiError) -> SlackRefused:
    response = error.response
    status = int(getattr(response, "status_code", None) or 500)
    code = str(response.get("error") or "")
    return refusal(code if _CODE.fullmatch(code) else f"http_{status}", status=status)

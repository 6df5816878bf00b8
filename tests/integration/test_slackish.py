"""The stand-in for Slack behaves as Slack does, seen through Slack's own SDK and Bolt."""

import io
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.webhook import WebhookClient

from tests.slackish.samples import a_modal, button, section
from tests.slackish.server import TEAM, SlackishServer

QUIET = logging.getLogger("a quiet app")
QUIET.setLevel(logging.CRITICAL)


@pytest.fixture
def slack() -> Iterator[SlackishServer]:
    with SlackishServer() as running:
        yield running


@pytest.fixture
def client(slack: SlackishServer) -> WebClient:
    return WebClient(token=slack.bot_token, base_url=slack.url, logger=QUIET)


def refusal(call: Callable[[], Any]) -> str:
    """The name of the error that a call ends with."""
    with pytest.raises(SlackApiError) as caught:
        call()
    return str(caught.value.response["error"])


# Messages -----------------------------------------------------------------------------------------------------------


def test_message_that_an_app_posts_is_seen_in_its_channel_until_it_is_changed_or_deleted(
    slack: SlackishServer, client: WebClient
) -> None:
    ts = client.chat_postMessage(channel="CTEAM", text="Fallback", blocks=[section("Seen")])["ts"]
    assert [m.shown for m in slack.messages("CTEAM")] == ["Seen"]

    client.chat_update(channel="CTEAM", ts=ts, text="Fallback", blocks=[section("Changed")])
    assert [(m.shown, m.edits) for m in slack.messages("CTEAM")] == [("Changed", 1)]

    client.chat_delete(channel="CTEAM", ts=ts)
    assert slack.messages("CTEAM") == []
    assert refusal(lambda: client.chat_update(channel="CTEAM", ts=ts, text="x")) == "message_not_found"


def test_ephemeral_message_is_seen_by_one_person_only(slack: SlackishServer, client: WebClient) -> None:
    client.chat_postEphemeral(channel="CTEAM", user="UADA", text="For Ada")

    assert [m.text for m in slack.ephemerals("UADA")] == ["For Ada"]
    assert slack.ephemerals("UBEN") == []
    assert slack.messages("CTEAM") == []


def test_streamed_pieces_are_seen_as_one_message_with_its_closing_blocks(
    slack: SlackishServer, client: WebClient
) -> None:
    asked = slack.person("UADA", slack.by_socket).writes("CTEAM", "A question")
    stream = client.chat_stream(
        channel="CTEAM", thread_ts=asked.ts, recipient_team_id=TEAM, recipient_user_id="UADA", buffer_size=1
    )
    stream.append(markdown_text="One, ")
    stream.append(markdown_text="two.")
    assert not slack.messages("CTEAM")[-1].finished
    assert refusal(lambda: client.chat_update(channel="CTEAM", ts=stream.ts or "", text="x")) == (
        "streaming_state_conflict"
    )
    stream.stop(blocks=[section("The end")], session_status="closed")

    [answer] = slack.answers("CTEAM", thread=asked.ts)
    assert answer.shown == "One, two.\nThe end"
    assert slack.space.sessions["CTEAM", asked.ts].history == ["processing", "closed"]
    again = refusal(lambda: client.chat_appendStream(channel="CTEAM", ts=answer.ts, markdown_text="more"))
    assert again == "message_not_in_streaming_state"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"recipient_team_id": None}, "missing_recipient_team_id"),
        ({"recipient_user_id": None}, "missing_recipient_user_id"),
        ({"thread_ts": "1.1"}, "cannot_reply_to_message"),
        ({"markdown_text": "x" * 12_001}, "msg_too_long"),
        ({"chunks": [{"type": "song", "text": "la"}]}, "invalid_chunks"),
    ],
)
def test_stream_that_slack_would_not_begin_is_refused(
    slack: SlackishServer, client: WebClient, changes: dict[str, Any], error: str
) -> None:
    asked = slack.person("UADA", slack.by_socket).writes("CTEAM", "A question")
    usual = {"channel": "CTEAM", "thread_ts": asked.ts, "recipient_team_id": TEAM, "recipient_user_id": "UADA"}

    assert refusal(lambda: client.chat_startStream(**usual | changes)) == error


# What is refused ----------------------------------------------------------------------------------------------------


def test_call_is_refused_without_the_right_token(slack: SlackishServer) -> None:
    def call(token: str | None) -> str:
        return refusal(lambda: WebClient(token=token, base_url=slack.url, logger=QUIET).auth_test())

    assert call(None) == "not_authed"
    assert call("xoxb-somebody-else") == "invalid_auth"
    assert call(slack.app_token) == "not_allowed_token_type"
    bot = WebClient(base_url=slack.url, logger=QUIET)
    assert refusal(lambda: bot.apps_connections_open(app_token=slack.bot_token)) == "not_allowed_token_type"


def test_call_beyond_the_scopes_of_the_app_is_refused() -> None:
    with SlackishServer(scopes=["chat:write"]) as slack:
        client = WebClient(token=slack.bot_token, base_url=slack.url, logger=QUIET)
        client.chat_postMessage(channel="CTEAM", text="allowed")
        assert refusal(lambda: client.users_info(user="UADA")) == "missing_scope"


def test_unknown_and_missing_arguments_are_refused_and_told(slack: SlackishServer, client: WebClient) -> None:
    assert refusal(lambda: client.chat_postMessage(channel="CTEAM", text="x", colour="red")) == "invalid_arguments"
    assert refusal(lambda: client.api_call("chat.update", json={"channel": "CTEAM"})) == "invalid_arguments"
    assert refusal(lambda: client.api_call("chat.sing", json={})) == "unknown_method"
    assert refusal(lambda: client.api_call("chat.postMessage", json={"channel": "CTEAM"})) == "no_text"
    assert [said.partition(":")[0] for said in slack.refused] == [
        "chat.postMessage",
        "chat.update",
        "chat.sing",
        "chat.postMessage",
    ]
    assert "unknown argument: colour" in slack.refused[0]


def test_app_cannot_write_where_it_is_not(slack: SlackishServer, client: WebClient) -> None:
    slack.add_channel("COPEN", app=False)
    slack.add_channel("CSECRET", kind="group", app=False)

    assert refusal(lambda: client.chat_postMessage(channel="COPEN", text="x")) == "not_in_channel"
    assert refusal(lambda: client.chat_postMessage(channel="CSECRET", text="x")) == "channel_not_found"
    assert refusal(lambda: client.chat_postMessage(channel="CNOWHERE", text="x")) == "channel_not_found"


def a_table(*cells: str) -> dict[str, Any]:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": cell} for cell in cells]]}


def a_container(*children: dict[str, Any]) -> dict[str, Any]:
    title = {"type": "plain_text", "text": "Sources"}
    return {"type": "container", "title": title, "is_collapsible": True, "child_blocks": list(children)}


def feedback(number: int) -> dict[str, Any]:
    said = {"text": {"type": "plain_text", "text": "Good"}, "value": "x"}
    return {"type": "feedback_buttons", "action_id": f"f{number}", "positive_button": said, "negative_button": said}


BAD_BLOCKS: dict[str, list[dict[str, Any]]] = {
    "51 blocks": [{"type": "divider"}] * 51,
    "long section": [section("x" * 3001)],
    "empty section": [section("")],
    "long header": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}],
    "header in mrkdwn": [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
    "eleven fields": [{"type": "section", "fields": [{"type": "mrkdwn", "text": "x"}] * 11}],
    "long button": [{"type": "actions", "elements": [button("x" * 76)]}],
    "long action_id": [{"type": "actions", "elements": [button(action_id="x" * 256)]}],
    "long value": [{"type": "actions", "elements": [button(value="x" * 2001)]}],
    "26 buttons": [{"type": "actions", "elements": [button(action_id=f"a{n}") for n in range(26)]}],
    "same action_id": [{"type": "actions", "elements": [button(), button()]}],
    "same block_id": [section(block_id="one"), section(block_id="one")],
    "six context actions": [{"type": "context_actions", "elements": [feedback(n) for n in range(6)]}],
    "eleven children": [a_container(*[section()] * 11)],
    "markdown in a container": [a_container({"type": "markdown", "text": "x"})],
    "21 columns": [a_table(*["x"] * 21)],
    "101 rows": [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]] * 101}],
    "empty cell": [a_table("x", "")],
    "two tables": [a_table("x"), a_table("y")],
    "long markdown": [{"type": "markdown", "text": "x" * 12_001}],
    "long alert": [{"type": "alert", "text": {"type": "mrkdwn", "text": "x" * 201}}],
    "button as an input": [{"type": "input", "label": {"type": "plain_text", "text": "x"}, "element": button()}],
    "unknown type": [{"type": "sonnet"}],
    "unknown key": [section(colour="red")],
}


@pytest.mark.parametrize("name", BAD_BLOCKS)
def test_blocks_over_slacks_limits_are_refused(slack: SlackishServer, client: WebClient, name: str) -> None:
    post = lambda: client.chat_postMessage(channel="CTEAM", text="x", blocks=BAD_BLOCKS[name])  # noqa: E731

    assert refusal(post) == "invalid_blocks"
    assert slack.messages("CTEAM") == []


def test_blocks_that_are_too_long_only_together_are_refused(client: WebClient) -> None:
    blocks = [section("x" * 2900)] * 5
    assert refusal(lambda: client.chat_postMessage(channel="CTEAM", text="x", blocks=blocks)) == "msg_blocks_too_long"


def test_blocks_within_the_limits_are_taken(slack: SlackishServer, client: WebClient) -> None:
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "x" * 150}},
        section("x" * 3000, accessory=button()),
        a_table("Duty", "Who", "When"),
        a_container(section("Quote"), {"type": "context", "elements": [{"type": "mrkdwn", "text": "s.51A"}]}),
        {"type": "alert", "level": "warning", "text": {"type": "mrkdwn", "text": "Changed"}},
        {"type": "markdown", "text": "**bold**"},
        {"type": "context_actions", "elements": [feedback(1)]},
    ]
    client.chat_postMessage(channel="CTEAM", text="x", blocks=blocks)
    assert slack.refused == []


# Trouble on purpose -------------------------------------------------------------------------------------------------


def test_rate_limit_says_when_to_come_back_and_the_sdks_handler_obeys(slack: SlackishServer, client: WebClient) -> None:
    slack.limit("chat.postMessage", retry_after=1)
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel="CTEAM", text="too soon")
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "1")

    slack.limit("chat.postMessage", retry_after=1)
    client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1))
    client.chat_postMessage(channel="CTEAM", text="again")
    assert [m.text for m in slack.messages("CTEAM")] == ["again"]


def test_more_calls_than_the_pace_allows_are_limited(slack: SlackishServer, client: WebClient) -> None:
    slack.pace("chat.postMessage", most=2, within=60)
    client.chat_postMessage(channel="CTEAM", text="one")
    client.chat_postMessage(channel="CTEAM", text="two")
    assert refusal(lambda: client.chat_postMessage(channel="CTEAM", text="three")) == "ratelimited"


def test_slack_can_fail_before_or_after_the_work(slack: SlackishServer, client: WebClient) -> None:
    slack.fail("chat.postMessage", status=500, times=1)
    slack.fail("chat.postMessage", status=500, times=1, after=True)

    for text in ("lost", "kept"):
        assert refusal(lambda text=text: client.chat_postMessage(channel="CTEAM", text=text)) == "internal_error"
    assert [m.text for m in slack.messages("CTEAM")] == ["kept"]
    assert slack.refused == []


# Views, files, sessions ---------------------------------------------------------------------------------------------


def test_trigger_opens_one_modal_once(slack: SlackishServer, client: WebClient) -> None:
    trigger = slack.space.issue_trigger(TEAM, "UADA")
    client.views_open(trigger_id=trigger, view=a_modal())

    assert slack.modal("UADA") is not None
    assert refusal(lambda: client.views_open(trigger_id=trigger, view=a_modal())) == "exchanged_trigger_id"
    assert refusal(lambda: client.views_open(trigger_id="made-up", view=a_modal())) == "invalid_trigger_id"


def test_old_trigger_opens_nothing(slack: SlackishServer, client: WebClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.slackish.workspace.TRIGGER_LIVES", -1.0)
    trigger = slack.space.issue_trigger(TEAM, "UADA")
    assert refusal(lambda: client.views_open(trigger_id=trigger, view=a_modal())) == "expired_trigger_id"


def test_home_is_published_to_one_person(slack: SlackishServer, client: WebClient) -> None:
    client.views_publish(user_id="UADA", view={"type": "home", "blocks": [section("Your questions")]})

    home = slack.home("UADA")
    assert home is not None
    assert home.view["blocks"][0]["text"]["text"] == "Your questions"
    assert slack.home("UBEN") is None
    nobody = {"user_id": "UNOBODY", "view": {"type": "home", "blocks": [section()]}}
    assert refusal(lambda: client.views_publish(**nobody)) == "user_not_found"


def test_uploaded_file_is_kept_byte_for_byte(slack: SlackishServer, client: WebClient) -> None:
    client.files_upload_v2(filename="dates.ics", file=io.BytesIO(b"BEGIN:VCALENDAR"), channel="CTEAM", title="Dates")

    [file] = slack.files
    assert (file.name, file.content, file.channel, file.title) == ("dates.ics", b"BEGIN:VCALENDAR", "CTEAM", "Dates")
    assert slack.messages("CTEAM")[-1].files == [file.id]


def test_session_shows_status_and_title_and_prompts_show_only_without_a_thread(
    slack: SlackishServer, client: WebClient
) -> None:
    dm = slack.dm("UADA")
    asked = slack.person("UADA", slack.by_socket).writes(dm, "Hello")
    client.agents_sessions_setStatus(channel_id=dm, thread_ts=asked.ts, status="processing", title="Hello")
    client.agents_sessions_setStatus(channel_id=dm, thread_ts=asked.ts, status="active", title="Ignored now")
    client.agents_sessions_rename(channel_id=dm, thread_ts=asked.ts, title="Renamed")
    client.assistant_threads_setStatus(channel_id=dm, thread_ts=asked.ts, status="is looking")
    prompts = [{"title": "Ask", "message": "What now?"}]
    client.assistant_threads_setSuggestedPrompts(channel_id=dm, thread_ts=asked.ts, prompts=prompts)

    session = slack.space.sessions[dm, asked.ts]
    assert (session.status, session.title) == ("active", "Renamed")
    assert slack.space.statuses[dm, asked.ts] == "is looking"
    assert slack.space.prompts == {}
    client.assistant_threads_setSuggestedPrompts(channel_id=dm, prompts=prompts)
    assert slack.space.prompts[dm]["prompts"] == prompts


def test_code_installs_the_app_once(slack: SlackishServer) -> None:
    slack.add_team("T0OTHER", token="xoxb-other")
    slack.add_user("UDORA", team="T0OTHER")
    code = slack.issue_code("T0OTHER")
    client = WebClient(base_url=slack.url, logger=QUIET)
    secret = {"client_id": slack.client_id, "client_secret": slack.client_secret}

    installed = client.oauth_v2_access(code=code, **secret)

    assert (installed["access_token"], installed["team"]["id"]) == ("xoxb-other", "T0OTHER")
    assert refusal(lambda: client.oauth_v2_access(code=code, **secret)) == "invalid_code"
    assert refusal(lambda: client.oauth_v2_access(code="x", **secret | {"client_secret": "x"})) == "bad_client_secret"


def test_response_url_takes_five_answers(slack: SlackishServer) -> None:
    url = slack.space.issue_response_url(slack.origin, team=TEAM, channel="CTEAM", user="UADA", message_ts=None)
    hook = WebhookClient(url)

    said = [hook.send(text=f"answer {n}").status_code for n in range(6)]

    assert said == [200] * 5 + [404]
    assert len(slack.ephemerals("UADA")) == 5
    assert slack.messages("CTEAM") == []

"""The Web API methods of the stand-in: which arguments each takes, which token, which scope, and what it does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.slackish import chatting, rooms, surfaces
from tests.slackish.errors import Refused
from tests.slackish.workspace import Json, Team, Workspace

Does = Callable[[Workspace, Team, Json], Json]
BOT, APP, NONE = "bot", "app", "none"


@dataclass(frozen=True, kw_only=True)
class Method:
    """One method. `needs` and `may` are its arguments; `scopes` are those of which the token needs one."""

    does: Does
    needs: frozenset[str]
    may: frozenset[str]
    token: str = BOT
    scopes: frozenset[str] = frozenset()


def _method(does: Does, needs: str = "", may: str = "", *, scope: str = "", token: str = BOT) -> Method:
    return Method(
        does=does,
        needs=frozenset(needs.split()),
        may=frozenset(may.split()),
        token=token,
        scopes=frozenset(scope.split()),
    )


_LOOKS = "username icon_emoji icon_url"
_SAYS = f"text blocks attachments markdown_text thread_ts as_user link_names parse {_LOOKS}"
METHODS: Mapping[str, Method] = {
    "auth.test": _method(rooms.auth_test),
    "auth.revoke": _method(rooms.auth_revoke, may="test"),
    "chat.postMessage": _method(
        chatting.post_message,
        "channel",
        f"{_SAYS} reply_broadcast unfurl_links unfurl_media mrkdwn metadata container_id",
        scope="chat:write",
    ),
    "chat.postEphemeral": _method(chatting.post_ephemeral, "channel user", _SAYS, scope="chat:write"),
    "chat.update": _method(
        chatting.update,
        "channel ts",
        "text blocks attachments markdown_text as_user link_names parse reply_broadcast metadata file_ids",
        scope="chat:write",
    ),
    "chat.delete": _method(chatting.delete, "channel ts", "as_user", scope="chat:write"),
    "chat.getPermalink": _method(chatting.permalink, "channel message_ts"),
    "chat.startStream": _method(
        chatting.start_stream,
        "channel thread_ts",
        f"markdown_text chunks recipient_team_id recipient_user_id task_display_mode {_LOOKS}",
        scope="chat:write",
    ),
    "chat.appendStream": _method(chatting.append_stream, "channel ts", "markdown_text chunks", scope="chat:write"),
    "chat.stopStream": _method(
        chatting.stop_stream,
        "channel ts",
        "markdown_text chunks blocks metadata session_status",
        scope="chat:write",
    ),
    "assistant.threads.setStatus": _method(
        surfaces.set_status, "channel_id thread_ts status", f"loading_messages {_LOOKS}", scope="assistant:write"
    ),
    "assistant.threads.setSuggestedPrompts": _method(
        surfaces.set_prompts, "channel_id prompts", "thread_ts title", scope="assistant:write"
    ),
    "agents.sessions.setStatus": _method(
        surfaces.set_session_status,
        "channel_id status",
        f"thread_ts title initiator_user_id {_LOOKS}",
        scope="chat:write",
    ),
    "agents.sessions.rename": _method(surfaces.rename_session, "channel_id title", "thread_ts", scope="chat:write"),
    "views.open": _method(surfaces.open_view, "view", "trigger_id interactivity_pointer"),
    "views.push": _method(surfaces.push_view, "view", "trigger_id interactivity_pointer"),
    "views.update": _method(surfaces.update_view, "view", "view_id external_id hash"),
    "views.publish": _method(surfaces.publish_view, "user_id view", "hash"),
    "users.info": _method(rooms.users_info, "user", "include_locale", scope="users:read"),
    "conversations.info": _method(
        rooms.conversations_info,
        "channel",
        "include_locale include_num_members",
        scope="channels:read groups:read im:read",
    ),
    "conversations.open": _method(rooms.conversations_open, "", "channel users return_im", scope="im:write"),
    "conversations.replies": _method(
        rooms.conversations_replies,
        "channel ts",
        "cursor inclusive include_all_metadata latest limit oldest",
        scope="channels:history groups:history im:history",
    ),
    "usergroups.list": _method(
        rooms.usergroups_list,
        "",
        "include_count include_disabled include_users",
        scope="usergroups:read",
    ),
    "usergroups.users.list": _method(
        rooms.usergroups_users_list, "usergroup", "include_disabled team_id", scope="usergroups:read"
    ),
    "files.getUploadURLExternal": _method(
        rooms.get_upload_url, "filename length", "alt_txt snippet_type", scope="files:write"
    ),
    "files.completeUploadExternal": _method(
        rooms.complete_upload, "files", "channel_id channels initial_comment thread_ts blocks", scope="files:write"
    ),
    "apps.connections.open": _method(rooms.auth_test, token=APP),
    "oauth.v2.access": _method(
        rooms.auth_test, "", "client_id client_secret code redirect_uri grant_type refresh_token", token=NONE
    ),
}


def check_arguments(method: Method, arguments: Mapping[str, Any]) -> None:
    """Raises `Refused` for what the method does not know or does not get."""
    given = set(arguments) - {"token", "team_id"}  # Bolt names the team in every call
    unknown = sorted(given - method.needs - method.may)
    missing = sorted(name for name in method.needs if arguments.get(name) in (None, ""))
    empty_is_fine = {"status"}  # clears it
    missing = [name for name in missing if name not in empty_is_fine or name not in given]
    why = [f"unknown argument: {name}" for name in unknown] + [f"missing required field: {name}" for name in missing]
    if why:
        raise Refused("invalid_arguments", *why)

"""The settings, and the only reader of the environment: variables named APNAV_…, and a `.env` in the working folder."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from bots.errors import BadSetting
from bots.setting_checks import (
    counting_place,
    database_address,
    empty_is_unset,
    folder,
    header_safe,
    long_enough,
    lower,
    networks,
    not_empty,
    server_address,
    slack_address,
    token_of,
)

PREFIX = "APNAV_"
# An address may hold a password that somebody put there.
_NEVER_SHOWN = {
    "chroma_token",
    "chroma_url",
    "database_url",
    "rate_store",
    "secret_key",
    "slack_api_url",
    "slack_app_token",
    "slack_bot_token",
    "slack_client_secret",
    "slack_signing_secret",
}
_SHOWN_CHARACTERS = 80


class Settings(BaseSettings):
    """Everything that can be set from outside. `allowed` is what a person is told when a value is refused."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True
    )

    data_dir: Annotated[Path, AfterValidator(folder), BeforeValidator(not_empty)] = Field(
        default=Path("./data"),
        description="Where the index and the exported embedding model are kept.",
        json_schema_extra={"allowed": "a folder (it is made if it is not there), not a file"},
    )
    embedding_model: Annotated[str, BeforeValidator(not_empty)] = Field(
        default="all-MiniLM-L6-v2",
        description="The sentence-transformers model that makes the vectors: its id, or the path of a folder.",
        json_schema_extra={"allowed": "the id of a model or the path of its folder"},
    )
    embedding_precision: Literal["int8", "fp32"] = Field(
        default="int8",
        description="int8 halves the time of a question; fp32 gives exactly the model's own vectors.",
        json_schema_extra={"allowed": "int8 or fp32"},
    )
    query_prefix: str | None = Field(
        default=None,
        description="Put before each question when it is embedded. Unset: what the model itself asks for.",
        json_schema_extra={"allowed": "any text"},
    )
    passage_prefix: str | None = Field(
        default=None,
        description="Put before each passage when it is embedded. Unset: what the model itself asks for.",
        json_schema_extra={"allowed": "any text"},
    )
    embedding_threads: int = Field(
        default=1,
        ge=0,
        le=256,
        description="Processor threads to embed one question; 1 is steadiest when several people ask, 0 takes all.",
        json_schema_extra={"allowed": "a whole number from 0 to 256"},
    )
    chroma_url: Annotated[str | None, AfterValidator(server_address), BeforeValidator(empty_is_unset)] = Field(
        default=None,
        description="The Chroma server that holds the index. Unset: Chroma runs inside the program.",
        json_schema_extra={
            "allowed": "an address such as http://127.0.0.1:8001, with no path and no password (use APNAV_CHROMA_TOKEN)"
        },
    )
    chroma_token: Annotated[SecretStr | None, AfterValidator(header_safe), BeforeValidator(empty_is_unset)] = Field(
        default=None,
        description="The token that the Chroma server asks for, if any.",
        json_schema_extra={"allowed": "plain letters, digits and signs without spaces"},
    )
    calendar: Annotated[str, BeforeValidator(not_empty)] = Field(
        default="typical-2026-27",
        description="The school calendar that dates are counted on when no other is named: its id.",
        json_schema_extra={"allowed": "the id of a calendar; to see them: apnav calendar list"},
    )
    database_url: Annotated[SecretStr | None, AfterValidator(database_address), BeforeValidator(empty_is_unset)] = (
        Field(
            default=None,
            description="The PostgreSQL database that keeps conversations. Unset: a file in the data folder.",
            json_schema_extra={"allowed": "an address such as postgresql://user:password@127.0.0.1:5432/apnav"},
        )
    )
    keep_hours: int = Field(
        default=24,
        ge=1,
        le=8760,
        description="How long a conversation is kept from its first question; then it is deleted.",
        json_schema_extra={"allowed": "a whole number of hours from 1 to 8760"},
    )
    share_hours: int = Field(
        default=168,
        ge=1,
        le=8760,
        description="How long a link to a shared answer works; then the answer is deleted.",
        json_schema_extra={"allowed": "a whole number of hours from 1 to 8760"},
    )
    operator: Annotated[str | None, BeforeValidator(empty_is_unset)] = Field(
        default=None,
        max_length=200,
        description="Who runs this service, as its pages say it. Unset: they say that whoever installed it does.",
        json_schema_extra={"allowed": "the name of a person or organisation, of at most 200 characters"},
    )
    operator_contact: Annotated[str | None, BeforeValidator(empty_is_unset)] = Field(
        default=None,
        max_length=200,
        description="How to reach whoever runs this service.",
        json_schema_extra={"allowed": "an e-mail address, a web address or a short text, of at most 200 characters"},
    )
    host: Annotated[str, BeforeValidator(not_empty)] = Field(
        default="127.0.0.1",
        description="The address the web server listens on; 0.0.0.0 lets other machines in.",
        json_schema_extra={"allowed": "the name or address of this machine"},
    )
    port: int = Field(
        default=8000,
        ge=0,
        le=65535,
        description="The port the web server listens on; 0 takes any free one.",
        json_schema_extra={"allowed": "a whole number from 0 to 65535"},
    )
    workers: int = Field(
        default=1,
        ge=1,
        le=64,
        description="Processes that answer on the web; each takes about 300 MB and one processor when many ask.",
        json_schema_extra={"allowed": "a whole number from 1 to 64"},
    )
    log_level: Annotated[Literal["critical", "error", "warning", "info", "debug"], BeforeValidator(lower)] = Field(
        default="info",
        description="How much the web server says.",
        json_schema_extra={"allowed": "critical, error, warning, info or debug"},
    )
    log_format: Annotated[Literal["console", "json"], BeforeValidator(lower)] = Field(
        default="console",
        description="A log for people to read, or one JSON object a line.",
        json_schema_extra={"allowed": "console or json"},
    )
    secret_key: Annotated[SecretStr | None, AfterValidator(long_enough), BeforeValidator(empty_is_unset)] = Field(
        default=None,
        description="Signs forms. Unset: made once and kept in the data folder.",
        json_schema_extra={"allowed": "at least 32 characters nobody can guess"},
    )
    asks_per_minute: int = Field(
        default=30,
        ge=0,
        le=1_000_000,
        description="How many questions one client may ask in a minute; 0 is no limit.",
        json_schema_extra={"allowed": "a whole number from 0 to 1000000"},
    )
    asks_per_hour: int = Field(
        default=300,
        ge=0,
        le=1_000_000,
        description="How many questions one client may ask in an hour; 0 is no limit.",
        json_schema_extra={"allowed": "a whole number from 0 to 1000000"},
    )
    rate_store: Annotated[str, AfterValidator(counting_place)] = Field(
        default="memory://",
        description="Where questions are counted: in each process for itself, or in a Redis that several share.",
        json_schema_extra={"allowed": "memory:// or an address such as redis://127.0.0.1:6379"},
    )
    trusted_proxies: Annotated[str | None, AfterValidator(networks), BeforeValidator(empty_is_unset)] = Field(
        default=None,
        description="The proxies whose word is taken for who the client is. Unset: none.",
        json_schema_extra={"allowed": "addresses or networks with commas between, such as 10.0.0.0/8,::1"},
    )
    proxy_header: Annotated[Literal["x-forwarded-for", "forwarded"], BeforeValidator(lower)] = Field(
        default="x-forwarded-for",
        description="The header in which the trusted proxies name the client.",
        json_schema_extra={"allowed": "x-forwarded-for or forwarded"},
    )
    answer_timeout: int = Field(
        default=20,
        ge=1,
        le=600,
        description="Seconds until a person who waits for an answer is told to try again.",
        json_schema_extra={"allowed": "a whole number from 1 to 600"},
    )
    answers_at_once: int = Field(
        default=8,
        ge=1,
        le=1000,
        description="How many answers are worked on at the same time; others wait their turn.",
        json_schema_extra={"allowed": "a whole number from 1 to 1000"},
    )
    answers_waiting: int = Field(
        default=100,
        ge=0,
        le=100_000,
        description="How many questions may wait their turn; one more is told to come back in a few seconds.",
        json_schema_extra={"allowed": "a whole number from 0 to 100000"},
    )
    slack_bot_token: Annotated[SecretStr | None, AfterValidator(token_of("xoxb-")), BeforeValidator(empty_is_unset)] = (
        Field(
            default=None,
            description="The bot token of the Slack app, where one workspace uses it.",
            json_schema_extra={"allowed": "the Bot User OAuth Token of the Slack app, which begins with xoxb-"},
        )
    )
    slack_app_token: Annotated[SecretStr | None, AfterValidator(token_of("xapp-")), BeforeValidator(empty_is_unset)] = (
        Field(
            default=None,
            description="The app-level token that `apnav slack serve` opens Socket Mode with.",
            json_schema_extra={
                "allowed": "an App-Level Token with the scope connections:write, which begins with xapp-"
            },
        )
    )
    slack_signing_secret: Annotated[SecretStr | None, AfterValidator(header_safe), BeforeValidator(empty_is_unset)] = (
        Field(
            default=None,
            description="Proves that a post comes from Slack. With it `apnav serve` answers Slack as well.",
            json_schema_extra={"allowed": "the Signing Secret of the Slack app, from its page Basic Information"},
        )
    )
    slack_client_id: Annotated[str | None, BeforeValidator(empty_is_unset)] = Field(
        default=None,
        pattern=r"^[\w.-]{1,100}$",
        description="With the client secret: several workspaces can install the app, at /slack/install.",
        json_schema_extra={"allowed": "the Client ID of the Slack app, from its page Basic Information"},
    )
    slack_client_secret: Annotated[SecretStr | None, AfterValidator(header_safe), BeforeValidator(empty_is_unset)] = (
        Field(
            default=None,
            description="Goes with the client id.",
            json_schema_extra={"allowed": "the Client Secret of the Slack app, from its page Basic Information"},
        )
    )
    slack_audience: Annotated[Literal["parent", "school", "adviser"], BeforeValidator(lower)] = Field(
        default="school",
        description="Whom answers in Slack are worded for where nobody chose.",
        json_schema_extra={"allowed": "parent, school or adviser"},
    )
    slack_mentions: Annotated[Literal["public", "private"], BeforeValidator(lower)] = Field(
        default="public",
        description="Who sees the answer to a mention in a channel where nobody chose: everybody, or the asker alone.",
        json_schema_extra={"allowed": "public or private"},
    )
    slack_advice_channel: Annotated[str | None, BeforeValidator(empty_is_unset)] = Field(
        default=None,
        pattern=r"^[CG][A-Z0-9]{2,20}$",
        description="The Slack channel that “Need a human” goes to where a channel has no other: its id.",
        json_schema_extra={"allowed": "the id of a channel, such as C0123456789 (at the end of its details in Slack)"},
    )
    slack_workers: int = Field(
        default=4,
        ge=1,
        le=64,
        description="How many questions from Slack are answered at the same time.",
        json_schema_extra={"allowed": "a whole number from 1 to 64"},
    )
    slack_api_url: Annotated[str, AfterValidator(slack_address), BeforeValidator(not_empty)] = Field(
        default="https://slack.com/api/",
        description="Where Slack's Web API is; only tests need another.",
        json_schema_extra={"allowed": "an https address, or one of this machine such as http://127.0.0.1:9000/api/"},
    )


def read_settings() -> Settings:
    """The settings as they are now. Raises `BadSetting` naming each wrong variable and what it may be."""
    try:
        return Settings()
    except ValidationError as error:
        raise BadSetting(tuple(_problem(details) for details in error.errors())) from error
    except (ValueError, OSError) as error:
        raise BadSetting((f"The file .env cannot be read: {error}.",)) from error


def _problem(details: ErrorDetails) -> str:
    name = str(details["loc"][0]).lower().removeprefix(PREFIX.lower())
    extra = Settings.model_fields[name].json_schema_extra
    allowed = extra["allowed"] if isinstance(extra, dict) else ""
    value = str(details["input"])[:_SHOWN_CHARACTERS]
    given = "has a value that cannot be used" if name in _NEVER_SHOWN else f"is “{value}”"
    return f"{PREFIX}{name.upper()} {given}; it must be {allowed}."

"""The settings, and the only reader of the environment: variables named APNAV_…, and a `.env` in the working folder."""

from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from bots.errors import BadSetting

PREFIX = "APNAV_"
_NEVER_SHOWN = {"chroma_token", "chroma_url"}  # an address may hold a password that somebody put there
_SHOWN_CHARACTERS = 80


def _folder(path: Path) -> Path:
    folder = path.expanduser()
    if folder.exists() and not folder.is_dir():
        raise ValueError
    return folder


def _not_empty(value: Any) -> Any:
    if isinstance(value, str) and not value.strip():
        raise ValueError
    return value


def _empty_is_unset(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _server_address(url: str | None) -> str | None:
    if url is None:
        return None
    parts = urlsplit(url.strip())
    plain = not (parts.username or parts.password or parts.query or parts.fragment or parts.path.strip("/"))
    if parts.scheme not in {"http", "https"} or not parts.hostname or not plain:
        raise ValueError
    _ = parts.port  # raises ValueError when it is not a port
    return url.strip()


def _header_safe(token: SecretStr | None) -> SecretStr | None:
    if token is not None:
        said = token.get_secret_value()
        if not said.isascii() or not said.isprintable() or " " in said:
            raise ValueError
    return token


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


class Settings(BaseSettings):
    """Everything that can be set from outside. `allowed` is what a person is told when a value is refused."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True
    )

    data_dir: Annotated[Path, AfterValidator(_folder), BeforeValidator(_not_empty)] = Field(
        default=Path("./data"),
        description="Where the index and the exported embedding model are kept.",
        json_schema_extra={"allowed": "a folder (it is made if it is not there), not a file"},
    )
    embedding_model: Annotated[str, BeforeValidator(_not_empty)] = Field(
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
    chroma_url: Annotated[str | None, AfterValidator(_server_address), BeforeValidator(_empty_is_unset)] = Field(
        default=None,
        description="The Chroma server that holds the index. Unset: Chroma runs inside the program.",
        json_schema_extra={
            "allowed": "an address such as http://127.0.0.1:8001, with no path and no password (use APNAV_CHROMA_TOKEN)"
        },
    )
    chroma_token: Annotated[SecretStr | None, AfterValidator(_header_safe), BeforeValidator(_empty_is_unset)] = Field(
        default=None,
        description="The token that the Chroma server asks for, if any.",
        json_schema_extra={"allowed": "plain letters, digits and signs without spaces"},
    )
    calendar: Annotated[str, BeforeValidator(_not_empty)] = Field(
        default="typical-2026-27",
        description="The school calendar that dates are counted on when no other is named: its id.",
        json_schema_extra={"allowed": "the id of a calendar; to see them: apnav calendar list"},
    )
    host: Annotated[str, BeforeValidator(_not_empty)] = Field(
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
    log_level: Annotated[Literal["critical", "error", "warning", "info", "debug"], BeforeValidator(_lower)] = Field(
        default="info",
        description="How much the web server says.",
        json_schema_extra={"allowed": "critical, error, warning, info or debug"},
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

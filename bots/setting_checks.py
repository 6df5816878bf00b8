"""What a setting must look like. Each gives the value as it is used, or raises `ValueError`, which says no more."""

from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr


def folder(path: Path) -> Path:
    folder = path.expanduser()
    if folder.exists() and not folder.is_dir():
        raise ValueError
    return folder


def not_empty(value: Any) -> Any:
    if isinstance(value, str) and not value.strip():
        raise ValueError
    return value


def empty_is_unset(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def server_address(url: str | None) -> str | None:
    if url is None:
        return None
    parts = urlsplit(url.strip())
    plain = not (parts.username or parts.password or parts.query or parts.fragment or parts.path.strip("/"))
    if parts.scheme not in {"http", "https"} or not parts.hostname or not plain:
        raise ValueError
    _ = parts.port  # raises ValueError when it is not a port
    return url.strip()


def database_address(url: SecretStr | None) -> SecretStr | None:
    if url is not None:
        parts = urlsplit(url.get_secret_value().strip())
        if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
            raise ValueError
        _ = parts.port  # raises ValueError when it is not a port
        return SecretStr(url.get_secret_value().strip())
    return url


def header_safe(token: SecretStr | None) -> SecretStr | None:
    if token is not None:
        said = token.get_secret_value()
        if not said.isascii() or not said.isprintable() or " " in said:
            raise ValueError
    return token


def networks(text: str | None) -> str | None:
    for part in (text or "").split(","):
        if part.strip():
            ip_network(part.strip())  # raises ValueError
    return text


def counting_place(address: str) -> str:
    if urlsplit(address).scheme not in {"memory", "redis", "rediss"}:
        raise ValueError
    return address


def long_enough(key: SecretStr | None) -> SecretStr | None:
    if key is not None and len(key.get_secret_value().encode()) < 32:
        raise ValueError
    return key


def token_of(kind: str) -> Callable[[SecretStr | None], SecretStr | None]:
    """Whether it is such a token of Slack; people mix them up, and a wrong one fails only much later."""

    def check(token: SecretStr | None) -> SecretStr | None:
        if token is not None and not token.get_secret_value().startswith(kind):
            raise ValueError
        return header_safe(token)

    return check


def slack_address(url: str) -> str:
    parts = urlsplit(url.strip())
    nearby = parts.hostname in {"127.0.0.1", "::1", "localhost"}
    bare = not (parts.username or parts.password or parts.query or parts.fragment)
    if not parts.hostname or not bare or not (parts.scheme == "https" or (parts.scheme == "http" and nearby)):
        raise ValueError
    _ = parts.port  # raises ValueError when it is not a port
    return url.strip().rstrip("/") + "/"


def lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value

"""The key that signs what the service gives out and takes back: set from outside, or made once and kept."""

import logging
import os
import secrets
from pathlib import Path

_log = logging.getLogger(__name__)
_NAME = "secret.key"
_LENGTH = 32  # bytes


def kept_key(folder: Path) -> bytes:
    """The key in `folder`, made there when there is none, for its owner only to read.

    Where nothing can be written, a key for this process alone: its forms are refused, politely, after a restart.
    """
    file = folder / _NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _make(file)
        key = bytes.fromhex(file.read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        _log.warning("The key of forms cannot be kept in the data folder (%s): set APNAV_SECRET_KEY", error)
        return secrets.token_bytes(_LENGTH)
    if len(key) < _LENGTH:
        _log.warning("The key in %s is too short: remove the file, and it is made again", file)
        return secrets.token_bytes(_LENGTH)
    return key


def _make(file: Path) -> None:
    if file.exists():
        return
    ours = file.with_name(f"{_NAME}.{secrets.token_hex(4)}")
    descriptor = os.open(ours, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as out:
            out.write(secrets.token_hex(_LENGTH))
        try:
            os.link(ours, file)  # of two processes that start together, the first one's key is kept by both
        except FileExistsError:
            return
    finally:
        ours.unlink()

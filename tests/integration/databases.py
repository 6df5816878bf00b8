"""Stores of conversations for the tests: a SQLite file, and PostgreSQL on a throw-away cluster where one can be had."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from assistant.adapters.database import DatabaseStore
from tests.fakes import FakeMasker
from tests.integration.conftest import free_port

KEEP, SHARE = timedelta(hours=24), timedelta(days=7)
_NOBODY_SPECIAL = "postgres"  # the server refuses to run as root


def in_file(path: Path) -> DatabaseStore:
    return DatabaseStore.in_file(path, masker=FakeMasker(), keep=KEEP, share=SHARE)


def on_server(url: str) -> DatabaseStore:
    return DatabaseStore.on_server(url, masker=FakeMasker(), keep=KEEP, share=SHARE)


def store_at(place: str) -> DatabaseStore:
    """The store that another process uses as well: a path, or the address of a database."""
    return on_server(place) if place.startswith("postgresql:") else in_file(Path(place))


def postgres_programs() -> Path | None:
    """The folder of initdb and pg_ctl; None where there is no PostgreSQL on this machine."""
    for found in (shutil.which("pg_ctl"), *sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), reverse=True)):
        if found and Path(found).with_name("initdb").exists():
            return Path(found).resolve().parent
    return None


@contextmanager
def throw_away_cluster(programs: Path) -> Iterator[str]:
    """The address of an empty PostgreSQL database on a free port of this machine; gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="apnav-pg-"))
    user = _NOBODY_SPECIAL if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)

    def run(program: str, *words: str) -> None:
        command = [str(programs / program), *words]
        # Without a pipe: the server would hold it open for as long as it runs.
        with (folder.parent / f"{folder.name}.log").open("ab") as log:
            subprocess.run(command, check=True, stdout=log, stderr=log, user=user, cwd=folder)

    port = free_port()
    data = folder / "data"
    try:
        run("initdb", "-D", str(data), "-U", "apnav", "--auth=trust", "--encoding=UTF8", "--no-sync")
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        run("pg_ctl", "-D", str(data), "-w", "-o", options, "start")
        try:
            yield f"postgresql://apnav@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        (folder.parent / f"{folder.name}.log").unlink(missing_ok=True)

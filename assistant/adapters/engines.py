"""Databases opened and brought up to date: a SQLite file that nothing deleted can be read from, or PostgreSQL."""

import sqlite3
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

MIGRATIONS = Path(__file__).parent / "migrations"
READING = {"reading": True}
"""Execution options of a connection that only reads, so that it never waits for a writer."""

_PATIENCE = 5  # seconds to wait for another writer, or for a server
_POSTGRES_LOCK = 7_266_838  # any number; the same in every process that may migrate


def open_file(path: Path) -> sa.Engine:
    """The SQLite database in a file, which is made if need be and which only its owner can read. Raises `OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)), hide_parameters=True, connect_args={"timeout": _PATIENCE}
    )
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def open_server(url: str) -> sa.Engine:
    """The PostgreSQL database at `postgresql://…`; nothing is connected yet."""
    address = sa.make_url(url).set(drivername="postgresql+psycopg")
    return sa.create_engine(
        address, hide_parameters=True, pool_pre_ping=True, connect_args={"connect_timeout": _PATIENCE}
    )


def upgrade(engine: sa.Engine, *, to: str = "head") -> None:
    """Take every step that is not taken yet, all or none; several processes may try at once.

    Raises `SQLAlchemyError`, and alembic's `CommandError` when the database was made by a newer program.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with engine.connect().execution_options(**READING) as connection:
        if _is_at(connection, ScriptDirectory.from_config(config).as_revision_number(to)):
            return
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_POSTGRES_LOCK)))
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def erase_traces(engine: sa.Engine) -> bool:
    """Make the bytes of deleted rows go from the files of SQLite; False when that could not be done just now.

    PostgreSQL keeps them until its own vacuum comes round.
    """
    if engine.dialect.name != "sqlite":
        return True
    with engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        try:
            raw.execute("VACUUM")  # secure_delete alone leaves a few rows that SQLite had moved between pages
            busy: int = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except sqlite3.Error:
            return False
    return not busy


def _is_at(connection: sa.Connection, revision: Any) -> bool:
    return bool(MigrationContext.configure(connection).get_current_revision() == revision)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver leaves transactions to us: DDL belongs in them too
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA temp_store = MEMORY")
    until = time.monotonic() + _PATIENCE
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except (
            sqlite3.OperationalError
        ):  # another process does the same just now; SQLite does not wait for it by itself
            if time.monotonic() > until:
                raise
            time.sleep(0.02)


def _begin_sqlite(connection: sa.Connection) -> None:
    reading = connection.get_execution_options().get("reading")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

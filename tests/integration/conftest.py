"""Real models, a real Chroma in a folder, and a real Chroma server: what the integration tests share."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import chromadb
import pytest
from chromadb.config import Settings

from assistant.adapters.export import ensure_model
from assistant.adapters.places import POINTER_COLLECTION, Place, build_of
from assistant.model import Catalogue
from corpus.catalogue import read_catalogue
from tests.conftest import made_once
from tests.integration.workbench import FP32, INT8, Bench, eventually, smaller

if TYPE_CHECKING:
    from tests.integration.slack_bench import Bench as SlackBench
    from tests.slackish.server import SlackishServer


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the packaged model, exported once as int8 and once as fp32."""

    def export(folder: Path) -> None:
        for spec in (INT8, FP32):
            ensure_model(folder, spec)

    return made_once(tmp_path_factory, "models", export)


@pytest.fixture(scope="session")
def corpus() -> Catalogue:
    """The corpus as it is shipped."""
    return read_catalogue()


@pytest.fixture(scope="session")
def catalogue(corpus: Catalogue) -> Catalogue:
    """Forty facts and three guides of the shipped corpus, each with one phrasing of each kind."""
    return smaller(corpus, facts=40, phrasings=1)


@pytest.fixture(scope="session")
def few(corpus: Catalogue) -> Catalogue:
    """A dozen facts without their phrasings, for tests that are not about finding."""
    return smaller(corpus, facts=12, phrasings=0)


@pytest.fixture(scope="session")
def whole(shipped: Path) -> Bench:
    """An index of the whole shipped corpus, for tests that only read it."""
    return Bench(folder=shipped, models=shipped / "models")


@dataclass(frozen=True, kw_only=True)
class ChromaServer:
    """A running `chroma run` on loopback."""

    url: str
    process: subprocess.Popen[bytes]

    def answers(self) -> bool:
        try:
            self.client()
        except Exception:  # whatever it raises, it is not up yet
            return False
        return True

    def client(self) -> chromadb.ClientAPI:
        port = int(self.url.rpartition(":")[2])
        return chromadb.HttpClient("127.0.0.1", port, settings=Settings(anonymized_telemetry=False))

    def stop(self) -> None:
        self.process.kill()
        self.process.wait(timeout=30)


def start_chroma(data: Path, *, port: int | None = None) -> ChromaServer:
    """A Chroma server that keeps its data in `data`, once it answers; on any free port unless told which."""
    port = port or free_port()
    command = [
        Path(sys.executable).with_name("chroma"),
        "run",
        "--path",
        data,
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=data)
    server = ChromaServer(url=f"http://127.0.0.1:{port}", process=process)
    if not eventually(lambda: process.poll() is not None or server.answers(), within=60) or process.poll() is not None:
        server.stop()
        pytest.fail("chroma run did not start")
    return server


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    server = start_chroma(tmp_path_factory.mktemp("chroma-server"))
    yield server
    server.stop()


@pytest.fixture(params=["folder", "server"])
def bench(request: pytest.FixtureRequest, tmp_path: Path, models: Path) -> Bench:
    """An index of one's own: once in a folder, once on a Chroma server. Nothing is in it yet."""
    if request.param == "folder":
        return Bench(folder=tmp_path, models=models)
    server: ChromaServer = request.getfixturevalue("chroma_server")
    client = server.client()
    for collection in client.list_collections():
        if collection.name == POINTER_COLLECTION or build_of(collection.name):
            client.delete_collection(collection.name)
    return Bench(folder=tmp_path, models=models, url=server.url)


@pytest.fixture
def place(bench: Bench) -> Place:
    """Where the index of the test's bench is kept."""
    return bench.place()


# Slack: imported only by the tests that ask for them ----------------------------------------------------------------


@pytest.fixture
def slack() -> "Iterator[SlackishServer]":
    """A stand-in for Slack."""
    from tests.slackish.server import SlackishServer  # noqa: PLC0415 - slow, and only needed here

    with SlackishServer() as running:
        yield running


@pytest.fixture
def office(slack: "SlackishServer", tmp_path: Path) -> "Iterator[SlackBench]":
    """The Slack app at work, with a channel for advice."""
    from tests.integration.slack_bench import ADVICE, an_app  # noqa: PLC0415 - slow, and only needed here

    with an_app(slack, str(tmp_path / "kept.sqlite3"), defaults=ADVICE) as running:
        yield running

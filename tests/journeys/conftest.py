"""The command line on an index of the whole shipped corpus, and one server on it, for all journeys."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.programs import Apnav, Site


@pytest.fixture(scope="session")
def apnav(shipped: Path, tmp_path_factory: pytest.TempPathFactory) -> Apnav:
    """The command line on an index of the whole corpus."""
    return Apnav(data=shutil.copytree(shipped, tmp_path_factory.mktemp("journeys") / "data"))


@pytest.fixture(scope="session")
def site(apnav: Apnav) -> Iterator[Site]:
    """A running server on the same index."""
    with apnav.serving() as running:
        yield running


@pytest.fixture(scope="session")
def slack_data(apnav: Apnav, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the same index, and with what people say in Slack for itself."""
    folder = tmp_path_factory.mktemp("slack") / "data"
    folder.mkdir()
    for each in apnav.data.iterdir():
        if not each.name.startswith("conversations"):
            (folder / each.name).symlink_to(each)
    return folder

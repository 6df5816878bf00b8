"""What takes long to make is made once for all tests, however many processes share the work."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from tests.journeys.programs import Apnav


def made_once(temporary: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The folder that `make` filled, in this or another process."""
    common = _common(temporary)
    folder, finished = common / name, common / f"{name}.made"
    with FileLock(common / f"{name}.lock"):
        if not finished.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            finished.touch()
    return folder


def _common(temporary: pytest.TempPathFactory) -> Path:
    """The folder of all runs that follow one another when TEST_SHARED_DIR names one, else of all processes of this."""
    given = os.environ.get("TEST_SHARED_DIR")
    if given:
        return Path(given)
    own = temporary.getbasetemp()
    return own.parent if own.name.startswith("popen-") else own


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the index of the whole shipped corpus, for reading only: whoever writes takes a copy."""

    def build(folder: Path) -> None:
        done = Apnav(data=folder).run("ingest")
        assert done.status == 0, done.complained

    return made_once(tmp_path_factory, "shipped", build)

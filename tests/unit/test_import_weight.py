"""The arithmetic of time limits can be used alone: it brings nothing with it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIST_MODULES = """
import json, sys
before = set(sys.modules)
import {module}
print(json.dumps(sorted(set(sys.modules) - before)))
"""


@pytest.mark.parametrize(
    "module", ["assistant.deadlines", "assistant.timeline", "assistant.suspensions", "assistant.working"]
)
def test_counting_dates_imports_nothing_but_the_standard_library(module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIST_MODULES.format(module=module)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    brought = {name.partition(".")[0] for name in json.loads(done.stdout)}
    assert "assistant" in brought
    assert brought - {"assistant"} <= sys.stdlib_module_names


def test_dates_are_counted_without_any_package_installed() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            "import sys; sys.path.insert(0, sys.argv[1]); import assistant.deadlines",
            ROOT,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr

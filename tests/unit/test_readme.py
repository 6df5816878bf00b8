"""The README's commands and settings are true."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from bots.cli.main import app
from bots.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
COMMANDS = [
    line.split("#")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", README, flags=re.DOTALL)
    for line in block.splitlines()
    if line.strip()
]


@pytest.mark.parametrize("command", [c for c in COMMANDS if c.startswith("apnav ")])
def test_every_apnav_command_of_the_readme_is_understood(command: str) -> None:
    words = shlex.split(command)[1:]
    found: Any = get_command(app)
    while hasattr(found, "commands"):
        found = found.commands[words.pop(0)]
    with found.make_context(found.name, words, resilient_parsing=False) as context:
        assert not context.args


@pytest.mark.parametrize("command", [c for c in COMMANDS if c.startswith("make ")])
def test_every_make_command_of_the_readme_is_a_target(command: str) -> None:
    assert re.search(rf"^{command.split()[1]}:", MAKEFILE, flags=re.MULTILINE)


def test_the_two_commands_a_newcomer_needs_are_there() -> None:
    assert {"make run", "make test"} <= set(COMMANDS)


def test_the_configuration_table_lists_every_setting_and_no_other() -> None:
    listed = set(re.findall(rf"^\| `({PREFIX}\w+)` \|", README, flags=re.MULTILINE))
    assert listed == {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("name", [n for n, f in Settings.model_fields.items() if f.default not in (None, 0)])
def test_the_configuration_table_gives_the_real_default(name: str) -> None:
    row = next(line for line in README.splitlines() if line.startswith(f"| `{PREFIX}{name.upper()}` |"))
    default = Settings.model_fields[name].default
    assert f"`{default}`" in row.replace("`./data`", "`data`")

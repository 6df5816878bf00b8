"""YAML that remembers which line each value came from."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import yaml

try:  # the C parser is ten times as fast; the pure one is there on machines without libyaml
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # pragma: no cover
    from yaml import SafeLoader  # type: ignore[assignment]

KeyPath: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in the corpus: where, in which entry, and what to do about it."""

    file: str
    line: int
    entry: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.entry}: {self.what}"


@dataclass(frozen=True, slots=True)
class LocatedYaml:
    """A parsed file, with the line (from 1) of every value by its path."""

    file: str
    value: Any
    lines: dict[KeyPath, int]
    repeated_keys: tuple[KeyPath, ...] = ()

    def line_of(self, path: KeyPath) -> int:
        """The line of `path`, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_located(path: Path, *, shown_as: str) -> LocatedYaml | Problem:
    """Parse one file; bad YAML comes back as the `Problem` it is."""
    try:
        loader = SafeLoader(path.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        value = loader.construct_document(node) if node is not None else None
    except UnicodeDecodeError as error:
        return Problem(shown_as, 1, "file", f"is not UTF-8 text ({error.reason}). Save it as UTF-8.")
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return Problem(shown_as, line, "file", f"is not valid YAML: {error.problem}. Check indents and quotes here.")
    except (yaml.YAMLError, ValueError) as error:
        return Problem(shown_as, 1, "file", f"is not valid YAML: {error}. Check it with a YAML editor.")
    lines: dict[KeyPath, int] = {}
    repeated: list[KeyPath] = []
    for key_path, line in _walk(node, ()):
        if key_path in lines:
            repeated.append(key_path)
        lines[key_path] = line
    return LocatedYaml(shown_as, value, lines, tuple(repeated))


def _walk(node: yaml.Node | None, path: KeyPath) -> Iterator[tuple[KeyPath, int]]:
    if node is None:
        return
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, child in node.value:
            yield from _walk(child, (*path, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for position, child in enumerate(node.value):
            yield from _walk(child, (*path, position))

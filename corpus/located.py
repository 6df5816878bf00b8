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

_DATE = "tag:yaml.org,2002:timestamp"


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
    """A parsed file, with the line (from 1) of every value by its path. Dates are text, as they were written."""

    file: str
    value: Any
    lines: dict[KeyPath, int]
    repeated_keys: tuple[KeyPath, ...] = ()

    def line_of(self, path: KeyPath) -> int:
        """The line where `path` begins (a field begins at its name), or the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_located(path: Path, *, shown_as: str) -> LocatedYaml | Problem:
    """Parse one file; bad YAML comes back as the `Problem` it is."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        return Problem(shown_as, line, "file", f"is not UTF-8 text ({error.reason}). Save it as UTF-8.")
    unprintable = yaml.reader.Reader.NON_PRINTABLE.search(text)
    if unprintable:
        line = text.count("\n", 0, unprintable.start()) + 1
        return Problem(shown_as, line, "file", f"has the invisible character {unprintable[0]!a}. Delete it.")
    try:
        return _located(text, shown_as)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return Problem(shown_as, line, "file", f"is not valid YAML: {error.problem}. Check indents and quotes here.")
    except (yaml.YAMLError, ValueError) as error:
        return Problem(shown_as, 1, "file", f"is not valid YAML: {error}. Check it with a YAML editor.")
    except RecursionError:
        return Problem(shown_as, 1, "file", "has lists inside lists without end. Check its brackets.")


class _Loader(SafeLoader):
    """The safe loader, except that dates stay text (entries check them) and what cannot be read names its line."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - declared so by PyYAML
        first: [(tag, pattern) for tag, pattern in resolvers if tag != _DATE]
        for first, resolvers in SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep=deep)
        except (ValueError, LookupError, AttributeError, TypeError) as error:
            kind = node.tag.rpartition(":")[2]
            raise yaml.constructor.ConstructorError(
                problem=f"“{str(node.value)[:40]}” cannot be read as {kind}", problem_mark=node.start_mark
            ) from error


def _located(text: str, shown_as: str) -> LocatedYaml | Problem:
    loader = _Loader(text)
    node = loader.get_single_node()
    lines: dict[KeyPath, int] = {}
    repeated: list[KeyPath] = []
    seen: set[int] = set()
    for key_path, child, line in _walk(node, (), 1) if node is not None else ():
        if id(child) in seen:
            what = "has a part marked with & that is used again with *. Write it out in both places."
            return Problem(shown_as, child.start_mark.line + 1, "file", what)
        seen.add(id(child))
        if key_path in lines and not any(key_path[: len(path)] == path for path in repeated):
            repeated.append(key_path)
        lines[key_path] = line
    value = loader.construct_document(node) if node is not None else None
    return LocatedYaml(shown_as, value, lines, tuple(repeated))


def _walk(node: yaml.Node, path: KeyPath, line: int) -> Iterator[tuple[KeyPath, yaml.Node, int]]:
    yield path, node, line
    if isinstance(node, yaml.MappingNode):
        for key, child in node.value:
            yield from _walk(child, (*path, str(key.value)), key.start_mark.line + 1)
    elif isinstance(node, yaml.SequenceNode):
        for position, child in enumerate(node.value):
            yield from _walk(child, (*path, position), child.start_mark.line + 1)

"""Reading entries from the files of a folder: each bad one is named with file, line, id and remedy."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeAlias, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from assistant.errors import CorpusError
from corpus.entries import Entry
from corpus.located import KeyPath, LocatedYaml, Problem, read_located

E = TypeVar("E", bound=Entry)
Named: TypeAlias = tuple[str, str, KeyPath]  # an id that an entry names: its kind, the id, where it stands

_REMEDIES = {
    "missing": "is missing. Add it (write null when it is not known).",
    "extra_forbidden": "is not a field of this kind of entry. Check the spelling or remove it.",
    "enum": "is not one of the allowed words: {expected}. Use the word the source itself uses.",
    "literal_error": "is not one of the allowed words: {expected}.",
    "string_pattern_mismatch": "does not have the right form. Ids are lower-case-with-dashes; addresses start https://.",
    "string_too_short": "is empty. Fill it in or remove the line.",
    "too_short": "is empty. Name at least one.",
    "string_type": "must be text. Write it on this line, in quotes if it is a number.",
    "tuple_type": "must be a list. Write [one, two], or one “- ” line for each.",
    "date_type": "must be a date. Write YYYY-MM-DD.",
    "int_type": "must be a whole number.",
    "int_parsing": "must be a whole number.",
    "float_type": "must be a number.",
    "greater_than": "must be more than nothing.",
    "greater_than_equal": "must be nothing or more.",
    "bool_type": "must be true or false.",
    "bool_parsing": "must be true or false.",
    "model_type": "must be an entry of named fields, such as “id: …”. Check its dashes and indents.",
    "invalid_key": "is not the name of a field. Check the spelling or remove it.",
}


@dataclass(slots=True)
class Read(Generic[E]):
    """Entries of one kind, each with where it stands."""

    entries: list[tuple[E, LocatedYaml, KeyPath]] = field(default_factory=list)

    def __iter__(self) -> Iterator[E]:
        return (entry for entry, _, _ in self.entries)

    def problem(self, position: int, what: str, *, name: str, at: KeyPath = ()) -> Problem:
        """What is wrong with the entry at `position`, on the line of its field `at`."""
        _, document, path = self.entries[position]
        return Problem(document.file, document.line_of((*path, *at)), name, what)


class Reader:
    """Reads the files of one folder and keeps every problem it meets, so that all are told at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []

    def load(self, name: str, *, required: bool = True) -> LocatedYaml | None:
        """The parsed file, or None when it is not there (a problem if it is `required`) or is not YAML (a problem)."""
        path = self.folder / name
        shown = f"{self.folder.name}/{name}"
        if not path.exists():
            if required:
                self.problems.append(Problem(shown, 1, "file", "is missing. Restore it from the project."))
            return None
        document = read_located(path, shown_as=shown)
        if isinstance(document, Problem):
            self.problems.append(document)
            return None
        for key_path in document.repeated_keys:
            what = f"field `{key_path[-1]}` is written twice in one entry. Keep one."
            self.problems.append(Problem(shown, document.line_of(key_path), entry_name(document, key_path), what))
        return document

    def many(self, name: str, kind: type[E], *, required: bool = True) -> Read[E]:
        """The entries of a file that is a list."""
        document = self.load(name, required=required)
        read: Read[E] = Read()
        if document is None:
            return read
        if not isinstance(document.value, list):
            self.problems.append(Problem(document.file, 1, "file", "must be a list: each entry starts with “- ”."))
            return read
        for position, raw in enumerate(document.value):
            self._take(read, document, raw, (position,), kind)
        return read

    def one(self, name: str, kind: type[E], *, required: bool = True) -> Read[E]:
        """The one entry that is a whole file."""
        document = self.load(name, required=required)
        read: Read[E] = Read()
        if document is not None:
            self._take(read, document, document.value, (), kind)
        return read

    def _take(self, read: Read[E], document: LocatedYaml, raw: Any, path: KeyPath, kind: type[E]) -> None:
        try:
            read.entries.append((kind.model_validate(raw), document, path))
        except ValidationError as error:
            for details in worth_saying(error.errors()):
                where = (*path, *details["loc"])
                line = document.line_of(where)
                self.problems.append(Problem(document.file, line, entry_name(document, where), say(details)))

    def refuse(self, *more: str) -> None:
        """Raises `CorpusError` naming every problem that was found, and `more`, if there is any."""
        if self.problems or more:
            raise CorpusError((*map(str, self.problems), *more))

    def refuse_duplicates(self, *reads: Read[Any]) -> None:
        """Note each entry that has the id of another of its kind."""
        for read in reads:
            first_seen: dict[str, str] = {}
            for position, (entry, document, path) in enumerate(read.entries):
                place = f"{document.file}:{document.line_of(path)}"
                if entry.id in first_seen:
                    what = (
                        f"has the same id as the entry at {first_seen[entry.id]}. Ids never repeat: give it a new one."
                    )
                    self.problems.append(read.problem(position, what, name=entry.id))
                first_seen.setdefault(entry.id, place)


def entry_name(document: LocatedYaml, path: KeyPath) -> str:
    """The id (or term) of the innermost entry around `path`."""
    value = document.value
    name = "entry"
    for step in path:
        if isinstance(value, dict) and (value.get("id") or value.get("term")):
            name = str(value.get("id") or value.get("term"))
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            break
    if isinstance(value, dict) and value.get("id"):
        name = str(value["id"])
    return name


def worth_saying(errors: Sequence[ErrorDetails]) -> Iterator[ErrorDetails]:
    """All but the lists that pydantic calls too short because it refused what stands in them."""
    for details in errors:
        place = details["loc"]
        inside = (other for other in errors if other is not details and other["loc"][: len(place)] == place)
        if details["type"] != "too_short" or not any(inside):
            yield details


def say(details: ErrorDetails) -> str:
    """What pydantic refused, as a sentence with its remedy."""
    fields = ".".join(str(part) for part in details["loc"]) or "entry"
    remedy = _REMEDIES.get(details["type"])
    context = details.get("ctx", {})
    if remedy is None:
        return f"field `{fields}`: {details['msg'].removeprefix('Value error, ')}."
    written = details["input"]
    shown = f" “{written}”" if isinstance(written, str | int | float) and details["type"] != "missing" else ""
    return f"field `{fields}`{shown} " + remedy.format(expected=context.get("expected", ""))


def check_names(
    known: Mapping[str, Container[str]], reads: Iterable[tuple[Read[Any], Callable[[Any], Iterable[Named]]]]
) -> Iterator[Problem]:
    """Every id that an entry names must be among the `known` of its kind; kinds that are not there are not checked."""
    for read, named_by in reads:
        for position, (entry, document, _) in enumerate(read.entries):
            for kind, name, at in named_by(entry):
                if kind in known and name not in known[kind]:
                    what = f"names the {kind} “{name}”, which does not exist. Correct the id, or add that {kind} first."
                    yield read.problem(position, what, name=getattr(entry, "id", Path(document.file).stem), at=at)

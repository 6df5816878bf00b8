"""Looking for hundreds of regular expressions at once, with RE2's pattern sets.

RE2 has no look-around, so each pattern is widened by leaving its look-arounds out: a text the wide pattern does not
match, the real one cannot match. What RE2 lets through is then checked by the real pattern.
"""

from collections.abc import Collection, Sequence

import re2

_MEMORY = 256 << 20  # bytes RE2 may use for the set; it stays far below, but the default 8 MiB is too little
_LOOK_AROUNDS = ("(?=", "(?!", "(?<=", "(?<!")


class PatternSet:
    """Which of many patterns may match a text. Implements `assistant.ports.PatternScanner`."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._count = len(patterns)
        self._always: list[int] = []
        self._positions: list[int] = []
        options = re2.Options()
        options.log_errors = False
        options.max_mem = _MEMORY
        self._set = re2.Set.SearchSet(options)
        for position, pattern in enumerate(patterns):
            try:
                self._set.Add(without_look_arounds(pattern))
                self._positions.append(position)
            except re2.error:
                self._always.append(position)
        if self._positions:
            self._set.Compile()

    def candidates(self, text: str) -> Collection[int]:
        """The positions of the patterns that may match `text`; every other one surely does not."""
        if not text.isascii():  # RE2's word boundaries know ASCII only
            return range(self._count)
        hits = self._set.Match(text) if self._positions else None
        return {*self._always, *(self._positions[hit] for hit in hits or ())}  # RE2 says None when nothing matches


def without_look_arounds(pattern: str) -> str:
    """`pattern` with its look-arounds left out, so that it matches at least what it matched before."""
    kept: list[str] = []
    at = 0
    while at < len(pattern):
        if pattern.startswith(_LOOK_AROUNDS, at):
            at = _end_of_group(pattern, at)
            continue
        end = _end_of_token(pattern, at)
        kept.append(pattern[at:end])
        at = end
    return "".join(kept)


def _end_of_group(pattern: str, at: int) -> int:
    depth = 0
    while at < len(pattern):
        depth += {"(": 1, ")": -1}.get(pattern[at], 0)
        at = _end_of_token(pattern, at)
        if depth == 0:
            return at
    return at


def _end_of_token(pattern: str, at: int) -> int:
    """Where the escape, the class or the single character that begins at `at` ends."""
    if pattern[at] == "\\":
        return at + 2
    if pattern[at] != "[":
        return at + 1
    at += 2 if pattern.startswith("[^", at) else 1
    first = at
    while at < len(pattern) and (pattern[at] != "]" or at == first):  # a bracket that comes first is a character
        at += 2 if pattern[at] == "\\" else 1
    return at + 1

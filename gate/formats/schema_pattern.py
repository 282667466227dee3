"""Regular expressions of a schema: texts that they let through, and how long these may be. Never runs a costly one.

A pattern may be hostile: Python's matching can take time that grows without measure, so a text is only ever held
against a pattern whose structure bounds the work.
"""

import re
import re._parser as regular  # type: ignore[import-not-found]
import warnings
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

_LONGEST_PATTERN = 500
_LONGEST_MATCHED = 64
_MOST_REPEATS = 3
_WITHOUT_LIMIT = 1_000_000
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_PREFERRED = _LETTERS + "-_. @/:+,;!#$%&*=?~^|()[]{}<>'\"\\`\t\n"
_FEW = 4
_LONGEST_WRITTEN = 10_000


def matches(pattern: object, text: str) -> bool | None:
    """Tell whether a pattern is found in a text, as JSON Schema has it; None where that is not worth finding out."""
    tree = _tree(pattern) if isinstance(pattern, str) else None
    if tree is None or len(text) > _LONGEST_MATCHED or not _is_cheap(str(pattern)):
        return None
    return re.search(str(pattern), text) is not None


def longest_match(pattern: object) -> int | None:
    """Return how long a text may be at most that a pattern lets through as a whole; None where it may be any length."""
    tree = _tree(pattern) if isinstance(pattern, str) else None
    if tree is None or not (_is_bound_to(tree, "AT_BEGINNING") and _is_bound_to(tree, "AT_END")):
        return None
    longest = int(tree.getwidth()[1])
    return longest if longest < _WITHOUT_LIMIT else None


def text_matching(pattern: object, *, unique: str, shortest: int, longest: int) -> str | None:
    """Return a text that a pattern lets through, `unique` in it where there is room; None where none was found."""
    tree = _tree(pattern) if isinstance(pattern, str) else None
    if tree is None:
        return None
    bare = _Writing(unique="").of(tree)
    filled = _Writing(unique=unique, fill=max(0, min(shortest, _LONGEST_PATTERN) - len(bare))).of(tree)
    padded = _Writing(unique="", fill=max(0, min(shortest, _LONGEST_PATTERN) - len(bare))).of(tree)
    for text in (_Writing(unique=unique).of(tree), filled, bare, padded):
        if shortest <= len(text) <= longest and matches(pattern, text) is not False:
            return text
    return None


@lru_cache(4096)
def _tree(pattern: str) -> Any:  # noqa: ANN401 - Python names no type for it
    if len(pattern) > _LONGEST_PATTERN:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # It refuses a few of what can be parsed, such as a look-behind of any length.
            re.compile(pattern)
            return regular.parse(pattern)
    except (re.error, RecursionError, OverflowError, ValueError):
        return None


def _is_bound_to(tree: Any, end: str) -> bool:  # noqa: ANN401
    """Tell whether all that a pattern lets through lies at an end of the text: `AT_BEGINNING` or `AT_END`."""
    parts = list(tree)
    if not parts:
        return False
    operation, argument = parts[0 if end == "AT_BEGINNING" else -1]
    if str(operation) == "BRANCH":
        return all(_is_bound_to(branch, end) for branch in argument[1])
    if str(operation) == "SUBPATTERN":
        return _is_bound_to(argument[-1], end)
    return str(operation) == "AT" and str(argument).startswith(end)


@lru_cache(4096)
def _is_cheap(pattern: str) -> bool:
    try:
        return _repeats(_tree(pattern) or (), inside=False) <= _MOST_REPEATS
    except _CostlyError:
        return False


class _CostlyError(Exception):
    """A repetition in a repetition, or a part whose cost cannot be told."""


def _repeats(tree: Any, *, inside: bool) -> int:  # noqa: ANN401
    """Return how many repetitions stand beside each other; those of an assertion are tried on their own."""
    beside = asserted = 0
    for operation, argument in tree:
        name = str(operation)
        if name in _REPEATS:
            if inside and argument[1] > 1:
                raise _CostlyError
            within = _repeats(argument[2], inside=inside or argument[1] > 1)
            beside += within + (argument[0] != argument[1])
        elif name in ("SUBPATTERN", "ATOMIC_GROUP"):
            beside += _repeats(argument[-1] if name == "SUBPATTERN" else argument, inside=inside)
        elif name == "BRANCH":
            if inside:
                raise _CostlyError
            beside += sum(_repeats(branch, inside=inside) for branch in argument[1])
        elif name in ("ASSERT", "ASSERT_NOT"):
            if inside:
                raise _CostlyError
            asserted = max(asserted, _repeats(argument[1], inside=inside))
        elif name.startswith("GROUPREF"):
            raise _CostlyError
    return max(beside, asserted)


@dataclass(slots=True, kw_only=True)
class _Writing:
    """Writes one text along a pattern: the shortest, with `unique` and `fill` more characters at the first place."""

    unique: str
    fill: int = 0
    left: int = 2_000
    groups: dict[int, str] = field(default_factory=dict)

    def of(self, tree: Any) -> str:  # noqa: ANN401
        return "".join(self._part(str(operation), argument) for operation, argument in tree)

    def _part(self, name: str, argument: Any) -> str:  # noqa: ANN401
        self.left -= 1
        if self.left < 0 or name == "GROUPREF":
            return "" if self.left < 0 else self.groups.get(argument, "")
        if name in _REPEATS:
            return self._repeated(*argument)
        inner = {"SUBPATTERN": lambda: argument[-1], "BRANCH": lambda: argument[1][0], "ATOMIC_GROUP": lambda: argument}
        if name not in inner:
            return _characters(name, argument)[:1]
        text = self.of(inner[name]())
        if name == "SUBPATTERN":
            self.groups[argument[0] or 0] = text
        return text

    def _repeated(self, least: int, most: int, tree: Any) -> str:  # noqa: ANN401
        parts = list(tree)
        letters = _characters(str(parts[0][0]), parts[0][1]) if len(parts) == 1 else ""
        room = int(most)
        if letters and self.unique and room >= _FEW and room >= int(least):
            text, self.unique = _spelt(self.unique, letters)[:room], ""
        else:
            text = ""
        if letters:
            text = text.ljust(min(int(least), _LONGEST_WRITTEN), letters[0])
            more = max(0, min(self.fill, room - len(text)))
            self.fill -= more
            return text + letters[0] * more
        for _ in range(min(int(least), _LONGEST_PATTERN)):
            text += self.of(tree)
            if self.left < 0:
                break
        return text


def _spelt(unique: str, letters: str) -> str:
    """Return `unique` in the characters that are allowed."""
    if all(char in letters for char in unique):
        return unique
    known = [char for char in letters if char in _LETTERS] or list(letters)
    return "".join(char if char in letters else known[ord(char) % len(known)] for char in unique)


def _characters(name: str, argument: Any) -> str:  # noqa: ANN401
    """Return the characters that a part lets through which is one character; "" for any other part."""
    if name == "LITERAL":
        return chr(argument)
    if name == "NOT_LITERAL":
        return _PREFERRED.replace(chr(argument), "")
    if name == "ANY":
        return _PREFERRED.replace("\n", "")
    if name == "IN":
        rest = [(str(one), value) for one, value in argument if str(one) != "NEGATE"]
        negated = len(rest) < len(argument)
        found = "".join(char for char in _PREFERRED if any(_is_in(char, *one) for one in rest) is not negated)
        literal = next((value[0] if one == "RANGE" else value for one, value in rest if one in ("LITERAL", "RANGE")), 0)
        return found or ("" if negated or not literal else chr(literal))
    return ""


def _is_in(char: str, name: str, value: Any) -> bool:  # noqa: ANN401
    if name == "LITERAL":
        return ord(char) == int(value)
    if name == "RANGE":
        return bool(value[0] <= ord(char) <= value[1])
    kind = str(value).removeprefix("CATEGORY_")
    telling = {"DIGIT": char.isdigit(), "SPACE": char.isspace(), "WORD": char.isalnum() or char == "_"}
    return telling.get(kind, not telling.get(kind.removeprefix("NOT_"), True))

"""Where in a JSON or YAML text its parts begin: JSON pointer -> line. Reads no file, and builds no value.

Formats: https://www.rfc-editor.org/rfc/rfc6901, https://www.rfc-editor.org/rfc/rfc8259, https://yaml.org/spec/1.2.2/
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

# Anything else in JSON (numbers, words, commas, colons) begins nothing.
_TOKENS = re.compile(r'"(?:[^"\\\n]|\\.)*"|[{}\[\],:]|\n|[^\s"{}\[\],:]+')
_DEEPEST = 1_000

Event = tuple[Literal["open-mapping", "open-list", "close", "scalar"], str, int]
"""What begins or ends, the text of a scalar, and the line."""


def lines_of(text: str, wanted: Collection[str]) -> Mapping[str, int]:
    """Return the line, from 1, on which each of the wanted pointers begins: of a member, that of its name.

    A pointer to what the text has not gets the line of the nearest part around it that it has. A text that can be read
    only in part is told as far as that.
    """
    ancestors = {part for pointer in wanted for part in _ancestors(pointer)}
    walk = _Walk(wanted=ancestors)
    try:
        for event in _json(text) if text.lstrip()[:1] == "{" else _yaml(text):
            walk.take(*event)
            if len(walk.open) > _DEEPEST:
                break
    except _EndError:
        pass
    found = {"": 1, **walk.found}
    return {
        pointer: next(found[part] for part in reversed(list(_ancestors(pointer))) if part in found)
        for pointer in wanted
    }


def joined(pointer: str, *names: str) -> str:
    """Return a pointer to what lies below another."""
    return pointer + "".join(f"/{name.replace('~', '~0').replace('/', '~1')}" for name in names)


def _ancestors(pointer: str) -> Iterator[str]:
    """Yield the whole document, then each part on the way to a pointer, and at last itself."""
    yield ""
    at = pointer.find("/", 1)
    while at > 0:
        yield pointer[:at]
        at = pointer.find("/", at + 1)
    if pointer:
        yield pointer


class _EndError(Exception):
    """The text cannot be read any further."""


@dataclass(slots=True, kw_only=True)
class _Open:
    """A mapping or a list that is open: its pointer, None where nothing below it is wanted; `key` is due a value."""

    pointer: str | None
    is_list: bool
    count: int = 0
    key: str | None = None
    line: int = 0


@dataclass(slots=True, kw_only=True)
class _Walk:
    wanted: Collection[str]
    found: dict[str, int] = field(default_factory=dict)
    open: list[_Open] = field(default_factory=list)

    def take(self, kind: str, text: str, line: int) -> None:
        if kind == "close":
            if self.open:
                self.open.pop()
            return
        inside = self.open[-1] if self.open else None
        if inside is not None and not inside.is_list and inside.key is None:
            inside.key, inside.line = (text if kind == "scalar" else ""), line
            if kind == "scalar":
                return
        pointer = self._pointer(inside, line)
        if kind != "scalar":
            self.open.append(_Open(pointer=pointer, is_list=kind == "open-list"))

    def _pointer(self, inside: _Open | None, line: int) -> str | None:
        """Return the pointer of a value that begins, and note its line; None where it is not wanted."""
        if inside is None:
            return ""
        name, begins = (str(inside.count), line) if inside.is_list else (inside.key or "", inside.line)
        inside.count += 1
        inside.key = None
        if inside.pointer is None:
            return None
        pointer = joined(inside.pointer, name)
        if pointer not in self.wanted:
            return None
        self.found.setdefault(pointer, begins)
        return pointer


def _json(text: str) -> Iterator[Event]:
    line = 1
    for token in _TOKENS.finditer(text):
        word = token[0]
        first = word[0]
        if first == "\n":
            line += 1
        elif first == '"':
            yield "scalar", _unquoted(word), line
        elif first == "{":
            yield "open-mapping", "", line
        elif first == "[":
            yield "open-list", "", line
        elif first in "}]":
            yield "close", "", line
        elif first not in ",:":
            yield "scalar", word, line


def _unquoted(word: str) -> str:
    if "\\" not in word:
        return word[1:-1]
    try:
        return str(json.loads(word))
    except ValueError:
        return word[1:-1]


def _yaml(text: str) -> Iterator[Event]:
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        for event in yaml.parse(text, Loader=loader):
            line = 1 + (event.start_mark.line if event.start_mark else 0)
            if isinstance(event, yaml.AliasEvent):
                yield "scalar", "", line
            elif isinstance(event, yaml.ScalarEvent):
                yield "scalar", event.value, line
            elif isinstance(event, yaml.MappingStartEvent):
                yield "open-mapping", "", line
            elif isinstance(event, yaml.SequenceStartEvent):
                yield "open-list", "", line
            elif isinstance(event, yaml.CollectionEndEvent):
                yield "close", "", line
            elif isinstance(event, yaml.DocumentEndEvent):
                return
    except (yaml.YAMLError, ValueError, RecursionError):
        raise _EndError from None

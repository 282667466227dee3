"""YAML that somebody else wrote -> mappings, lists and texts. Every scalar stays the text that was written.

Only `parse_typed` gives scalars the types that YAML 1.2 gives them. Nothing is merged or expanded while it is read
(`<<` is a key like another), so that a few lines that refer to each other stay as small as they are.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import yaml

MAX_CHARACTERS = 512 * 1024
_MERGE = "<<"
_DEEPEST = 100
_MOST_MERGED = 20
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
_WHOLE = re.compile(r"[-+]?[0-9]{1,40}")
_FRACTION = re.compile(r"[-+]?(\.[0-9]{1,40}|[0-9]{1,40}(\.[0-9]{0,40})?)([eE][-+]?[0-9]{1,3})?")


def parse_documents(text: str) -> tuple[Mapping[str, object], ...]:
    """Return the mappings among the documents of `text`; none where it is not YAML, too long or too deep."""
    return _parse(text, longest=MAX_CHARACTERS, built=_Built())


def parse_typed(text: str, *, longest: int) -> tuple[Mapping[str, object], ...]:
    """Return the same of a text of at most `longest` characters, with numbers, truth values and nulls as such.

    Values that are referred to again are the same, and a value may hold itself: who walks them bounds the walk.
    """
    return _parse(text, longest=longest, built=_Built(typed=True))


def repeated_keys(text: str, *, longest: int) -> tuple[str, ...]:
    """Return the keys that stand twice in one mapping, of which the last one counts; none of what is not YAML."""
    built = _Built()
    _parse(text, longest=longest, built=built)
    return tuple(dict.fromkeys(built.repeated))


def _parse(text: str, *, longest: int, built: "_Built") -> tuple[Mapping[str, object], ...]:
    if len(text) > longest:
        return ()
    import yaml

    # Written in C where PyYAML was built with libyaml: ten times as fast.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        # Only the events: what PyYAML builds from them in C overflows the stack when lists lie deep in each other.
        for event in yaml.parse(text, Loader=loader):
            built.take(event)
    except (yaml.YAMLError, _TooDeep, ValueError):
        return ()
    return tuple(document for document in built.documents if isinstance(document, dict))


class _TooDeep(Exception):
    """Lists and mappings lie deeper in each other than in any file that a person wrote."""


@dataclass(slots=True)
class _Built:
    """Builds values from events. `anchors` hold values that are referred to again: the same, never a copy."""

    documents: list[object] = field(default_factory=list)
    typed: bool = False
    open: list[dict[str, object] | list[object]] = field(default_factory=list)
    keys: list[object] = field(default_factory=list)
    anchors: dict[str, object] = field(default_factory=dict)
    repeated: list[str] = field(default_factory=list)

    def take(self, event: "yaml.Event") -> None:
        import yaml

        if isinstance(event, yaml.AliasEvent):
            self._add(self.anchors.get(event.anchor or "", ""))
        elif isinstance(event, yaml.ScalarEvent):
            is_key = bool(self.open) and isinstance(self.open[-1], dict) and self.keys[-1] is None
            self._add(_typed(event) if self.typed and not is_key else event.value, event.anchor)
        elif isinstance(event, yaml.CollectionStartEvent):
            value: dict[str, object] | list[object] = {} if isinstance(event, yaml.MappingStartEvent) else []
            self._add(value, event.anchor)
            self.open.append(value)
            self.keys.append(None)
            if len(self.open) > _DEEPEST:
                raise _TooDeep
        elif isinstance(event, yaml.CollectionEndEvent):
            self.open.pop()
            self.keys.pop()
        elif isinstance(event, yaml.DocumentStartEvent):
            self.anchors.clear()

    def _add(self, value: object, anchor: str | None = None) -> None:
        if anchor:
            self.anchors[anchor] = value
        inside = self.open[-1] if self.open else self.documents
        if isinstance(inside, list):
            inside.append(value)
        elif self.keys[-1] is None:
            # A list or a mapping as a key: no file that is read here has one.
            self.keys[-1] = (value if isinstance(value, str) else "",)
        else:
            key, self.keys[-1] = self.keys[-1], None
            if key[0] in inside:  # type: ignore[index]
                self.repeated.append(key[0])  # type: ignore[index]
            inside[key[0]] = value  # type: ignore[index]


def _typed(event: "yaml.ScalarEvent") -> object:
    """Return a plain scalar as YAML 1.2's core schema reads it: https://yaml.org/spec/1.2.2/#103-core-schema."""
    text: str = event.value
    if event.tag or not event.implicit[0]:
        return text
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _FRACTION.fullmatch(text) else text


def table(value: object) -> Mapping[str, object]:
    """Return a mapping with what it takes over from others by `<<`, one step deep; empty where it is none."""
    if not isinstance(value, dict):
        return {}
    named = dict(value)
    merged: dict[str, object] = {}
    others = named.pop(_MERGE, None)
    for other in items(others)[:_MOST_MERGED] or (others,):
        if isinstance(other, dict):
            merged = {key: inner for key, inner in other.items() if key != _MERGE} | merged
    return merged | named


def items(value: object) -> tuple[object, ...]:
    """Return the entries of a list; none where it is no list."""
    return tuple(value) if isinstance(value, list) else ()


def texts(value: object) -> Iterator[tuple[str, str]]:
    """Return the names of a mapping whose values are texts, with them."""
    return ((key, inner) for key, inner in table(value).items() if isinstance(inner, str))


def text_of(value: object) -> str:
    """Return a text, "" for anything else."""
    return value if isinstance(value, str) else ""

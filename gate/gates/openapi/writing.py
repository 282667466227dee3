"""A document as the text of the file that it is written to: in the form that the file has. Pure.

The form is tried out: that in which what the file holds is written exactly as it stands there. Comments of YAML are
lost, as nothing generates them.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import yaml

from gate.formats import UnreadableError
from gate.formats.openapi_parts import parse_root

Dump = Callable[[Any], str]
_WIDTHS = (80, 100, 120, 1_000_000)
_INDENT = re.compile(r"^([ \t]+)\S", re.MULTILINE)
# To try every form out on it would take minutes.
_LONGEST_TRIED = 512 * 1024
_MOST_PARTS = 5_000_000
_DEEPEST = 150


def rendered(generated: Mapping[str, Any], before: str, *, is_yaml: bool) -> str:
    """Return the text of the generated document in the form of the file as it was, "" for a new one.

    What the application does not say of itself stays: the servers.

    Raises:
        UnreadableError: written out, the document would be without end.
    """
    if _size(generated) > _MOST_PARTS:
        raise UnreadableError("the generated document refers to itself until it is too large to be written")
    held: Mapping[str, Any] = {}
    if before:
        try:
            held = parse_root(before)
        except UnreadableError:
            before = ""
        if not {"openapi", "swagger"} & held.keys() or _size(held) > _MOST_PARTS:
            held, before = {}, ""
    document = dict(generated)
    if "servers" in held and "servers" not in document:
        document = _after_info(document, "servers", held["servers"])
    forms = list(_yaml_forms(before) if is_yaml else _json_forms(before))
    # Numbers keep the form in which they stand only where the text is read as it is.
    own = _as_written(before) if before and not is_yaml else held
    fits = (form for form in forms if before and len(before) <= _LONGEST_TRIED and form(own) == before)
    text = next(fits, forms[0])(document)
    return text if text.endswith("\n") or (before and not before.endswith("\n")) else f"{text}\n"


def _size(value: object, known: dict[int, int] | None = None, depth: int = 0) -> int:
    """Return how many values there are when all is written out, what is shared as often as it is referred to."""
    if not isinstance(value, dict | list):
        return 1
    known = {} if known is None else known
    if depth > _DEEPEST:
        return _MOST_PARTS + 1
    if id(value) not in known:
        inner = value.values() if isinstance(value, dict) else value
        known[id(value)] = min(1 + sum(_size(one, known, depth + 1) for one in inner), _MOST_PARTS + 1)
    return known[id(value)]


def _after_info(document: Mapping[str, Any], name: str, value: object) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for key, one in document.items():
        told[key] = one
        if key == "info":
            told[name] = value
    return {**told, name: value}


def _as_written(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _json_forms(before: str) -> Iterator[Dump]:
    """Yield ways to write JSON, the likeliest first."""
    found = _INDENT.search(before)
    own = found[1] if found else None
    likely: str | int | None = own if own is not None else None if before.strip() and "\n" not in before.strip() else 2
    is_ascii = "\\u" in before and before.isascii()
    is_sorted = _is_sorted(_as_written(before))
    for sort_keys in (is_sorted, not is_sorted):
        for ensure_ascii in (is_ascii, not is_ascii):
            for separators in ((",", ":"), (", ", ": ")) if likely is None else ((",", ": "),):
                for end in ("\n", "") if before.endswith("\n") or not before else ("",):
                    yield _json_form(likely, (sort_keys, ensure_ascii), separators, end)


def _json_form(indent: str | int | None, flags: tuple[bool, bool], separators: tuple[str, str], end: str) -> Dump:
    def dump(value: object) -> str:
        return json.dumps(value, indent=indent, sort_keys=flags[0], ensure_ascii=flags[1], separators=separators) + end

    return dump


def _is_sorted(value: object) -> bool:
    """Tell whether the members of a document are in the order of the alphabet, as far as its first two levels."""
    if not isinstance(value, dict) or len(value) < 2:
        return False
    inner = [one for one in value.values() if isinstance(one, dict)]
    return all(list(one) == sorted(one) for one in (value, *inner))


def _yaml_forms(before: str) -> Iterator[Dump]:
    """Yield ways to write YAML, the likeliest first."""
    # Such as "Gr\\xFC\\xDFe".
    is_ascii = before.isascii() and re.search(r"\\[xuU]", before) is not None
    try:
        is_sorted = bool(before) and _is_sorted(parse_root(before))
    except UnreadableError:
        is_sorted = False
    likely = re.search(r"^( *)[^\s#-][^\n]*:\n\1- ", before, re.MULTILINE) is not None or not before
    for flush in (likely, not likely):
        for width in _WIDTHS:
            yield _yaml_form(flush=flush, width=width, sort_keys=is_sorted, allow_unicode=not is_ascii)


def _yaml_form(*, flush: bool, width: int, sort_keys: bool, allow_unicode: bool) -> Dump:
    class Dumper(yaml.SafeDumper):
        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002
            super().increase_indent(flow, indentless and flush)

        def ignore_aliases(self, data: object) -> bool:
            del data
            return True

    def dump(value: object) -> str:
        written: str = yaml.dump(
            value,
            Dumper=Dumper,
            sort_keys=sort_keys,
            allow_unicode=allow_unicode,
            width=width,
            default_flow_style=False,
        )
        return written

    return dump

"""Requests that are valid but for one value: too long, of another type, empty, with a NUL byte, out of bounds.

No value here could run a command or is more than a plain text, number or list. Deterministic, and bounded.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from math import ceil, floor
from typing import Any

from gate.formats.openapi_document import Document, Operation
from gate.formats.openapi_schema import Schema, count, entries, kind_of
from gate.formats.request_body import is_form
from gate.formats.schema_bounds import BOUND_BY_NATURE, is_page_size
from gate.formats.schema_fit import fits, limits

MOST_PLACES = 12
"""The most places of one operation that are spoilt."""
_OTHERS = 3
_MOST_FIELDS = 200
_MOST_WRONG_TYPES = 4
_DEEPEST = 5
_LONG = 100_000
_LONG_IN_PATH = 300
_LONGEST = 200_000
_MOST_ITEMS = 1_000
_PAGE = 10**9
_WHOLE = 2**63
_FRACTION = 10**30
_OBJECT = {"qg": "another type"}
_WORD = "qg-another-type"


_ONE_CLASS = re.compile(r"\^?(?:\[(?:[^\[\]\\]|\\[^\n])+\]|\\[wSD]|\.)[*+]\$?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoilt:
    """A body, or all parameters, with one value spoilt. `place`: `body.items[0].title`, `query.limit`, `path.task_id`.

    `kind`: `over-long`, `wrong-type`, `empty`, `nul`, `too-large` or `negative`. `whole` is what is sent, the value in
    its place. `must_refuse`: the document itself says that the value is invalid.
    """

    place: str
    kind: str
    value: Any
    whole: Any
    must_refuse: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    """A place that can be spoilt. `sure`: nothing above it is one of several alternatives. `words`: only texts go."""

    place: str
    path: tuple[str | int, ...]
    schema: object
    variant: Schema
    value: Any
    sure: bool = True
    words: bool = False
    in_path: bool = False
    page_size: bool = False


def spoilt_bodies(document: Document, operation: Operation, valid: object) -> tuple[Spoilt, ...]:
    """Return a valid body, as `value_for` makes it, spoilt at up to `MOST_PLACES` places: texts before others."""
    if operation.body is None:
        return ()
    words = is_form(operation.body.media_type)
    top = _Field(place="body", path=(), schema=None, variant={}, value=None, words=words)
    found = _fields(document, operation.body.schema, valid, top, 0)
    return tuple(_spoilt(document, _chosen(found), valid))


def spoilt_parameters(document: Document, operation: Operation, valid: Mapping[str, Any]) -> tuple[Spoilt, ...]:
    """Return the valid parameters by their names, one in the path or the query spoilt."""
    found = (
        _Field(
            place=f"{one.location}.{one.name}",
            path=(one.name,),
            schema=one.schema,
            variant=document.variant(one.schema),
            value=valid.get(one.name),
            words=True,
            in_path=one.location == "path",
            page_size=one.location == "query" and is_page_size(one.name),
        )
        for one in operation.parameters
        if one.location in ("path", "query")
    )
    scalars = (one for one in found if kind_of(one.variant) not in ("object", "array", ""))
    return tuple(_spoilt(document, _chosen(scalars), dict(valid)))


def _fields(document: Document, schema: object, value: object, above: _Field, depth: int) -> Iterator[_Field]:
    """Return the places in a value, and those of plain properties that it leaves out."""
    found = document.variants(schema)
    if not found or depth > _DEEPEST or document.schema(schema).get("readOnly") is True:
        return
    sure = above.sure and len(found) == 1
    variant = next((one for one in found if fits(one, value)), found[0])
    if isinstance(value, Mapping) and kind_of(variant) in ("object", ""):
        for name, inner in document.properties(schema).items():
            if name in value or kind_of(document.variant(inner)) not in ("object", ""):
                yield from _fields(document, inner, value.get(name), _below(above, f".{name}", name, sure), depth + 1)
        return
    if kind_of(variant) in ("object", ""):
        return
    if not isinstance(value, bytes) and variant.get("format") != "binary" and "contentMediaType" not in variant:
        yield _Field(
            place=above.place,
            path=above.path,
            schema=schema,
            variant=variant,
            value=value,
            sure=above.sure,
            words=above.words,
        )
    if isinstance(value, list) and value:
        yield from _fields(document, variant.get("items"), value[0], _below(above, "[0]", 0, sure), depth + 1)


def _below(above: _Field, named: str, step: str | int, sure: bool) -> _Field:  # noqa: FBT001
    return _Field(
        place=above.place + named,
        path=(*above.path, step),
        schema=None,
        variant={},
        value=None,
        sure=sure,
        words=above.words,
    )


def _chosen(found: Iterator[_Field]) -> list[_Field]:
    """Return the places that are spoilt: texts first, and room for a few of the others."""
    fields = list(islice(found, _MOST_FIELDS))
    texts = [one for one in fields if kind_of(one.variant) == "string"]
    others = [one for one in fields if kind_of(one.variant) != "string"]
    texts = texts[: MOST_PLACES - min(_OTHERS, len(others))]
    return texts + others[: MOST_PLACES - len(texts)]


def _spoilt(document: Document, fields: list[_Field], valid: object) -> Iterator[Spoilt]:
    wrong = 0
    for one in fields:
        for kind, value in _kinds(document, one):
            wrong += kind == "wrong-type"
            if kind == "wrong-type" and wrong > _MOST_WRONG_TYPES:
                continue
            # An empty field of a form is one that was left out, and a path has no empty part.
            refused = one.sure and not (kind == "empty" and one.words and one.place.startswith("body"))
            yield Spoilt(
                place=one.place,
                kind=kind,
                value=value,
                whole=_with(valid, one.path, value),
                must_refuse=refused and _is_refused(document, one.schema, value),
            )


def _kinds(document: Document, field: _Field) -> Iterator[tuple[str, Any]]:
    kind = kind_of(field.variant)
    if kind == "string":
        yield from _texts(field)
    elif kind in ("integer", "number"):
        yield from _numbers(field, whole=kind == "integer")
    elif kind == "array":
        yield from _lists(field)
    kinds = {kind_of(one) for one in document.variants(field.schema)}
    if not field.words and not kinds & {"object", ""}:
        yield "wrong-type", _OBJECT
    elif field.words and (not kinds & {"string", "array", "object", ""} or field.variant.get("format") == "uuid"):
        yield "wrong-type", _WORD


def _texts(field: _Field) -> Iterator[tuple[str, Any]]:
    schema = field.variant
    if "const" in schema or entries(schema.get("enum")):
        return
    longest, shortest = count(schema, "maxLength"), count(schema, "minLength") or 0
    formed = schema.get("format") in tuple(BOUND_BY_NATURE)
    given = field.value if isinstance(field.value, str) and field.value else "qg"
    last = given[-1] if given[-1].isalnum() else "x"
    if longest is not None:
        if longest < _LONGEST:
            yield "over-long", given.ljust(longest + 1, last)[: longest + 1]
    elif not formed and _takes_any_length(schema.get("pattern"), last):
        yield "over-long", given.ljust(_LONG_IN_PATH if field.in_path else _LONG, last)
    if not formed:
        yield "nul", "a\0b".ljust(min(shortest, _LONG), "b")[: 3 if longest is None else max(longest, shortest, 1)]
        if not field.in_path:
            yield "empty", ""


def _takes_any_length(pattern: object, letter: str) -> bool:
    """Tell whether a text of this letter fits a pattern whatever its length: one class of characters, repeated."""
    if pattern is None:
        return True
    if not isinstance(pattern, str) or not _ONE_CLASS.fullmatch(pattern):
        return False
    try:
        return re.search(pattern, letter * 3) is not None
    except re.error:
        return False


def _numbers(field: _Field, *, whole: bool) -> Iterator[tuple[str, Any]]:
    low, high = limits(field.variant)
    if high is not None:
        yield "too-large", floor(high[0]) + 1
    elif field.page_size:
        yield "too-large", _PAGE
    else:
        yield "too-large", _WHOLE if whole else _FRACTION
    yield "negative", -1 if low is None else min(-1, ceil(low[0]) - 1)


def _lists(field: _Field) -> Iterator[tuple[str, Any]]:
    most = count(field.variant, "maxItems")
    if isinstance(field.value, list) and field.value and most is not None and most < _MOST_ITEMS:
        yield "over-long", [field.value[0]] * (most + 1)
    if count(field.variant, "minItems"):
        yield "empty", []


def _is_refused(document: Document, schema: object, value: object) -> bool:
    found = document.variants(schema)
    return bool(found) and not any(kind_of(one) == "" or fits(one, value) for one in found)


def _with(whole: Any, path: tuple[str | int, ...], value: object) -> Any:  # noqa: ANN401
    """Return a copy of a body with one value in its place."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(whole, list) and isinstance(step, int):
        return [_with(one, rest, value) if at == step else one for at, one in enumerate(whole)]
    inner = dict(whole) if isinstance(whole, Mapping) else {}
    inner[str(step)] = _with(inner.get(str(step)), rest, value)
    return inner

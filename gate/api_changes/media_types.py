"""What changed about the media types of a body, a request's or a response's. Compares no schemas itself.

Formats: https://spec.openapis.org/oas/v3.1.1.html#media-type-object and https://www.rfc-editor.org/rfc/rfc6838
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from gate.api_changes.comparison import Comparison, Spot, quoted
from gate.api_changes.schema_changes import Direction, Place
from gate.formats.openapi_schema import mapping

_MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A body with its media types. `subject` begins the ids of its rules, `words` is what it is called.

    `textual`: its values travel as text, see `Place`.
    """

    direction: Direction
    words: str
    spot: Spot
    textual: bool = False

    @property
    def subject(self) -> str:
        """`request-body` or `response-body`."""
        return f"{self.direction.value}-body"

    @property
    def request(self) -> bool:
        """Tell whether clients send it."""
        return self.direction is Direction.REQUEST


def content_changes(comparison: Comparison, base: object, head: object, body: Body) -> None:
    """Note what changed about the media types of a body, and about the schema of each."""
    before, after = _content(base), _content(head)
    pairs = _counterparts(tuple(before), tuple(after), body)
    several = len(before) > 1 or len(after) > 1
    stem = "request-body-media-type" if body.request else "response-media-type"
    for name, inner in before.items():
        if name not in pairs:
            comparison.tell(
                f"{stem}-removed", body.spot, f"{body.words} is no longer {quoted(name)}", request=body.request
            )
            continue
        match = pairs[name]
        if not body.request:
            _renamed(comparison, name, match, body)
        inside = replace(body, words=f"{body.words} as {quoted(match)}") if several else body
        inside = replace(inside, spot=body.spot.at("content", match), textual=_textual(name) and _textual(match))
        _schema_changes(comparison, inner, after[match], inside)
    for name in after:
        if name in pairs.values():
            continue
        spot = body.spot.at("content", name)
        comparison.tell(f"{stem}-added", spot, f"{body.words} may be {quoted(name)}", request=body.request)


def _content(content: object) -> dict[str, Mapping[str, Any]]:
    return {name: mapping(one) for name, one in islice(mapping(content).items(), _MOST) if isinstance(name, str)}


def _counterparts(before: tuple[str, ...], after: tuple[str, ...], body: Body) -> dict[str, str]:
    """Return for each media type of the base the one that took its place: the same, or a more or less general one.

    A client goes on as long as what it sends is taken, so a request's may only become more general. A response's is the
    same answer either way.
    """
    pairs: dict[str, str] = {}
    for fits in (_is, _is_but_for_parameters, _may_stand_for):
        for name in before:
            free = (one for one in after if one not in pairs.values() or "*" in one)
            found = next((one for one in free if fits(name, one, body)), None)
            if name not in pairs and found is not None:
                pairs[name] = found
    return pairs


def _is(one: str, other: str, _: Body) -> bool:
    return _plain(one) == _plain(other)


def _is_but_for_parameters(one: str, other: str, _: Body) -> bool:
    return _bare(one) == _bare(other)


def _may_stand_for(one: str, other: str, body: Body) -> bool:
    if body.request:
        return "*" in other and _covers(other, one)
    return _covers(other, one) or _covers(one, other)


def _covers(general: str, special: str) -> bool:
    """Tell whether a media type takes in another: `*/*`, `text/*`, or `application/json` with `application/x+json`."""
    kind, _, name = _bare(general).partition("/")
    other_kind, _, other_name = _bare(special).partition("/")
    if kind == "*":
        return True
    return kind == other_kind and (name in ("*", other_name) or other_name.endswith(f"+{name}"))


def _textual(name: str) -> bool:
    """Tell whether a media type is surely not JSON: a range may be."""
    bare = _bare(name)
    return not (bare == "application/json" or bare.endswith("+json") or "*" in bare)


def _plain(name: str) -> str:
    return "".join(name.lower().split())


def _bare(name: str) -> str:
    return _plain(name).partition(";")[0]


def _renamed(comparison: Comparison, before: str, after: str, body: Body) -> None:
    if _plain(before) == _plain(after):
        return
    spot = body.spot.at("content", after)
    told = f"{body.words} is {quoted(after)} instead of {quoted(before)}"
    if _bare(before) == _bare(after):
        comparison.tell("response-media-type-name-changed", spot, told, request=False)
    elif _covers(before, after):
        comparison.tell("response-media-type-name-specialized", spot, told, request=False)
    else:
        comparison.tell("response-media-type-name-generalized", spot, told, request=False)


def _schema_changes(comparison: Comparison, base: Mapping[str, Any], head: Mapping[str, Any], body: Body) -> None:
    before, after = base.get("schema"), head.get("schema")
    stem = f"{body.subject}-media-type-schema"
    if before is None and after is None:
        return
    if before is None:
        # A schema that takes everything says what was said without one.
        if after not in ({}, True):
            comparison.tell(f"{stem}-added", body.spot, f"{body.words} was given a schema", request=body.request)
    elif after is None:
        if before not in ({}, True):
            comparison.tell(f"{stem}-removed", body.spot, f"{body.words} lost its schema", request=body.request)
    else:
        place = Place(
            operation=body.spot.operation,
            direction=body.direction,
            subject=body.subject,
            words=body.words,
            pointer=body.spot.at("schema").pointer,
            textual=body.textual,
        )
        comparison.compare_schemas(before, after, place)

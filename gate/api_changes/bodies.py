"""What changed about what an operation takes and answers, but for parameters. Compares no schemas itself.

Formats: https://spec.openapis.org/oas/v3.1.1.html#request-body-object and
https://spec.openapis.org/oas/v3.1.1.html#responses-object
"""

import re
from collections.abc import Mapping
from itertools import islice
from typing import Any

from gate.api_changes.comparison import Comparison, Spot, quoted
from gate.api_changes.media_types import Body, content_changes
from gate.api_changes.schema_changes import Direction, Place
from gate.formats.openapi_schema import followed, kind_of, mapping, merged

_MOST = 200
_STATUS = re.compile(r"[1-5]([0-9]{2}|XX)")


def body_changes(comparison: Comparison, spot: Spot, base: Mapping[str, Any], head: Mapping[str, Any]) -> None:
    """Note what changed about the body of a request."""
    before = _part(comparison.sides.base, base, "requestBody")
    after = _part(comparison.sides.head, head, "requestBody")
    inner = spot.at("requestBody")
    if before is None and after is None:
        return
    if before is None or after is None:
        if before is not None:
            comparison.tell("request-body-removed", spot, "the request's body was removed", request=True)
        elif after is not None:
            kind = "required" if after.get("required") is True else "optional"
            comparison.tell(f"request-body-added-{kind}", inner, f"the request's body is new and {kind}", request=True)
        return
    must, must_now = before.get("required") is True, after.get("required") is True
    if must != must_now:
        state = "required" if must_now else "optional"
        comparison.tell(f"request-body-became-{state}", inner, f"the request's body became {state}", request=True)
    body = Body(direction=Direction.REQUEST, words="the request's body", spot=inner)
    content_changes(comparison, before.get("content"), after.get("content"), body)


def answer_changes(comparison: Comparison, spot: Spot, base: Mapping[str, Any], head: Mapping[str, Any]) -> None:
    """Note what changed about the answers of an operation, by status."""
    before = _answers(comparison.sides.base, base)
    after = _answers(comparison.sides.head, head)
    pairs = _same_answers(before, after)
    for old, new in pairs:
        _answer_changed(comparison, spot.at("responses", new), new, before[old], after[new])
    for old in before:
        if all(old != one for one, _ in pairs):
            _told(comparison, spot.at("responses"), old, "removed")
    for new in after:
        if all(new != one for _, one in pairs):
            _told(comparison, spot.at("responses", new), new, "added")


def _part(root: Mapping[str, Any], node: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    return followed(root, node[name]) if isinstance(node.get(name), Mapping) else None


def _answers(root: Mapping[str, Any], operation: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the answers by status, by range (`2XX`), and `default`."""
    found: dict[str, Mapping[str, Any]] = {}
    for name, written in islice(mapping(operation.get("responses")).items(), _MOST):
        status = name.upper() if isinstance(name, str) else ""
        if status == "DEFAULT" or _STATUS.fullmatch(status):
            found[name.lower() if status == "DEFAULT" else status] = followed(root, written)
    return found


def _same_answers(before: Mapping[str, object], after: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return which statuses tell of the same answer: the same ones, and a range in place of those that lie in it."""
    pairs = [(status, status) for status in before if status in after]
    old, new = [one for one in before if one not in after], [one for one in after if one not in before]
    return pairs + [(one, other) for one in old for other in new if other == _range(one) or one == _range(other)]


def _range(status: str) -> str:
    return f"{status[0]}XX" if _STATUS.fullmatch(status) else ""


def _told(comparison: Comparison, spot: Spot, status: str, verb: str) -> None:
    kind = "success" if status.startswith("2") else "non-success"
    told = "is given no longer" if verb == "removed" else "is new"
    named = "the default response" if status == "default" else f"the response {status}"
    comparison.tell(f"response-{kind}-status-{verb}", spot, f"{named} {told}", request=False)


def _answer_changed(
    comparison: Comparison, spot: Spot, status: str, base: Mapping[str, Any], head: Mapping[str, Any]
) -> None:
    _header_changes(comparison, spot, status, base, head)
    body = Body(direction=Direction.RESPONSE, words=f"the response's body ({status})", spot=spot)
    content_changes(comparison, base.get("content"), head.get("content"), body)


def _header_changes(
    comparison: Comparison, spot: Spot, status: str, base: Mapping[str, Any], head: Mapping[str, Any]
) -> None:
    before, after = _headers(comparison.sides.base, base), _headers(comparison.sides.head, head)
    for known, (name, one) in before.items():
        words = f"the response's header {quoted(name)} ({status})"
        required = one.get("required") is True
        if known not in after:
            kind = "required" if required else "optional"
            comparison.tell(f"{kind}-response-header-removed", spot, f"{words} was removed", request=False)
            continue
        name_now, other = after[known]
        inner = spot.at("headers", name_now)
        if required and other.get("required") is not True:
            comparison.tell("response-header-became-optional", inner, f"{words} became optional", request=False)
        if _explodes(comparison.sides.base, one) != _explodes(comparison.sides.head, other):
            told = f"{words} is written in another way"
            comparison.tell("response-header-serialization-changed", inner, told, request=False)
        if one.get("schema") is not None and other.get("schema") is not None:
            place = Place(
                operation=spot.operation,
                direction=Direction.RESPONSE,
                subject="response-header",
                words=words,
                pointer=inner.at("schema").pointer,
            )
            comparison.compare_schemas(one["schema"], other["schema"], place)
    for known, (name, _) in after.items():
        if known in before:
            continue
        comparison.tell(
            "response-header-added",
            spot.at("headers", name),
            f"the response's header {quoted(name)} ({status}) is new",
            request=False,
        )


def _explodes(root: Mapping[str, Any], header: Mapping[str, Any]) -> bool:
    """Tell whether an object stands in a header as `name=value`; all other values are written alike."""
    return header.get("explode") is True and kind_of(merged(root, header.get("schema"))) == "object"


def _headers(root: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Return the headers by name, whose case means nothing. OpenAPI ignores a `Content-Type` here."""
    return {
        name.lower(): (name, followed(root, written))
        for name, written in islice(mapping(answer.get("headers")).items(), _MOST)
        if isinstance(name, str) and name.lower() != "content-type"
    }

"""What changed about the requests that the service sends to its clients: webhooks, and callbacks of an operation.

A client has to understand them as it has to understand an answer.
Formats: https://spec.openapis.org/oas/v3.1.1.html#callback-object and `webhooks` of the OpenAPI Object there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from gate.api_changes.comparison import Comparison, Spot, quoted
from gate.api_changes.media_types import Body, content_changes
from gate.api_changes.operations import methods_of
from gate.api_changes.schema_changes import Direction
from gate.formats.openapi_schema import followed, mapping

_MOST = 500
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """The requests of one kind, by name and then as the operations of a path are. `kind`: `webhook` or `callback`."""

    kind: str
    base: Mapping[str, Any]
    head: Mapping[str, Any]
    spot: Spot


def webhook_changes(comparison: Comparison) -> None:
    """Note what changed about webhooks."""
    sides, spot = comparison.sides, Spot(pointer="/webhooks")
    before, after = mapping(sides.base.get("webhooks")), mapping(sides.head.get("webhooks"))
    _changes(comparison, Called(kind="webhook", base=before, head=after, spot=spot))


def callback_changes(comparison: Comparison, spot: Spot, base: Mapping[str, Any], head: Mapping[str, Any]) -> None:
    """Note what changed about the callbacks of an operation; the address that each goes to is the client's own."""
    if "callbacks" not in base and "callbacks" not in head:
        return
    before, after = _by_name(comparison.sides.base, base), _by_name(comparison.sides.head, head)
    _changes(comparison, Called(kind="callback", base=before, head=after, spot=spot.at("callbacks")))


def _by_name(root: Mapping[str, Any], operation: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the requests of each callback: those of its addresses together, since few have more than one."""
    found = {}
    for name, written in islice(mapping(operation.get("callbacks")).items(), _MOST):
        items = (followed(root, one) for one in islice(followed(root, written).values(), _MOST))
        found[name] = {method: node for item in items for method, node in methods_of(item)}
    return found


def _changes(comparison: Comparison, called: Called) -> None:
    for name in islice(called.base, _MOST):
        if name in called.head:
            _changed(comparison, called, name)
        else:
            comparison.tell(f"{called.kind}-removed", called.spot, f"the {called.kind} {quoted(name)} was removed")
    for name in islice(called.head, _MOST):
        if name not in called.base:
            comparison.tell(f"{called.kind}-added", called.spot.at(name), f"the {called.kind} {quoted(name)} is new")


def _changed(comparison: Comparison, called: Called, name: str) -> None:
    sides, kind = comparison.sides, called.kind
    new = dict(methods_of(followed(sides.head, called.head[name])))
    for method, node in methods_of(followed(sides.base, called.base[name])):
        operation = called.spot.operation or f"{method.upper()} {kind}:{str(name)[:_LONGEST_NAME]}"
        spot = Spot(operation=operation, pointer=called.spot.pointer).at(name, method)
        if method not in new:
            comparison.tell(f"{kind}-removed", spot, f"the {kind} {quoted(name)} uses {method.upper()} no longer")
            continue
        body = Body(
            direction=Direction.RESPONSE, words=f"the body of the {kind} {quoted(name)}", spot=spot.at("requestBody")
        )
        old_body = followed(sides.base, node.get("requestBody"))
        new_body = followed(sides.head, new[method].get("requestBody"))
        content_changes(comparison, old_body.get("content"), new_body.get("content"), body)

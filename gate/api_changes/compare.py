"""What changed from one description of an API to the next, for those who call it.

Servers, tags, summaries, examples and extensions are no part of what clients rely on. A document may be hostile:
whatever stands in it, nothing here raises, and the work is bounded.
Format: https://spec.openapis.org/oas/v3.1.1.html and https://spec.openapis.org/oas/v3.0.4.html
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from gate.api_changes.bodies import answer_changes, body_changes
from gate.api_changes.calls_back import callback_changes, webhook_changes
from gate.api_changes.change import Change
from gate.api_changes.comparison import Comparison, Spot, quoted
from gate.api_changes.lifecycle import (
    OPERATIONS,
    PATHS,
    deprecated,
    lifecycle_changes,
    period,
    promised,
    removal,
    stability_changes,
)
from gate.api_changes.operations import ApiOperation, Matched, matched
from gate.api_changes.parameters import parameter_changes
from gate.api_changes.schema_changes import Sides
from gate.api_changes.security import global_security_changes, security_changes


def api_changes(
    base: Mapping[str, Any], head: Mapping[str, Any], *, deprecation_days: int = 0, today: date
) -> tuple[Change, ...]:
    """Return what changed from `base` to `head`, two documents as `parse_root` gives them: 3.0, 3.1, or one of each.

    `deprecation_days` is how long a part has to be deprecated, with a sunset date, before it is removed; 0 asks for no
    date. A part that was deprecated, and whose date has come if it has one, may be removed. In the order of the base's
    operations, at most 10,000.
    """
    comparison = Comparison(sides=Sides(base=base, head=head), today=today, deprecation_days=deprecation_days)
    found = matched(base, head)
    for before, after in found.both:
        _changed(comparison, before, after)
    for operation in found.removed:
        _removed(comparison, operation, found)
    for operation in found.added:
        comparison.tell("endpoint-added", operation.spot, "the operation is new")
    webhook_changes(comparison)
    global_security_changes(comparison, ((before.node, after.node) for before, after in found.both))
    return tuple(comparison.changes)


def _changed(comparison: Comparison, base: ApiOperation, head: ApiOperation) -> None:
    spot = head.spot
    stability_changes(comparison, spot, base.node, head.node)
    if not promised(head.node):
        return
    days = period(comparison, head.node)
    lifecycle_changes(comparison, spot, base.node, head.node, "the operation", OPERATIONS, days=days)
    _operation_id_changes(comparison, spot, base.node, head.node)
    parameter_changes(comparison, base, head)
    body_changes(comparison, spot, base.node, head.node)
    answer_changes(comparison, spot, base.node, head.node)
    callback_changes(comparison, spot, base.node, head.node)
    security_changes(comparison, spot, base.node, head.node)


def _removed(comparison: Comparison, operation: ApiOperation, found: Matched) -> None:
    if not promised(operation.node):
        return
    kept = found.has_path_of(operation)
    spot = Spot(operation=operation.spot.operation, pointer="/paths")
    rules = OPERATIONS if kept else PATHS
    if deprecated(operation.node):
        removal(comparison, spot, operation.node, "the operation", rules)
    else:
        stem = "api" if kept else "api-path"
        comparison.tell(f"{stem}-removed-without-deprecation", spot, "the operation was removed")


def _operation_id_changes(comparison: Comparison, spot: Spot, base: Mapping[str, Any], head: Mapping[str, Any]) -> None:
    """Note another id: no request shows it, yet generated clients name their functions by it."""
    before, after = base.get("operationId"), head.get("operationId")
    if not isinstance(before, str | None) or not isinstance(after, str | None) or before == after:
        return
    if before:
        told = f"the operation's id is {quoted(after)} instead of {quoted(before)}" if after else "its id was removed"
        comparison.tell("api-operation-id-removed", spot, told)
    elif after:
        comparison.tell("api-operation-id-added", spot, f"the operation's id is {quoted(after)}")

"""What was deprecated, until when, and how stable it is: of operations and of parameters alike. Reads no clock.

`deprecated` is OpenAPI's, `x-sunset` and `x-stability-level` are oasdiff's extensions:
https://github.com/oasdiff/oasdiff/blob/main/docs/DEPRECATION.md and
https://github.com/oasdiff/oasdiff/blob/main/docs/STABILITY.md
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from gate.api_changes.change import Impact
from gate.api_changes.comparison import Comparison, Spot, quoted

_SUNSET = "x-sunset"
_STABILITY = "x-stability-level"
_LEVELS = ("draft", "alpha", "beta", "stable")
# Whoever uses what is less stable than this was told that it may change.
_PROMISED = 2
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleRules:
    """The ids of the rules for one kind of part. `removed_*`: after a deprecation, before the sunset."""

    removed_with: str
    removed_before: str
    removed_unreadable: str
    deprecated: str
    deprecated_with_sunset: str
    reactivated: str
    missing: str
    unreadable: str
    too_small: str
    deleted: str
    moved: str


OPERATIONS = LifecycleRules(
    removed_with="api-removed-with-deprecation",
    removed_before="api-removed-before-sunset",
    removed_unreadable="api-path-sunset-parse",
    deprecated="endpoint-deprecated",
    deprecated_with_sunset="endpoint-deprecated-with-sunset",
    reactivated="endpoint-reactivated",
    missing="api-deprecated-sunset-missing",
    unreadable="api-deprecated-sunset-parse",
    too_small="api-sunset-date-too-small",
    deleted="sunset-deleted",
    moved="api-sunset-date-changed-too-small",
)
# The same where no operation of the path is left.
PATHS = replace(
    OPERATIONS, removed_with="api-path-removed-with-deprecation", removed_before="api-path-removed-before-sunset"
)
PARAMETERS = LifecycleRules(
    removed_with="request-parameter-removed-with-deprecation",
    removed_before="request-parameter-removed-before-sunset",
    removed_unreadable="request-parameter-sunset-parse",
    deprecated="request-parameter-deprecated",
    deprecated_with_sunset="request-parameter-deprecated",
    reactivated="request-parameter-reactivated",
    missing="request-parameter-deprecated-sunset-missing",
    unreadable="request-parameter-sunset-parse",
    too_small="request-parameter-sunset-date-too-small",
    deleted="request-parameter-sunset-deleted",
    moved="request-parameter-sunset-date-changed-too-small",
)


def deprecated(node: Mapping[str, Any]) -> bool:
    """Tell whether a part is marked as deprecated."""
    return node.get("deprecated") is True


def stability(node: Mapping[str, Any]) -> str:
    """Return how stable an operation is said to be; `stable` where nothing readable is said."""
    level = node.get(_STABILITY)
    return level if isinstance(level, str) and level in _LEVELS else "stable"


def promised(node: Mapping[str, Any]) -> bool:
    """Tell whether an operation is so stable that its clients may rely on it."""
    return _LEVELS.index(stability(node)) >= _PROMISED


def stability_changes(comparison: Comparison, spot: Spot, base: Mapping[str, Any], head: Mapping[str, Any]) -> None:
    """Note that an operation became more or less stable; what was promised to nobody may do so unseen."""
    if _written(base, _STABILITY) == _written(head, _STABILITY):
        return
    for node, impact in ((head, Impact.BREAKING), (base, Impact.RISKY)):
        if _STABILITY in node and node[_STABILITY] not in _LEVELS:
            told = f"the operation's stability is none of {', '.join(_LEVELS)}"
            # What the base says cannot be mended any more.
            comparison.tell("api-invalid-stability-level", spot, told, impact=impact)
            return
    before, after = stability(base), stability(head)
    if before == after or not promised(base):
        return
    fell = _LEVELS.index(after) < _LEVELS.index(before)
    rule_id = "api-stability-decreased" if fell else "api-stability-increased"
    comparison.tell(rule_id, spot, f"the operation's stability changed from {before} to {after}")


def removal(comparison: Comparison, spot: Spot, node: Mapping[str, Any], words: str, rules: LifecycleRules) -> None:
    """Note that a part was removed that had been deprecated: in time, or before the date that clients were told."""
    sunset = _sunset(node)
    if _SUNSET not in node:
        comparison.tell(rules.removed_with, spot, f"{words} was removed; it had been deprecated")
    elif sunset is None:
        comparison.tell(
            rules.removed_unreadable, spot, f"{words} was removed, and its sunset date {_written(node)} cannot be read"
        )
    elif comparison.today < sunset:
        comparison.tell(rules.removed_before, spot, f"{words} was removed before its sunset date {sunset}")
    else:
        comparison.tell(rules.removed_with, spot, f"{words} was removed; its sunset date was {sunset}")


def lifecycle_changes(
    comparison: Comparison,
    spot: Spot,
    base: Mapping[str, Any],
    head: Mapping[str, Any],
    words: str,
    rules: LifecycleRules,
    *,
    days: int,
) -> None:
    """Note what changed about the deprecation of a part; `days` is the least time between it and the sunset."""
    if deprecated(base) and not deprecated(head):
        comparison.tell(rules.reactivated, spot, f"{words} is deprecated no longer")
    elif deprecated(head) and not deprecated(base):
        _deprecation(comparison, spot, head, words, rules, days)
    elif deprecated(head) and _SUNSET in base:
        _later_sunset(comparison, spot, base, head, words, rules, days)


def period(comparison: Comparison, operation: Mapping[str, Any]) -> int:
    """Return for how many days a part of an operation has to be deprecated: none where it was never promised."""
    return comparison.deprecation_days if promised(operation) else 0


def _deprecation(
    comparison: Comparison, spot: Spot, head: Mapping[str, Any], words: str, rules: LifecycleRules, days: int
) -> None:
    sunset = _sunset(head)
    if _SUNSET not in head:
        rule_id = rules.missing if days > 0 else rules.deprecated
        asked = f" without a sunset date, which has to be {days} days away at least" if days > 0 else ""
        comparison.tell(rule_id, spot, f"{words} was deprecated{asked}")
    elif sunset is None:
        comparison.tell(
            rules.unreadable, spot, f"{words} was deprecated with a sunset date that cannot be read: {_written(head)}"
        )
    elif (sunset - comparison.today).days < days:
        comparison.tell(
            rules.too_small, spot, f"{words} was deprecated until {sunset}, which is not {days} days away or more"
        )
    else:
        comparison.tell(rules.deprecated_with_sunset, spot, f"{words} was deprecated until {sunset}")


def _later_sunset(
    comparison: Comparison,
    spot: Spot,
    base: Mapping[str, Any],
    head: Mapping[str, Any],
    words: str,
    rules: LifecycleRules,
    days: int,
) -> None:
    if _SUNSET not in head:
        comparison.tell(rules.deleted, spot, f"{words} is still deprecated, and its sunset date was removed")
        return
    if _written(base) == _written(head):
        return
    before, after = _sunset(base), _sunset(head)
    if before is None or after is None:
        unread = head if after is None else base
        comparison.tell(
            rules.removed_unreadable, spot, f"the sunset date of {words} cannot be read: {_written(unread)}"
        )
    elif after < before and (after - comparison.today).days < days:
        comparison.tell(
            rules.moved,
            spot,
            f"the sunset date of {words} moved from {before} to {after}, which is not {days} days away or more",
        )


def _sunset(node: Mapping[str, Any]) -> date | None:
    """Return the day of `x-sunset`, a date or a time in RFC 3339; None where there is none that can be read."""
    written = node.get(_SUNSET)
    if not isinstance(written, str):
        return None
    try:
        return date.fromisoformat(written) if _DAY.fullmatch(written) else _moment(written)
    except ValueError:
        return None


def _moment(written: str) -> date | None:
    return datetime.fromisoformat(written).date() if _DAY.match(written) and "T" in written.upper() else None


def _written(node: Mapping[str, Any], name: str = _SUNSET) -> str:
    value = node.get(name)
    return quoted(value) if isinstance(value, str) else type(value).__name__

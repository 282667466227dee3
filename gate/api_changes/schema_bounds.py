"""What differs between the bounds of two schemas: of numbers, lengths, counts, and patterns."""

import math
from collections.abc import Iterator

from gate.api_changes.change import Impact
from gate.api_changes.schema_form import LOWER, Form
from gate.api_changes.schema_found import Found, narrower, wider
from gate.api_changes.schema_place import View

_COUNTED = {
    "max-length": "characters",
    "min-length": "characters",
    "max-items": "entries",
    "min-items": "entries",
    "max-properties": "fields",
    "min-properties": "fields",
    "max-contains": "entries of one kind",
    "min-contains": "entries of one kind",
}
_ENDS = {"min": "at least", "max": "at most", "exclusive-min": "more than", "exclusive-max": "less than"}
_ANYTHING = frozenset({".*", "^.*$", "^.*", ".*$", "[\\s\\S]*", "^[\\s\\S]*$"})


def bound_changes(base: Form, head: Form, view: View) -> Iterator[Found]:
    """Yield what differs between the bounds of two schemas."""
    for name in sorted((base.bounds.keys() | head.bounds.keys()) & _COUNTED.keys()):
        before, after = base.bounds.get(name), head.bounds.get(name)
        if name.endswith("-contains") and not ("contains" in base.inner and "contains" in head.inner):
            # They say how often what `contains` says is so.
            continue
        if name.startswith("min-"):
            # Not asked for is the same as asked for at least none.
            before, after = before or None, after or None
        if before != after:
            yield _counted(name, before, after, view)
    for end in ("min", "max"):
        yield from _end_changes(end, base, head, view)
    yield from _multiple_changes(base, head, view)
    yield from _pattern_changes(base, head, view)
    if base.unique != head.unique:
        if head.unique:
            yield Found(rule="unique-items-set", impact=narrower(view), says="takes no entry twice")
        else:
            yield Found(rule="unique-items-unset", impact=wider(view), says="may have an entry twice")


def _counted(name: str, before: float | None, after: float | None, view: View) -> Found:
    if name == "min-length":
        # As in oasdiff, a shortest length that is new has gone up from 0.
        before, after = before or 0, after or 0
    things, least = _COUNTED[name], name in LOWER
    if after is None:
        says = f"may have {'fewer' if least else 'more'} than {_number(before)} {things}"
    else:
        says = f"has at {'least' if least else 'most'} {_number(after)} {things}"
        says += "" if before is None else f", before {_number(before)}"
    return _moved(name, before, after, view, says)


def _moved(name: str, before: float | None, after: float | None, view: View, says: str) -> Found:
    if before is None:
        return Found(rule=f"{name}-set", impact=narrower(view), says=says)
    if after is None:
        return Found(rule=f"{name}-unset", impact=wider(view), says=says)
    up = after > before
    impact = narrower(view) if up == (name in LOWER) else wider(view)
    return Found(rule=f"{name}-{'increased' if up else 'decreased'}", impact=impact, says=says)


def _end_changes(end: str, base: Form, head: Form, view: View) -> Iterator[Found]:
    """Yield what differs at one end of a range, whichever of the two keywords says where it is."""
    before, after = _end(end, base), _end(end, head)
    if before == after:
        return
    for name in (end, f"exclusive-{end}"):
        old, new = base.bounds.get(name), head.bounds.get(name)
        if old == new:
            continue
        says = (
            f"is {_ENDS[name]} {_number(new)}" if new is not None else f"need no longer be {_ENDS[name]} {_number(old)}"
        )
        says += f", before {_number(old)}" if old is not None and new is not None else ""
        found = _moved(name, old, new, view, says)
        if (old is None) != (new is None) and before is not None and after is not None:
            # One keyword took the other's place: the bound itself tells which way it moved.
            if new is None:
                continue
            tighter = (after > before) == (end == "min")
            found = Found(rule=found.rule, impact=narrower(view) if tighter else wider(view), says=says)
        yield found


def _end(end: str, form: Form) -> tuple[float, int] | None:
    """Return where a range ends, in an order in which what excludes its end lies further inside."""
    inward = 1 if end == "min" else -1
    whole = form.types is not None and form.types <= {"integer"}
    ends: list[tuple[float, int]] = []
    if (closed := form.bounds.get(end)) is not None:
        ends.append(((math.ceil(closed) if inward > 0 else math.floor(closed)) if whole else closed, 0))
    if (beyond := form.bounds.get(f"exclusive-{end}")) is not None:
        if whole:
            ends.append((math.floor(beyond) + 1 if inward > 0 else math.ceil(beyond) - 1, 0))
        else:
            ends.append((beyond, inward))
    if not ends:
        return None
    return max(ends) if inward > 0 else min(ends)


def _multiple_changes(base: Form, head: Form, view: View) -> Iterator[Found]:
    before, after = base.multiple, head.multiple
    if before == after:
        return
    if before is None or after is None:
        says = f"is a multiple of {_number(after)}" if after else f"need no longer be a multiple of {_number(before)}"
        impact = narrower(view) if after else wider(view)
        yield Found(rule=f"multiple-of-{'set' if after else 'unset'}", impact=impact, says=says)
        return
    says = f"is a multiple of {_number(after)} instead of {_number(before)}"
    smaller, larger = (before, after) if view.asks else (after, before)
    safe = math.isclose(math.remainder(smaller, larger), 0, abs_tol=abs(larger) * 1e-9)
    yield Found(rule="multiple-of-changed", impact=Impact.HARMLESS if safe else Impact.BREAKING, says=says)


def _pattern_changes(base: Form, head: Form, view: View) -> Iterator[Found]:
    before, after = base.patterns, head.patterns
    if before == after:
        return
    if not before:
        yield Found(rule="pattern-added", impact=narrower(view), says=f"must match {_regex(after)}")
    elif not after:
        yield Found(rule="pattern-removed", impact=Impact.HARMLESS, says=f"need no longer match {_regex(before)}")
    else:
        says = f"must match {_regex(after)} instead of {_regex(before)}"
        general = after <= _ANYTHING or after < before
        # Which of two patterns takes more cannot be told in general.
        impact = Impact.RISKY if view.asks and not general else Impact.HARMLESS
        yield Found(rule="pattern-generalized" if general else "pattern-changed", impact=impact, says=says)


def _regex(patterns: frozenset[str]) -> str:
    return " and ".join(f"'{one[:200]}'" for one in sorted(patterns)[:3])


def _number(value: float | None) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"

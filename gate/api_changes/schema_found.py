"""What one pair of schemas differs in by itself, before it is known where in an API the pair is used."""

from collections.abc import Callable
from dataclasses import dataclass

from gate.api_changes.change import Change, Impact
from gate.api_changes.schema_form import Part
from gate.api_changes.schema_place import Direction, Place, View

_LONGEST_TRAIL = 300
# oasdiff's name where it does not follow its own pattern.
_NAMED_APART = {
    "response-body-enum-value-removed": "response-mediatype-enum-value-removed",
    "request-parameter-type-compatible": "request-parameter-type-generalized",
    "request-parameter-property-type-changed": "request-parameter-property-type-specialized",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A difference. `rule` is the end of its id, or all of it with `{side}` and `{noun}` in it.

    `says` follows the name of the place in the sentence, `step` leads from the place to a field of it, `pointer` to
    where it shows in the head, "" for the place itself.
    """

    rule: str
    impact: Impact
    says: str
    step: str = ""
    pointer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    """Two schemas to compare within two others. `required`: they are a field's that both sides have in any case."""

    base: Part
    head: Part
    step: str = ""
    required: bool = False


Fits = Callable[[Part, Part, View], bool]
"""Tells whether nothing that differs between two schemas breaks anybody, or might, seen from a view."""


def narrower(view: View) -> Impact:
    """Return the impact of a head that takes less than the base."""
    return Impact.BREAKING if view.asks else Impact.HARMLESS


def wider(view: View) -> Impact:
    """Return the impact of a head that takes more than the base."""
    return Impact.HARMLESS if view.asks else Impact.BREAKING


def placed(found: Found, place: Place, trail: str, pointer: str) -> Change:
    """Return a difference as the change that it is at one place of an API; `trail` leads to the field from there."""
    trail = f"{trail}{found.step}".removeprefix("/")
    whole = "{" in found.rule
    rule_id = (found.rule if whole else "{side}-{noun}-" + found.rule).format(
        side=place.direction.value, noun=_noun(place, trail)
    )
    rule_id, impact = _NAMED_APART.get(rule_id, rule_id), found.impact
    if rule_id == "request-parameter-property-type-compatible" and not trail.startswith("["):
        # There are several ways to write an object in a parameter; not in all of them a type is nothing but text.
        rule_id, impact = "request-parameter-property-type-changed", Impact.RISKY
    if rule_id == "request-parameter-became-not-nullable":
        # There is no one way to write null in a URL, and leaving the parameter out has rules of its own.
        impact = Impact.RISKY
    if len(trail) > _LONGEST_TRAIL:
        trail = "…" + trail[-_LONGEST_TRAIL:]
    return Change(
        rule_id=rule_id,
        impact=impact,
        operation=place.operation,
        message=f"{_where(place, trail)} {found.says}",
        pointer=found.pointer or pointer,
        request=place.direction is Direction.REQUEST,
    )


def _noun(place: Place, trail: str) -> str:
    thing = place.subject.removeprefix(f"{place.direction.value}-")
    if not trail:
        return thing
    return "property" if thing == "body" else f"{thing}-property"


def _where(place: Place, trail: str) -> str:
    if not trail:
        return place.words
    return f"each entry of {place.words}" if trail == "[]" else f"the field '{trail}' of {place.words}"

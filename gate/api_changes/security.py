"""What changed about how clients have to authenticate. Knows nothing of who may do what.

Format: https://spec.openapis.org/oas/v3.1.1.html#security-requirement-object
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from gate.api_changes.change import Impact
from gate.api_changes.comparison import Comparison, Spot, quoted
from gate.api_changes.security_schemes import identity, scheme_changes, schemes_of, token
from gate.formats.openapi_schema import entries

_MOST = 100
_Needs = Mapping[str, frozenset[str]]
"""One way to authenticate: the schemes that are all needed, and the scopes of each."""
_Kinds = Mapping[str, tuple[int, frozenset[str]]]
"""The same by what its schemes are: how many there are of each kind, and their scopes."""
_Identity = Callable[[Mapping[str, Mapping[str, Any]], str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Security:
    """The ways to authenticate at one place, of which any will do; none at all where anybody may come."""

    ways: tuple[_Needs, ...]
    own: bool
    """Whether they are an operation's own; else they are the document's."""


def security_of(root: Mapping[str, Any], operation: Mapping[str, Any]) -> Security:
    """Return the ways to authenticate at an operation: its own, else the document's."""
    own = isinstance(operation.get("security"), list)
    return Security(ways=_ways(operation["security"] if own else root.get("security")), own=own)


def security_changes(comparison: Comparison, spot: Spot, base: Mapping[str, Any], head: Mapping[str, Any]) -> None:
    """Note what changed about how to authenticate at an operation, where the document as a whole does not tell it."""
    before, after = security_of(comparison.sides.base, base), security_of(comparison.sides.head, head)
    if before.own or after.own:
        _ways_changed(
            comparison, spot.at("security") if after.own else spot, before.ways, after.ways, "api-security", used=True
        )


def global_security_changes(
    comparison: Comparison, left: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]
) -> None:
    """Note what changed for all operations that say nothing of their own, and about the schemes themselves.

    `left` are the operations that both documents have: what nobody uses breaks nobody.
    """
    used: set[str] = set()
    inherited = False
    for one, other in left:
        mine = security_of(comparison.sides.base, one)
        used.update(name for way in mine.ways for name in way)
        inherited = inherited or not (mine.own or security_of(comparison.sides.head, other).own)
    before, after = _ways(comparison.sides.base.get("security")), _ways(comparison.sides.head.get("security"))
    _ways_changed(comparison, Spot(pointer="/security"), before, after, "api-global-security", used=inherited)
    scheme_changes(comparison, used)


def _ways(written: object) -> tuple[_Needs, ...]:
    """Return the ways of a list, each once: their order means nothing."""
    ways = [
        {
            name: frozenset(one for one in entries(scopes)[:_MOST] if isinstance(one, str))
            for name, scopes in islice(one.items(), _MOST)
            if isinstance(name, str)
        }
        for one in entries(written)[:_MOST]
        if isinstance(one, Mapping)
    ]
    return tuple(one for index, one in enumerate(ways) if one not in ways[:index])


def _ways_changed(
    comparison: Comparison, spot: Spot, before: tuple[_Needs, ...], after: tuple[_Needs, ...], stem: str, *, used: bool
) -> None:
    gone = [one for one in before if one not in after]
    new = [one for one in after if one not in before]
    for one in list(gone):
        alike = [other for other in new if other.keys() == one.keys()]
        if len(alike) == 1 and sum(other.keys() == one.keys() for other in gone) == 1:
            gone.remove(one)
            new.remove(alike[0])
            impact = _impact(comparison, one, before, after) if used else None
            _scopes_changed(comparison, spot, one, alike[0], stem, impact)
    for one in gone:
        told = f"{_named(one)} is no longer a way to authenticate" if one else "credentials are optional no longer"
        impact = _impact(comparison, one, before, after) if used else None
        comparison.tell(f"{stem}-removed", spot, told, request=True, impact=impact)
    closed = used and all(after) and bool(after) and not all(before or ({},))
    for one in new:
        told = f"{_named(one)} is a new way to authenticate" if one else "credentials became optional"
        if closed:
            told += ", where none was asked for"
        comparison.tell(f"{stem}-added", spot, told, request=True, impact=Impact.BREAKING if closed else None)


def _impact(
    comparison: Comparison, one: _Needs, before: tuple[_Needs, ...], after: tuple[_Needs, ...]
) -> Impact | None:
    """Return what it does to a client that authenticates in one way, that another list of ways holds; None: nothing.

    A scheme that both documents have is known by its name: two of one kind are two credentials. One that is new may be
    an old one by another name, and a new way to authenticate may take the same token.
    """
    left, right = schemes_of(comparison.sides.base), schemes_of(comparison.sides.head)
    kept = left.keys() & right.keys()
    if _suffices(_by(identity, left, one, kept), [_by(identity, right, way, kept) for way in after or ({},)]):
        return None
    new = [_by(token, right, way) for way in after if way not in before]
    return Impact.RISKY if _suffices(_by(token, left, one), new) else Impact.BREAKING


def _suffices(given: _Kinds, ways: Iterable[_Kinds]) -> bool:
    """Tell whether what a client has is enough for one of several ways."""
    return any(
        all(
            name in given and count <= given[name][0] and scopes <= given[name][1]
            for name, (count, scopes) in way.items()
        )
        for way in ways
    )


def _scopes_changed(
    comparison: Comparison, spot: Spot, before: _Needs, after: _Needs, stem: str, impact: Impact | None
) -> None:
    for name in before:
        for scope in sorted(after[name] - before[name]):
            comparison.tell(
                f"{stem}-scope-added",
                spot,
                f"{quoted(name)} needs the scope {quoted(scope)}, too",
                request=True,
                impact=impact,
            )
        for scope in sorted(before[name] - after[name]):
            comparison.tell(
                f"{stem}-scope-removed",
                spot,
                f"{quoted(name)} needs the scope {quoted(scope)} no longer",
                request=True,
            )


def _by(
    kind_of: _Identity, schemes: Mapping[str, Mapping[str, Any]], way: _Needs, by_name: Collection[str] = ()
) -> _Kinds:
    """Return a way by what its schemes are; only those `by_name` by what they are called."""
    found: dict[str, tuple[int, frozenset[str]]] = {}
    for name, scopes in way.items():
        known = name if name in by_name else kind_of(schemes, name)
        count, others = found.get(known, (0, frozenset()))
        found[known] = (count + 1, others | scopes)
    return found


def _named(way: _Needs) -> str:
    if not way:
        return "no credential"
    return " with ".join(
        quoted(name) + (f" ({', '.join(sorted(scopes))[:_MOST]})" if scopes else "") for name, scopes in way.items()
    )

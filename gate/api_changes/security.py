"""What changed about how clients have to authenticate. Knows nothing of who may do what.

Formats: https://spec.openapis.org/oas/v3.1.1.html#security-requirement-object and
https://spec.openapis.org/oas/v3.1.1.html#security-scheme-object
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from gate.api_changes.change import Impact
from gate.api_changes.comparison import Comparison, Spot, quoted
from gate.formats.openapi_schema import entries, followed, mapping, plain

_MOST = 100
_FLOWS = ("implicit", "password", "clientCredentials", "authorizationCode", "deviceAuthorization")
# What names and describes a scheme, or tells where a credential comes from, turns no client away.
_ON_THE_WIRE = ("type", "in", "name", "scheme", "openIdConnectUrl")
_Needs = Mapping[str, frozenset[str]]
"""One way to authenticate: the schemes that are all needed, and the scopes of each."""
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
    old, new = _schemes(comparison.sides.base), _schemes(comparison.sides.head)
    at = Spot(pointer="/components/securitySchemes")
    for name in old:
        if name not in new:
            comparison.tell("api-security-component-removed", at, f"the security scheme {quoted(name)} was removed")
        else:
            _scheme_changed(comparison, at.at(name), name, old[name], new[name], used)
    for name in new:
        if name not in old:
            comparison.tell("api-security-component-added", at.at(name), f"the security scheme {quoted(name)} is new")


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
            impact = _impact(comparison, one, after) if used else None
            _scopes_changed(comparison, spot, one, alike[0], stem, impact)
    for one in gone:
        told = f"{_named(one)} is no longer a way to authenticate" if one else "credentials are optional no longer"
        impact = _impact(comparison, one, after) if used else None
        comparison.tell(f"{stem}-removed", spot, told, request=True, impact=impact)
    closed = used and all(after) and bool(after) and not all(before or ({},))
    for one in new:
        told = f"{_named(one)} is a new way to authenticate" if one else "credentials became optional"
        if closed:
            told += ", where none was asked for"
        comparison.tell(f"{stem}-added", spot, told, request=True, impact=Impact.BREAKING if closed else None)


def _impact(comparison: Comparison, one: _Needs, after: tuple[_Needs, ...]) -> Impact | None:
    """Return what it does to a client that authenticates in one way, that another list of ways holds; None: nothing."""
    left, right = _schemes(comparison.sides.base), _schemes(comparison.sides.head)
    for identity, impact in ((_identity, None), (_token, Impact.RISKY)):
        given = _by(identity, left, one)
        ways = [_by(identity, right, way) for way in after or ({},)]
        if any(all(name in given and scopes <= given[name] for name, scopes in way.items()) for way in ways):
            return impact
    return Impact.BREAKING


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


def _by(identity: _Identity, schemes: Mapping[str, Mapping[str, Any]], way: _Needs) -> _Needs:
    """Return a way by what its schemes are, not by what they are called."""
    found: dict[str, frozenset[str]] = {}
    for name, scopes in way.items():
        known = identity(schemes, name)
        found[known] = found.get(known, frozenset()) | scopes
    return found


def _identity(schemes: Mapping[str, Mapping[str, Any]], name: str) -> str:
    if name not in schemes:
        return name
    scheme = schemes[name]
    return json.dumps({key: plain(scheme[key]) for key in _ON_THE_WIRE if key in scheme}, sort_keys=True, default=str)


def _token(schemes: Mapping[str, Mapping[str, Any]], name: str) -> str:
    """Return the same, but for the ways to come by the token that is sent as `Authorization: Bearer`."""
    scheme = schemes.get(name, {})
    kind, form = scheme.get("type"), scheme.get("scheme")
    bearer = kind == "http" and isinstance(form, str) and form.lower() == "bearer"
    return "bearer" if bearer or kind in ("oauth2", "openIdConnect") else _identity(schemes, name)


def _schemes(root: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    written = mapping(mapping(root.get("components")).get("securitySchemes"))
    return {name: followed(root, one) for name, one in islice(written.items(), _MOST) if isinstance(name, str)}


def _named(way: _Needs) -> str:
    if not way:
        return "no credential"
    return " with ".join(
        quoted(name) + (f" ({', '.join(sorted(scopes))[:_MOST]})" if scopes else "") for name, scopes in way.items()
    )


def _scheme_changed(
    comparison: Comparison,
    spot: Spot,
    name: str,
    base: Mapping[str, Any],
    head: Mapping[str, Any],
    used: set[str],
) -> None:
    words = f"the security scheme {quoted(name)}"
    breaks = _impact(comparison, {name: frozenset()}, ({name: frozenset()},)) if name in used else None
    if quoted(base.get("type")) != quoted(head.get("type")):
        told = f"{words} is {quoted(head.get('type'))} instead of {quoted(base.get('type'))}"
        comparison.tell("api-security-component-type-changed", spot, told, request=True, impact=breaks)
    elif _identity({name: base}, name) != _identity({name: head}, name):
        told = f"{words} takes its credential elsewhere, or in another form"
        comparison.tell("api-security-component-credential-changed", spot, told, request=True, impact=breaks)
    for kind in _FLOWS:
        before, after = mapping(mapping(base.get("flows")).get(kind)), mapping(mapping(head.get("flows")).get(kind))
        if before and after:
            _flow_changed(comparison, spot.at("flows", kind), words, before, after)


def _flow_changed(
    comparison: Comparison, spot: Spot, words: str, base: Mapping[str, Any], head: Mapping[str, Any]
) -> None:
    stem = "api-security-component-oauth"
    for key, rule in (("authorizationUrl", "url"), ("tokenUrl", "token-url")):
        if isinstance(base.get(key), str) and isinstance(head.get(key), str) and base[key] != head[key]:
            told = f"{words} has the {key} {quoted(head[key])} instead of {quoted(base[key])}"
            comparison.tell(f"{stem}-{rule}-changed", spot.at(key), told, request=True)
    before, after = mapping(base.get("scopes")), mapping(head.get("scopes"))
    for scope in islice(before, _MOST):
        if scope not in after:
            comparison.tell(f"{stem}-scope-removed", spot, f"{words} has the scope {quoted(scope)} no longer")
        elif isinstance(after[scope], str) and before[scope] != after[scope]:
            told = f"{words} describes the scope {quoted(scope)} in other words"
            comparison.tell(f"{stem}-scope-changed", spot.at("scopes", scope), told)
    for scope in islice(after, _MOST):
        if scope not in before:
            comparison.tell(f"{stem}-scope-added", spot.at("scopes", scope), f"{words} has a new scope {quoted(scope)}")

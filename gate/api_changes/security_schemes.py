"""What changed about the security schemes of an API: where a credential stands, and how to come by it.

Format: https://spec.openapis.org/oas/v3.1.1.html#security-scheme-object
"""

import json
from collections.abc import Collection, Mapping
from itertools import islice
from typing import Any

from gate.api_changes.change import Impact
from gate.api_changes.comparison import Comparison, Spot, quoted
from gate.formats.openapi_schema import followed, mapping, plain

_MOST = 100
_FLOWS = ("implicit", "password", "clientCredentials", "authorizationCode", "deviceAuthorization")
# What names and describes a scheme, or tells where a credential comes from, turns no client away.
_ON_THE_WIRE = ("type", "in", "name", "scheme", "openIdConnectUrl")
_URLS = {
    "openIdConnectUrl": "api-security-component-oauth-url-changed",
    "authorizationUrl": "api-security-component-oauth-url-changed",
    "tokenUrl": "api-security-component-oauth-token-url-changed",
    "refreshUrl": "api-security-component-oauth-refresh-url-changed",
}


def scheme_changes(comparison: Comparison, used: Collection[str]) -> None:
    """Note what changed about the schemes; `used` are those that clients need, and what nobody uses breaks nobody."""
    old, new = schemes_of(comparison.sides.base), schemes_of(comparison.sides.head)
    at = Spot(pointer="/components/securitySchemes")
    for name in old:
        if name not in new:
            comparison.tell("api-security-component-removed", at, f"the security scheme {quoted(name)} was removed")
        else:
            _scheme_changed(comparison, at.at(name), name, old[name], new[name], used)
    for name in new:
        if name not in old:
            comparison.tell("api-security-component-added", at.at(name), f"the security scheme {quoted(name)} is new")


def identity(schemes: Mapping[str, Mapping[str, Any]], name: str) -> str:
    """Return what a scheme is to those who send its credential, whatever it is called."""
    if name not in schemes:
        return name
    scheme = schemes[name]
    return json.dumps({key: plain(scheme[key]) for key in _ON_THE_WIRE if key in scheme}, sort_keys=True, default=str)


def token(schemes: Mapping[str, Mapping[str, Any]], name: str) -> str:
    """Return the same, but for the ways to come by the token that is sent as `Authorization: Bearer`."""
    scheme = schemes.get(name, {})
    kind, form = scheme.get("type"), scheme.get("scheme")
    bearer = kind == "http" and isinstance(form, str) and form.lower() == "bearer"
    return "bearer" if bearer or kind in ("oauth2", "openIdConnect") else identity(schemes, name)


def schemes_of(root: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """Return the security schemes of a document by name."""
    written = mapping(mapping(root.get("components")).get("securitySchemes"))
    return {name: followed(root, one) for name, one in islice(written.items(), _MOST) if isinstance(name, str)}


def _scheme_changed(
    comparison: Comparison,
    spot: Spot,
    name: str,
    base: Mapping[str, Any],
    head: Mapping[str, Any],
    used: Collection[str],
) -> None:
    words = f"the security scheme {quoted(name)}"
    same_token = token({name: base}, name) == token({name: head}, name)
    breaks = (Impact.RISKY if same_token else Impact.BREAKING) if name in used else None
    if quoted(base.get("type")) != quoted(head.get("type")):
        told = f"{words} is {quoted(head.get('type'))} instead of {quoted(base.get('type'))}"
        comparison.tell("api-security-component-type-changed", spot, told, request=True, impact=breaks)
        return
    _url_changed(comparison, spot, words, (base, head), "openIdConnectUrl", used=name in used)
    old, new = ({key: value for key, value in one.items() if key != "openIdConnectUrl"} for one in (base, head))
    if identity({name: old}, name) != identity({name: new}, name):
        told = f"{words} takes its credential elsewhere, or in another form"
        comparison.tell("api-security-component-credential-changed", spot, told, request=True, impact=breaks)
    for kind in _FLOWS:
        before, after = mapping(mapping(base.get("flows")).get(kind)), mapping(mapping(head.get("flows")).get(kind))
        if before and after:
            _flow_changed(comparison, spot.at("flows", kind), words, before, after, used=name in used)
        elif before:
            told = f"{words} has the flow {quoted(kind)} no longer"
            impact = Impact.BREAKING if name in used else None
            comparison.tell("api-security-component-oauth-flow-removed", spot, told, request=True, impact=impact)


def _url_changed(
    comparison: Comparison,
    spot: Spot,
    words: str,
    sides: tuple[Mapping[str, Any], Mapping[str, Any]],
    key: str,
    *,
    used: bool,
) -> None:
    """Note another URL to come by a credential. A relative one names an operation, which has rules of its own."""
    before, after = sides[0].get(key), sides[1].get(key)
    if not isinstance(before, str) or not isinstance(after, str) or before == after:
        return
    impact = Impact.BREAKING if used and before.lower().startswith(("https://", "http://")) else None
    told = f"{words} has the {key} {quoted(after)} instead of {quoted(before)}"
    comparison.tell(_URLS[key], spot.at(key), told, request=True, impact=impact)


def _flow_changed(
    comparison: Comparison, spot: Spot, words: str, base: Mapping[str, Any], head: Mapping[str, Any], *, used: bool
) -> None:
    stem = "api-security-component-oauth"
    for key in ("authorizationUrl", "tokenUrl", "refreshUrl"):
        _url_changed(comparison, spot, words, (base, head), key, used=used)
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

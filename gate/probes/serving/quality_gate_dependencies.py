"""What a route of FastAPI depends on. A part of `gate/probes/serve.py`; changes nothing."""

import functools
import importlib
import inspect
from typing import Any, Iterator

_MOST = 200
_HTTP = {"bearer": "http-bearer", "basic": "http-basic", "digest": "http-digest"}


def dependencies(dependant: Any) -> "list[dict[str, Any]]":  # noqa: ANN401
    """Return all that a route depends on, at any depth, each once, the nearest first."""
    told: "dict[str, dict[str, Any]]" = {}
    for one, is_direct in _below(dependant):
        entry = _described(one, is_direct=is_direct)
        key = repr(sorted((name, value) for name, value in entry.items() if name != "parameter"))
        if key not in told or (entry["parameter"] and not told[key]["parameter"]):
            told[key] = entry
        if len(told) >= _MOST:
            break
    return list(told.values())


def _below(dependant: Any) -> "Iterator[tuple[Any, bool]]":  # noqa: ANN401
    level, is_direct = list(dependant.dependencies), True
    seen = set()
    while level:
        following = []
        for one in level:
            if id(one) not in seen:
                seen.add(id(one))
                yield one, is_direct
                following += one.dependencies
        level, is_direct = following, False


def _described(dependant: Any, *, is_direct: bool) -> "dict[str, Any]":  # noqa: ANN401
    call = dependant.call
    while isinstance(call, functools.partial):
        call = call.func
    call = inspect.unwrap(call)
    return {
        "name": qualified(call),
        "scopes": _scopes(dependant),
        "parameter": (dependant.name or "") if is_direct else "",
        **_scheme(call),
    }


def qualified(call: Any) -> str:  # noqa: ANN401
    """Return the name of a function, a class, or of what an object is made by."""
    named = call if hasattr(call, "__qualname__") else type(call)
    return f"{named.__module__}.{named.__qualname__}"


def _scopes(dependant: Any) -> "list[str]":  # noqa: ANN401
    names = ("security_scopes", "parent_oauth_scopes", "own_oauth_scopes")
    found = [scope for name in names for scope in getattr(dependant, name, None) or []]
    return [str(scope) for scope in dict.fromkeys(found)]


def _scheme(call: Any) -> "dict[str, Any]":  # noqa: ANN401
    base = importlib.import_module("fastapi.security.base").SecurityBase
    if not isinstance(call, base):
        return {}
    model = getattr(call, "model", None)
    kind = _text(getattr(model, "type_", None) or getattr(model, "type", ""))
    credential = ""
    if kind == "apiKey":
        credential = str(getattr(model, "name", ""))
        kind = f"api-key-{_text(getattr(model, 'in_', None) or 'header')}"
    elif kind == "http":
        scheme = str(getattr(model, "scheme", "")).lower()
        kind = _HTTP.get(scheme, f"http-{scheme}")
    return {
        "scheme": {"openIdConnect": "openid-connect"}.get(kind, kind),
        "scheme_name": str(getattr(call, "scheme_name", "")),
        "credential": credential,
        "optional": getattr(call, "auto_error", True) is False,
    }


def _text(value: Any) -> str:  # noqa: ANN401
    return str(getattr(value, "value", value) or "")

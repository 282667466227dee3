"""The OpenAPI document of an application with its hidden and mounted operations. A part of `gate/probes/serve.py`.

It is FastAPI's own generator that writes it, from copies of the routes: the application stays as it is.
"""

import copy
import importlib
import json
import traceback
import warnings
from typing import Any

_METHODS = ("get", "post", "put", "patch", "delete", "options", "trace", "head")
_PARTS = ("schemas", "securitySchemes", "parameters", "requestBodies", "responses", "headers", "examples")


def document(application: Any, found: "list[Any]") -> "tuple[str, str]":  # noqa: ANN401
    """Return the document as JSON, and what could not be described; both may be ""."""
    copies = [copied(one) for one in found if hasattr(one.route, "dependant")]
    if not copies:
        return "", ""
    told, trouble = _generated(application, copies)
    own = _own_of(application)
    if own:
        told = _over(told, own)
    return json.dumps(told, default=str), trouble


def copied(found: Any) -> Any:  # noqa: ANN401
    """Return a copy of a route, shown and with its whole path, as the generator takes it."""
    placed = found.route
    route = copy.copy(placed.original_route if placed.context is None else placed.context)
    route.path_format = found.path or "/"
    route.include_in_schema = True
    if placed.context is None:
        return route
    routing = importlib.import_module("fastapi.routing")
    if hasattr(routing, "RouteContext"):
        return routing.RouteContext(placed.original_route, route)
    # FastAPI 0.137.0 takes a route with a context only from a router that is included.
    router: Any = object.__new__(type("Included", (routing._IncludedRouter,), {}))  # noqa: SLF001
    router.effective_route_contexts = lambda: iter([route])
    router.path_format = route.path_format
    return router


def _generated(application: Any, routes: "list[Any]") -> "tuple[dict[str, Any], str]":  # noqa: ANN401
    try:
        return _of(application, routes), ""
    except Exception:  # noqa: BLE001 - that a route cannot be described may be why it is hidden
        traceback.print_exc()
    good, bad = [], []
    for route in routes:
        try:
            _of(application, [route])
            good.append(route)
        except Exception as error:  # noqa: BLE001
            bad.append(f"{route.path_format} cannot be described: {type(error).__name__}: {error}"[:300])
    try:
        return _of(application, good), "; ".join(bad)[:2000]
    except Exception as error:  # noqa: BLE001
        return {}, f"no document can be made: {type(error).__name__}: {error}"[:2000]


def _of(application: Any, routes: "list[Any]") -> "dict[str, Any]":  # noqa: ANN401
    get_openapi = importlib.import_module("fastapi.openapi.utils").get_openapi
    title, version = getattr(application, "title", ""), getattr(application, "version", "")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made: "dict[str, Any]" = get_openapi(title=title or "none", version=version or "0", routes=routes)
    return made


def _own_of(application: Any) -> "dict[str, Any]":  # noqa: ANN401
    """Return the document that an application makes in a way of its own, {} where FastAPI makes it."""
    usual = importlib.import_module("fastapi").FastAPI.openapi
    made = getattr(application, "openapi", None)
    if made is None or getattr(made, "__func__", None) is usual:
        return {}
    try:
        own = made()
        return json.loads(json.dumps(own, default=str)) if isinstance(own, dict) else {}
    except Exception:  # noqa: BLE001 - the project's own code
        traceback.print_exc()
        return {}


def _over(told: "dict[str, Any]", own: "dict[str, Any]") -> "dict[str, Any]":
    """Return `told`, with the operations that both have as the application's own document describes them."""
    paths = own.get("paths")
    for path, described in (paths if isinstance(paths, dict) else {}).items():
        known = told.get("paths", {}).get(path)
        if not isinstance(known, dict) or not isinstance(described, dict):
            continue
        known.update({name: value for name, value in described.items() if name not in _METHODS or name in known})
    components = own.get("components")
    for part in _PARTS:
        theirs = components.get(part) if isinstance(components, dict) else None
        if isinstance(theirs, dict):
            told.setdefault("components", {}).setdefault(part, {}).update(theirs)
    if "security" in own:
        told["security"] = own["security"]
    return told

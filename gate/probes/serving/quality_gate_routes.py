"""What an application knows of its routes, for `gate.formats.service_inventory`. A part of `gate/probes/serve.py`.

It changes nothing of the application. FastAPI from 0.100 on; from 0.137 on the routes of included routers are found
through `fastapi.routing.iter_route_contexts` alone.
"""

import importlib
import importlib.metadata
import inspect
import re
import sys
import traceback
from typing import Any, Iterator, NamedTuple

import quality_gate_application  # type: ignore[import-not-found] # it lies beside this file
import quality_gate_dependencies  # type: ignore[import-not-found] # it lies beside this file
import quality_gate_document  # type: ignore[import-not-found] # it lies beside this file
import quality_gate_functions  # type: ignore[import-not-found] # it lies beside this file

_FRAMEWORKS = (
    *("fastapi", "starlette", "litestar", "quart", "flask", "django", "sanic", "falcon", "connexion", "blacksheep"),
    *("robyn", "bottle", "pyramid"),
)
_DEEPEST = 20
_MOST_ROUTES = 5_000
_CONVERTOR = re.compile(r"\{(\w+):[^{}]*\}")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


class Found(NamedTuple):
    """A route of the framework, or what is no operation; `path` has the prefixes of what it is mounted in.

    `kind` is `route`, `websocket`, `static`, `opaque` or `served`; `of_fastapi`: a FastAPI application has it.
    """

    kind: str
    path: str
    route: Any = None
    of_fastapi: bool = False


def inventory(application: Any, wanted: str) -> "dict[str, Any]":  # noqa: ANN401
    """Return all that `application` tells of itself; what cannot be read is told in `trouble`."""
    told: "dict[str, Any]" = {"app": wanted, "framework": _framework_of(application)}
    try:
        starlette = quality_gate_application.innermost(application, lambda one: _is_of(one, "starlette"))
        return {**told, **(_of_starlette(starlette) if starlette is not None else {})}
    except Exception as error:  # noqa: BLE001 - a framework of tomorrow must not keep the service from being served
        traceback.print_exc()
        return {**told, "trouble": f"its routes cannot be read: {type(error).__name__}: {error}"[:2000]}


def _framework_of(application: Any) -> str:  # noqa: ANN401
    """Return the framework and its version, such as `fastapi 0.165.0`; "" for none that is known."""
    for name in _FRAMEWORKS:
        if quality_gate_application.innermost(application, lambda one, name=name: _is_of(one, name)) is not None:
            try:
                return f"{name} {importlib.metadata.version(name)}"
            except importlib.metadata.PackageNotFoundError:
                return name
    return ""


def _is_of(application: Any, framework: str) -> bool:  # noqa: ANN401
    """Tell an application of a framework, by the modules of its classes. Starlette's middlewares are none."""
    classes = [one for one in type(application).__mro__ if one.__module__.partition(".")[0] == framework]
    if framework in {"fastapi", "starlette"}:
        return any(one.__name__ in {"FastAPI", "Starlette", "Router"} for one in classes)
    return bool(classes)


def _of_starlette(application: Any) -> "dict[str, Any]":  # noqa: ANN401
    found = list(_walked(application, "", 0))[:_MOST_ROUTES]
    routes = [one for one in found if one.kind == "route"]
    entries = [entry for one in routes for entry in _entries(one)]
    first: "dict[tuple[str, str], dict[str, Any]]" = {}
    for entry in entries:
        # Of two with the same method and path, the first answers.
        first.setdefault((entry["method"], entry["path"]), entry)
    told: "dict[str, Any]" = {"routes": list(first.values())}
    for kind, key in (("websocket", "websockets"), ("static", "static"), ("opaque", "opaque"), ("served", "served")):
        told[key] = sorted({one.path for one in found if one.kind == kind})
    if "fastapi" in sys.modules:
        document, trouble = quality_gate_document.document(application, routes)
        told["document"] = document
        told["trouble"] = trouble
    return told


def _walked(application: Any, prefix: str, depth: int) -> "Iterator[Found]":  # noqa: ANN401
    """Yield all routes below `application`, in their order."""
    if depth > _DEEPEST:
        return
    routing = importlib.import_module("starlette.routing")
    of_fastapi = _is_of(application, "fastapi")
    served = {getattr(application, name, None) for name in ("openapi_url", "docs_url", "redoc_url")}
    served.add(getattr(application, "swagger_ui_oauth2_redirect_url", None))
    for route in _routes_of(application):
        original = route.original_route
        path = prefix + _CONVERTOR.sub(r"{\1}", getattr(route, "path", None) or "")
        if isinstance(original, routing.Mount):
            yield from _mounted(route, path, depth)
        elif isinstance(original, routing.Host):
            yield from _walked(route.app, prefix, depth + 1)
        elif isinstance(original, routing.WebSocketRoute):
            yield Found("websocket", path)
        elif isinstance(original, routing.Route):
            is_page = of_fastapi and route.path in served and not hasattr(route, "dependant")
            yield Found("served" if is_page else "route", path, route, of_fastapi)
        else:
            yield Found("static" if "Frontend" in type(original).__name__ else "opaque", path or prefix or "/")


class Placed:
    """A route and, from FastAPI 0.137 on, its `context`: how it is where its router is included."""

    def __init__(self, original_route: Any, context: Any = None) -> None:  # noqa: ANN401
        self.original_route = original_route
        self.context = context
        of_starlette = getattr(context, "starlette_route", None)
        self._effective = of_starlette or context or original_route

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._effective, name)


def _routes_of(application: Any) -> "list[Placed]":  # noqa: ANN401
    routes = list(getattr(application, "routes", None) or [])
    fastapi = sys.modules.get("fastapi.routing")
    contexts = getattr(fastapi, "iter_route_contexts", None)
    if contexts is not None:
        return [Placed(one.original_route, one._route_context) for one in contexts(routes)]  # noqa: SLF001
    # 0.137.0 has them, but not that function yet.
    pairs = getattr(fastapi, "_iter_routes_with_context", None)
    return [Placed(*pair) for pair in pairs(routes)] if pairs is not None else [Placed(one) for one in routes]


def _mounted(mount: Any, path: str, depth: int) -> "Iterator[Found]":  # noqa: ANN401
    path = path.rstrip("/")
    application = mount.app
    if isinstance(application, importlib.import_module("starlette.routing").Mount) and depth < _DEEPEST:
        yield from _mounted(application, path + _CONVERTOR.sub(r"{\1}", application.path), depth + 1)
        return
    inner = quality_gate_application.innermost(application, lambda one: _is_of(one, "starlette"))
    if inner is not None:
        yield from _walked(inner, path, depth + 1)
        return
    is_static = any(one.__name__ == "StaticFiles" for one in type(application).__mro__)
    yield Found("static" if is_static else "opaque", path or "/")


def _entries(found: Found) -> "Iterator[dict[str, Any]]":
    """Yield an entry for each method of a route. HEAD is answered by what answers GET."""
    endpoint = found.route.endpoint
    dependant = getattr(found.route, "dependant", None)
    dependencies = quality_gate_dependencies.dependencies(dependant) if dependant is not None else []
    filled = [one["parameter"] for one in dependencies if one["parameter"]]
    hidden = not getattr(found.route, "include_in_schema", True) or (found.of_fastapi and dependant is None)
    for method in _methods_of(found.route):
        handler = getattr(endpoint, method.lower()) if inspect.isclass(endpoint) else endpoint
        yield {
            "method": method,
            "path": found.path or "/",
            "hidden": hidden,
            "dependencies": dependencies,
            **quality_gate_functions.described(handler, filled),
        }


def _methods_of(route: Any) -> "list[str]":  # noqa: ANN401
    methods = set(route.methods or ())
    if inspect.isclass(route.endpoint):
        methods = {method for method in _METHODS if hasattr(route.endpoint, method.lower())}
    if not methods:
        methods = {"GET"}
    return sorted(methods - {"HEAD"}) if "GET" in methods else sorted(methods)

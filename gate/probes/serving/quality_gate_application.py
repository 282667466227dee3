"""Finds the application object by its name, and tells how it is called. A part of `gate/probes/serve.py`."""

import difflib
import importlib
import importlib.util
import inspect
import os
import sys
from typing import Any, Callable

# Where frameworks and their middlewares keep the application that they wrap.
_INNER = ("app", "application", "other_asgi_app", "asgi_app", "_app", "wrapped_app")
_DEEPEST = 20
_MOST_NAMES = 5
# The working directory may be another folder later on.
PROJECT = os.getcwd()


class NotThere(Exception):
    """The module has no such application; `str()` says what it has."""

    quality_gate_stage = "finding"


def load(wanted: str) -> Any:  # noqa: ANN401
    """Return the application `module:attribute`, or what `module:factory()` returns.

    `folder/module:attribute` is a module that is imported from that folder.

    Raises:
        NotThere: there is no such attribute, or it is no application.
        Exception: whatever the project's code raises.
    """
    module_name, _, attribute = wanted.partition(":")
    place, _, module_name = module_name.rpartition("/")
    _see_project(place, module_name)
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if not f"{module_name}.".startswith(f"{error.name}."):
            raise
        raise NotThere(f"there is no module {error.name}") from None
    attribute, called = (attribute[:-2], True) if attribute.endswith("()") else (attribute, False)
    found: Any = module
    for name in (attribute or "app").split("."):
        try:
            found = getattr(found, name)
        except AttributeError:
            raise NotThere(_nothing_called(name, module)) from None
    if called or (interface_of(found) == "" and _is_factory(found)):
        found = found()
    if inspect.iscoroutine(found):
        found.close()
        raise NotThere(f"{attribute}() is asynchronous: a factory that is not can be called by a server")
    if not interface_of(found):
        raise NotThere(f"{attribute} is a {type(found).__name__}, which is no web application")
    return found


def _see_project(place: str, module_name: str) -> None:
    """Put the project's folder on the import path, `src` where only that has the module, and `place` first of all."""
    folder = PROJECT
    sys.path.insert(0, folder)
    if place:
        sys.path.insert(0, os.path.join(folder, place))
    top = module_name.partition(".")[0]
    importlib.invalidate_caches()
    source = os.path.join(folder, "src")
    in_source = os.path.isdir(os.path.join(source, top)) or os.path.isfile(os.path.join(source, f"{top}.py"))
    if in_source and importlib.util.find_spec(top) is None:
        sys.path.insert(0, source)


def _nothing_called(name: str, module: Any) -> str:  # noqa: ANN401
    members = vars(module)
    there = [
        one
        for one, value in members.items()
        if not one.startswith("_") and not inspect.isroutine(value) and interface_of(value)
    ]
    makers = [f"{one}()" for one, value in members.items() if one.startswith(("create_", "make_", "get_app", "build_"))]
    near = difflib.get_close_matches(name, [one for one in members if not one.startswith("_")], n=2)
    offered = list(dict.fromkeys([*there, *makers, *near]))[:_MOST_NAMES]
    told = f"; it has {', '.join(offered)}" if offered else ""
    return f"{module.__name__} has no {name}{told}"


def interface_of(found: Any) -> str:  # noqa: ANN401
    """Return `asgi3` or `wsgi`; "" for what is no application that can be told."""
    if isinstance(found, type) or not callable(found):
        return ""
    plain = inspect.isroutine(found)
    call = found if plain else type(found).__call__
    names, needed = _positional(call, bound=not plain)
    is_async = inspect.iscoroutinefunction(call)
    if needed == 3 and (is_async or not plain):
        return "asgi3"
    if names[:1] == ["scope"] or (is_async and not plain and not names):
        return "asgi3"
    # Of a plain function only the names tell.
    return "wsgi" if needed == 2 and not is_async and (not plain or names[0].startswith("env")) else ""


def _positional(call: Any, *, bound: bool) -> "tuple[list[str], int]":  # noqa: ANN401
    """Return the names of the parameters that may be given by position, and how many must be."""
    try:
        parameters = list(inspect.signature(call).parameters.values())[1 if bound else 0 :]
    except (TypeError, ValueError):
        return [], 0
    by_position = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    named = [one for one in parameters if one.kind in by_position]
    return [one.name for one in named], sum(1 for one in named if one.default is one.empty)


def _is_factory(found: Any) -> bool:  # noqa: ANN401
    return inspect.isroutine(found) and _positional(found, bound=False)[1] == 0


def innermost(application: Any, fits: "Callable[[Any], bool]") -> Any:  # noqa: ANN401
    """Return the application that fits: `application`, or one that middlewares in it wrap; None for none."""
    for _ in range(_DEEPEST):
        if fits(application):
            return application
        inner = [vars(application).get(name) for name in _INNER] if hasattr(application, "__dict__") else []
        application = next((one for one in inner if one is not None), None)
        if application is None:
            return None
    return None

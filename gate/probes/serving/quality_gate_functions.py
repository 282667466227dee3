"""Where a route's function is, and which of its parameters it never names. A part of `gate/probes/serve.py`."""

import ast
import functools
import inspect
import os
from typing import Any

import quality_gate_application  # type: ignore[import-not-found] # it lies beside this file
import quality_gate_dependencies  # type: ignore[import-not-found] # it lies beside this file

# With one of these, a function may use any of its parameters without naming it.
_REACHES_ALL = {"locals", "vars", "eval", "exec"}
_MOST_BYTES = 2_000_000


def described(handler: Any, filled: "list[str]") -> "dict[str, Any]":  # noqa: ANN401
    """Return `function`, `file`, `line` and `unused`, the latter of the parameters that are `filled` by dependencies.

    A parameter whose name begins with an underscore is not meant to be named.
    """
    while isinstance(handler, functools.partial):
        handler = handler.func
    handler = inspect.unwrap(handler)
    told: "dict[str, Any]" = {"function": quality_gate_dependencies.qualified(handler), "file": "", "unused": []}
    function = getattr(handler, "__func__", handler)
    if not inspect.isfunction(function):
        function = type(handler).__call__ if callable(handler) else None
    code = getattr(function, "__code__", None)
    if code is None:
        return told
    path = os.path.realpath(code.co_filename)
    project = os.path.realpath(quality_gate_application.PROJECT) + os.sep
    if not path.startswith(project) or "site-packages" in path:
        return told
    definition = _definition(path, code.co_name, code.co_firstlineno)
    unused = _unused(definition, [name for name in filled if not name.startswith("_")]) if definition else []
    line = definition.lineno if definition else code.co_firstlineno
    return {**told, "file": path[len(project) :], "line": line, "unused": unused}


@functools.lru_cache(maxsize=None)
def _definitions(path: str) -> "dict[tuple[str, int], Any]":
    try:
        with open(path, "rb") as file:
            tree = ast.parse(file.read(_MOST_BYTES))
    except (OSError, SyntaxError, ValueError, RecursionError):
        return {}
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    # The first line of a function's code is that of its first decorator.
    return {
        (node.name, min([node.lineno, *(one.lineno for one in node.decorator_list)])): node
        for node in ast.walk(tree)
        if isinstance(node, kinds)
    }


def _definition(path: str, name: str, line: int) -> Any:  # noqa: ANN401
    return _definitions(path).get((name, line))


def _unused(definition: Any, filled: "list[str]") -> "list[str]":  # noqa: ANN401
    names = {node.id for part in definition.body for node in ast.walk(part) if isinstance(node, ast.Name)}
    return [] if names & _REACHES_ALL else [name for name in filled if name not in names]

"""Python source -> the environment variables it asks for, and those it cannot do without. Runs and imports nothing.

Calls: os.environ, os.getenv, python-decouple, starlette, environs, django-environ, dj-database-url. Classes: pydantic's
BaseSettings of either version (https://docs.pydantic.dev/latest/concepts/pydantic_settings/) and models inside them.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from gate.formats.settings_class import Classes, Variable, literal_text

LARGEST = 256 * 1024
_TELLING = re.compile(
    r"environ\b|getenv\(|BaseSettings|dj_database_url|\bconfig\(\s*[\"']|\benv(\.\w+)?\(\s*[\"']|\benv\.(dj_)?db"
)
_LOOK_UP = re.compile(r"(?:environ(?:\.get\(|\.setdefault\(|\[)|getenv\()\s*[\"'](\w{1,100})[\"']")
_NAME = re.compile(r"[A-Za-z_]\w{0,99}\Z")
_GETTERS = {"os.environ.get", "environ.get", "os.getenv", "getenv", "os.environ.setdefault", "environ.setdefault"}
_MAPPINGS = {"os.environ", "environ"}
_READERS = {"config", "env", "decouple.config"}
_ENV_METHOD = re.compile(
    r"(env|config|environ)\.(str|int|bool|url|db|db_url|dj_db_url|list|json|float|get_value|path|get)\Z"
)


def parse_settings(text: str) -> tuple[Variable, ...]:
    """Return the variables that the source of a module asks for, each once; none where it is not Python."""
    if len(text) > LARGEST or not _TELLING.search(text):
        return ()
    try:
        tree = ast.parse(text)
        found = [*_Calls(tree).variables()]
        if "BaseSettings" in text:
            found += Classes(tree).variables()
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    by_name: dict[str, Variable] = {}
    for variable in found:
        known = by_name.get(variable.name)
        # What has a default anywhere can do without.
        if _NAME.match(variable.name) and (known is None or (known.required and not variable.required)):
            by_name[variable.name] = variable
    return tuple(by_name.values())


def parse_names(text: str) -> tuple[str, ...]:
    """Return the names of variables that a module asks os.environ for: quicker, and less is told of them."""
    return tuple(dict.fromkeys(_LOOK_UP.findall(text))) if len(text) <= LARGEST else ()


@dataclass(frozen=True, slots=True)
class _Calls:
    """The calls and look-ups of a module."""

    tree: ast.Module

    def variables(self) -> Iterator[Variable]:
        at_import = {id(node) for node in _run_at_import(self.tree)}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and _dotted(node.value) in _MAPPINGS:
                name = node.slice.value if isinstance(node.slice, ast.Constant) else None
                if isinstance(name, str):
                    yield Variable(name=name, required=id(node) in at_import)
            elif isinstance(node, ast.Call):
                variable = _asked(node, at_import=id(node) in at_import)
                if variable is not None:
                    yield variable


def _asked(call: ast.Call, *, at_import: bool) -> Variable | None:
    function = _dotted(call.func)
    keywords = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    if function.endswith("dj_database_url.config"):
        return Variable(
            name=literal_text(keywords.get("env")) or "DATABASE_URL", default=literal_text(keywords.get("default"))
        )
    method = _ENV_METHOD.match(function)
    if function not in _GETTERS and function not in _READERS and not method:
        return None
    name = literal_text(call.args[0]) if call.args else ""
    if not name and method and method[2] in ("db", "dj_db_url"):
        name = "DATABASE_URL"
    if not name or (function not in _GETTERS and not name.isupper()):
        return None
    default = keywords.get("default", call.args[1] if len(call.args) > 1 else None)
    required = function not in _GETTERS and (method is None or method[2] != "get") and default is None and at_import
    built = isinstance(default, ast.JoinedStr)
    return Variable(name=name, required=required, default=literal_text(default), built=built)


def _run_at_import(tree: ast.Module) -> Iterator[ast.AST]:
    """Return what runs when the module is imported and nothing catches: not functions, nor what stands under `try`."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        skipped = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.Try, ast.If, ast.IfExp)
        waiting += [child for child in ast.iter_child_nodes(node) if not isinstance(child, skipped)]


def _dotted(node: ast.expr) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""

"""Python source -> the environment variables it asks for, and those it cannot do without. Runs and imports nothing.

Calls: os.environ, os.getenv, python-decouple, starlette, environs, django-environ, dj-database-url, and the project's
own functions that hand a name on to one of these. Classes: pydantic's BaseSettings of either version
(https://docs.pydantic.dev/latest/concepts/pydantic_settings/) and models inside them.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from gate.formats.python_tree import parse_tree
from gate.formats.settings_class import Classes, Inherited, Variable, classes_in, literal_text
from gate.formats.settings_context import declared, dotted, imported, named_texts, run_at_import, used_at_once

LARGEST = 256 * 1024
_TELLING = re.compile(
    r"environ\b|getenv\b|BaseSettings|dj_database_url|\bconfig\(\s*[\"']|\benv(\.\w+)?\(\s*[\"']|\benv\.(dj_)?db"
)
_LOOK_UP = re.compile(r"(?:environ(?:\.get\(|\.setdefault\(|\[)|getenv\()\s*[\"'](\w{1,100})[\"']")
_NAME = re.compile(r"[A-Za-z_]\w{0,99}\Z")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{2,99}\Z")
_GETTERS = {"os.environ.get", "os.getenv", "os.environ.setdefault"}
_MAPPING = "os.environ"
_READERS = {"config", "env", "decouple.config"}
_ENV_METHOD = re.compile(
    r"(env|config|environ)\.(str|int|bool|url|db|db_url|dj_db_url|list|json|float|get_value|path|get)\Z"
)
# Functions that call each other to get at a variable: deeper than this nobody looks.
_DEEPEST = 3
# What `import os`, `from os import environ, getenv` and other names for them bring in, without being told.
_USUAL = {"environ": "os.environ", "getenv": "os.getenv"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleSettings:
    """What one module tells.

    `getters` are its functions that look up the variable whose name they are given, `possible` what calls of
    functions from elsewhere would ask for if those were such; `settings` its settings classes, by name.
    """

    variables: tuple[Variable, ...] = ()
    getters: frozenset[str] = frozenset()
    possible: Mapping[str, tuple[Variable, ...]] = field(default_factory=dict)
    settings: Mapping[str, Inherited] = field(default_factory=dict)


def tells(text: str) -> bool:
    """Tell, without parsing it, whether a module may ask for a variable."""
    return bool(_TELLING.search(text))


def parse_module(
    text: str,
    inherited: Mapping[str, Inherited] | None = None,
    mixins: Mapping[str, ast.ClassDef] | None = None,
) -> ModuleSettings:
    """Return what a module tells; nothing where it is not Python.

    `inherited` are settings classes of other modules, `mixins` other classes of theirs.
    """
    if len(text) > LARGEST:
        return ModuleSettings()
    try:
        tree = parse_tree(text)
        calls = _Calls(tree)
        found = [*calls.variables()]
        classes = Classes(tree, inherited or {}, mixins or {}) if "BaseSettings" in text or inherited else None
        if classes is not None:
            found += classes.variables()
        return ModuleSettings(
            variables=_once(found),
            getters=calls.getters,
            possible={name: _once(asked) for name, asked in calls.possible.items()},
            settings=classes.settings() if classes is not None else {},
        )
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ModuleSettings()


def parse_classes(text: str) -> dict[str, ast.ClassDef]:
    """Return the classes of a module by name; none where it is not Python."""
    try:
        return classes_in(parse_tree(text)) if len(text) <= LARGEST else {}
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}


def parse_names(text: str) -> tuple[str, ...]:
    """Return the names of variables that a module asks os.environ for: quicker, and less is told of them."""
    return tuple(dict.fromkeys(_LOOK_UP.findall(text))) if len(text) <= LARGEST else ()


def _once(found: list[Variable]) -> tuple[Variable, ...]:
    by_name: dict[str, Variable] = {}
    for variable in found:
        known = by_name.get(variable.name)
        # What has a default anywhere can do without.
        if _NAME.match(variable.name) and (known is None or (known.required and not variable.required)):
            by_name[variable.name] = variable
    return tuple(by_name.values())


class _Calls:
    """The calls and look-ups of a module."""

    def __init__(self, tree: ast.Module) -> None:
        self._nodes = [*ast.walk(tree)]
        self._at_import = {id(node) for node in run_at_import(tree)}
        self._names = {**_USUAL, **imported(self._nodes)}
        self._texts = named_texts(tree)
        self._declared = declared(self._nodes)
        self._used = used_at_once(self._nodes)
        self.getters = self._own_getters()
        self.possible: dict[str, list[Variable]] = {}

    def variables(self) -> Iterator[Variable]:
        for node in self._nodes:
            if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
                name = node.slice.value if isinstance(node.slice, ast.Constant) else None
                if isinstance(name, str) and self._dotted(node.value) == _MAPPING:
                    yield Variable(name=name, required=id(node) in self._at_import, demanded_late=True)
            elif isinstance(node, ast.Call):
                variable = self._asked(node)
                if variable is not None:
                    yield variable

    def _dotted(self, node: ast.expr) -> str:
        first, dot, rest = dotted(node).partition(".")
        return self._names.get(first, first) + dot + rest

    def _asked(self, call: ast.Call) -> Variable | None:
        function = self._dotted(call.func)
        keywords = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        if function.endswith("dj_database_url.config"):
            return self._with_default(literal_text(keywords.get("env")) or "DATABASE_URL", keywords.get("default"))
        method = _ENV_METHOD.match(function)
        name = literal_text(call.args[0]) if call.args else ""
        if not name and method and method[2] in ("db", "dj_db_url"):
            name = "DATABASE_URL"
        if not name or (function not in _GETTERS and not name.isupper()):
            return None
        default = keywords.get("default", call.args[1] if len(call.args) > 1 else None)
        if default is None and (function == "env" or (method and method[1] == "env")):
            default = self._declared.get(name)
        variable = self._with_default(name, default)
        if function in _GETTERS or function in self.getters:
            demanded = default is None and id(call) in self._used
            return replace(variable, required=demanded and id(call) in self._at_import, demanded_late=demanded)
        if function in _READERS or method:
            may_lack = method is not None and method[2] == "get"
            demanded = not may_lack and default is None
            return Variable(
                name=name,
                required=demanded and id(call) in self._at_import,
                default=variable.default,
                built=variable.built,
                demanded_late=demanded,
            )
        if isinstance(call.func, ast.Name) and _VARIABLE.match(name) and len(self.possible) < 100:
            self.possible.setdefault(call.func.id, []).append(variable)
        return None

    def _with_default(self, name: str, default: ast.expr | None) -> Variable:
        if isinstance(default, ast.Name):
            default = self._texts.get(default.id, default)
        return Variable(name=name, default=literal_text(default), built=isinstance(default, ast.JoinedStr))

    def _own_getters(self) -> frozenset[str]:
        """Return the functions that look up, or have another look up, the variable that a parameter names."""
        functions = [node for node in self._nodes if isinstance(node, ast.FunctionDef) and node.args.args][:500]
        getters: set[str] = set()
        for _ in range(_DEEPEST):
            more = {one.name for one in functions if one.name not in getters and self._hands_on(one, getters)}
            if not more:
                break
            getters |= more
        return frozenset(getters)

    def _hands_on(self, function: ast.FunctionDef, getters: set[str]) -> bool:
        first = next((one.arg for one in function.args.args if one.arg not in ("self", "cls")), "")
        for node in ast.walk(function):
            if isinstance(node, ast.Subscript) and self._dotted(node.value) == _MAPPING:
                asked: ast.expr | None = node.slice
            elif isinstance(node, ast.Call) and self._dotted(node.func) in _GETTERS | getters:
                keywords = (keyword.value for keyword in node.keywords if keyword.arg == "key")
                asked = node.args[0] if node.args else next(keywords, None)
            else:
                continue
            if isinstance(asked, ast.Name) and asked.id == first:
                return True
        return False

"""The classes of a module that pydantic fills from the environment -> their variables. Runs and imports nothing.

Source: https://docs.pydantic.dev/latest/concepts/pydantic_settings/ and, for the first version,
https://docs.pydantic.dev/1.10/usage/settings/
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gate.formats.settings_options import Options, assigned, constant, literal_text

__all__ = ["Classes", "Inherited", "Variable", "classes_in", "literal_text"]
_DEEPEST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A variable that code asks for: whether it can do without, and the default that stands there as a text.

    Of an f-string, which `built` tells, the default is the start, up to its first value. `plain` means that any
    text will do. `demanded_late`: not when the module is imported, but without a default where it is used.
    """

    name: str
    required: bool = False
    default: str = ""
    plain: bool = True
    built: bool = False
    demanded_late: bool = False


@dataclass(frozen=True, slots=True)
class Inherited:
    """What a settings class hands down to those that inherit from it: how its variables are named."""

    prefix: str = ""
    delimiter: str = ""
    case_sensitive: bool = False

    def name(self, field: str) -> str:
        """Write a field's name as the environment has it."""
        name = self.prefix + field
        return name if self.case_sensitive else name.upper()


def classes_in(tree: ast.Module) -> dict[str, ast.ClassDef]:
    """Return the classes of a module by name, those inside others too."""
    found: dict[str, ast.ClassDef] = {}
    waiting: list[ast.stmt] = list(tree.body)
    for node in waiting:
        if isinstance(node, ast.ClassDef):
            found[node.name] = node
            waiting += node.body
        elif isinstance(node, ast.If | ast.Try):
            waiting += node.body
    return found


class Classes:
    """The classes of one module, by name.

    `inherited` are settings classes of other modules, `mixins` other classes of theirs, which only have fields.
    """

    def __init__(
        self, tree: ast.Module, inherited: Mapping[str, Inherited], mixins: Mapping[str, ast.ClassDef]
    ) -> None:
        self._inherited = inherited
        self._own = classes_in(tree)
        self._classes = {**mixins, **self._own}
        self._options = Options(tree)

    def variables(self) -> Iterator[Variable]:
        """Return the variables of every settings class."""
        for node in self._own.values():
            if self._is_settings(node):
                yield from self._of(node, self._settings(node), "", required=True, depth=0)

    def settings(self) -> dict[str, Inherited]:
        """Return the settings classes, with what they hand down."""
        return {name: self._settings(node) for name, node in self._own.items() if self._is_settings(node)}

    def _line(self, node: ast.ClassDef) -> list[ast.ClassDef]:
        """Return a class with those of this module that it inherits from, the nearest first."""
        line: list[ast.ClassDef] = [node]
        for known in line:
            bases = (self._classes.get(name) for name in map(_last_name, known.bases))
            line += [base for base in bases if base is not None and base not in line]
        return line

    def _is_settings(self, node: ast.ClassDef) -> bool:
        return any(name.endswith("BaseSettings") or name in self._inherited for name in self._bases(node))

    def _bases(self, node: ast.ClassDef) -> list[str]:
        return [_last_name(base) for known in self._line(node) for base in known.bases]

    def _settings(self, node: ast.ClassDef) -> Inherited:
        found: dict[str, object] = {}
        for known in reversed(self._line(node)):
            for statement in known.body:
                if isinstance(statement, ast.ClassDef) and statement.name == "Config":
                    found |= {name: constant(value) for name, value in assigned(statement)}
            for name, value in assigned(known):
                if name == "model_config":
                    found |= self._options.of(value)
        above = next((self._inherited[name] for name in self._bases(node) if name in self._inherited), Inherited())
        prefix = found.get("env_prefix", above.prefix)
        delimiter = found.get("env_nested_delimiter", above.delimiter)
        return Inherited(
            prefix=prefix if isinstance(prefix, str) else "",
            delimiter=delimiter if isinstance(delimiter, str) else "",
            case_sensitive=found.get("case_sensitive", above.case_sensitive) is True,
        )

    def _of(
        self, node: ast.ClassDef, settings: Inherited, before: str, *, required: bool, depth: int
    ) -> Iterator[Variable]:
        seen: set[str] = set()
        for known in self._line(node):
            for field in known.body:
                if not (isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)):
                    continue
                name = field.target.id
                if name in seen or name.startswith("_") or name == "model_config":
                    continue
                seen.add(name)
                if "ClassVar" in _names_in(field.annotation):
                    continue
                yield from self._of_field(field, settings, before + name, required=required, depth=depth)

    def _of_field(
        self, field: ast.AnnAssign, settings: Inherited, path: str, *, required: bool, depth: int
    ) -> Iterator[Variable]:
        annotation = _names_in(field.annotation)
        required = required and _needs_value(field.value)
        inner = next((self._classes[name] for name in annotation if name in self._classes), None)
        if inner is not None and not self._is_settings(inner) and _is_model(inner):
            if settings.delimiter and depth < _DEEPEST:
                yield from self._of(inner, settings, path + settings.delimiter, required=required, depth=depth + 1)
            return
        if inner is not None and self._is_settings(inner):
            return
        aliases = _aliases(field.value)
        names = aliases or [settings.name(path)]
        default = _default(field.value)
        for name in names:
            yield Variable(
                name=name if settings.case_sensitive else name.upper(),
                required=required and len(names) == 1,
                default=literal_text(default),
                built=isinstance(default, ast.JoinedStr),
                plain=bool(annotation & {"str", "SecretStr"}) and not annotation & {"list", "List", "dict", "Dict"},
            )


def _is_model(node: ast.ClassDef) -> bool:
    return bool(node.bases) and not any("Enum" in _last_name(base) for base in node.bases)


def _needs_value(value: ast.expr | None) -> bool:
    if value is None or (isinstance(value, ast.Constant) and value.value is ...):
        return True
    if not (isinstance(value, ast.Call) and _last_name(value.func) == "Field"):
        return False
    if any(keyword.arg in ("default", "default_factory", None) for keyword in value.keywords):
        return any(keyword.arg == "default" and constant(keyword.value) is ... for keyword in value.keywords)
    return not value.args or constant(value.args[0]) is ...


def _default(value: ast.expr | None) -> ast.expr | None:
    if isinstance(value, ast.Call) and _last_name(value.func) == "Field":
        given = next((keyword.value for keyword in value.keywords if keyword.arg == "default"), None)
        return given or (value.args[0] if value.args else None)
    return value


def _aliases(value: ast.expr | None) -> list[str]:
    if not (isinstance(value, ast.Call) and _last_name(value.func) == "Field"):
        return []
    keywords = {keyword.arg: keyword.value for keyword in value.keywords}
    alias = keywords.get("validation_alias") or keywords.get("alias") or keywords.get("env")
    if isinstance(alias, ast.Call) and _last_name(alias.func) == "AliasChoices":
        return [text for text in map(literal_text, alias.args) if text]
    if isinstance(alias, ast.List | ast.Tuple):
        return [text for text in map(literal_text, alias.elts) if text]
    text = literal_text(alias)
    return [text] if text else []


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _names_in(node: ast.expr) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} | {
        part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)
    }

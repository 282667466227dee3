"""The options of a settings class, as Python writes them down -> their literal values. Runs nothing.

Source: https://docs.pydantic.dev/latest/api/config/ (`model_config`), which also may be put together of several.
"""

import ast
from collections.abc import Iterator

_TOLD = ("env_prefix", "env_nested_delimiter", "case_sensitive")
# `A | B | C`: so many, and names of names.
_DEEPEST = 8


class Options:
    """What is told of `model_config` by the names that a module gives it, or parts of it."""

    def __init__(self, tree: ast.Module) -> None:
        self._named = dict(assigned(tree))
        self._known: dict[str, dict[str, object]] = {}

    def of(self, value: ast.expr | None, depth: int = 0) -> dict[str, object]:
        """Return the options that `value` sets: a call, a dict, a name for one, or several of them by `|` or `**`."""
        found: dict[str, object] = {}
        if depth > _DEEPEST:
            return found
        match value:
            case ast.Name(id=name):
                return self._of_name(name, depth)
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return self.of(left, depth + 1) | self.of(right, depth + 1)
            case ast.Call(args=args, keywords=keywords):
                pairs: list[tuple[str | None, ast.expr]] = [(None, one) for one in args]
                pairs += [(keyword.arg, keyword.value) for keyword in keywords]
            case ast.Dict(keys=keys, values=values):
                pairs = [(literal_text(word) if word else None, one) for word, one in zip(keys, values, strict=True)]
            case _:
                return found
        for key, inner in pairs:
            if key is None:
                found |= self.of(inner, depth + 1)
            elif key in _TOLD:
                found[key] = constant(inner)
        return found

    def _of_name(self, name: str, depth: int) -> dict[str, object]:
        if name not in self._known:
            # What names itself has nothing to tell.
            self._known[name] = {}
            self._known[name] = self.of(self._named.get(name), depth + 1)
        return self._known[name]


def literal_text(node: ast.expr | None) -> str:
    """Return the text of a literal, or the start of an f-string; "" for anything else."""
    if isinstance(node, ast.JoinedStr) and node.values:
        return literal_text(node.values[0])
    if isinstance(node, ast.Call) and node.args:
        # `PostgresDsn("...")`, `SecretStr("...")`, `str("...")`
        return literal_text(node.args[0])
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def assigned(node: ast.ClassDef | ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Return what is assigned in a class or module itself, name by name."""
    for statement in node.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if isinstance(statement, ast.AnnAssign) and statement.value is not None:
            targets = [statement.target]
        value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
        for target in targets:
            if isinstance(target, ast.Name) and value is not None:
                yield target.id, value


def constant(node: ast.expr | None) -> object:
    """Return the value of a literal, None for anything else."""
    return node.value if isinstance(node, ast.Constant) else None

"""What pytest and unittest are called in a module: `mark.skip` and `pt.mark.skip` are the same. Imports nothing."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass

_SKIPS = frozenset(
    (
        *("pytest.mark.skip", "pytest.mark.skipif", "pytest.mark.xfail", "pytest.skip", "pytest.xfail"),
        *("pytest.importorskip", "unittest.skip", "unittest.skipIf", "unittest.skipUnless"),
        *("unittest.expectedFailure", "unittest.SkipTest"),
    )
)
_ROOTS = ("pytest", "unittest")
_DEEPEST = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Full names by those of a module; `aliases` are skips that the module itself gave a name."""

    known: Mapping[str, str]
    aliases: Mapping[str, str]

    @classmethod
    def of(cls, tree: ast.Module) -> "Names":
        """Read the imports and the assignments of a module."""
        known: dict[str, str] = {root: root for root in _ROOTS}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for name in node.names:
                    if name.name.partition(".")[0] in _ROOTS and name.asname:
                        known[name.asname] = name.name
            elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in _ROOTS:
                known |= {name.asname or name.name: f"{_root(node.module)}.{name.name}" for name in node.names}
        names = cls(known=known, aliases={})
        aliases: dict[str, str] = {}
        for statement in tree.body:
            if (name_and_value := _assigned(statement)) and (what := names._skip_in(name_and_value[1])):
                aliases[name_and_value[0]] = what
        return cls(known=known, aliases=aliases)

    def dotted(self, node: ast.AST) -> str:
        """Return the full name of what an expression names, "" where it names nothing that is imported."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute) and len(parts) < _DEEPEST:
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self.known:
            return ""
        return ".".join([self.known[node.id], *reversed(parts)])

    def skip(self, node: ast.Attribute | ast.Name) -> str:
        """Return the skip that an expression names, "" where it is none."""
        if isinstance(node, ast.Name) and node.id in self.aliases:
            return self.aliases[node.id] if isinstance(node.ctx, ast.Load) else ""
        if isinstance(node, ast.Attribute) and node.attr == "skipTest":
            return "unittest.skip"
        name = self.dotted(node)
        return name if name in _SKIPS else ""

    def is_alias(self, statement: ast.stmt) -> bool:
        """Whether a statement only gives a skip a name, by which it is used elsewhere."""
        assigned = _assigned(statement)
        return assigned is not None and assigned[0] in self.aliases

    def _skip_in(self, value: ast.expr) -> str:
        callee = value.func if isinstance(value, ast.Call) else value
        return self.skip(callee) if isinstance(callee, ast.Attribute | ast.Name) else ""


def _root(module: str | None) -> str:
    """`unittest.case` and `_pytest` name what their package names."""
    return "unittest" if module == "unittest.case" else module or ""


def _assigned(statement: ast.stmt) -> tuple[str, ast.expr] | None:
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Name) and target.id != "pytestmark":
            return target.id, statement.value
    return None

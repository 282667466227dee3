"""What surrounds the look-ups of a module that asks for variables: names, texts, what is run. Runs nothing."""

import ast
from collections.abc import Iterator


def imported(nodes: list[ast.AST]) -> dict[str, str]:
    """Return under which other names a module has `os` and what it looks up variables with."""
    found: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {one.asname: "os" for one in node.names if one.name == "os" and one.asname}
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            found |= {one.asname or one.name: f"os.{one.name}" for one in node.names}
    return found


def named_texts(tree: ast.Module) -> dict[str, ast.expr]:
    """Return the texts that the module gives a name: a default may be one of them."""
    found: dict[str, ast.expr] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant | ast.JoinedStr):
            found |= {target.id: node.value for target in node.targets if isinstance(target, ast.Name)}
    return found


def used_at_once(nodes: list[ast.AST]) -> set[int]:
    """Return what a method is called on, or what becomes a number: `get("HOSTS").split(",")`, `int(get("PORT"))`.

    What has no value there ends with an error, as surely as what has to be there.
    """
    found: set[int] = set()
    for node in nodes:
        if isinstance(node, ast.Attribute):
            found.add(id(node.value))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("int", "float"):
            found |= {id(argument) for argument in node.args[:1]}
    return found


def declared(nodes: list[ast.AST]) -> dict[str, ast.expr]:
    """Return the defaults that `environ.Env(DEBUG=(bool, False))` declares.

    https://django-environ.readthedocs.io/en/latest/quickstart.html
    """
    found: dict[str, ast.expr] = {}
    for node in nodes:
        if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in ("Env", "FileAwareEnv"):
            for keyword in node.keywords:
                if keyword.arg and isinstance(keyword.value, ast.Tuple) and len(keyword.value.elts) == 2:
                    found[keyword.arg] = keyword.value.elts[1]
    return found


def run_at_import(tree: ast.Module) -> Iterator[ast.AST]:
    """Return what runs when the module is imported and nothing catches: not functions, nor what stands under `try`."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        skipped = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.Try, ast.If, ast.IfExp)
        waiting += [child for child in ast.iter_child_nodes(node) if not isinstance(child, skipped)]


def dotted(node: ast.expr) -> str:
    """Write a name with its attributes as `os.environ`; "" for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""

"""Reads the extras, the tests' requirements and what is shipped of a setup.py from its syntax. It is never run."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_LARGEST = 512 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupScript:
    """The names of `extras_require`, the lines of `tests_require` and so on, as far as they are written out.

    `shipped` are `packages` and `py_modules`; `finds` tells that packages are looked for, but for the patterns in
    `excluded`.
    """

    extras: tuple[str, ...] = ()
    tests_require: tuple[str, ...] = ()
    name: str = ""
    shipped: tuple[str, ...] = ()
    finds: bool = False
    excluded: tuple[str, ...] = ()


def parse_setup_script(text: str) -> SetupScript:
    """Return what a setup.py says in literals, or by names that it sets to literals; nothing if it is no Python."""
    try:
        tree = ast.parse(text[:_LARGEST])
        names = dict(_assigned(tree))
        later = _set_later(tree)
        extras = [name for value in _given(tree, "extras_require") for name in _keys(value, names, later)]
        tests = _written(tree, "tests_require")
        shipped = [*_written(tree, "packages"), *_written(tree, "py_modules")]
        finds, excluded = any(_finds(node) for node in ast.walk(tree)), _written(tree, "exclude")
        called = _written(tree, "name")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return SetupScript()  # its build will say what is wrong with it
    return SetupScript(
        extras=tuple(dict.fromkeys(extras)),
        tests_require=tuple(dict.fromkeys(tests)),
        name=called[0] if called else "",
        shipped=tuple(dict.fromkeys(shipped)),
        finds=finds,
        excluded=tuple(excluded),
    )


def _written(tree: ast.Module, keyword: str) -> list[str]:
    names = dict(_assigned(tree))
    return [text for value in _given(tree, keyword) for text in _texts(value, names)]


def _finds(node: ast.AST) -> bool:
    called = node.func if isinstance(node, ast.Call) else None
    named = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
    return named in ("find_packages", "find_namespace_packages")


def _assigned(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            yield from ((target.id, node.value) for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            yield node.target.id, node.value


def _given(tree: ast.Module, keyword: str) -> Iterator[ast.expr]:
    """Yield what calls are given as `keyword`, in `setup(keyword=…)` and in `setup(**{"keyword": …})`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from (given.value for given in node.keywords if given.arg == keyword)
        elif isinstance(node, ast.Dict):
            yield from (value for key, value in zip(node.keys, node.values, strict=True) if _text(key) == keyword)


def _keys(value: ast.expr, names: dict[str, ast.expr], later: Mapping[str, list[str]]) -> Iterator[str]:
    """Yield the keys of a table; what a name stands for is looked up once, so that no file can make this long."""
    match value:
        case ast.Dict(keys=keys, values=values):
            for key, inner in zip(keys, values, strict=True):
                if key is None:
                    yield from _keys(inner, names, later)
                elif _text(key):
                    yield _text(key)
        case ast.Call(func=ast.Name(id="dict"), keywords=keywords):
            yield from (keyword.arg for keyword in keywords if keyword.arg)
        case ast.Name(id=name) if name in names:
            yield from _keys(names.pop(name), names, later)
            yield from later.get(name, ())


def _set_later(tree: ast.Module) -> Mapping[str, list[str]]:
    """Return the keys of every `name["key"] = …`, by name."""
    found: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        for target in node.targets if isinstance(node, ast.Assign) else ():
            match target:
                case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str() as key)):
                    found.setdefault(name, []).append(key)
    return found


def _texts(value: ast.expr, names: dict[str, ast.expr]) -> Iterator[str]:
    match value:
        case ast.Constant(value=str() as text):
            yield text
        case ast.List(elts=entries) | ast.Tuple(elts=entries):
            for entry in entries:
                yield from _texts(entry, names)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield from _texts(left, names)
            yield from _texts(right, names)
        case ast.Starred(value=inner):
            yield from _texts(inner, names)
        case ast.Name(id=name) if name in names:
            yield from _texts(names.pop(name), names)


def _text(key: ast.expr | None) -> str:
    return key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""

"""Reads what a noxfile.py installs before the tests, and how it runs them, from its syntax alone: it is never run."""

import ast
import re
from collections.abc import Iterator, Mapping
from itertools import islice

from gate.formats.install_hints import InstallHints, joined, parse_install_command
from gate.formats.shell_lines import ShellCommand

_SESSION_OF_TESTS = re.compile(r"(?:unit|py)?_?-?tests?\b|tests?[_-]|unit(?:[_-]|\Z)|pytest|run_tests", re.IGNORECASE)
_LARGEST = 256 * 1024
_MOST_CALLS = 500


def parse_noxfile(text: str, origin: str = "noxfile.py") -> InstallHints:
    """Return what the sessions named for tests install, as far as it is written out; nothing if it is no Python.

    Source: https://nox.thea.codes/en/stable/config.html
    """
    tree = _tree(text)
    constants = _constants(tree)
    found = []
    for function in tree.body:
        if isinstance(function, ast.FunctionDef) and _is_of_tests(function):
            found += [_of_call(call, constants) for call in _calls(function)]
    return joined(found, origin)


def parse_nox_commands(text: str) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """Return the commands that each session named for tests runs, without what launches them.

    Arguments of the command line are taken for none; a word that is computed is `$NOX`.
    """
    functions = [node for node in _tree(text).body if isinstance(node, ast.FunctionDef) and _is_of_tests(node)]
    return tuple(tuple(_run(function)) for function in functions)


def _tree(text: str) -> ast.Module:
    """Return the syntax tree, an empty one where it is no Python."""
    try:
        return ast.parse(text[:_LARGEST])
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module(body=[], type_ignores=[])


def _run(function: ast.FunctionDef) -> Iterator[tuple[str, ...]]:
    for call in _calls(function):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "run" and (argv := _written(call)):
            yield ShellCommand(argv=argv).program


def _written(call: ast.Call) -> tuple[str, ...]:
    words = []
    for argument in call.args:
        match argument:
            case ast.Constant(value=str() as text):
                words.append(text)
            case ast.Starred(value=ast.Attribute(attr="posargs")):
                continue
            case _:
                words.append("$NOX")
    return tuple(words)


def _constants(tree: ast.Module) -> Mapping[str, ast.expr]:
    """Return the values of names that the file itself sets once, at its outermost level."""
    found: dict[str, ast.expr] = {}
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target = statement.targets[0]
            if isinstance(target, ast.Name):
                found[target.id] = statement.value
    return found


def _is_of_tests(function: ast.FunctionDef) -> bool:
    for decorator in function.decorator_list:
        name = decorator.func if isinstance(decorator, ast.Call) else decorator
        named = name.attr if isinstance(name, ast.Attribute) else name.id if isinstance(name, ast.Name) else ""
        if named != "session":
            continue
        keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
        own = [keyword.value.value for keyword in keywords if _is_name(keyword)]  # type: ignore[attr-defined]
        return bool(_SESSION_OF_TESTS.match(str(own[0]) if own else function.name))
    return False


def _is_name(keyword: ast.keyword) -> bool:
    return keyword.arg == "name" and isinstance(keyword.value, ast.Constant)


def _calls(function: ast.FunctionDef) -> Iterator[ast.Call]:
    return islice((node for node in ast.walk(function) if isinstance(node, ast.Call)), _MOST_CALLS)


def _of_call(call: ast.Call, constants: Mapping[str, ast.expr]) -> InstallHints:
    if not isinstance(call.func, ast.Attribute):
        return InstallHints()
    unused = dict(constants)
    words = [word for argument in call.args for word in _words(argument, unused)]
    match call.func.attr:
        case "install":
            return parse_install_command(["pip", "install", *words])
        case "run" | "run_always" | "run_install":
            return parse_install_command(words)
        case "dependency_groups":  # nox.project.dependency_groups(pyproject, "test")
            return parse_install_command(
                ["pip", "install", *(option for word in words for option in ("--group", word))]
            )
    return InstallHints()


def _words(argument: ast.expr, constants: dict[str, ast.expr]) -> list[str]:
    """Return the strings that an argument is, those of a list that is unpacked too; none where it is computed.

    What a name stands for is looked up once, so that no file can make this long.
    """
    match argument:
        case ast.Constant(value=str() as text):
            return [text]
        case ast.Starred(value=value):
            return _words(value, constants)
        case ast.List(elts=entries) | ast.Tuple(elts=entries):
            return [word for entry in entries for word in _words(entry, constants)]
        case ast.Name(id=name) if name in constants:
            return _words(constants.pop(name), constants)
    return []

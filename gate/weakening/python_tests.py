"""A Python file with tests -> its tests, what they assert, and what is skipped, by its syntax tree. Runs nothing.

What is a test: https://docs.pytest.org/en/stable/explanation/goodpractices.html#conventions-for-python-test-discovery
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from gate.formats.python_tree import parse_tree
from gate.weakening.assertions import Tally, tally_of
from gate.weakening.imported_names import Names

PATTERNS = ("test_*.py", "*_test.py", "tests.py", "test.py")
_LONGEST = 2_000_000
_TEST = re.compile(r"^[ \t]*(?:async[ \t]+)?def[ \t]+(test\w*)")
_SKIP = re.compile(
    r"pytest\.mark\.(?:skipif|skip|xfail)|pytest\.(?:importorskip|skip|xfail)|unittest\.(?:skip\w*|expectedFailure)"
)
_WORD = re.compile(r"\w{3,50}")
_IGNORED = ("collect_ignore", "collect_ignore_glob")
_ALWAYS = ("pytest.mark.skip", "pytest.skip", "unittest.skip")
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTest:
    """A test by its qualified name; `lines` and `words` are those of its body.

    `cases` are how many literal ones each parametrization has, the same one counted once;
    `has_more_cases`: there are some that are not written there. `tally` is None where the file could not be parsed.
    """

    name: str
    line: int
    lines: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    tally: Tally | None = None
    cases: Mapping[str, int] = field(default_factory=dict)
    has_more_cases: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSkip:
    """A skip by what it is written with; `target` is the test, the class or the module ("") that it is about."""

    what: str
    target: str
    line: int

    @property
    def is_always(self) -> bool:
        """Whether it skips whatever the circumstances."""
        return self.what in _ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTests:
    """What a file has; `functions` are those that are no tests, with what they assert.

    `imported` are names that it has from other files.
    """

    tests: Mapping[str, FoundTest] = field(default_factory=dict)
    skips: tuple[FoundSkip, ...] = ()
    functions: Mapping[str, Tally] = field(default_factory=dict)
    imported: frozenset[str] = frozenset()


def is_test_file(path: str, patterns: tuple[str, ...] = ()) -> bool:
    """Tell by its name whether a runner looks for tests in a file; `patterns` are the project's own."""
    name = PurePosixPath(path).name
    return name != "conftest.py" and any(fnmatchcase(name, pattern) for pattern in (*PATTERNS, *patterns))


def is_about_tests(path: str, patterns: tuple[str, ...] = ()) -> bool:
    """Tell whether a file has tests, or what tests share: fixtures, functions that assert, marks."""
    parts = PurePosixPath(path).parts
    folders = any(part in ("test", "tests", "testing") or part.startswith("test_") for part in parts[:-1])
    return is_test_file(path, patterns) or (path.endswith(".py") and (folders or parts[-1] == "conftest.py"))


def parse_tests(text: str, *, has_tests: bool) -> FoundTests | None:
    """Return what a file has, None where it is no Python that is known here; `has_tests` as its name says."""
    if len(text) > _LONGEST:
        return None
    try:
        tree = parse_tree(text)
        return _Reader(text, Names.of(tree)).read(tree, has_tests=has_tests)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def tests_by_line(text: str, *, has_tests: bool) -> FoundTests:
    """Return what a file has as far as its lines tell."""
    shown = text[:_LONGEST]
    lines = list(enumerate(shown.splitlines(), 1)) if has_tests else []
    named = ((number, _TEST.match(line)) for number, line in lines)
    tests = {match[1]: FoundTest(name=match[1], line=number) for number, match in named if match}
    skips = tuple(
        FoundSkip(what=match[0], target="", line=number)
        for number, line in enumerate(shown.splitlines(), 1)
        for match in _SKIP.finditer(line.partition("#")[0])
    )
    return FoundTests(tests=tests, skips=skips)


class _Reader:
    def __init__(self, text: str, names: Names) -> None:
        self._lines = text.splitlines()
        self._names = names
        self._tests: dict[str, FoundTest] = {}
        self._skips: list[FoundSkip] = []
        self._functions: dict[str, Tally] = {}

    def read(self, tree: ast.Module, *, has_tests: bool) -> FoundTests:
        self._body(tree.body, "", is_collected=has_tests)
        names = (one.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for one in node.names)
        return FoundTests(
            tests=self._tests, skips=tuple(self._skips), functions=self._functions, imported=frozenset(names)
        )

    def _body(self, statements: list[ast.stmt], inside: str, *, is_collected: bool) -> None:
        for statement in statements:
            if isinstance(statement, _Function):
                self._function(statement, f"{inside}{statement.name}", is_collected=is_collected)
            elif isinstance(statement, ast.ClassDef):
                self._class(statement, inside, is_collected=is_collected)
            elif isinstance(statement, ast.If | ast.Try | ast.With | ast.For | ast.While):
                for block in _blocks(statement):
                    self._body(block, inside, is_collected=is_collected)
                if isinstance(statement, ast.With):
                    self._skips_in(inside.rstrip("."), *statement.items)
            elif _turns_off(statement) and not inside:
                self._skips.append(FoundSkip(what="__test__ = False", target="", line=statement.lineno))
            elif not self._names.is_alias(statement):
                self._ignored(statement)
                self._skips_in(inside.rstrip("."), statement)

    def _class(self, node: ast.ClassDef, inside: str, *, is_collected: bool) -> None:
        name = f"{inside}{node.name}"
        self._skips_in(name, *node.decorator_list)
        # Whatever has a base may be one of unittest's.
        collects = is_collected and (node.name.startswith("Test") or bool(node.bases))
        has_tests = any(isinstance(one, _Function) and one.name.startswith("test") for one in node.body)
        for statement in node.body:
            if collects and has_tests and _turns_off(statement):
                self._skips.append(FoundSkip(what="__test__ = False", target=name, line=statement.lineno))
        self._body(node.body, f"{name}.", is_collected=collects)

    def _function(self, node: _Function, name: str, *, is_collected: bool) -> None:
        self._skips_in(name, *node.decorator_list, *node.body)
        tally = tally_of(node.body)
        if not (is_collected and node.name.startswith("test")):
            self._functions[node.name] = tally
            return
        end = node.end_lineno or node.lineno
        body = self._lines[node.body[0].lineno - 1 : end]
        cases = dict(self._cases(node))
        self._tests[name] = FoundTest(
            name=name,
            line=node.lineno,
            lines=frozenset(filter(None, (line.strip() for line in body))),
            words=frozenset(_WORD.findall("\n".join(body))),
            tally=tally,
            cases={names: number for names, number in cases.items() if number is not None},
            has_more_cases=None in cases.values(),
        )

    def _ignored(self, statement: ast.stmt) -> None:
        """Read the files that a conftest.py keeps pytest from collecting."""
        if isinstance(statement, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id in _IGNORED for target in statement.targets
        ):
            for part in ast.walk(statement.value):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    self._skips.append(FoundSkip(what="collect_ignore", target=part.value, line=part.lineno))

    def _cases(self, node: _Function) -> Iterator[tuple[str, int | None]]:
        """Yield for each parametrization how many cases are written there, None where they come from elsewhere."""
        for at, decorator in enumerate(node.decorator_list):
            if not isinstance(decorator, ast.Call) or self._names.dotted(decorator.func) != "pytest.mark.parametrize":
                continue
            given = [*decorator.args, *(word.value for word in decorator.keywords if word.arg == "argvalues")]
            values = given[1] if len(decorator.args) > 1 else given[-1] if len(given) > len(decorator.args) else None
            written = values.elts if isinstance(values, ast.List | ast.Tuple) else None
            if written is not None and any(isinstance(one, ast.Starred) for one in written):
                written = None
            first = decorator.args[0] if decorator.args else None
            named = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else str(at)
            yield "".join(named.split()), None if written is None else _different(written)

    def _skips_in(self, target: str, *nodes: ast.AST) -> None:
        for node in nodes:
            for part in ast.walk(node):
                if isinstance(part, ast.Attribute | ast.Name) and (what := self._names.skip(part)):
                    self._skips.append(FoundSkip(what=what, target=target, line=part.lineno))


def _blocks(statement: ast.If | ast.Try | ast.With | ast.For | ast.While) -> Iterator[list[ast.stmt]]:
    yield statement.body
    if not isinstance(statement, ast.With):
        yield statement.orelse
    if isinstance(statement, ast.Try):
        yield statement.finalbody
        yield from (handler.body for handler in statement.handlers)


def _different(cases: list[ast.expr]) -> int:
    """Return how many cases there are, the same one counted once; all of them where one is too deep to be told."""
    try:
        return len({ast.dump(one) for one in cases})
    except RecursionError:
        return len(cases)


def _turns_off(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == "__test__" for target in statement.targets)
        and isinstance(statement.value, ast.Constant)
        and not statement.value.value
    )

"""In words, the test that would take a path for errors: which condition holds, which call raises what.

One short line of text of the change: never markup, never trusted. What stands in the source is between backticks.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import islice

from gate.domain.exhibit import ErrorPathKind
from gate.domain.wording import clipped
from gate.formats.error_blocks import Block, ErrorBlock, Way

_MOST = 160
_MOST_OF_A_FUNCTION = 60
_LEAST_OF_SOURCE = 24
_MOST_LINES = 20
_MOST_NAMED = 3
_MOST_PLACES = 2
_LINE_END = re.compile(r"\r\n|\r|\n")
# Of some errors it is known what raises them.
_RAISED_BY: dict[type[ast.AST], frozenset[str]] = {
    ast.Subscript: frozenset({"KeyError", "IndexError", "LookupError"}),
    ast.Import: frozenset({"ImportError", "ModuleNotFoundError"}),
    ast.ImportFrom: frozenset({"ImportError", "ModuleNotFoundError"}),
}
_ANY_ERROR = frozenset({"Exception", "BaseException"})
_NO_VALUE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_CALLED = " is called"
_LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_BRANCHING = (ast.For, ast.AsyncFor, ast.While, ast.Try, ast.TryStar, ast.Match)
# What only tells of it is not what fails.
_TELLING = frozenset({"debug", "info", "warning", "error", "exception", "print", "log"})


class ErrorWords:
    """Writes the words for the paths of one source."""

    def __init__(self, source: str) -> None:
        self._lines = _LINE_END.split(source)
        self._places: dict[tuple[int, tuple[type[ast.AST], ...]], list[str]] = {}

    def test_of(self, path: ErrorBlock) -> str:
        """Say what goes on after `a test in which`, such as `x is None` in read, answered with 404."""
        function = path.block.function
        words = self._way(path)
        is_told = not function or words[-1] == _CALLED
        ending = "" if is_told else f" in {clipped(function, _MOST_OF_A_FUNCTION)}"
        if path.kind is ErrorPathKind.HTTP_ERROR and path.status is not None:
            ending += f", answered with {path.status}"
        if sum(map(len, words)) + len(ending) > _MOST:
            # What stands between backticks gives way, each part alike.
            quoted = max(1, len(words[1::2]))
            room = (_MOST - len(ending) - sum(map(len, words[::2]))) // quoted
            room = max(room, _LEAST_OF_SOURCE) - len("``")
            words = [clipped(word, room) if at % 2 else word for at, word in enumerate(words)]
        said = "".join(f"`{word}`" if at % 2 else word for at, word in enumerate(words))
        return clipped(said + ending, _MOST)

    def _way(self, path: ErrorBlock) -> list[str]:
        """Return words and pieces of source by turns, words first."""
        block = path.block
        if path.at is None:
            match block.way, block.owner:
                case Way.HOLDS, ast.If(test=test):
                    return ["", self._source(test), ""]
                case Way.ELSE, _:
                    return self._none_of(block.before, block.passed)
                case Way.NO_BREAK, ast.For() | ast.AsyncFor() | ast.While() as loop:
                    return ["no turn of ", self._loop(loop), " ends in `break`"]
                case Way.CASE, ast.match_case() as case if block.matched is not None:
                    return self._case(block.matched, case)
                case Way.HANDLER, ast.ExceptHandler() as handler if block.tried is not None:
                    return self._raised(block.tried, handler)
        return self._reached(block, path.at or 0)

    def _none_of(self, conditions: Sequence[ast.expr], passed: int) -> list[str]:
        if passed == 1:
            return ["", self._source(conditions[0]), " is false"]
        if passed == len(conditions) == 2:
            return ["neither ", self._source(conditions[0]), " nor ", self._source(conditions[1]), " is true"]
        return [f"none of {passed} conditions is true, the last ", self._source(conditions[-1]), ""]

    def _loop(self, loop: ast.For | ast.AsyncFor | ast.While) -> str:
        if isinstance(loop, ast.While):
            return f"while {self._source(loop.test)}"
        return f"for {self._source(loop.target)} in {self._source(loop.iter)}"

    def _case(self, matched: ast.Match, case: ast.match_case) -> list[str]:
        subject = self._source(matched.subject)
        if case.guard is not None:
            return ["", subject, " matches ", f"{self._source(case.pattern)} if {self._source(case.guard)}", ""]
        if isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None:
            return ["", subject, " matches no other case"]
        return ["", subject, " matches ", self._source(case.pattern), ""]

    def _raised(self, tried: ast.Try | ast.TryStar, handler: ast.ExceptHandler) -> list[str]:
        names = _names_of(handler)
        errors = [self._source(node) for node in names[:_MOST_NAMED]]
        error = "an error" if not errors or _ANY_ERROR.issuperset(errors) else _listed(errors, len(names))
        places = self._raising(tried, errors)
        if 0 < len(places) <= _MOST_PLACES:
            return ["", places[0], *(part for place in places[1:] for part in (" or ", place)), f" raises {error}"]
        first, last = tried.body[0].lineno, tried.body[-1].end_lineno or tried.body[-1].lineno
        place = f"line {first}" if first == last else f"one of the lines {first} to {last}"
        return [f"{place} raises {error}"]

    def _raising(self, tried: ast.Try | ast.TryStar, errors: Sequence[str]) -> list[str]:
        """Return what may raise one of `errors`, one more than is named where there is more."""
        names = {error.rpartition(".")[2] for error in errors}
        kinds = tuple(kind for kind, raised in _RAISED_BY.items() if names & raised)
        key = (id(tried), kinds)
        if key not in self._places:
            found = dict.fromkeys(map(self._source, islice(_may_raise(tried, kinds), _MOST_LINES)))
            self._places[key] = list(found)[: _MOST_PLACES + 1]
        return self._places[key]

    def _reached(self, block: Block, at: int) -> list[str]:
        """Say how a statement is come to that stands behind others."""
        before = block.statements[at - 1] if at else None
        if block.way is Way.BODY and not any(isinstance(each, (*_BRANCHING, ast.If)) for each in block.statements[:at]):
            return ["", f"{clipped(block.function, _MOST_OF_A_FUNCTION)}()", _CALLED]
        if isinstance(before, ast.For | ast.AsyncFor | ast.While):
            return ["no turn of ", self._loop(before), " returns"]
        if passed := _passed(block.statements[:at]):
            return self._none_of(passed[-2:], len(passed))
        return ["", self._source(block.statements[at]), " is reached"]

    def _source(self, node: ast.AST) -> str:
        """Return a node as it stands in the source, on one line."""
        first, last = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0) or 0
        if first == last and 0 < first <= len(self._lines):
            line = self._lines[first - 1].encode("utf-8", "surrogatepass")
            start, end = getattr(node, "col_offset", 0), getattr(node, "end_col_offset", 0) or 0
            found = line[start:end].decode("utf-8", "replace")
        else:
            found = self._written_anew(node) if last - first < _MOST_LINES else self._lines[first - 1].strip() + " …"
        return " ".join(clipped(found, 2 * _MOST).replace("`", "'").split()) or "…"

    def _written_anew(self, node: ast.AST) -> str:
        try:
            return ast.unparse(node)
        except (RecursionError, ValueError):
            return "…"


def _names_of(handler: ast.ExceptHandler) -> Sequence[ast.expr]:
    if handler.type is None:
        return ()
    return handler.type.elts if isinstance(handler.type, ast.Tuple) else (handler.type,)


def _listed(names: Sequence[str], number: int) -> str:
    more = number - len(names)
    *first, last = (*names, f"one of {more} more errors") if more else names or ("",)
    return f"{', '.join(first)} or {last}" if first else last


def _may_raise(tried: ast.Try | ast.TryStar, kinds: tuple[type[ast.AST], ...]) -> Iterator[ast.AST]:
    """Give what may raise an error: what alone raises it, else the calls, the outermost of each."""
    found = [node for node in _outermost(tried.body, *kinds) if not _is_written(node)] if kinds else []
    yield from found or (call for call in _outermost(tried.body, ast.Call) if not _only_tells(call))


def _outermost(statements: Sequence[ast.stmt], *kinds: type[ast.AST]) -> Iterator[ast.AST]:
    """Give the nodes of some kinds in their order, none that lies in another."""
    waiting: list[ast.AST] = list(reversed(statements))
    while waiting:
        node = waiting.pop()
        if isinstance(node, kinds):
            yield node
        elif not isinstance(node, _NO_VALUE):
            waiting.extend(reversed(list(ast.iter_child_nodes(node))))


def _is_written(node: ast.AST) -> bool:
    return isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load)


def _only_tells(call: ast.AST) -> bool:
    function = call.func if isinstance(call, ast.Call) else None
    return getattr(function, "attr", getattr(function, "id", "")) in _TELLING


def _passed(statements: Sequence[ast.stmt]) -> list[ast.expr]:
    """Return the conditions before a place that would each have left the block."""
    conditions: list[ast.expr] = []
    for statement in reversed(statements):
        if isinstance(statement, _BRANCHING):
            break
        if isinstance(statement, ast.If):
            if statement.orelse or not isinstance(statement.body[-1], _LEAVING):
                break
            conditions.append(statement.test)
    return conditions[::-1]

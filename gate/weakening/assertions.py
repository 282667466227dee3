"""How much a test asserts, by its syntax tree: so that fewer assertions can be told from others. Runs nothing."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_RAISING = ("raises", "warns", "deprecated_call")
# What they are asked about the error, beside its type.
_ASKED = ("match", "check")
# What is not defined in the change, but says by its name that it asserts.
_ASSERTING = re.compile(r"_*(assert|check|verify|expect|ensure|validate)", re.IGNORECASE)
_WEIGHT_OF_A_CALL = 5
_DEEPEST = 4
_DEEPEST_VALUE = 8
_MOST_CALLS = 200
_MOST = 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many assertions there are; `weight` is how many values they hold, which joining two does not lessen.

    `calls` are names of functions that may assert in turn.
    """

    count: int = 0
    weight: int = 0
    calls: tuple[str, ...] = ()


def tally_of(body: Sequence[ast.stmt]) -> Tally:
    """Count the assertions that can be reached in a body and can fail."""
    count = weight = 0
    calls: list[str] = []
    for node in _reached(body):
        if isinstance(node, ast.Assert):
            if not _holds_always(node.test):
                count, weight = count + 1, weight + _weight(node.test)
        elif isinstance(node, ast.Call):
            name = _name(node.func)
            if name in _RAISING:
                asked = sum(_weight(_body(word.value)) for word in node.keywords if word.arg in _ASKED)
                count, weight = count + 1, weight + asked + max([1, *map(_values, node.args)])
            elif (
                name.startswith("assert")
                or name == "AssertionError"
                or (name == "fail" and isinstance(node.func, ast.Attribute))
            ):
                count, weight = count + 1, weight + max([1, *map(_values, node.args)])
            elif name and len(calls) < _MOST_CALLS:
                is_own = not isinstance(node.func, ast.Attribute) or _name(node.func.value) in ("self", "cls")
                # What is called on something else is nobody's function here; its name may still tell.
                calls.append(name if is_own else f".{name}")
    return Tally(count=count, weight=weight, calls=tuple(calls))


def asserted_by(functions: Mapping[str, Tally]) -> Mapping[str, Tally]:
    """Return what functions assert by themselves and by those they call, some steps deep."""
    totals: Mapping[str, Tally] = {name: Tally(count=one.count, weight=one.weight) for name, one in functions.items()}
    for _ in range(_DEEPEST):
        totals = {name: with_calls(one, totals) for name, one in functions.items()}
    return totals


def with_calls(tally: Tally, functions: Mapping[str, Tally]) -> Tally:
    """Add what the functions assert that are called; of one that is not known, its name tells whether it does."""
    count, weight = tally.count, tally.weight
    for name in tally.calls:
        if (known := functions.get(name)) is not None:
            count, weight = count + known.count, weight + known.weight
        elif _ASSERTING.match(name.removeprefix(".")):
            count, weight = count + 1, weight + _WEIGHT_OF_A_CALL
    return Tally(count=min(count, _MOST), weight=min(weight, _MOST))


def _reached(body: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    """Yield every node but those behind a `return`, or in what is never true."""
    waiting: list[ast.AST] = list(_until_left(body))
    while waiting:
        node = waiting.pop()
        yield node
        is_dead = isinstance(node, ast.If) and isinstance(node.test, ast.Constant) and not node.test.value
        for name, value in ast.iter_fields(node):
            if is_dead and name == "body":
                continue
            if isinstance(value, ast.AST):
                waiting.append(value)
            elif isinstance(value, list):
                inner = _until_left(value) if value and isinstance(value[0], ast.stmt) else value
                waiting.extend(one for one in inner if isinstance(one, ast.AST))


def _until_left(statements: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in statements:
        yield statement
        if isinstance(statement, ast.Return | ast.Raise):
            return


def _holds_always(test: ast.expr) -> bool:
    if isinstance(test, ast.Constant):
        return bool(test.value)
    if isinstance(test, ast.Tuple):
        return bool(test.elts)
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        return any(isinstance(value, ast.Constant) and value.value for value in test.values)
    if isinstance(test, ast.Compare):
        return all(isinstance(value, ast.Constant) for value in (test.left, *test.comparators))
    return False


def _weight(test: ast.expr) -> int:
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return sum(max(1, _values(value)) for value in test.values)
    return max(1, _values(test))


def _body(node: ast.expr) -> ast.expr:
    return node.body if isinstance(node, ast.Lambda) else node


def _values(node: ast.expr, deep: int = 0) -> int:
    """Return how many values the largest literal of a comparison has; a comparison that is chained has more.

    What a literal holds counts by what it holds in turn, a text by its lines, and what is made of one as the literal.
    """
    if deep > _DEEPEST_VALUE:
        return 1
    if isinstance(node, ast.Compare):
        return max(len(node.comparators), *(_values(one, deep + 1) for one in (node.left, *node.comparators)))
    if isinstance(node, ast.List | ast.Tuple | ast.Set | ast.Dict):
        held = node.values if isinstance(node, ast.Dict) else node.elts
        return sum(max(1, _values(one, deep + 1)) for one in held)
    if isinstance(node, ast.Call):
        return max([1, *(_values(one, deep + 1) for one in node.args)])
    if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
        return max(1, len(node.value.splitlines()))
    return 1


def _name(callee: ast.expr) -> str:
    if isinstance(callee, ast.Attribute):
        return callee.attr
    return callee.id if isinstance(callee, ast.Name) else ""

"""The syntax tree of a module -> its paths for errors: the smallest blocks that run only when something goes wrong.

Which of them ran is not known here. Source of the syntax: https://docs.python.org/3.11/library/ast.html. What is taken
for an error, and what is not, is in docs/gates/coverage.md.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any

from gate.domain.exhibit import ErrorPathKind
from gate.formats.error_statements import NO_ERRORS, ErrorAnswer, error_answer, last_name

_MOST_CONDITIONS = 3
_LONGEST_NAME = 200
_NO_MODULE = frozenset({"ImportError", "ModuleNotFoundError"})
_EMPTY_CALLS = frozenset({"list", "dict", "set", "frozenset", "tuple"})
_NOT_TESTED = frozenset({"TYPE_CHECKING", "__name__"})


class Way(Enum):
    """How one gets into a block."""

    STRAIGHT = auto()
    BODY = auto()
    TURN = auto()
    HOLDS = auto()
    ELSE = auto()
    NO_BREAK = auto()
    HANDLER = auto()
    CASE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Statements that run one after the other, in `function`, and the statement or handler that they are a part of.

    `after` is the statement that runs next where the owner's condition does not hold. `before` are the conditions that
    did not hold on the way here, the last ones of `passed`. `tried` is the `try` of a handler, `matched` the `match` of
    a case, `loop` the innermost one around it.
    """

    statements: Sequence[ast.stmt]
    way: Way
    function: str = ""
    owner: ast.stmt | ast.ExceptHandler | ast.match_case | None = None
    after: ast.stmt | None = None
    before: tuple[ast.expr, ...] = ()
    passed: int = 0
    tried: ast.Try | ast.TryStar | None = None
    matched: ast.Match | None = None
    loop: ast.stmt | None = None

    def part(self, statements: Sequence[ast.stmt], way: Way, **more: Any) -> "Block":  # noqa: ANN401
        """Return a block within this one, in the same function and turn of a loop."""
        return replace(Block(statements=statements, way=way, function=self.function, loop=self.loop), **more)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorBlock:
    """A path for errors: all of a block, or the one of its statements that stands `at` this place alone."""

    kind: ErrorPathKind
    block: Block
    at: int | None = None
    status: int | None = None

    @property
    def statements(self) -> Sequence[ast.stmt]:
        """What is only for the error."""
        return self.block.statements if self.at is None else self.block.statements[self.at : self.at + 1]


def error_blocks(tree: ast.Module) -> Iterator[ErrorBlock]:
    """Find the paths for errors of a module, in no order; one may lie in another."""
    waiting = [Block(statements=tree.body, way=Way.STRAIGHT)]
    while waiting:
        block = waiting.pop()
        yield from _of_block(block)
        for at, statement in enumerate(block.statements):
            after = block.statements[at + 1] if at + 1 < len(block.statements) else None
            waiting.extend(_within(statement, block, after))


def _of_block(block: Block) -> Iterator[ErrorBlock]:
    if block.way is Way.HANDLER:
        last = error_answer(block.statements[-1])
        kind = ErrorPathKind.HTTP_ERROR if last and last.is_http else ErrorPathKind.EXCEPT
        yield ErrorBlock(kind=kind, block=block, status=last.status if last else None)
    for at, statement in enumerate(block.statements):
        answer = error_answer(statement)
        if answer is None:
            if block.way is Way.HOLDS and at == 0 and _is_guard(block):
                yield ErrorBlock(kind=ErrorPathKind.GUARD, block=block)
        elif block.way is not Way.HANDLER and not _is_unwritten(block, statement):
            yield _answering(block, at, answer)


def _answering(block: Block, at: int, answer: ErrorAnswer) -> ErrorBlock:
    chosen = block.way in (Way.HOLDS, Way.ELSE, Way.NO_BREAK, Way.CASE)
    is_whole = chosen and at + 1 == len(block.statements) and not _may_end_well(block.statements[:-1])
    return ErrorBlock(
        kind=ErrorPathKind.HTTP_ERROR if answer.is_http else ErrorPathKind.RAISE,
        block=block,
        at=None if is_whole else at,
        status=answer.status,
    )


def _within(statement: ast.stmt, block: Block, after: ast.stmt | None) -> Iterator[Block]:
    """Give the blocks that a statement of `block` is made of."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            way = Way.STRAIGHT if isinstance(statement, ast.ClassDef) else Way.BODY
            name = f"{block.function}.{statement.name}".lstrip(".")[:_LONGEST_NAME]
            yield Block(statements=statement.body, way=way, function=name, owner=statement)
        case ast.If():
            yield from _branches(statement, block, after)
        case ast.For() | ast.AsyncFor() | ast.While():
            yield block.part(statement.body, Way.TURN, owner=statement, loop=statement)
            yield block.part(statement.orelse, Way.NO_BREAK, owner=statement)
        case ast.With() | ast.AsyncWith():
            yield block.part(statement.body, Way.STRAIGHT)
        case ast.Try() | ast.TryStar():
            for part in (statement.body, statement.orelse, statement.finalbody):
                yield block.part(part, Way.STRAIGHT)
            for handler in () if _is_of_installation(statement) else statement.handlers:
                way = Way.STRAIGHT if _is_no_error(handler) else Way.HANDLER
                yield block.part(handler.body, way, owner=handler, tried=statement)
        case ast.Match():
            for case in statement.cases:
                yield block.part(case.body, Way.CASE, owner=case, matched=statement)


def _branches(statement: ast.If, block: Block, after: ast.stmt | None) -> Iterator[Block]:
    is_elif = block.way is Way.ELSE and len(block.statements) == 1
    before, passed, after = (block.before, block.passed, block.after) if is_elif else ((), 0, after)
    if not _is_never_tested(statement.test):
        following = statement.orelse[0] if statement.orelse else after
        yield block.part(statement.body, Way.HOLDS, owner=statement, after=following, before=before)
    before = (*before, statement.test)[-_MOST_CONDITIONS:]
    yield block.part(statement.orelse, Way.ELSE, owner=statement, after=after, before=before, passed=passed + 1)


def _is_never_tested(test: ast.expr) -> bool:
    """Tell whether a block is for the type checker, or for the one who starts the module as a program."""
    return last_name(test.left if isinstance(test, ast.Compare) else test) in _NOT_TESTED


def _is_of_installation(statement: ast.Try | ast.TryStar) -> bool:
    """Tell whether an import is tried: what is installed decides what follows, and no test."""
    caught = {name for handler in statement.handlers for name in _names_of(handler)}
    imports = any(isinstance(each, ast.Import | ast.ImportFrom) for each in statement.body)
    return imports and bool(caught) and caught <= _NO_MODULE


def _names_of(handler: ast.ExceptHandler) -> set[str]:
    """Return the last parts of the names of what a handler catches; none of it where it catches everything."""
    if handler.type is None:
        return set()
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else (handler.type,)
    return {last_name(node) for node in caught}


def _is_no_error(handler: ast.ExceptHandler) -> bool:
    """Tell whether a handler is for the end of an iteration, and goes on."""
    names = _names_of(handler)
    return bool(names) and names <= NO_ERRORS and error_answer(handler.body[-1]) is None


def _is_unwritten(block: Block, statement: ast.stmt) -> bool:
    """Tell whether a statement only says that a function is to be written by others."""
    if block.way is not Way.BODY or not isinstance(statement, ast.Raise) or statement.exc is None:
        return False
    raised = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
    return last_name(raised) == "NotImplementedError"


def _is_guard(block: Block) -> bool:
    """Tell whether a condition without `else` ends the function or the turn of a loop before what follows it."""
    owner, last = block.owner, block.statements[-1]
    if not isinstance(owner, ast.If) or owner.orelse or block.before or block.after is None:
        return False
    # Who does more than to tell of it, does something else here.
    if not all(isinstance(each, ast.Expr) and isinstance(each.value, ast.Call) for each in block.statements[:-1]):
        return False
    if isinstance(last, ast.Return):
        return last.value is None or _is_nothing(last.value)
    # A `while` is left by `break` when it has done its work.
    is_jump = isinstance(last, ast.Continue) or (isinstance(last, ast.Break) and not isinstance(block.loop, ast.While))
    return is_jump and _says_what_is_wrong(owner.test)


def _says_what_is_wrong(test: ast.expr) -> bool:
    """Tell whether a condition is that something is wanting, or otherwise than it should be: others only choose."""
    match test:
        case ast.BoolOp(values=values):
            return any(map(_says_what_is_wrong, values))
        case ast.UnaryOp(op=ast.Not()):
            return True
        case ast.Compare(ops=operators, comparators=others):
            empty = [isinstance(other, ast.Constant) and other.value in (None, "") for other in others]
            pairs = zip(operators, empty, strict=True)
            return any(
                is_empty if isinstance(each, ast.Is | ast.Eq) else not isinstance(each, ast.IsNot | ast.In)
                for each, is_empty in pairs
            )
    return False


def _is_nothing(value: ast.expr) -> bool:
    match value:
        case ast.Constant(value=constant):
            return not constant
        case ast.List(elts=parts) | ast.Set(elts=parts):
            return not parts
        case ast.Tuple(elts=parts):
            return all(isinstance(part, ast.Constant) and not part.value for part in parts)
        case ast.Dict(keys=keys):
            return not keys
        case ast.Call(func=function, args=[], keywords=[]):
            return last_name(function) in _EMPTY_CALLS
    return last_name(value) == "NotImplemented"


def _may_end_well(statements: Sequence[ast.stmt]) -> bool:
    """Tell whether statements can leave the block they stand in by anything but an error."""
    waiting: list[ast.AST] = list(statements)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(node, ast.Return) and error_answer(node) is None:
            return True
        if isinstance(node, ast.Break | ast.Continue | ast.Yield | ast.YieldFrom):
            return True
        waiting.extend(ast.iter_child_nodes(node))
    return False

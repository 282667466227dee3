"""Which statements of Python answer with an error: a `raise`, a call that ends the request or program, an HTTP error.

Told by the form alone: it runs nothing, and knows no type.
"""

import ast
import re
from dataclasses import dataclass
from http import HTTPStatus

_BY_NAME = re.compile(r"HTTP_([1-5][0-9]{2})(?:_[A-Z0-9_]*)?")
_PHRASES = {name.replace("_", "").lower(): status.value for name, status in HTTPStatus.__members__.items()}
# What Django and aiohttp call otherwise than the standard.
_PHRASES |= {"404": 404, "notallowed": 405, "servererror": 500, "permanentredirect": 308}
# A class with this beginning is an answer of HTTP in aiohttp, Django, falcon, Pyramid and Starlette.
_ANSWER = re.compile(r"HTTP(?:Response|Exception)?(\w*)", re.IGNORECASE)
# The end of an iteration is no error.
NO_ERRORS = frozenset({"StopIteration", "StopAsyncIteration"})
# These end the program; only a code or a text that is not nothing says that something went wrong.
_EXITS = frozenset({"SystemExit", "Exit", "exit"})
_ENDING_CALLS = frozenset({"abort", "send_error"})
_STATUS_WORDS = frozenset({"status_code", "status", "http_status"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorAnswer:
    """That a statement answers with an error: over HTTP or not, with which status where that is written there."""

    is_http: bool = False
    status: int | None = None


def error_answer(statement: ast.stmt) -> ErrorAnswer | None:
    """Return with which error a statement ends what it stands in, None where it does not."""
    match statement:
        case ast.Raise(exc=None):
            return ErrorAnswer()
        case ast.Raise(exc=ast.expr() as raised):
            return _raised(raised)
        case ast.Expr(value=ast.Call() as call) if call.args:
            return _called(call, call.args[0])
        case ast.Return(value=ast.expr() as answer):
            return _http(_answered(answer))
    return None


def last_name(node: ast.expr) -> str:
    """Return the last part of a dotted name, "" of anything else."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def dotted(node: ast.expr) -> str:
    """Return a name such as `app.errors.Gone`; of what is no name, as much as is one."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        parts.append(node.id)
    return ".".join(reversed(parts))


def _called(call: ast.Call, first: ast.expr) -> ErrorAnswer | None:
    name, status = last_name(call.func), _status(first)
    if name in _ENDING_CALLS and status is not None:
        return _http(status)
    if dotted(call.func) == "sys.exit":
        return ErrorAnswer() if _ends_badly(call) else None
    # By itself it is that of Flask and Quart; as a method, anything may be called so.
    return ErrorAnswer(is_http=True) if isinstance(call.func, ast.Name) and name == "abort" else None


def _raised(raised: ast.expr) -> ErrorAnswer | None:
    name = last_name(raised.func if isinstance(raised, ast.Call) else raised)
    if name in NO_ERRORS:
        return None
    if name in _EXITS:
        return ErrorAnswer() if isinstance(raised, ast.Call) and _ends_badly(raised) else None
    status = _status_of_call(raised) if isinstance(raised, ast.Call) else _status_of_name(name)
    if status is not None:
        return _http(status)
    return ErrorAnswer(is_http=name == "HTTPException")


def _http(status: int | None) -> ErrorAnswer | None:
    return ErrorAnswer(is_http=True, status=status) if status is not None and status >= 400 else None


def _ends_badly(call: ast.Call) -> bool:
    codes = [*call.args[:1], *(word.value for word in call.keywords if word.arg == "code")]
    return any(isinstance(code, ast.JoinedStr) or (isinstance(code, ast.Constant) and code.value) for code in codes)


def _answered(answer: ast.expr) -> int | None:
    """Return the status of an answer that a function returns: `Response(status=404)`, `{...}, 404`."""
    if isinstance(answer, ast.Await):
        answer = answer.value
    if isinstance(answer, ast.Call):
        return _status_of_call(answer)
    if isinstance(answer, ast.Tuple) and len(answer.elts) in (2, 3):
        first, second = answer.elts[:2]
        # Two figures may be a size.
        body = isinstance(first, ast.Dict | ast.JoinedStr | ast.Call)
        body = body or (isinstance(first, ast.Constant) and isinstance(first.value, str))
        return _status(second) if body or not isinstance(second, ast.Constant) else None
    return None


def _status_of_call(call: ast.Call) -> int | None:
    """Return the status that a call names by a keyword, in its first two arguments, or by what is called."""
    name = last_name(call.func)
    for word in call.keywords:
        if word.arg in _STATUS_WORDS and (status := _status(word.value)) is not None:
            return status
    is_answer = name.lower().endswith(("response", "httpexception", "httperror"))
    arguments = [status for status in map(_status, call.args[:2]) if status is not None] if is_answer else []
    return arguments[0] if arguments else _status_of_name(name)


def _status_of_name(name: str) -> int | None:
    found = _ANSWER.fullmatch(name)
    return _PHRASES.get(found[1].lower()) if found else None


def _status(node: ast.expr) -> int | None:
    """Return the status that is written as a figure, or as a name of FastAPI's or of the standard library."""
    if isinstance(node, ast.Constant):
        number = node.value
        return number if isinstance(number, int) and not isinstance(number, bool) and 100 <= number <= 599 else None
    if isinstance(node, ast.Attribute) and node.attr == "value":
        node = node.value
    if found := _BY_NAME.fullmatch(last_name(node)):
        return int(found[1])
    if isinstance(node, ast.Attribute) and last_name(node.value) == "HTTPStatus":
        return _PHRASES.get(node.attr.replace("_", "").lower())
    return None

"""Requests and answers as lines of a shell, to try again what proves a flaw. Shows no secret and runs nothing.

A credential stands as a variable of the shell, such as `$TOKEN_OWNER`; what else is secret becomes `***`.
"""

import re
import shlex
from collections.abc import Iterable
from itertools import islice

from gate.domain.wording import clipped
from gate.gates.access_review.evidence import Exchange, Flaw
from gate.gates.access_review.masking import Mask

BASE = "http://127.0.0.1:8000"

_MOST_EXCHANGES = 12
_MOST_OF_A_LINE = 2_000
_MOST_OF_A_TARGET = 4_000
_MOST_OF_AN_ANSWER = 300
_MOST_READ = 1_500
_LONGEST_SECRET = 4_096
_SECRET_HEADER = re.compile(r"auth|cookie|key|token|secret|session|csrf|xsrf", re.IGNORECASE)
_SCHEME = re.compile(r"(Bearer|Basic|Token|JWT|Digest|ApiKey) +", re.IGNORECASE)
_RUN = re.compile(r"([A-Za-z0-9])\1{99,}")


def curl(exchange: Exchange, secrets: Iterable[str]) -> str:
    """Write a request as one command that sends it to a service on port 8000 of this machine."""
    return _command(exchange, Mask(secrets))


def proof(flaw: Flaw, secrets: Iterable[str]) -> str:
    """Write the exchanges that prove a flaw as a script, each answer as a comment below its request; "" without any."""
    hide = Mask(secrets)
    lines: list[str] = []
    for exchange in flaw.proof[:_MOST_EXCHANGES]:
        lines.append(f"# {one_line(f'{exchange.who} {exchange.purpose}'.strip(), 200)}")
        lines.append(_command(exchange, hide))
        lines.append(f"#   -> {_answer(exchange, hide)}")
    left_out = len(flaw.proof) - _MOST_EXCHANGES
    return "\n".join([*lines, f"# and {left_out} more"] if left_out > 0 else lines)


def _command(exchange: Exchange, hide: Mask) -> str:
    request = exchange.request
    parts = ["curl", "-i", "--path-as-is"]
    if request.method != "GET":
        parts += ["-X", _quoted(request.method)]
    parts.append(_quoted(BASE + hide(request.target)))
    for name, value in request.headers:
        parts += ["-H", _header(name, value, exchange.who, hide)]
    if request.body is not None:
        parts += _body(request.body, hide)
    line = " ".join(parts)
    # A comment ends with its line.
    return line if len(line) <= _MOST_OF_A_LINE else f"# too long to be shown: {one_line(line, _MOST_OF_A_LINE)}"


def _answer(exchange: Exchange, hide: Mask) -> str:
    """Write what came back in one line: the status, what it is, and its beginning."""
    answer = exchange.answer
    if answer is None:
        return one_line(f"no answer: {hide(exchange.trouble)}", _MOST_OF_AN_ANSWER)
    kind = one_line(answer.header("content-type").partition(";")[0], 80)
    size = f"{len(answer.body):,} bytes" + (" and more" if answer.cut else "")
    # More is masked than is shown: what is cut off beforehand may have been the end of a secret.
    text = hide(answer.body[: _MOST_READ + _LONGEST_SECRET].decode("utf-8", "replace"))
    body = one_line(text[:_MOST_READ], _MOST_OF_AN_ANSWER)
    return " ".join(filter(None, (str(answer.status), kind, f"({size}): {body}" if body else f"({size})")))


def _header(name: str, value: str, who: str, hide: Mask) -> str:
    if not _SECRET_HEADER.search(name) and not hide.hides(value):
        return _quoted(f"{name}: {hide(value)}")
    variable = {"authorization": "TOKEN", "cookie": "COOKIE"}.get(name.lower(), name)
    scheme = _SCHEME.match(value) if name.lower() == "authorization" else None
    shown = f"${_variable(variable)}_{_variable(who)}"
    # In double quotes the shell would look for more than the variable.
    return f'"{re.sub(r"[^A-Za-z0-9_-]", "_", name)}: {f"{scheme[1]} " if scheme else ""}{shown}"'


def _variable(word: str) -> str:
    return re.sub(r"[^A-Z0-9]", "_", word.upper()) or "_"


def _body(body: bytes, hide: Mask) -> list[str]:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = "\0"
    if not all(char.isprintable() or char in "\n\t" for char in text):
        return ["--data-binary", "@body", f"# {len(body):,} bytes that are no text"]
    # `--data` would take a file's name behind `@`.
    return ["--data-raw", _quoted(hide(text))]


def _quoted(text: str) -> str:
    """Quote a text for the shell; a long run of one letter is written by the shell itself."""
    text = "".join(char if char.isprintable() or char in "\n\t" else "?" for char in text)
    if not _RUN.search(text):
        return shlex.quote(text)
    words, at = [], 0
    for run in islice(_RUN.finditer(text), 20):
        words += [shlex.quote(text[at : run.start()])] if run.start() > at else []
        words.append(f"\"$(printf '{run[1]}%.0s' $(seq {len(run[0])}))\"")
        at = run.end()
    return "".join([*words, shlex.quote(text[at:])] if at < len(text) else words)


def one_line(text: str, most: int) -> str:
    """Return a text on one line, of what can be printed, cut to `most` characters."""
    words = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return clipped(words, most)


def rendered_exchanges(exchanges: Iterable[Exchange], hide: Mask) -> str:
    """Write what was sent and how it was answered, without bodies and credentials: a line for each request."""
    lines = [
        f"{one.who}: {one_line(one.purpose, 200)}: {one.request.method} "
        f"{one_line(hide(one.request.target[:_MOST_OF_A_TARGET]), 200)} -> "
        f"{one.answer.status if one.answer else one_line(hide(one.trouble), 200)}"
        for one in exchanges
    ]
    return "\n".join(lines) + "\n"

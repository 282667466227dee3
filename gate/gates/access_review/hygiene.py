"""What a service shows that it should not, wherever that is seen: tracebacks, debug routes, passwords, open CORS."""

import re
from collections.abc import Iterable
from dataclasses import replace

from gate.domain.finding import Severity
from gate.domain.http_message import HttpAnswer
from gate.gates.access_review.answers import is_success
from gate.gates.access_review.asking_lists import exposed_secret
from gate.gates.access_review.caller import request_of
from gate.gates.access_review.evidence import Exchange, Flaw
from gate.gates.access_review.made import Arranged
from gate.gates.access_review.operations import Subject
from gate.gates.access_review.panel import Panel, Sheet
from gate.gates.access_review.people import Identity
from gate.gates.access_review.questions import Cell, Question, Rule

# What the usual servers and frameworks write into an answer when they are in debugging mode.
_TRACES = (
    b"Traceback (most recent call last)",
    b"Werkzeug Debugger",
    b"You're seeing this error because you have <code>DEBUG = True",
    b'class="traceback-container"',
    b"sqlalchemy.exc.",
    b"psycopg2.errors.",
    b"psycopg.errors.",
    b"asyncpg.exceptions.",
)
_FOREIGN = "https://quality-gate.example"


def ask_hygiene(sheet: Sheet, exchanges: Iterable[Exchange]) -> None:
    """Look through all answers of an operation for what no answer may show."""
    sheet.note(Question.HYGIENE, Cell.PASSED)
    for exchange in exchanges:
        if exchange.answer is None or not _is_of(exchange, sheet.subject):
            continue
        if any(trace in exchange.answer.body for trace in _TRACES):
            sheet.flaw(Question.HYGIENE, Rule.TRACEBACK, f"shows where it failed ({exchange.answer.status})", exchange)
        if is_success(exchange.answer) and (name := exposed_secret(exchange.answer)):
            sent = exchange.request.body or b""
            if not _is_echo(exchange.answer, sent):
                sheet.flaw(Question.HYGIENE, Rule.PRIVATE_FIELDS, f"shows a password or its hash: `{name}`", exchange)


def _is_of(exchange: Exchange, subject: Subject) -> bool:
    """Tell an answer of the operation itself from those of others that were called to arrange its own."""
    path = exchange.request.target.partition("?")[0].rstrip("/")
    parts = [part for part in re.split(r"(\{[^{}/]+\})", subject.path.rstrip("/")) if part]
    template = "".join("[^/]*" if part.startswith("{") else re.escape(part) for part in parts)
    return exchange.request.method == subject.method and re.search(f"{template}$", path) is not None


def _is_echo(answer: HttpAnswer, sent: bytes) -> bool:
    """Tell an answer that has nothing but what was sent: whoever sent the password knows it."""
    return bool(sent) and answer.body in sent


def ask_debug(sheet: Sheet, subject: Subject, exchange: Exchange, *, is_stated: bool) -> None:
    """Note a route for those who look for faults that is served to whoever asks."""
    if subject.is_debug and not is_stated and is_success(exchange.answer):
        sheet.flaw(Question.HYGIENE, Rule.DEBUG_ROUTE, "is a debug route, and answers", exchange)


async def ask_cors(panel: Panel, who: Identity, arranged: Arranged) -> Flaw | None:
    """Ask as a page of a foreign origin would: https://fetch.spec.whatwg.org/#cors-protocol-and-credentials."""
    plain = request_of(arranged.call, who.credentials)
    # Starlette mirrors the origin for `*` only where a cookie comes with the request.
    headers = (*plain.headers, ("Origin", _FOREIGN), ("Cookie", "quality_gate=1"))
    if any(name.lower() == "cookie" for name, _ in plain.headers):
        headers = (*plain.headers, ("Origin", _FOREIGN))
    exchange = await panel.caller.send(who.name, "asks from a foreign page", replace(plain, headers=headers))
    answer = exchange.answer
    if answer is None or answer.header("Access-Control-Allow-Origin") != _FOREIGN:
        return None
    if answer.header("Access-Control-Allow-Credentials").lower() != "true":
        return None
    by_cookie = any(name.lower() == "cookie" for name, _ in who.credentials.headers)
    return Flaw(
        operation="",
        question=Question.HYGIENE,
        rule=Rule.CORS,
        message="lets pages of any origin ask with the user's credentials",
        proof=(exchange,),
        severity=Severity.ERROR if by_cookie else None,
    )

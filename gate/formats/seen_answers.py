"""Answers of the service that were seen while other gates ran: a JSON object a line. Judges none of them.

The format is ours. `gate/probes/pytest_plugin/quality_gate_answers.py` writes it too, in the project's own process, so
that what is read is never trusted: a line that is none is passed over. Bodies may hold secrets: no such file is ever a
part of the report.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

MOST_OF_A_BODY = 64 * 1024
_LONGEST_LINE = 2 * MOST_OF_A_BODY
_LONGEST_TEXT = 2_000
_MOST = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenAnswer:
    """An answer. `path` is what was asked for, without its query, or the template of the path itself.

    `body` is the whole body, or its beginning where it is `cut`; `source` where it was seen, such as `unit-tests`.
    `application` is the title of the application that answered, "" where it has none or is not known.
    """

    method: str
    path: str
    status: int
    media_type: str = ""
    body: bytes = field(default=b"", repr=False)
    cut: bool = False
    source: str = ""
    application: str = ""


def render_seen_answer(answer: SeenAnswer) -> str:
    """Write an answer as a line without its end; of a body what is kept of one."""
    cut = answer.cut or len(answer.body) > MOST_OF_A_BODY
    return json.dumps(
        {
            "method": answer.method,
            "path": answer.path,
            "status": answer.status,
            "media_type": answer.media_type,
            "body": b64encode(answer.body[:MOST_OF_A_BODY]).decode(),
            "cut": cut,
            "application": answer.application,
        }
    )


def parse_seen_answers(text: str, source: str) -> tuple[SeenAnswer, ...]:
    """Read the lines of a file, the first 20,000 answers of it; what is no answer is passed over."""
    return tuple(islice((one for line in _lines(text) if (one := _answer(line, source))), _MOST))


def _lines(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        if end - at <= _LONGEST_LINE:
            yield text[at:end]
        at = end + 1


def _answer(line: str, source: str) -> SeenAnswer | None:
    try:
        written = json.loads(line)
        status, cut = written["status"], written["cut"]
        texts = [written[name] for name in ("method", "path", "media_type", "application")]
        body = b64decode(written["body"], validate=True)
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    if type(status) is not int or not 100 <= status <= 599 or not isinstance(cut, bool):
        return None
    if not all(isinstance(one, str) and len(one) <= _LONGEST_TEXT for one in texts) or len(body) > MOST_OF_A_BODY:
        return None
    method, path, media_type, application = texts
    return SeenAnswer(
        method=method,
        path=path,
        status=status,
        media_type=media_type,
        body=body,
        cut=cut,
        source=source,
        application=application,
    )

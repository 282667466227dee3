"""Answers of the service on their way from the gates that see them to the gate `openapi`, which compares them.

They lie in the run's scratch folder, never in the report: a body may hold a secret. Judges nothing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from gate.context import Context
from gate.domain.http_message import HttpAnswer, HttpRequest
from gate.formats.path_routes import Routes
from gate.formats.seen_answers import MOST_OF_A_BODY, SeenAnswer, parse_seen_answers, render_seen_answer
from gate.ports import CannotRun
from gate.service_ports import HttpClient

_FOLDER = "seen-answers"
_OPENAPI = "openapi"
_MOST_OF_A_KIND = 20
_MOST_BYTES = 16 * 1024 * 1024
_MOST_FILES = 200
_MOST = 20_000


def folder_for_answers(ctx: Context) -> Path | None:
    """Return where this gate's programs may leave answers, a file each; None where nobody will read them."""
    return ctx.scratch_folder(f"{_FOLDER}/{ctx.gate}") if _OPENAPI in ctx.planned else None


def note_answers(ctx: Context, answers: Iterable[SeenAnswer]) -> None:
    """Keep the answers that this gate has seen; nothing where nobody will read them."""
    folder = folder_for_answers(ctx)
    if folder is not None:
        name = f"{len(ctx.files_below(folder))}.jsonl"
        ctx.write_text(folder / name, "".join(f"{render_seen_answer(one)}\n" for one in answers))


def seen_answers(ctx: Context) -> tuple[SeenAnswer, ...]:
    """Return the answers that all gates of this run have seen until now, the first 20,000 of them."""
    return tuple(islice(_read(ctx), _MOST))


def _read(ctx: Context) -> Iterator[SeenAnswer]:
    folder = ctx.scratch_folder(_FOLDER)
    for path in ctx.files_below(folder)[:_MOST_FILES]:
        try:
            text = ctx.read_text(path)
        except CannotRun:
            # Tests can write there what they like.
            continue
        yield from parse_seen_answers(text or "", path.relative_to(folder).parts[0])


def answers_of_operations(answers: Iterable[tuple[str, int, str, bytes]]) -> tuple[SeenAnswer, ...]:
    """Return answers that are known by their operation (`GET /tasks/{task_id}`), status, media type and whole body."""
    found = []
    for operation, status, media_type, body in answers:
        method, _, path = operation.partition(" ")
        found.append(SeenAnswer(method=method, path=path, status=status, media_type=media_type, body=body))
    return tuple(found)


@dataclass(slots=True)
class ListeningClient(HttpClient):
    """Speaks to a service as `http` does, and remembers a few answers of each of its operations and each status.

    `paths` are those of its operations, which may be below `base_path`.
    """

    http: HttpClient
    paths: Iterable[str]
    base_path: str = ""
    answers: list[SeenAnswer] = field(default_factory=list)
    _routes: Routes = field(init=False)
    _counts: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    _bytes: int = 0

    def __post_init__(self) -> None:
        self._routes = Routes(self.paths, self.base_path)

    async def send(self, request: HttpRequest) -> HttpAnswer:
        """Send a request as `http` does."""
        answer = await self.http.send(request)
        self._remember(request, answer)
        return answer

    async def pause(self, seconds: float) -> None:
        """Wait as `http` does."""
        await self.http.pause(seconds)

    def _remember(self, request: HttpRequest, answer: HttpAnswer) -> None:
        path = request.target.partition("?")[0]
        match = self._routes.match(path)
        if match is None:
            return
        kind = (request.method, match.template, answer.status)
        self._counts[kind] += 1
        kept = len(answer.body[:MOST_OF_A_BODY])
        if self._counts[kind] > _MOST_OF_A_KIND or self._bytes + kept > _MOST_BYTES:
            return
        self._bytes += kept
        self.answers.append(_seen(request, path, answer))


def _seen(request: HttpRequest, path: str, answer: HttpAnswer) -> SeenAnswer:
    seen = SeenAnswer(
        method=request.method,
        path=path,
        status=answer.status,
        media_type=answer.header("Content-Type"),
        body=answer.body[:MOST_OF_A_BODY],
        # What is compressed is not looked into.
        cut=answer.cut or len(answer.body) > MOST_OF_A_BODY or bool(answer.header("Content-Encoding")),
    )
    return replace(seen, media_type=seen.media_type[:200])

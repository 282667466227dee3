"""What the application answers in its own tests is noted, and nothing of it is changed. No Starlette is needed."""

import asyncio
import importlib.util
import sys
import types
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from gate.formats.seen_answers import SeenAnswer, parse_seen_answers

SOURCE = Path(__file__).parents[3] / "gate" / "probes" / "pytest_plugin" / "quality_gate_answers.py"
spec = importlib.util.spec_from_file_location("quality_gate_answers", SOURCE)
assert spec
assert spec.loader
plugin: Any = importlib.util.module_from_spec(spec)
spec.loader.exec_module(plugin)

Answering = Callable[[Any, Any], Awaitable[None]]


@pytest.fixture
def starlette(monkeypatch: pytest.MonkeyPatch) -> type:
    class Starlette:
        title = "Tasks"

        def __init__(self, answering: Answering) -> None:
            self.answering = answering

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await self.answering(scope, send)

    module = types.ModuleType("starlette.applications")
    module.Starlette = Starlette  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "starlette.applications", module)
    return Starlette


def answering(*messages: dict[str, Any], raised: Exception | None = None) -> Answering:
    async def answer(scope: Any, send: Any) -> None:
        for message in messages:
            await send(message)
        if raised is not None:
            raise raised

    return answer


def start(status: int = 200, *headers: tuple[bytes, bytes]) -> dict[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": headers or [(b"Content-Type", b"text/plain")]}


def part(body: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": body, "more_body": more}


def ask(application: Any, **scope: Any) -> list[Any]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {}

    asyncio.run(application({"type": "http", "method": "GET", "path": "/a", **scope}, receive, send))
    return sent


def noted(folder: Path) -> list[SeenAnswer]:
    return [one for file in folder.iterdir() for one in parse_seen_answers(file.read_text(), "")]


def test_an_answer_is_noted_and_sent_as_it_was(starlette: type, tmp_path: Path) -> None:
    plugin.Watching(str(tmp_path)).pytest_collection_finish()
    messages = (start(201), part(b"one ", more=True), part(b"two"))

    sent = ask(starlette(answering(*messages)), path="/tasks/é")

    assert sent == list(messages)
    assert all(one is other for one, other in zip(sent, messages, strict=True))
    assert noted(tmp_path) == [
        SeenAnswer(
            method="GET", path="/tasks/é", status=201, media_type="text/plain", body=b"one two", application="Tasks"
        )
    ]


@pytest.mark.parametrize(
    "messages",
    [
        (start(200, (b"content-encoding", b"gzip")), part(b"\x1f")),
        (start(), part(b"begun", more=True)),
        (start(), {"type": "http.response.pathsend", "path": "/file"}),
        (start(), part(b"x" * 70_000)),
    ],
)
def test_a_body_that_is_not_whole_is_said_to_be_cut(starlette: type, tmp_path: Path, messages: Any) -> None:
    plugin.Watching(str(tmp_path)).pytest_collection_finish()

    ask(starlette(answering(*messages)))

    (one,) = noted(tmp_path)
    assert one.cut
    assert len(one.body) <= 64 * 1024


def test_what_the_application_raises_is_raised(starlette: type, tmp_path: Path) -> None:
    plugin.Watching(str(tmp_path)).pytest_collection_finish()

    with pytest.raises(KeyError):
        ask(starlette(answering(start(500), part(b""), raised=KeyError("a"))))

    assert [one.status for one in noted(tmp_path)] == [500]


def test_nothing_of_ours_reaches_a_test(starlette: type, tmp_path: Path) -> None:
    plugin.Watching(str(tmp_path / "missing")).pytest_collection_finish()
    odd = {"type": "http.response.start", "status": None, "headers": 7}

    assert ask(starlette(answering(odd, part(b"")))) == [odd, part(b"")]
    assert ask(starlette(answering(start(), part(b"")))) == [start(), part(b"")]
    assert ask(starlette(answering(start())), type="websocket") == [start()]


def test_an_application_within_another_is_not_noted_again(starlette: type, tmp_path: Path) -> None:
    plugin.Watching(str(tmp_path)).pytest_collection_finish()
    inner = starlette(answering(start(), part(b"")))

    async def mount(scope: Any, send: Any) -> None:
        await inner({**scope, "path": "/"}, None, send)

    ask(starlette(mount), path="/mounted/a")

    assert [one.path for one in noted(tmp_path)] == ["/mounted/a"]


def test_a_few_answers_of_a_route_are_enough(starlette: type, tmp_path: Path) -> None:
    plugin.Watching(str(tmp_path)).pytest_collection_finish()
    route = types.SimpleNamespace(path="/tasks/{task_id}")
    application = starlette(answering(start(), part(b"")))

    for at in range(50):
        ask(application, path=f"/tasks/{at}", route=route)
    ask(application, path="/other")

    assert len(noted(tmp_path)) == 21


def test_it_waits_until_the_project_has_imported_starlette(
    starlette: type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = sys.modules.pop("starlette.applications")
    watching = plugin.Watching(str(tmp_path))
    watching.pytest_collection_finish()
    own = starlette.__call__

    assert "starlette.applications" not in sys.modules
    monkeypatch.setitem(sys.modules, "starlette.applications", module)
    watching.pytest_runtest_setup()
    watched = starlette.__call__
    watching.pytest_runtest_call()
    plugin.Watching(str(tmp_path)).pytest_collection_finish()

    assert watched is not own
    # Once, however often it looks.
    assert starlette.__call__ is watched

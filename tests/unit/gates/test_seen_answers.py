"""Answers go from the gates that see them to the one that compares them, and into no report."""

import asyncio
from dataclasses import replace
from pathlib import Path

from gate.domain.http_message import HttpAnswer, HttpRequest
from gate.formats.seen_answers import SeenAnswer
from gate.gates.seen_answers import (
    ListeningClient,
    answers_of_operations,
    folder_for_answers,
    note_answers,
    seen_answers,
)
from gate.service_ports import HttpClient
from tests.unit.gates.access_review.reviewing import context_in

WITH_OPENAPI = frozenset({"openapi", "access-review"})


class Answering(HttpClient):
    """Answers everything alike."""

    def __init__(self, answer: HttpAnswer) -> None:
        self.answer = answer
        self.paused = 0.0

    async def send(self, request: HttpRequest) -> HttpAnswer:
        return self.answer

    async def pause(self, seconds: float) -> None:
        self.paused += seconds


def heard(answer: HttpAnswer, *targets: str) -> list[SeenAnswer]:
    client = ListeningClient(Answering(answer), ["/tasks/{id}"])
    for target in targets:
        assert asyncio.run(client.send(HttpRequest(method="GET", target=target))) is answer
    return client.answers


def test_what_one_gate_notes_another_reads(tmp_path: Path) -> None:
    ctx = context_in(tmp_path, planned=WITH_OPENAPI)
    one = SeenAnswer(method="GET", path="/tasks/1", status=200, body=b"{}")

    note_answers(ctx, [one])
    note_answers(ctx, [replace(one, path="/tasks/2")])
    note_answers(replace(ctx, gate="latency"), answers_of_operations([("GET /tasks/{id}", 200, "a/b", b"")]))
    (tmp_path / "scratch" / "seen-answers" / "access-review" / "more.jsonl").write_bytes(b"\xff\nnull\n")

    assert [(seen.path, seen.source) for seen in seen_answers(replace(ctx, gate="openapi"))] == [
        ("/tasks/1", "access-review"),
        ("/tasks/2", "access-review"),
        ("/tasks/{id}", "latency"),
    ]
    assert not (tmp_path / "report").exists()


def test_nothing_is_kept_where_nobody_will_read_it(tmp_path: Path) -> None:
    ctx = context_in(tmp_path, planned=frozenset({"access-review"}))

    note_answers(ctx, [SeenAnswer(method="GET", path="/", status=200)])

    assert folder_for_answers(ctx) is None
    assert not (tmp_path / "scratch").exists()


def test_answers_of_described_operations_are_remembered_some_of_each() -> None:
    answer = HttpAnswer(status=200, headers=(("content-type", "application/json"),), body=b"{}")

    found = heard(answer, "/elsewhere", *(f"/tasks/{at}?x=1" for at in range(50)))

    assert len(found) == 20
    assert found[0] == SeenAnswer(method="GET", path="/tasks/0", status=200, media_type="application/json", body=b"{}")


def test_what_is_long_cut_or_compressed_is_cut() -> None:
    for answer in (
        HttpAnswer(status=200, body=b"x" * 70_000),
        HttpAnswer(status=200, body=b"x", cut=True),
        HttpAnswer(status=200, body=b"x", headers=(("Content-Encoding", "gzip"),)),
    ):
        (one,) = heard(answer, "/tasks/1")
        assert one.cut
        assert len(one.body) <= 64 * 1024


def test_it_waits_as_the_other_does() -> None:
    http = Answering(HttpAnswer(status=200))

    asyncio.run(ListeningClient(http, []).pause(2.0))

    assert http.paused == 2.0

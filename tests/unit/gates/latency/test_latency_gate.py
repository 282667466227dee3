"""The gate on a service in memory: who plays what, how it is filled, how long it takes, and what ends it early."""

import csv
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from gate.database_ports import Insight
from gate.domain.connection import Database
from gate.domain.http_message import HttpAnswer, HttpRequest
from gate.gates.access_review.options import AccessReviewOptions, IdentityHook
from gate.gates.latency.session_steps import parse_steps
from gate.ports import CannotRun
from tests.unit.gates.access_review.notes_service import NotesService
from tests.unit.gates.latency.loaded_notes import Loaded, Looking, MadeUpLoad


@pytest.fixture
def notes(tmp_path: Path) -> Loaded:
    return Loaded(tmp_path)


def test_by_default_users_read_what_is_theirs_and_what_they_may(notes: Loaded) -> None:
    evidence = notes.collected(users=20, accounts=3)
    played = {step.operation for step in notes.plan.users[0].steps}
    assert {"GET /notes", "GET /notes/{note_id}", "GET /notes/{note_id}/comments", "GET /users/me"} <= played
    assert not {"GET /health", "GET /debug/env", "GET /admin/stats"} & played
    assert {step.method for user in notes.plan.users for step in user.steps} == {"GET"}
    assert evidence.source == "the OpenAPI document"
    assert "20 users share 3 accounts" in evidence.notices
    assert any(told.startswith("GET /admin/stats is not measured: was answered 403") for told in evidence.notices)


def test_each_account_reads_its_own_objects_with_its_own_credentials(notes: Loaded) -> None:
    notes.collected(users=4, accounts=2, think_time=0.1)
    first, second, third, _ = notes.plan.users
    of_note = [
        next(step for step in user.steps if step.operation == "GET /notes/{note_id}") for user in (first, second)
    ]
    assert of_note[0].target != of_note[1].target
    assert of_note[0].headers != of_note[1].headers
    assert third.steps == first.steps
    assert [user.values["user"] for user in notes.plan.users] == ["0", "1", "2", "3"]


def test_what_needs_a_role_is_read_by_who_has_it(notes: Loaded) -> None:
    header = ("Authorization", f"Bearer {notes.service.administrator()}")
    review = AccessReviewOptions(identities={"admin": IdentityHook(headers=(header,))})
    evidence = notes.collected(notes.context(review=review))
    (step,) = (one for one in notes.plan.users[0].steps if one.operation == "GET /admin/stats")
    assert header in step.headers
    assert not any("GET /admin/stats" in told for told in evidence.notices)


def test_what_is_said_before_the_load_is_how_long_it_takes(notes: Loaded) -> None:
    notes.collected()
    assert any(told.startswith("50 users, 1 s think time, ") and ": about " in told for told in notes.said)


def test_a_written_session_is_played_as_it_stands_and_named_as_the_document_names_it(notes: Loaded) -> None:
    steps = parse_steps(
        [
            {"request": "POST /notes", "json": {"title": "T", "body": "{unique}"}, "extract": {"note": "id"}},
            {"request": "GET /notes/{note}"},
            {"request": "GET /notes?limit=5", "name": "the first page"},
            {"request": "GET /nothing/here", "anonymous": True, "expect": [404]},
        ]
    )
    evidence = notes.collected(session=steps, accounts=2, users=2, think_time=0.1)
    user = notes.plan.users[0]
    assert [step.operation for step in user.steps] == [
        "POST /notes",
        "GET /notes/{note_id}",
        "the first page",
        "GET /nothing/here",
    ]
    assert user.steps[1].target == "/notes/{note}"
    assert [bool(step.headers) for step in user.steps] == [True, True, True, False]
    assert evidence.source == "the configuration"
    assert evidence.expected == {"GET /nothing/here": (404,)}


def test_a_session_that_does_not_work_for_one_user_is_not_loaded(notes: Loaded) -> None:
    steps = parse_steps([{"request": "GET /notes/999999"}])
    with pytest.raises(CannotRun, match=r"does not work for a single user: GET /notes/\{note_id\} was answered 404"):
        notes.collected(session=steps)
    assert not notes.load.plans


def test_a_value_that_no_answer_gives_is_told(notes: Loaded) -> None:
    steps = parse_steps([{"request": "GET /notes", "extract": {"note": "[7].id"}}])
    with pytest.raises(CannotRun, match=r"GET /notes: the answer has no \[7\]\.id"):
        notes.collected(session=steps)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"session": parse_steps(["GET /a"]), "function": "a:b"}, "keep one of them"),
        ({"before": parse_steps(["GET /a"])}, "there is none"),
        ({"session": parse_steps(["GET /a/{b}"])}, "nothing before it gives {b}"),
        ({"rows": 10}, "say how with `fill`"),
    ],
)
def test_what_cannot_be_meant_is_told_before_the_service_is_started(
    notes: Loaded, options: dict[str, object], told: str
) -> None:
    with pytest.raises(CannotRun) as failure:
        notes.collected(**options)
    assert told in failure.value.reason
    assert not notes.sent


def test_a_number_of_rows_fills_the_tables_that_the_users_wrote_to_and_no_other(notes: Loaded) -> None:
    evidence = notes.collected(notes.context(postgres=True), rows=5000)
    assert notes.insight.filled == [{"users": 5000, "notes": 5000, "comments": 5000}]
    assert evidence.rows == {"version": 1, "news": 0, "users": 5000, "notes": 5000, "comments": 5000}
    assert evidence.untold == "statements are not counted here"


def test_named_tables_are_filled_as_they_are_named(notes: Loaded) -> None:
    notes.collected(notes.context(postgres=True), rows={"news": 10})
    assert notes.insight.filled == [{"news": 10}]


def test_tokens_that_expire_under_the_load_end_it_before_it_begins(tmp_path: Path) -> None:
    import time

    service = NotesService(claims={"exp": int(time.time()) + 70, "iat": 1}, now=time.time())
    notes = Loaded(tmp_path, service)
    with pytest.raises(CannotRun, match=r"tokens expire in \d\d s, and the load takes about 3 min"):
        notes.collected(users=50)
    assert not notes.load.plans


def test_a_load_that_the_gates_time_does_not_hold_is_not_begun(notes: Loaded) -> None:
    with pytest.raises(CannotRun, match="fewer samples, a shorter think-time"):
        notes.collected(users=1)
    assert not notes.load.plans


def test_what_is_undecided_is_measured_once_more(tmp_path: Path) -> None:
    notes = Loaded(tmp_path, load=MadeUpLoad(undecided=1))
    evidence = notes.collected()
    assert len(evidence.rounds) == 2
    assert any(told.startswith("measuring once more") for told in notes.said)


def test_without_time_for_another_measurement_that_is_said(tmp_path: Path) -> None:
    notes = Loaded(tmp_path, load=MadeUpLoad(undecided=1))
    ctx = notes.context()
    evidence = notes.collected(replace(ctx, config=replace(ctx.config, timeout=40)), think_time=0.05)
    assert len(evidence.rounds) == 1
    assert any("no time to measure once more" in told for told in evidence.notices)


def test_a_service_that_limits_whoever_asks_is_no_matter_of_its_speed(notes: Loaded) -> None:
    notes.service.limited = ["60"] * 1000
    with pytest.raises(CannotRun) as failure:
        notes.collected()
    assert "429" in failure.value.reason
    assert not notes.load.plans


def test_where_no_user_can_be_made_the_reason_says_what_to_write(tmp_path: Path) -> None:
    operations = frozenset({"GET /notes", "GET /users/me"})
    notes = Loaded(tmp_path, NotesService(only=operations))
    with pytest.raises(CannotRun, match=r"\[tool\.quality-gate\.latency\.identities\.user\]"):
        notes.collected()


def test_what_users_logged_in_with_stands_in_nothing_that_is_reported(notes: Loaded) -> None:
    steps = parse_steps([{"request": "GET /notes/{username}"}])
    with pytest.raises(CannotRun) as failure:
        notes.collected(session=steps)
    log = (notes.folder / "report" / "logs" / "latency.log").read_text()
    assert "signs up" in log
    tokens = [value for one in notes.service.requests for name, value in one.headers if name == "Authorization"]
    assert tokens
    assert not any(token.split()[-1] in log + failure.value.reason for token in tokens)


def test_a_run_without_a_load_generator_says_so(notes: Loaded) -> None:
    with pytest.raises(CannotRun, match="nothing that makes a load"):
        notes.collected(replace(notes.context(), load=None))


def test_lists_have_something_on_them_before_they_are_measured(notes: Loaded) -> None:
    notes.collected(accounts=1)
    (step,) = (one for one in notes.plan.users[0].steps if one.operation == "GET /notes/{note_id}/comments")
    note = int(step.target.split("/")[2])
    assert sum(one["note_id"] == note for one in notes.service.comments.values()) == 10


def test_where_nothing_can_be_read_the_reason_says_what_to_write(tmp_path: Path) -> None:
    service = NotesService(only=frozenset({"POST /notes"}), flaws=frozenset({"undocumented POST /notes"}))
    with pytest.raises(CannotRun) as failure:
        Loaded(tmp_path, service).collected()
    told = "there is nothing to measure: it has no operation that only reads; write the requests of a session"
    assert failure.value.reason.startswith(told)


def test_no_account_is_made_for_a_session_that_needs_none(notes: Loaded) -> None:
    notes.collected(session=parse_steps([{"request": "GET /health", "anonymous": True}]))
    assert notes.sent == ["GET /health"]
    assert "Authorization" not in dict(notes.plan.users[0].steps[0].headers)


def test_what_a_session_of_ones_own_makes_is_there_before_the_tables_are_filled(notes: Loaded) -> None:
    make = {"request": "POST /notes", "json": {"title": "T", "body": "{unique}"}, "extract": {"note": "id"}}
    session = {"before": parse_steps([make]), "session": parse_steps(["GET /notes/{note}"])}
    notes.collected(notes.context(postgres=True), rows=5000, accounts=2, **session)
    assert notes.insight.filled == [{"users": 5000, "notes": 5000}]


@dataclass
class Odd(NotesService):
    """Answers one request in another way than it should."""

    odd: HttpAnswer = field(default_factory=lambda: HttpAnswer(status=200))

    async def send(self, request: HttpRequest) -> HttpAnswer:
        answer = await super().send(request)
        return self.odd if request.target == "/news" else answer


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        (HttpAnswer(status=200, cut=True), "its answer does not end, or is larger than 1 MiB"),
        (HttpAnswer(status=302), "was answered 302"),
        (HttpAnswer(status=500), "was answered 500"),
    ],
)
def test_what_cannot_be_measured_is_left_out_and_named(tmp_path: Path, odd: HttpAnswer, why: str) -> None:
    notes = Loaded(tmp_path, Odd(odd=odd))
    evidence = notes.collected(accounts=1)
    assert f"GET /news is not measured: {why}" in evidence.notices
    assert "GET /news" not in {step.operation for step in notes.plan.users[0].steps}
    assert "GET /notes" in {step.operation for step in notes.plan.users[0].steps}


def test_every_sample_is_kept_beside_the_report(notes: Loaded) -> None:
    notes.collected(session=parse_steps([{"request": "GET /health", "name": 'a "name", hostile', "anonymous": True}]))
    with (notes.folder / "report" / "latency" / "samples.csv").open(newline="") as file:
        head, first, *others = csv.reader(file)
    assert head == ["measurement", "operation", "start", "seconds", "status"]
    assert first == ["1", 'a "name", hostile', "0.000000", "0.010000", "200"]
    assert len(others) == 999


def test_a_database_that_cannot_be_looked_into_ends_nothing_but_what_is_told_of_it(notes: Loaded) -> None:
    class Out(Looking):
        @asynccontextmanager
        async def insight(self, database: Database) -> AsyncIterator[Insight]:
            raise CannotRun("the database cannot be looked into: too many connections")
            yield notes.insight

    ctx = replace(notes.context(postgres=True), insights=Out(notes.insight))
    assert notes.collected(ctx).untold == "the database cannot be looked into: too many connections"
    with pytest.raises(CannotRun, match="too many connections"):
        notes.collected(ctx, rows=10)


def test_tables_that_are_too_small_to_show_anything_are_said_to_be(notes: Loaded) -> None:
    told = "would show what lacks an index"
    assert any(told in one for one in notes.collected(notes.context(postgres=True)).notices)
    assert not any(told in one for one in notes.collected(notes.context(postgres=True), rows=5000).notices)
    assert not any(told in one for one in notes.collected().notices)


def test_where_there_is_one_account_all_users_share_it(notes: Loaded) -> None:
    header = ("Authorization", f"Bearer {notes.service.administrator()}")
    evidence = notes.collected(identities={"user": IdentityHook(headers=(header,))})
    assert "50 users share 1 account" in evidence.notices
    assert all(header in step.headers for user in notes.plan.users for step in user.steps)

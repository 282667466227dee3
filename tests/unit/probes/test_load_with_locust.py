"""The parts of the probe that runs Locust which need no Locust, read by who reads what they write."""

import argparse
import importlib
import logging
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import gate
from gate.gates.latency.locust_examples import parse_examples
from gate.gates.latency.locust_reading import parse_locust_run

PARTS = Path(gate.__file__).parent / "probes" / "loading"
ORIGIN = "http://127.0.0.1:8000"
NOW = time.time()


@pytest.fixture
def part(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Any]]:
    monkeypatch.syspath_prepend(str(PARTS))
    before = set(sys.modules)
    yield importlib.import_module
    for name in set(sys.modules) - before:
        if name.startswith("quality_gate_"):
            del sys.modules[name]


@pytest.fixture
def course(part: Callable[[str], Any], tmp_path: Path) -> Any:
    settings = {
        "folder": str(tmp_path),
        "origin": ORIGIN,
        "warm_up": 0.0,
        "duration": None,
        "longest": 10_000.0,
        "patience": 30.0,
        "samples": 3,
        "rarely": 0.05,
        "keeps_examples": True,
        "keeps_reports": True,
        "overruled": {"csv_prefix": None, "master": False, "no_such_option": 1},
    }
    made = part("quality_gate_course").Course(settings)
    made.runner = SimpleNamespace(user_count=5)
    return made


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def answered(status: object, url: object = f"{ORIGIN}/a?b=1", body: object = None) -> SimpleNamespace:
    request = SimpleNamespace(url=url, method="GET", headers={"X-Key": "k"}, body=body)
    return SimpleNamespace(status_code=status, request=request)


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("/tasks/17/comments?after=3", "GET /tasks/{}/comments"),
        ("/tasks/0f8fad5b-d9cb-469f-a165-70867728950e", "GET /tasks/{}"),
        ("/v1/tasks/me", "GET /v1/tasks/me"),
        ("/tasks/[id]", "GET /tasks/[id]"),
        ("checkout 17?", "GET checkout 17?"),
    ],
)
def test_a_request_that_has_no_name_is_not_another_operation_for_each_object(
    part: Callable[[str], Any], name: str, called: str
) -> None:
    assert part("quality_gate_requests").name_of("GET", name) == called


@pytest.mark.parametrize(
    ("status", "exception", "told"),
    [
        (201, None, 201),
        (302, None, 302),
        (404, None, 200),  # the locustfile called it a success
        (503, ValueError(), 503),
        (429, ValueError(), 429),
        (200, ValueError(), -1),  # the locustfile called it a failure
        (0, ValueError(), 0),
        (None, None, 200),
        (None, ValueError(), -1),
        ("500", ValueError(), -1),
    ],
)
def test_what_the_locustfile_takes_is_no_error_and_what_it_does_not_take_is_one(
    part: Callable[[str], Any], status: object, exception: object, told: int
) -> None:
    assert part("quality_gate_requests").status_of(answered(status), exception) == told


def test_what_a_run_writes_is_what_is_read_of_it(course: Any, tmp_path: Path) -> None:
    course.on_request(request_type="GET", name="/a", response_time=5.0, response=answered(200), start_time=NOW - 9)
    course.begin = NOW - 5
    course.on_request(request_type="GET", name="/a", response_time=12.5, response=answered(200), start_time=NOW - 4)
    course.on_request(request_type="GET", name="/a", response_time=7, response=answered(500), exception=KeyError("x"))
    course.on_request(request_type="WS", name="pushed", response_time=None)
    course.on_user_error(exception=KeyError("id"), tb=None)
    course.users, course.end, course.ended = 7, time.time() + 1, "the time is over"
    course.finish(status=1)
    run = parse_locust_run(files(tmp_path), lambda name: name)
    (samples,) = run.result.samples
    assert samples.operation == "GET /a"
    assert list(samples.seconds) == [0.0125, 0.007]
    assert list(samples.statuses) == [200, 500]
    assert (run.users, run.begun, run.result.ended) == (7, True, "the time is over")
    assert run.notices[0] == "the locustfile raised KeyError: 'id' (1 time)"
    assert "GET /a failed with KeyError('x') (1 time" in run.notices[1]
    found = parse_examples(files(tmp_path), lambda name: name, ORIGIN)
    assert [(one.method, one.target, one.headers) for one in found["GET /a"]] == [
        ("GET", "/a?b=1", (("X-Key", "k"),))
    ] * 2


def test_names_without_end_are_one_after_the_first_thousand(part: Callable[[str], Any], tmp_path: Path) -> None:
    requests = part("quality_gate_requests").Requests(str(tmp_path))
    for number in range(3_000):
        requests.add(f"GET a{number}", 200, NOW, 0.1)
    requests.close()
    listing = next(path for path in tmp_path.iterdir() if path.suffix == ".txt")
    assert len(listing.read_text().splitlines()) == 1_001


def test_it_is_over_when_every_operation_has_its_samples_that_is_not_rare(course: Any) -> None:
    assert course.why_over() == ""
    course.begin = NOW + 100
    assert course.why_over() == ""
    course.begin = NOW - 1
    course.counts = {"GET /a": 3, "GET /b": 2}
    assert course.why_over() == ""
    course.counts = {"GET /a": 100, "POST /login": 2}
    assert course.why_over() == "every operation has its samples"


def test_it_is_over_when_its_time_is_or_nobody_is_left(course: Any) -> None:
    course.begin = NOW - 9_000
    assert course.why_over() == ""
    course.runner.user_count = 0
    assert course.why_over() == "no user was left"
    course.runner.user_count = 1
    course.begin = NOW - 10_001
    assert course.why_over() == "it has lasted as long as it may"
    course.settings["duration"] = 5_000.0
    course.counts = {"GET /a": 3}
    assert course.why_over() == "the time is over"
    course.begin = NOW - 1
    assert course.why_over() == ""


def test_what_is_configured_for_other_runs_does_not_decide_where_this_one_runs(course: Any) -> None:
    parser = argparse.ArgumentParser()
    for name in ("--csv-prefix", "--tags"):
        parser.add_argument(name)
    parser.add_argument("--master", action="store_true")
    course.on_parser(parser)
    options = parser.parse_args(["--csv-prefix", "results/run", "--tags", "slow", "--master"])
    assert vars(options) == {"csv_prefix": None, "tags": "slow", "master": False}


def test_reports_count_from_the_first_that_is_all_about_the_timed_window(course: Any, tmp_path: Path) -> None:
    entry = {"method": "GET", "name": "/a/7", "num_requests": 3, "response_times": {12: 2, 150: 1}}
    failed = {"x": {"method": "GET", "name": "/a/7", "error": "HTTPError('500 Oh')", "occurrences": 1}}
    told = {"stats": [entry], "errors": failed}
    course.on_report(client_id="w", data=told)
    course.begin = time.time()
    course.on_report(client_id="w", data=told)
    assert course.counts == {}
    course.on_report(client_id="w", data=told)
    assert course.counts == {"GET /a/{}": 3}
    course.finish()
    (window,) = parse_locust_run(files(tmp_path), lambda name: name).result.windows
    assert (window.operation, window.times, window.failures) == ("GET /a/{}", ((0.012, 2), (0.15, 1)), ((500, 1),))


class Ended(BaseException):
    """What ends a user."""


class Session:
    """A client that asks nobody."""

    request_name = None

    def _build_url(self, path: str) -> str:
        return path if "://" in path else f"{ORIGIN}{path}"

    def request(self, method: str, url: str, name: str | None = None, **named: object) -> str:
        self._build_url(url)
        if named.get("hangs"):
            raise Ended
        if named.get("fails"):
            raise ValueError
        return f"{method} {url}"


def test_a_request_whose_user_is_ended_before_an_answer_is_told_and_no_other(part: Callable[[str], Any]) -> None:
    told: list[tuple[object, object]] = []
    request = part("quality_gate_clients").attended(Session.request, lambda *one: told.append(one[:2]), Ended)
    session = Session()
    assert request(session, "GET", "/a") == "GET /a"
    with pytest.raises(ValueError, match=r"\A\Z"):
        request(session, "GET", "/a", fails=True)
    assert told == []
    for url, name in (("/a?b=1", None), (f"{ORIGIN}/b", None), ("/c", "a name")):
        with pytest.raises(Ended):
            request(session, "GET", url, name, hangs=True)
    assert told == [("GET", "/a?b=1"), ("GET", "/b"), ("GET", "a name")]


def test_a_request_that_was_never_answered_is_one_of_the_timed_window(course: Any, tmp_path: Path) -> None:
    course.unanswered("GET", "/a", NOW - 60)
    course.begin, course.end = NOW - 30, NOW + 1
    course.unanswered("GET", "/a", NOW - 60)
    course.finish()
    (samples,) = parse_locust_run(files(tmp_path), lambda name: name).result.samples
    assert (list(samples.starts), list(samples.statuses)) == ([0.0], [0])
    assert samples.seconds[0] >= 60


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("/a", None),
        (f"{ORIGIN}/a", None),
        ("http://user:secret@127.0.0.1:8000/a", None),
        ("https://127.0.0.1:8000/a", "https://127.0.0.1:8000"),
        ("http://127.0.0.1:9000/a", "http://127.0.0.1:9000"),
        ("https://user:secret@prod.example/a", "https://prod.example"),
    ],
)
def test_whoever_is_not_the_service_is_told_without_credentials(
    part: Callable[[str], Any], path: str, where: str | None
) -> None:
    told: list[str] = []
    part("quality_gate_clients").guarded(Session._build_url, ORIGIN, told.append)(Session(), path)
    assert told == ([] if where is None else [where])


@pytest.mark.parametrize(
    "response",
    [
        None,
        answered(None),
        answered(500),
        answered(200, url=None),
        answered(200, body="x" * 70_000),
        SimpleNamespace(status_code=200),
    ],
)
def test_what_cannot_be_sent_once_more_is_no_example(
    part: Callable[[str], Any], tmp_path: Path, response: object
) -> None:
    part("quality_gate_examples").Examples(str(tmp_path)).note("GET /a", response)
    assert not list(tmp_path.iterdir())


def test_what_every_task_raises_does_not_fill_the_log(part: Callable[[str], Any]) -> None:
    few = part("quality_gate_course").Few()
    record = logging.LogRecord("locust.user.task", logging.ERROR, "", 0, "'id'", (), None)
    assert sum(few.filter(record) for _ in range(1_000)) == 50

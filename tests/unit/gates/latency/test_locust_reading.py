"""What Locust has written, read as samples, as counts, and as what a reader is told."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gate.formats import UnreadableError
from gate.formats.openapi_document import parse_document
from gate.gates.access_review.operations import subjects_of
from gate.gates.latency.locust_reading import parse_locust_run, status_of_words
from gate.gates.latency.locust_running import names_of
from tests.unit.gates.latency.locust_files import BEGIN, process, report, run

READ = "GET /tasks/{task_id}"


def plain(name: str) -> str:
    return name


def test_only_what_started_in_the_timed_window_counts_also_if_it_ended_later() -> None:
    requests = [
        ("GET /a", -0.5, 1.0, 200),
        ("GET /a", 0.0, 0.5, 200),
        ("GET /a", 9.9, 3.0, 200),
        ("GET /a", 10.0, 0.1, 200),
    ]
    told = parse_locust_run(run(process(1, requests)), plain)
    (samples,) = told.result.samples
    assert list(samples.starts) == pytest.approx([0.0, 9.9])
    assert list(samples.seconds) == [0.5, 3.0]
    assert told.result.window == 10.0
    assert told.users == 8


def test_requests_of_several_processes_are_one_measurement_in_the_order_of_their_starts() -> None:
    one = process(1, [("GET /a", 1.0, 0.1, 200), ("POST /b", 2.0, 0.2, 500)], lag=0.002, busy=0.5, processor=5)
    two = process(2, [("POST /b", 1.0, 0.3, -1), ("GET /a", 0.5, 0.4, 200)], lag=0.009, busy=0.2, processor=2)
    result = parse_locust_run(run(one, two), plain).result
    columns = {one.operation: (list(one.seconds), list(one.statuses)) for one in result.samples}
    assert columns == {"GET /a": ([0.4, 0.1], [200, 200]), "POST /b": ([0.3, 0.2], [-1, 500])}
    assert (result.lag_p99, result.processor_share, result.processor_seconds) == (0.009, 0.5, 7)


def test_names_that_are_paths_are_those_of_the_services_operations() -> None:
    text = json.dumps(
        {
            "openapi": "3.1.0",
            "info": {"title": "t", "version": "1"},
            "paths": {
                "/tasks/{task_id}": {"get": {"responses": {}}, "delete": {"responses": {}}},
                "/tasks/mine": {"get": {"responses": {}}},
            },
        }
    )
    document = parse_document(text)
    named = names_of(subjects_of(document, None), "/api")
    for name in ("GET /tasks/{}", "GET /tasks/[id]", "get /tasks/17", "GET /api/tasks/17"):
        assert named(name) == READ
    assert named("GET /tasks/mine") == "GET /tasks/mine"
    for name in ("PUT /tasks/17", "GET checkout", "GET /elsewhere", "", "GET", "grpc /tasks/17"):
        assert named(name) == name


def test_two_names_of_one_operation_are_counted_together() -> None:
    requests = [("GET /tasks/1", 1.0, 0.1, 200), ("GET /tasks/2", 2.0, 0.1, 200)]
    (samples,) = parse_locust_run(run(process(1, requests)), lambda _: READ).result.samples
    assert samples.operation == READ
    assert len(samples.starts) == 2


def test_what_workers_elsewhere_counted_is_a_window_from_report_to_report() -> None:
    failed = [["GET /a", "HTTPError('503 Server Error: X for url: /a')", 2], ["GET /a", "CatchResponseError('no')", 1]]
    lines = report(0.5, 3.5, [["GET /a", [[7, 90], [150, 10]]]], failed) + report(3.5, 6.5, [["GET /a", [[7, 100]]]])
    run_told = parse_locust_run({**run(process(1, [])), "reports.jsonl": lines}, plain)
    first, second = run_told.result.windows
    assert (first.start, first.length, first.times) == (0.5, 3.0, ((0.007, 90), (0.15, 10)))
    assert first.failures == ((503, 2), (-1, 1))
    assert (second.start, second.failures) == (3.5, ())
    assert any("two digits" in notice for notice in run_told.notices)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("HTTPError('429 Client Error: Too Many Requests for url: /a')", 429),
        ('HTTPError("401 Client Error: Who\'s there for url: /a")', 401),
        ("LocustBadStatusCode(code=500)", 500),
        ("BadStatusCode('http://127.0.0.1:1/a', code=404)", 404),
        ("ConnectionError(MaxRetryError(\"HTTPConnectionPool(host='127.0.0.1', port=1)\"))", 0),
        ("ConnectionRefusedError(111, 'Connection refused')", 0),
        ("RemoteDisconnected('Remote end closed connection')", 0),
        ("ReadTimeout('timed out')", 0),
        ("CatchResponseError('500 items are too few')", -1),
        ("KeyError('HTTPError(\\'500 x')", -1),
        ("", -1),
    ],
)
def test_the_status_is_found_in_what_an_exception_says(words: str, status: int) -> None:
    assert status_of_words(words) == status


def test_what_the_locustfile_raised_and_what_failed_is_told_most_often_first() -> None:
    failures = [["GET /a", "CatchResponseError('wrong body')", 1], ["GET /b", "HTTPError('500')", 1_200]]
    told = process(
        1, [("GET /a", 1, 1, 200)], failures=failures, errors=[["KeyError: 'id'", "load/locustfile.py:12", 3]]
    )
    notices = parse_locust_run(run(told, status=3, busy_at_end=True), plain).notices
    assert notices[0] == "the locustfile raised KeyError: 'id' at load/locustfile.py:12 (3 times)"
    assert notices[1].startswith("GET /b failed with HTTPError('500') (1,200 times")
    assert notices[2].startswith("GET /a failed with CatchResponseError('wrong body') (1 time,")
    assert "did not end in time" in notices[3]
    assert notices[4].startswith("Locust exited with status 3")


def test_where_nothing_was_measured_the_first_thing_that_was_raised_is_the_trouble() -> None:
    told = process(1, [("GET /a", -2, 1, 200)], errors=[["KeyError: 'token'", "l.py:2", 8]])
    result = parse_locust_run(run(told), plain).result
    assert result.samples == ()
    assert result.trouble == "the locustfile raised KeyError: 'token' at l.py:2 (8 times)"


def test_a_run_whose_users_never_were_all_there_has_no_window() -> None:
    told = parse_locust_run(run(process(1, [("GET /a", 1, 1, 200)]), begin=None), plain)
    assert (told.result.window, told.result.samples) == (0.0, ())


def test_a_file_that_ends_in_the_middle_of_a_request_counts_until_there() -> None:
    files = run(process(1, [("GET /a", 1, 1, 200)] * 3))
    files["requests-1.bin"] = files["requests-1.bin"][:-7]
    (samples,) = parse_locust_run(files, plain).result.samples
    assert len(samples.starts) == 2


@pytest.mark.parametrize(
    "hostile",
    [
        {"run.json": b"[" * 100_000},
        {"run.json": b"[]"},
        {"run.json": b""},
        {"process-1.json": b"\xff"},
        {"names-1.txt": b"{"},
        {"names-1.txt": b""},
        {"requests-1.bin": process(1, [("a", 1, float("nan"), 200)])["requests-1.bin"]},
        {"requests-1.bin": process(1, [("a", 1, -1, 200)])["requests-1.bin"]},
        {"requests-1.bin": process(1, [("a", 1, 1, 32_000)])["requests-1.bin"]},
        {"reports.jsonl": b"null\n"},
        {"reports.jsonl": report(1, 2, [["a", [[7, 10**12]]]])},
        {"reports.jsonl": report(1, 2, [["a", [[7, -1]]]])},
        {"reports.jsonl": report(1, 2, [["a", [["7", 1]]]])},
        {"reports.jsonl": report(1, 2, [["a", [[float("nan"), 1]]]])},
        {"reports.jsonl": report(2, 1, [["a", [[7, 1]]]])},
        {"reports.jsonl": report(1, 2, {"a": 1})},
        {"reports.jsonl": report(1, 2, [[{}, [[7]]]])},
    ],
)
def test_what_the_probe_does_not_write_is_an_error_and_nothing_else(hostile: dict[str, bytes]) -> None:
    with pytest.raises(UnreadableError):
        parse_locust_run({**run(process(1, [("a", 1, 1, 200)])), **hostile}, plain)


@settings(max_examples=60)
@given(
    st.sampled_from(["run.json", "process-1.json", "names-1.txt", "requests-1.bin", "reports.jsonl"]),
    st.one_of(
        st.binary(max_size=200),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
            lambda inner: (
                st.lists(inner) | st.dictionaries(st.sampled_from(["begin", "end", "times", "failures"]), inner)
            ),
            max_leaves=12,
        ).map(lambda told: json.dumps(told).encode()),
    ),
)
def test_whatever_is_written_is_read_or_refused(name: str, content: bytes) -> None:
    files = {**run(process(1, [("a", 1, 1, 200)]), users=BEGIN), name: content}
    try:
        parse_locust_run(files, plain)
    except UnreadableError:
        return

"""The runner's environment and files."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.adapters.actions_runtime import SUMMARY_BYTES, ActionsRuntime, read_job
from gate.domain.job import Job
from gate.formats.github_event import MAX_CHARACTERS
from gate.ports import ReportingTrouble
from tests.testbed.events import pull_request_payload

HEAD = "c" * 40


def environment(folder: Path, **changes: str) -> dict[str, str]:
    event = folder / "event.json"
    event.write_text(json.dumps(pull_request_payload(head_sha=HEAD, base_sha="b" * 40)))
    return {
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_RUN_ID": "19345678123",
        "GITHUB_RUN_ATTEMPT": "2",
        "GITHUB_REPOSITORY": "acme/service",
        "GITHUB_SHA": "A" * 40,
        "GITHUB_ACTOR": "octocat",
        "GITHUB_SERVER_URL": "https://github.example",
        "GITHUB_API_URL": "https://github.example/api/v3",
        "GITHUB_GRAPHQL_URL": "https://github.example/api/graphql",
    } | changes


def test_a_job_is_read_from_the_runners_variables_and_the_event(tmp_path: Path) -> None:
    job = read_job(environment(tmp_path))
    assert (job.run_id, job.run_attempt, job.repository, job.actor) == (19345678123, 2, "acme/service", "octocat")
    assert (job.commit, job.judged_commit) == ("a" * 40, HEAD)
    assert job.event.pull_request is not None
    assert job.server_url == "https://github.example"
    assert job.graphql_url == "https://github.example/api/graphql"
    assert not job.is_from_dependabot
    assert read_job(environment(tmp_path, GITHUB_ACTOR="dependabot[bot]")).is_from_dependabot


def test_outside_of_actions_there_is_no_run_and_no_pull_request() -> None:
    job = read_job({})
    assert job == Job(event=job.event)
    assert job.event.absence == "this is not a run of GitHub Actions"


@pytest.mark.parametrize(
    ("api", "graphql"),
    [
        ("https://api.github.com", "https://api.github.com/graphql"),
        ("https://github.example/api/v3/", "https://github.example/api/graphql"),
    ],
)
def test_graphql_is_found_beside_rest(api: str, graphql: str) -> None:
    assert read_job({"GITHUB_API_URL": api}).graphql_url == graphql


@pytest.mark.parametrize("value", ["", "0", "-1", "x", "٣", "9" * 30])
def test_a_run_that_is_no_number_is_none(value: str) -> None:
    job = read_job({"GITHUB_RUN_ID": value, "GITHUB_RUN_ATTEMPT": value, "GITHUB_SHA": value})
    assert (job.run_id, job.run_attempt, job.commit) == (None, 1, "")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{}", "cannot be understood: the event has no pull_request"),
        (b"\xff", "cannot be read (UnicodeDecodeError)"),
        (None, "cannot be read (FileNotFoundError)"),
        (b" " * (MAX_CHARACTERS + 2), "longer than"),
    ],
)
def test_an_event_that_cannot_be_read_is_no_pull_request_and_says_why(
    tmp_path: Path, content: bytes | None, words: str
) -> None:
    event = tmp_path / "broken.json"
    if content is not None:
        event.write_bytes(content)
    job = read_job(environment(tmp_path, GITHUB_EVENT_PATH=str(event)))
    assert job.event.pull_request is None
    assert words in job.event.absence


def test_a_pipe_in_the_events_place_does_not_hold_the_job_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    job = read_job(environment(tmp_path, GITHUB_EVENT_PATH=str(tmp_path / "pipe")))
    assert job.event.pull_request is None
    assert "the event" in job.event.absence


def parsed_outputs(text: str) -> dict[str, str]:
    """Read outputs as the runner does (actions/runner, FileCommandManager.cs)."""
    outputs = {}
    lines = iter(text.split("\n"))
    for line in lines:
        if not line:
            continue
        name, _, delimiter = line.partition("<<")
        value = []
        while (part := next(lines)) != delimiter:
            value.append(part)
        outputs[name] = "\n".join(value)
    return outputs


def test_outputs_are_appended_for_the_runner_to_read(tmp_path: Path) -> None:
    file = tmp_path / "output"
    runtime = ActionsRuntime({"GITHUB_OUTPUT": str(file)})
    runtime.set_outputs({"verdict": "failed"})
    runtime.set_outputs({"comment-url": "https://github.example/1"})
    assert parsed_outputs(file.read_text()) == {"verdict": "failed", "comment-url": "https://github.example/1"}


@given(value=st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"])))
def test_no_value_can_set_another_output(tmp_path_factory: pytest.TempPathFactory, value: str) -> None:
    file = tmp_path_factory.mktemp("runner") / "output"
    ActionsRuntime({"GITHUB_OUTPUT": str(file)}).set_outputs({"verdict": value})
    assert parsed_outputs(file.read_bytes().decode()) == {"verdict": value}


def test_the_summary_is_appended_until_it_would_be_dropped_for_its_length(tmp_path: Path) -> None:
    file = tmp_path / "summary"
    runtime = ActionsRuntime({"GITHUB_STEP_SUMMARY": str(file)})
    runtime.append_summary("é" * (SUMMARY_BYTES // 2 - 1))
    runtime.append_summary("ok")
    with pytest.raises(ReportingTrouble, match="1048577 bytes long, and GitHub takes 1048576"):
        runtime.append_summary("x")
    assert file.stat().st_size == SUMMARY_BYTES


def test_where_the_runner_names_no_file_nothing_is_written() -> None:
    runtime = ActionsRuntime({})
    runtime.set_outputs({"verdict": "passed"})
    runtime.append_summary("text")


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReportingTrouble, match="outputs cannot be written: Is a directory"):
        ActionsRuntime({"GITHUB_OUTPUT": str(tmp_path)}).set_outputs({"verdict": "passed"})
    with pytest.raises(ReportingTrouble, match="summary cannot be written: No such file"):
        ActionsRuntime({"GITHUB_STEP_SUMMARY": str(tmp_path / "none" / "file")}).append_summary("x")


def test_a_pipe_in_the_files_place_does_not_hold_the_job_up(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(ReportingTrouble, match="cannot be written"):
        ActionsRuntime({"GITHUB_OUTPUT": str(pipe)}).set_outputs({"verdict": "passed"})
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(ReportingTrouble, match="is not a file"):
            ActionsRuntime({"GITHUB_OUTPUT": str(pipe)}).set_outputs({"verdict": "passed"})
    finally:
        os.close(reader)


def test_lines_are_printed_in_whatever_encoding_the_log_has() -> None:
    raw = io.BytesIO()
    runtime = ActionsRuntime({}, io.TextIOWrapper(raw, encoding="ascii"))
    runtime.say("❌ failed")
    assert raw.getvalue() == b"\\u274c failed\n"


def test_lines_go_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    ActionsRuntime({}).say("passed")
    assert capsys.readouterr().out == "passed\n"

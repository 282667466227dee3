"""What a gate and the process that plays hand to each other: whole, for their eyes only, and read strictly."""

import json
from array import array
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gate.adapters.load.exchange import read_result, take_plan, write_plan, write_result
from gate.load_ports import LoadPlan, LoadResult, LoadStep, LoadUser, Samples

LOGIN = LoadStep(operation="POST /login", method="POST", target="/login", body='"{name}"', extract={"token": "t"})
READ = LoadStep(
    operation="GET /ä", method="GET", target="/%C3%A4", headers=(("Authorization", "{token}"),), expected=(404, 409)
)
BEFORE, STEPS = (LOGIN,), (READ, LOGIN)
PLAN = LoadPlan(
    origin="http://127.0.0.1:1",
    users=tuple(LoadUser(before=BEFORE, steps=STEPS, values={"name": f"ü{n}"}) for n in range(3)),
    think_time=0.5,
    samples=100,
    longest=60.0,
    duration=5.0,
    rate=2.5,
)
RESULT = LoadResult(
    samples=(
        Samples(
            operation="GET /ä",
            starts=array("d", [0.0, 1.5]),
            seconds=array("d", [0.25, 1e-5]),
            statuses=array("H", [200, 0]),
        ),
        Samples(operation="POST /login", starts=array("d"), seconds=array("d"), statuses=array("H")),
    ),
    window=5.01,
    lag_p99=1e-7,
    processor_share=0.25,
    processor_seconds=1.25,
    ended="it took 5 s",
    trouble="ä",
    answers=(("GET /ä", 200, "text/plain", b"\xff\x00"), ("GET /ä", 404, "", b"")),
    unanswered=(("the connection was closed", 1),),
)


def test_a_plan_arrives_whole_and_nobody_else_can_have_read_it(tmp_path: Path) -> None:
    write_plan(tmp_path, PLAN)
    [file] = tmp_path.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text().count("POST /login") == 2  # once before and once as a step, however many users play them
    plan = take_plan(tmp_path)
    assert plan == PLAN
    assert plan.users[0].steps is plan.users[2].steps
    assert list(tmp_path.iterdir()) == []


def test_a_result_arrives_whole(tmp_path: Path) -> None:
    write_result(tmp_path, RESULT)
    assert read_result(tmp_path) == RESULT


def _edit(**members: object) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        path = folder / "result.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | members))

    return edit


def _truncate(name: str, by: int) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:-by] if by else b"")  # type: ignore[return-value]


@pytest.mark.parametrize(
    "spoil",
    [
        _truncate("columns", 1),
        _truncate("columns", 0),
        _truncate("result.json", 1),
        lambda folder: (folder / "columns").write_bytes((folder / "columns").read_bytes() + b"\0"),
        lambda folder: (folder / "columns").write_bytes(array("d", [float("nan")] * 4).tobytes() + b"\0" * 4),
        lambda folder: (folder / "columns").write_bytes(array("d", [-1.0] * 4).tobytes() + b"\0" * 4),
        lambda folder: (folder / "columns").write_bytes(array("d", [1.0] * 4).tobytes() + b"\xff" * 4),
        lambda folder: (folder / "result.json").write_bytes(b"\xff"),
        lambda folder: (folder / "result.json").write_bytes(b"[" * 100_000),
        lambda folder: (folder / "result.json").write_bytes(b" " * 5_000_000),
        lambda folder: (folder / "result.json").unlink(),
        _edit(samples=[["GET /ä", 10**9]]),
        _edit(samples=[["GET /ä", 5_000_000], ["GET /b", 1]]),
        _edit(samples=[["GET /ä"]]),
        _edit(samples=[["GET /ä", -1]]),
        _edit(window=None),
        _edit(window="1"),
        _edit(lag_p99=-1),
        _edit(answers=[["GET /ä", 200, "", 10**9]]),
        _edit(answers=[["GET /ä", 200, "", 3]]),
        _edit(answers=[["GET /ä", 0, "", 0]]),
        _edit(unanswered=[["x", 0]]),
        _edit(ended=1),
    ],
)
def test_a_result_that_is_not_what_was_written_is_refused(spoil: Callable[[Path], None], tmp_path: Path) -> None:
    write_result(tmp_path, RESULT)
    spoil(tmp_path)
    with pytest.raises((ValueError, OSError)):
        read_result(tmp_path)


def test_a_step_without_anything_is_as_good_as_one_with_everything(tmp_path: Path) -> None:
    plan = replace(PLAN, users=(LoadUser(steps=(LoadStep(operation="a", method="GET", target="/"),)),), rate=None)
    write_plan(tmp_path, plan)
    assert take_plan(tmp_path) == plan

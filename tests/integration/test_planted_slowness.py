"""The sample service made slow, each time in another way: the gate `latency` fails, and names operation and cause.

Limits are those that a user has. Small loads: to fail, a hundred requests are enough, and what costs the database too
much is known without any; to pass, a thousand are needed. Each alone, as the gate is without any configuration, with
QUALITY_GATE_EVERY_SLOWNESS=1 (`make slowness`).
"""

import os
import re
import runpy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.testbed.repositories import working_copy

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
PLANT = runpy.run_path(str(ROOT / "tests" / "samples" / "slowness" / "plant.py"), run_name="plant")
FAULTS: Mapping[str, Any] = PLANT["FAULTS"]
EVERY = bool(os.environ.get("QUALITY_GATE_EVERY_SLOWNESS"))
ME, LIST, READ, COMMENTS = (PLANT[name] for name in ("ME", "LIST", "READ", "COMMENTS"))
STEPS = {ME: "GET /users/me", LIST: "GET /tasks", READ: "GET /tasks/{task}", COMMENTS: "GET /tasks/{task}/comments"}
# Known by the statements of a request, however fast it is.
QUERIES = ("sequential-scan", "n-plus-one")

TASK = '{ request = "POST /tasks", json = { title = "T", description = "D" }, extract = { task = "id" } }'
COMMENT = '{ request = "POST /tasks/{task}/comments", json = { content = "C" } }'
FEW = "accounts = 2\nusers = 10\nthink-time = 0.03\nwarm-up = 0.5\n"
MANY_ROWS = "rows = { comments = 100000 }\n"


def measured(make_project: Any, faults: tuple[str, ...], operations: tuple[str, ...], settings: str) -> Any:
    project = make_project({})
    project.folder.rmdir()
    working_copy(ROOT / "sample_service", project.folder)
    for name in faults:
        PLANT["plant"](name, project.folder)
    manifest = project.folder / "pyproject.toml"
    others = re.sub(r"(?ms)^\[tool\.quality-gate\.latency[^\n]*\n.*?(?=^\[|\Z)", "", manifest.read_text("utf-8"))
    before = [TASK] * (8 if LIST in operations else 1) + [COMMENT] * (2 * (COMMENTS in operations))
    session = f"before = [{', '.join(before)}]\nsession = {[STEPS[one] for one in operations]}\n"
    manifest.write_text(f"{others}\n[tool.quality-gate.latency]\n{session}{settings}", "utf-8")
    run = project.run("--set", "gates=latency")
    print(run.stdout, run.stderr)
    return run


def messages(run: Any, rule: str) -> list[str]:
    (result,) = run.report.results
    return [finding.message for finding in result.findings if finding.rule_id == rule]


def assert_named(run: Any, name: str, rule: str = "") -> None:
    """The gate failed, and says of which operation, and why."""
    assert run.outcomes == {"latency": "failed"}
    fault = FAULTS[name]
    found = messages(run, rule or fault.rule)
    assert [one for one in found if one.startswith(f"{fault.operation}: ") and fault.cause in one], found


def assert_found(run: Any, *rules: str) -> None:
    """Nothing else was found but, on a machine that is busy, that a measurement is not sure."""
    assert {finding.rule_id for finding in run.report.results[0].findings} - {"latency-inconclusive"} == {*rules}


def test_three_percent_of_slow_requests_pass_and_nothing_is_found_of_a_hundred_thousand_rows(make_project: Any) -> None:
    run = measured(make_project, ("sleep-in-3-percent",), (COMMENTS, LIST), f"{FEW}{MANY_ROWS}samples = 1000\n")
    assert run.outcomes == {"latency": "passed"}
    assert_found(run)


def test_eight_percent_of_slow_requests_are_too_many(make_project: Any) -> None:
    run = measured(make_project, ("sleep-in-8-percent",), (READ,), f"{FEW}rows = 1000\nduration = 5\n")
    assert_named(run, "sleep-in-8-percent", "latency-over-limit")
    assert_found(run, "latency-over-limit")


def test_a_held_lock_is_named(make_project: Any) -> None:
    # Who thinks for long does not ask often while nobody holds the lock.
    few = "accounts = 2\nusers = 20\nthink-time = 0.15\nwarm-up = 0.5\n"
    run = measured(make_project, ("lock-held",), (READ,), f"{few}rows = 1000\nduration = 5\n")
    assert_named(run, "lock-held", "latency-over-limit")
    assert "LOCK TABLE tasks" in messages(run, "lock-wait")[0]
    assert_found(run, "latency-over-limit", "lock-wait")


def test_a_missing_index_and_a_statement_for_each_row_fail_without_being_slow(make_project: Any) -> None:
    run = measured(make_project, ("index-dropped", "n-plus-one"), (COMMENTS, LIST), f"{FEW}{MANY_ROWS}duration = 1\n")
    assert_named(run, "index-dropped")
    assert_named(run, "n-plus-one")
    assert "reads all 100,000 rows of comments" in messages(run, "sequential-scan")[0]


@pytest.mark.skipif(not EVERY, reason="takes ten minutes: make slowness")
@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_is_named_under_the_load_that_is_the_default(make_project: Any, name: str) -> None:
    fault = FAULTS[name]
    # What is to be copied, the session must have made.
    rows = MANY_ROWS if fault.operation == COMMENTS else "rows = 1000\n"
    run = measured(make_project, (name,), (fault.operation,), rows)
    assert_named(run, name, "" if fault.rule in QUERIES else "latency-over-limit")


@pytest.mark.skipif(not EVERY, reason="takes ten minutes: make slowness")
@pytest.mark.parametrize("planted", [(), ("sleep-in-3-percent",)], ids=["unchanged", "sleep-in-3-percent"])
def test_what_is_harmless_passes_under_the_load_that_is_the_default(
    make_project: Any, planted: tuple[str, ...]
) -> None:
    run = measured(make_project, planted, (ME, LIST, READ, COMMENTS), f"{MANY_ROWS}think-time = 0.3\n")
    assert run.outcomes == {"latency": "passed"}
    assert_found(run)

"""From one `uses:` line to the verdict: evidence, summary, one comment, outputs, status; and a second push."""

from __future__ import annotations

import json

import pytest
import yaml

from tests.e2e.conftest import Emulated
from tests.e2e.service import NAME, ROOT, SMALL, Service, files_of, tell, use, workflow
from tests.testbed.github_emulator import BOT

pytestmark = pytest.mark.e2e

SEED = files_of(ROOT / "tests" / "samples" / "seed_project")
FAILING_TEST = b"""

def test_delete_task():
    response = client.delete("/tasks/1")
    assert response.status_code == 204
"""
MARKER = "<!-- quality-gate:v1 name= run={run} attempt=1 sha={sha} -->"
STEPS = {
    step.get("id", str(number)): step["name"]
    for number, step in enumerate(yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["runs"]["steps"])
}
_NAMES = "python3 -c 'import json, os; print(json.dumps(dict(os.environ)))'"


def test_one_line_and_a_second_push(emulated_service: Service, emulated: Emulated) -> None:
    """The project of the seeds: green, and red after a push, with one comment that follows."""
    service = emulated_service
    told = tell(outputs="${{ toJSON(steps.gate.outputs) }}", outcome="${{ steps.gate.outcome }}")
    head = service.push({**SEED, ".github/workflows/gate.yml": workflow(use(), told)})
    green = service.run(run_id=1)
    assert green.exit_code == 0, green.log
    assert green.jobs == {"gate": "success"}

    report = green.artifacts["quality-gate-report"]
    document = json.loads(report["report.json"])
    assert document["verdict"] == "passed"
    assert document["subject"]["commit"] == head
    assert {one["gate"]: one["outcome"] for one in document["results"]} == dict.fromkeys(
        ("lint", "unit-tests", "integration-tests", "coverage"), "passed"
    )
    assert "on PostgreSQL" in green.log
    assert "postgresql" in document["tool_versions"]
    assert {"comment.md", "summary.md", "lint.sarif"} <= set(report)
    assert {"html/index.html", "coverage.xml", "coverage.json"} <= set(green.artifacts["coverage-report"])
    assert set(green.artifacts["pytest-results"]) == {"unit-tests.xml", "integration-tests.xml"}
    assert set(green.artifacts) == {"quality-gate-report", "coverage-report", "pytest-results"}

    [comment] = emulated.comments()
    assert comment["user"] == {**comment["user"], "login": BOT}  # type: ignore[dict-item]
    body = str(comment["body"])
    assert body.startswith(MARKER.format(run=1, sha=head))
    assert "Quality Gate passed" in body
    assert "Quality Gate passed" in green.summaries["gate"][0]
    assert [one for one in green.annotations if one.level == "error"] == []

    seen = green.outputs["gate"]["after"]
    outputs = json.loads(seen["outputs"])
    assert outputs.pop("report-path").endswith("/quality-gate/default/report.json")
    assert outputs.pop("comment-url") == comment["html_url"]
    address = f"https://github.com/{NAME}/actions/runs/1/artifacts/"
    assert outputs.pop("artifact-url") == f"{address}{outputs.pop('artifact-id')}"
    assert json.loads(outputs.pop("outcomes")) == dict.fromkeys(
        ("lint", "unit-tests", "integration-tests", "coverage"), "passed"
    )
    assert outputs == {
        "verdict": "passed",
        "coverage": outputs["coverage"],
        "tests": "4",
        "failures": "0",
        "lint-outcome": "passed",
        "unit-tests-outcome": "passed",
        "integration-tests-outcome": "passed",
        "coverage-outcome": "passed",
        "access-review-outcome": "",  # it runs only where it is named
        "openapi-outcome": "",
        "latency-outcome": "",
    }
    assert float(outputs["coverage"]) >= 80

    tests = SEED["tests/test_main.py"]
    assert isinstance(tests, bytes)
    line = tests.count(b"\n") + FAILING_TEST.count(b"\n")
    head = service.push({"tests/test_main.py": tests + FAILING_TEST})
    red = service.run(run_id=2)
    assert red.exit_code != 0
    assert red.jobs == {"gate": "failure"}
    failed = [step.path[1] for step in red.steps if len(step.path) == 2 and step.result == "failure"]
    assert [STEPS[step] for step in failed] == ["Enforce the verdict"], red.log
    assert set(red.artifacts) == {"quality-gate-report", "coverage-report", "pytest-results"}
    assert json.loads(red.artifacts["quality-gate-report"]["report.json"])["verdict"] == "failed"
    [updated] = emulated.comments()
    assert updated["id"] == comment["id"]
    assert str(updated["body"]).startswith(MARKER.format(run=2, sha=head))
    assert f"/blob/{head}/tests/test_main.py#L{line}" in str(updated["body"])
    places = [one.properties for one in red.annotations if one.level == "error"]
    assert {"file": "tests/test_main.py", "line": str(line)}.items() <= places[0].items(), red.annotations
    after = red.outputs["gate"]["after"]
    assert after["outcome"] == "failure"
    assert json.loads(after["outputs"])["failures"] == "1"


def test_nothing_of_the_callers_environment_changes(service: Service) -> None:
    """A later step sees the variables that an earlier one saw, and the files of the checkout as they were."""
    look = {"shell": "bash", "run": f'echo "seen=$({_NAMES})" >> "$GITHUB_OUTPUT"\n'}
    new = "git status --porcelain --ignored | grep -v __pycache__ | tr '\\n' ' '"
    clean = {"id": "clean", "shell": "sh", "run": f'echo "status=$({new})" >> "$GITHUB_OUTPUT"'}
    files = {".github/workflows/gate.yml": workflow({"id": "before", **look}, use(), {"id": "later", **look}, clean)}
    service.push({**SMALL, **files})
    ran = service.run()
    assert ran.exit_code == 0, ran.log
    outputs = ran.outputs["gate"]
    before, later = (json.loads(outputs[step]["seen"]) for step in ("before", "later"))
    # The runner gives every step files, a name and (under act) a token of its own.
    for seen in (before, later):
        for own in (
            "GITHUB_ACTION",
            "GITHUB_OUTPUT",
            "GITHUB_STATE",
            "GITHUB_PATH",
            "GITHUB_ENV",
            "GITHUB_STEP_SUMMARY",
            "ACTIONS_RUNTIME_TOKEN",
        ):
            seen.pop(own, None)
    assert later == before
    # What Python leaves beside the tests that it ran is all that is new in the checkout.
    assert outputs["clean"]["status"] == ""

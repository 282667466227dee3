"""A push to main leaves its report, and a pull request is compared with it: in a clone of one commit, without a server."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from tests.e2e.service import NAME, SMALL, Service, tell, use, workflow
from tests.fakes.github_api import Artifact, FakeGitHub, WorkflowRun
from tests.testbed.events import push_payload

pytestmark = pytest.mark.e2e

RUN_OF_MAIN = 812


def test_a_pull_request_is_compared_with_what_the_push_to_main_left(service: Service, github: FakeGitHub) -> None:
    told = tell(outputs="${{ toJSON(steps.gate.outputs) }}")
    text = workflow(use(gates="unit-tests,coverage"), told).replace(": pull_request\n", ": [push, pull_request]\n")
    main = service.push({**SMALL, ".github/workflows/gate.yml": text})
    service.repository.git("checkout", "--quiet", "--detach", main)
    pushed = service.run(event="push", payload=push_payload(after=main, repository=NAME), run_id=RUN_OF_MAIN)
    assert pushed.exit_code == 0, pushed.log
    of_main = json.loads(pushed.artifacts["quality-gate-report"]["report.json"])
    assert of_main["subject"]["commit"] == main

    left = io.BytesIO()
    with zipfile.ZipFile(left, "w") as archive:
        for name, content in pushed.artifacts["quality-gate-report"].items():
            archive.writestr(name, content)
    github.runs = [WorkflowRun(run_id=RUN_OF_MAIN, head_sha=main, path=".github/workflows/gate.yml")]
    github.artifacts[RUN_OF_MAIN] = [Artifact(content=left.getvalue())]
    service.base = main
    service.push({"app/prices.py": SMALL["app/prices.py"] + "\n\ndef net(gross):\n    return gross * 100 // 119\n"})
    merge = service.repository.head()
    github.merge_bases[main, merge] = main

    changed = service.run(run_id=RUN_OF_MAIN + 1)
    report = json.loads(changed.artifacts["quality-gate-report"]["report.json"])
    assert report["baseline"]["commit"] == main
    assert report["baseline"]["source"] == f"the artifact of run {RUN_OF_MAIN}", changed.log
    [coverage] = [one for one in report["results"] if one["gate"] == "coverage"]
    [measure] = [one for one in coverage["measures"] if one["name"] == "coverage"]
    assert (measure["baseline"], measure["value"]) == (100, 75)
    # The base is not in the clone: what was changed is GitHub's comparison.
    asked = [one.path for one in github.requests if "/compare/" in one.path]
    assert asked[-1] == f"/repos/{NAME}/compare/{main}...{merge}"
    assert [file["path"] for file in report["change"]["files"]] == ["app.py"]
    [comment] = github.bodies()
    assert "▼" in comment

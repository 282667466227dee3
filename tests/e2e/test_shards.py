"""Four shards and the job that merges them, as the example has it: equal to one run; with shards lost, errored."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from tests.e2e.service import ACTION, ROOT, SMALL, Service
from tests.fakes.github_api import FakeGitHub
from tests.testbed.runner import CHECKOUT

pytestmark = pytest.mark.e2e

EXAMPLE = (ROOT / "examples" / "shards.yml").read_text("utf-8")
PRICES = """\
def gross(net):
    return net * 119 // 100


def rebate(net, customer):
    if customer == "new":
        return net - 5
    if customer == "old":
        return net - 10
    return net


def never(net):
    return net
"""
UNIT = """\
import pytest

from app.prices import gross, rebate


@pytest.mark.parametrize("net", range(10))
def test_gross(net):
    assert gross(net) >= net


@pytest.mark.parametrize(("customer", "paid"), [("new", 95), ("old", 90), ("other", 100)])
def test_rebate(customer, paid):
    assert rebate(100, customer) == paid


@pytest.mark.skip(reason="not yet")
def test_later():
    pass
"""
INTEGRATION = "from app.prices import gross\n\n\ndef test_gross_of_nothing():\n    assert gross(0) == 0\n"
PROJECT = {
    **SMALL,
    "pyproject.toml": '[tool.quality-gate.coverage]\nthreshold = 95\n[tool.coverage.run]\nsource = ["app"]\nbranch = true\n',
    "app/prices.py": PRICES,
    "tests/test_prices.py": UNIT,
    "tests/integration/test_whole.py": INTEGRATION,
}


def told(document: Any) -> dict[str, Any]:
    """Everything in a report that two runs must tell alike: no times, no order of the tests."""
    results = {}
    for result in document["results"]:
        exhibits = []
        for exhibit in result["exhibits"]:
            cases = exhibit.get("cases", ())
            plain = sorted((case["name"], case["outcome"], case.get("path"), case.get("line")) for case in cases)
            exhibits.append({**exhibit, "cases": plain})
        keys = ("outcome", "reason", "measures", "findings")
        results[result["gate"]] = {**{key: result[key] for key in keys}, "exhibits": exhibits}
    return {"verdict": document["verdict"], "results": results, "tools": document["tool_versions"]}


# The whole in one job, which goes on with the first of two shards; the other never runs.
BESIDE = f"""\
on: pull_request
permissions: {{}}
jobs:
  whole:
    runs-on: ubuntu-latest
    permissions:
      contents: read
    steps:
      - uses: {CHECKOUT}
        with:
          persist-credentials: false
          fetch-depth: 2
      - uses: {ACTION}
        with:
          name: whole
          comment: never
      - uses: {ACTION}
        if: always()
        with:
          name: lost
          shard: 1/2
  merged:
    needs: whole
    if: always()
    runs-on: ubuntu-latest
    permissions:
      pull-requests: write
    steps:
      - uses: OWNER/quality-gate/merge@v1
        with:
          name: lost
          needs: ${{{{ toJSON(needs) }}}}
"""


def test_four_shards_and_their_merge_tell_what_one_run_tells_and_a_lost_shard_is_an_error(
    service: Service, github: FakeGitHub
) -> None:
    """Beside them in the run: the whole of it in one job, and two shards of which one never ran."""
    workflows = {"shards": EXAMPLE, "beside": BESIDE}
    service.push({**PROJECT, **{f".github/workflows/{name}.yml": text for name, text in workflows.items()}})
    ran = service.run()
    # A function that never ran: coverage is too low, which only the whole and the merge can tell.
    assert sorted(ran.jobs.values()) == ["failure"] * 3 + ["success"] * 4, ran.log
    artifacts = ran.artifacts
    reports = {name: json.loads(files["report.json"]) for name, files in artifacts.items() if "report.json" in files}
    merged, lost = reports["quality-gate-report"], reports["quality-gate-report-lost"]
    assert told(merged) == told(reports["quality-gate-report-whole"])
    assert merged["verdict"] == "failed"
    assert [result["outcome"] for result in merged["results"]] == ["passed", "passed", "passed", "failed"]
    assert merged["subject"]["shard"] is None
    assert {f"quality-gate-report-shard-{index}-of-4" for index in range(1, 5)} <= set(reports)
    assert {"coverage.json", "coverage.xml", "html/index.html"} <= set(artifacts["coverage-report"])
    assert len(json.loads(artifacts["quality-gate-report"]["durations.json"])) == 15

    assert lost["verdict"] == "errored"
    outcomes = {result["gate"]: result["outcome"] for result in lost["results"]}
    assert outcomes == {**dict.fromkeys(outcomes, "errored"), "lint": "passed"}
    bodies = {body.split()[2]: body for body in github.bodies()}
    assert set(bodies) == {"name=", "name=lost"}
    assert "1 of 4 gates failed" in bodies["name="]
    assert "shard 2 of 2 left no report" in bodies["name=lost"]


def test_the_example_counts_its_shards_once() -> None:
    jobs = yaml.safe_load(EXAMPLE)["jobs"]
    shards = jobs["shard"]["strategy"]["matrix"]["shard"]
    assert jobs["shard"]["steps"][1]["with"]["shard"] == f"${{{{ matrix.shard }}}}/{len(shards)}"
    assert jobs["quality-gate"]["if"] == "always()"

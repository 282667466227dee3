"""Several uses of the action in one run: they share a job or a matrix, and nothing else."""

from __future__ import annotations

import json

import pytest

from tests.e2e.service import FAILING, SMALL, Service, tell, use, workflow
from tests.fakes.github_api import FakeGitHub

pytestmark = pytest.mark.e2e

ALL = ("quality-gate-report", "coverage-report", "pytest-results")


def below(folder: str, files: dict[str, str]) -> dict[str, str]:
    return {f"{folder}/{name}": content for name, content in files.items()}


def test_a_monorepo_with_two_services_in_one_job(service: Service, github: FakeGitHub) -> None:
    payments = {**SMALL, "tests/test_prices.py": SMALL["tests/test_prices.py"] + FAILING}
    files = workflow(
        use("orders", working_directory="services/orders"),
        {**use("payments", working_directory="services/payments/"), "if": "always()"},
        tell(orders="${{ steps.orders.outputs.verdict }}", payments="${{ steps.payments.outputs.verdict }}"),
    )
    service.push(
        {
            **below("services/orders", SMALL),
            **below("services/payments", payments),
            ".github/workflows/gate.yml": files,
        }
    )
    ran = service.run()
    assert ran.exit_code != 0
    assert ran.outputs["gate"]["after"] == {"orders": "passed", "payments": "failed"}, ran.log
    names = ("services-orders", "services-payments")
    assert set(ran.artifacts) == {f"{artifact}-{name}" for artifact in ALL for name in names}
    for name, verdict in zip(names, ("passed", "failed"), strict=True):
        report = json.loads(ran.artifacts[f"quality-gate-report-{name}"]["report.json"])
        assert (report["verdict"], report["subject"]["name"]) == (verdict, name)
    bodies = {body.split()[2]: body for body in github.bodies()}
    assert set(bodies) == {f"name={name}" for name in names}
    assert "tests/test_prices.py#L10" in bodies["name=services-payments"]
    assert "/blob/" + service.head + "/services/payments/tests/test_prices.py" in bodies["name=services-payments"]


def test_the_same_name_twice_in_a_job_is_a_clear_error(service: Service, github: FakeGitHub) -> None:
    files = workflow(use("one", gates="lint"), use("two", gates="lint"))
    service.push({**SMALL, ".github/workflows/gate.yml": files})
    ran = service.run()
    assert ran.exit_code != 0
    assert ran.step("one").result == "success"
    assert ran.step("two/run").result == "failure"
    assert "the action is used twice in this job under the name ''" in ran.log
    assert "give each use its own `name:`" in ran.log
    assert len(github.bodies()) == 1
    assert "Quality Gate passed" in github.bodies()[0]


def test_each_job_of_a_matrix_has_its_own_name(service: Service, github: FakeGitHub) -> None:
    strategy = {"matrix": {"database": ["15.x", "none"], "include": [{"database": "none", "os": {"family": "a b"}}]}}
    files = workflow(use(gates="lint", install="none"), strategy=strategy)
    service.push({**SMALL, ".github/workflows/gate.yml": files})
    ran = service.run()
    assert ran.exit_code == 0, ran.log
    assert {body.split()[2] for body in github.bodies()} == {"name=15.x", "name=none-a-b"}
    assert set(ran.artifacts) == {"quality-gate-report-15.x", "quality-gate-report-none-a-b"}

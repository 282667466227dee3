"""The gate `latency` with a locustfile, played by Locust itself on a small service."""

import pytest

from gate.domain.exhibit import Matrix
from tests.integration.conftest import MakeProject, Run
from tests.integration.test_latency import SERVICE

pytestmark = pytest.mark.integration

LOCUSTFILE = """
from locust import FastHttpUser, HttpUser, between, tag, task


class Reader(HttpUser):
    wait_time = between(0, 0.004)

    def on_start(self):
        self.item = self.client.post("/items", json={"name": "of a user"}).json()["id"]

    @tag("reading")
    @task(2)
    def read(self):
        self.client.get(f"/items/{self.item}")

    @tag("reading")
    @task
    def miss(self):
        with self.client.get("/items/0", name="an item that is not there", catch_response=True) as answer:
            if answer.status_code == 404:
                answer.success()

    @tag("writing")
    @task(100)
    def write(self):
        self.client.post("/items", json={"name": "one of many"})


class Lister(FastHttpUser):
    wait_time = between(0, 0.004)

    @tag("reading")
    @task
    def listed(self):
        self.client.get("/items?page=1")
"""
FAILING = """
from locust import FastHttpUser, constant, tag, task


class Impatient(FastHttpUser):
    wait_time = constant(0.001)

    @tag("reading")
    @task
    def listed(self):
        with self.client.get("/items", catch_response=True) as answer:
            answer.failure("the list is not what it was")
"""
# As for runs of its own: where it runs, and what it writes, is not to be decided by that.
CONFIGURATION = "tags = reading\nmaster = true\nexpect-workers = 9\ncsv = results\nusers = 3\n"


def run(make_project: MakeProject, locustfile: str, *options: str) -> Run:
    files = {
        "main.py": SERVICE,
        "load/locustfile.py": locustfile,
        "locust.conf": CONFIGURATION,
        "requirements.txt": "uvicorn\n",
    }
    project = make_project(files)
    settings = ["latency.locustfile=load/locustfile.py", "latency.warm-up=0.3", "app=main:app"]
    settings += [f"latency.{one}" for one in options]
    arguments = [part for one in settings for part in ("--set", one)]
    done = project.run("--gates", "latency", "--postgres", "off", *arguments)
    left = {path.name for path in project.folder.iterdir()}
    assert left <= {"main.py", "load", "locust.conf", "requirements.txt", ".venv"}, "something was left in the project"
    assert [path.name for path in (project.folder / "load").iterdir()] == ["locustfile.py"]
    return done


def test_a_locustfile_is_played_as_it_is_and_judged_as_a_session_is(make_project: MakeProject) -> None:
    done = run(make_project, LOCUSTFILE, "users=6", "duration=2", "longest=5", "inconclusive=pass", "locust-workers=2")
    assert done.outcomes == {"latency": "passed"}, done.stdout + done.stderr
    result = done.report.result("latency")
    assert result is not None
    (matrix,) = (one for one in result.judgement.exhibits if isinstance(one, Matrix))
    rows = {row.label: row.cells for row in matrix.rows}
    # On a slow machine, some of what users do as they start is in the timed window, too.
    played = {"GET /items/{item_id}", "GET /items", "GET an item that is not there", "all requests"}
    assert set(rows) - {"POST /items"} == played
    assert all(cells[-1] == "0" for cells in rows.values()), rows
    assert "with 6 users, think time as load/locustfile.py has it" in done.reason("latency")
    assert "locust" in dict(done.report.tool_versions)


def test_what_the_locustfile_calls_a_failure_is_one(make_project: MakeProject) -> None:
    done = run(make_project, FAILING, "users=2", "duration=1", "longest=5")
    assert done.outcomes == {"latency": "failed"}, done.stdout + done.stderr
    assert "requests failed: failed (" in done.reason("latency")
    assert "the list is not what it was" in (done.folder / "report.json").read_text("utf-8")

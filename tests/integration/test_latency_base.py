"""The gate `latency` on a change and its base, each a commit of a real repository: the factor by which one is slower."""

import re

import pytest

from gate.domain.exhibit import Matrix
from tests.integration.conftest import MakeProject, Run
from tests.testbed.repositories import Repository

pytestmark = pytest.mark.integration

# Without a framework: nothing but the gate and uvicorn is tried here.
SERVICE = """
import asyncio
import json

from parts.answering import SECONDS


def of():
    return {"get": {"responses": {"200": {"description": "well"}}}}


PATHS = {"/items": of(), "/news": of()}
DOCUMENT = {"openapi": "3.1.0", "info": {"title": "items", "version": "1"}, "paths": PATHS}


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            told = (await receive())["type"]
            await send({"type": told + ".complete"})
            if told == "lifespan.shutdown":
                return
    await receive()
    if scope["path"] == "/items":
        await asyncio.sleep(SECONDS)
    found = DOCUMENT if scope["path"] == "/openapi.json" else {}
    status = 200 if scope["path"] in {*PATHS, "/openapi.json"} else 404
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": json.dumps(found).encode()})
"""
FILES = {
    "service/main.py": SERVICE,
    "service/parts/__init__.py": "",
    "service/parts/answering.py": "SECONDS = 0.02\n",
    "service/requirements.txt": "uvicorn\n",
}
QUICK = ("users=20", "think-time=0", "samples=1000", "warm-up=0.2", "compare=true", "slower=25")


def run(make_project: MakeProject, change: dict[str, str]) -> Run:
    project = make_project({})
    repository = Repository(project.folder)
    repository.commit("base", FILES)
    repository.branch("change")
    repository.commit("change", change)
    project.folder = project.folder / "service"
    settings = (*(f"latency.{one}" for one in QUICK), "app=main:app")
    arguments = [part for one in settings for part in ("--set", one)]
    done = project.run("--gates", "latency", "--postgres", "off", *arguments)
    assert not repository.git("status", "--porcelain", "--ignored"), "something was left in the checkout"
    assert repository.git("worktree", "list").count("\n") == 0
    return done


def factors(done: Run) -> dict[str, tuple[float, float, float]]:
    """Return the factor of each operation, and its interval."""
    result = done.report.result("latency")
    assert result is not None
    (matrix,) = (one for one in result.judgement.exhibits if isinstance(one, Matrix))
    at = matrix.columns.index("times the base's") - 1
    found = {row.label: [float(one) for one in re.findall(r"[0-9.]+", row.cells[at])] for row in matrix.rows}
    return {name: (one[0], one[1], one[2]) for name, one in found.items()}


def test_a_change_that_waits_longer_is_slower_by_that_factor_and_what_it_left_alone_is_not(
    make_project: MakeProject,
) -> None:
    done = run(make_project, {"service/parts/answering.py": "SECONDS = 0.06\n"})
    assert done.outcomes == {"latency": "failed"}, done.stdout + done.stderr
    found = factors(done)
    value, low, high = found["GET /items"]
    assert 1.25 < low < value < high
    # What the machine itself adds to both makes the factor of three smaller.
    assert value < 5
    assert found["GET /news"][1] < 1.25
    assert "GET /items takes" in done.reason("latency")
    assert re.search(r"measuring in turn with the base [0-9a-f]{12}: about .* in all\n", done.stderr)

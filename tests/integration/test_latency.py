"""The gate `latency` as a user runs it, on a small service of its own: what it measures, and its bad days."""

from fractions import Fraction
from pathlib import Path

import pytest

from gate.domain.exhibit import Matrix
from tests.integration.conftest import MakeProject, Run

pytestmark = pytest.mark.integration

# Without a framework: nothing but the gate and uvicorn is tried here.
SERVICE = """
import json
import os
import re

PLANT = os.environ.get("PLANT", "")
items = {}
asked = 0


def answer(method, path, body):
    global asked
    if path == "/openapi.json":
        return 200, DOCUMENT
    asked += 1
    if asked > 300 and PLANT == "dies":
        os._exit(7)
    if asked > 300 and PLANT == "429":
        return 429, {"detail": "no more"}
    if (method, path) == ("POST", "/items"):
        items[len(items) + 1] = {"id": len(items) + 1, **json.loads(body)}
        return 201, items[len(items)]
    if (method, path) == ("GET", "/items"):
        return 200, list(items.values())[-20:]
    found = re.fullmatch("/items/([0-9]+)", path)
    if found and int(found[1]) in items:
        return 200, items[int(found[1])]
    return 404, {"detail": "no such thing"}


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            told = (await receive())["type"]
            await send({"type": told + ".complete"})
            if told == "lifespan.shutdown":
                return
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    status, shown = answer(scope["method"], scope["path"], body)
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(shown).encode()})


def of(**more):
    return {"responses": {"200": {"description": "well"}}, **more}


ITEM = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string", "maxLength": 50}}}
NUMBER = {"name": "item_id", "in": "path", "required": True, "schema": {"type": "integer"}}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "items", "version": "1"},
    "paths": {
        "/items": {"get": of(), "post": of(requestBody={"content": {"application/json": {"schema": ITEM}}})},
        "/items/{item_id}": {"get": of(parameters=[NUMBER])},
        "/health": {"get": of()},
        "/broken": {"get": of()},
    },
}
"""
SESSIONS = """
def session(user):
    if user > 4:
        raise ValueError(user)
    item = {"name": "item {unique} of %d" % user}
    return {
        "before": [{"request": "POST /items", "json": item, "extract": {"mine": "id"}}],
        "session": ["GET /items/{mine}", {"request": "GET /nothing?user={user}", "expect": [404]}],
    }
"""
QUICK = ("users=5", "think-time=0", "samples=1000", "warm-up=0.2")


def run(make_project: MakeProject, *options: str, plant: str = "") -> Run:
    files = {"main.py": SERVICE, "sessions.py": SESSIONS, "requirements.txt": "uvicorn\n"}
    project = make_project(files)
    settings = [f"latency.{one}" for one in (*QUICK, *options)]
    settings += ["app=main:app", f"env=PLANT={plant}"]
    arguments = [part for one in settings for part in ("--set", one)]
    done = project.run("--gates", "latency", "--postgres", "off", *arguments)
    left = {path.name for path in Path(project.folder).iterdir()}
    assert left <= {*files, ".venv"}, "something was left in the project's folder"
    return done


def operations(done: Run) -> set[str]:
    result = done.report.result("latency")
    assert result is not None
    (matrix,) = (one for one in result.judgement.exhibits if isinstance(one, Matrix))
    return {row.label for row in matrix.rows}


def test_what_can_be_read_is_measured_without_a_word_of_configuration(make_project: MakeProject) -> None:
    done = run(make_project)
    assert done.outcomes == {"latency": "passed"}, done.stdout + done.stderr
    assert {"GET /items", "GET /items/{item_id}"} <= operations(done)
    assert "5 users, 0 s think time, 2 operations: about" in done.stderr
    assert "GET /broken is not measured: was answered 404" in (done.folder / "report.json").read_text("utf-8")
    # In milliseconds. An answer in two parts took 44 while its second part waited for the first to be acknowledged.
    assert Fraction(done.measures("latency")["p50"]) < 35


def test_sessions_of_a_function_are_played_and_named_as_the_document_names_them(make_project: MakeProject) -> None:
    done = run(make_project, "function=sessions:session")
    assert done.outcomes == {"latency": "passed"}, done.stdout + done.stderr
    assert {"GET /items/{item_id}", "GET /nothing"} <= operations(done)
    assert "sessions:session" in (done.folder / "report.json").read_text("utf-8")


@pytest.mark.parametrize(
    ("plant", "outcome", "told"),
    [
        ("dies", "failed", "after the load, GET /items was not answered: nobody listens there"),
        ("429", "errored", "the measurement does not count: 429"),
    ],
)
def test_a_service_that_ends_or_turns_users_away_is_no_fast_one(
    make_project: MakeProject, plant: str, outcome: str, told: str
) -> None:
    done = run(make_project, "longest=3", plant=plant)
    assert done.outcomes == {"latency": outcome}, done.stdout + done.stderr
    assert told in done.reason("latency")
    after = "after the load, GET /items was not answered: nobody listens there"
    assert (after in (done.folder / "report.json").read_text("utf-8")) == (plant == "dies")

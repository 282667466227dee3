"""The other parts: the API emulator and description, the engine, the browser, and the rule for what is missing."""

from __future__ import annotations

import struct
import time
from pathlib import Path

import pytest
import requests

from tests.testbed import leaving_out
from tests.testbed.browser import Browser
from tests.testbed.events import pull_request_payload, push_payload
from tests.testbed.fixtures import StartEmulator
from tests.testbed.github_api_description import GitHubApiDescription, RequestRefused
from tests.testbed.github_emulator import BOT, PullRequest, Seed
from tests.testbed.leaving_out import PartMissing

pytestmark = pytest.mark.e2e

COMMENTS = "/repos/acme/service/issues/7/comments"


def test_a_missing_part_leaves_the_test_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(leaving_out.REQUIRE_PARTS, raising=False)
    with pytest.raises(pytest.skip.Exception, match="no kettle: broken"), leaving_out.part("kettle"):
        raise PartMissing("broken")


def test_a_missing_part_fails_where_parts_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(leaving_out.REQUIRE_PARTS, "1")
    with pytest.raises(pytest.fail.Exception, match="kettle is required"), leaving_out.part("kettle"):
        raise PartMissing("broken")


def test_payloads_tell_a_fork_from_a_branch() -> None:
    own = pull_request_payload(head_sha="a" * 40, base_sha="b" * 40)["pull_request"]
    assert own["head"]["repo"]["full_name"] == own["base"]["repo"]["full_name"] == "acme/service"
    assert own["head"]["repo"]["fork"] is False
    forked = pull_request_payload(head_sha="a" * 40, base_sha="b" * 40, fork="eve/service")["pull_request"]
    assert forked["head"]["repo"] == {**forked["head"]["repo"], "full_name": "eve/service", "fork": True}
    assert push_payload(after="a" * 40)["created"] is True


def test_the_emulator_keeps_comments(github_emulator: StartEmulator) -> None:
    files = tuple({"filename": f"f{number}.py", "status": "modified", "patch": ""} for number in range(31))
    pull = PullRequest(
        repository="acme/service", number=7, head_sha="a" * 40, head_repository="eve/service", files=files
    )
    seed = Seed(
        users=(BOT, "octocat", "eve"),
        repositories=("acme/service", "eve/service"),
        tokens={"of-the-job": BOT, "of-eve": "eve"},
        pull_requests=(pull,),
    )
    api = github_emulator(seed)
    known = api.get("/repos/acme/service/pulls/7")
    assert (known["head"]["sha"], known["head"]["repo"]["full_name"], known["state"]) == (
        "a" * 40,
        "eve/service",
        "open",
    )
    assert known["head"]["repo"]["fork"] is True
    first_page = requests.get(f"{api.url}/repos/acme/service/pulls/7/files", timeout=5)
    assert len(first_page.json()) == 30
    assert len(requests.get(first_page.links["next"]["url"], timeout=5).json()) == 1

    for number in range(103):
        api.comment("acme/service", 7, f"comment {number}", token="of-eve" if number % 2 else "of-the-job")
    comments = api.comments("acme/service", 7)
    assert [one["body"] for one in comments] == [f"comment {number}" for number in range(103)]
    assert {(one["user"]["login"], one["user"]["type"]) for one in comments} == {(BOT, "Bot"), ("eve", "User")}

    with requests.Session() as client:
        client.headers["Authorization"] = "Bearer of-the-job"
        one = f"{api.url}/repos/acme/service/issues/comments/{comments[0]['id']}"
        assert client.patch(one, json={"body": "new"}, timeout=5).status_code == 200
        assert client.delete(one, timeout=5).status_code == 204
        assert client.get(one, timeout=5).status_code == 404
        check = {"name": "quality-gate", "head_sha": "a" * 40, "status": "completed", "conclusion": "success"}
        assert client.post(f"{api.url}/repos/acme/service/check-runs", json=check, timeout=5).status_code == 201
        # What it does not know, or answers unlike GitHub; when these change, README.md does too.
        assert client.get(f"{api.url}/user", timeout=5).status_code == 200
        assert client.post(f"{api.url}/graphql", json={"query": "{viewer{login}}"}, timeout=5).status_code == 404
        assert client.get(f"{api.url}/repos/acme/service/commits/{'a' * 40}/pulls", timeout=5).status_code == 404
        status = f"{api.url}/repos/acme/service/statuses/{'a' * 40}"
        assert client.post(status, json={"state": "success"}, timeout=5).status_code == 404
        assert client.post(f"{api.url}{COMMENTS}", json={"body": "x" * 70_000}, timeout=5).status_code == 201
        ask = {"state": "open", "head": "eve:feature"}
        found = client.get(f"{api.url}/repos/acme/service/pulls", params=ask, timeout=5).json()
        assert [one["number"] for one in found] == [7]
    assert [run["name"] for run in api.check_runs("acme/service", "a" * 40)] == ["quality-gate"]
    assert requests.post(f"{api.url}{COMMENTS}", json={"body": "x"}, timeout=5).status_code == 401

    api.put_pull_request(PullRequest(repository="acme/service", number=7, head_sha="c" * 40, state="closed"))
    moved = api.get("/repos/acme/service/pulls/7")
    assert (moved["head"]["sha"], moved["state"]) == ("c" * 40, "closed")
    patched = [one for one in api.received() if one.method == "PATCH"]
    assert [(one.body, one.status) for one in patched] == [({"body": "new"}, 200)]
    assert patched[0].headers["authorization"] == "Bearer of-the-job"
    api.forget()
    assert api.received() == []


def test_the_description_knows_right_from_wrong(github_api_description: GitHubApiDescription) -> None:
    check = github_api_description.check
    begun = time.monotonic()
    assert check("POST", COMMENTS, body={"body": "hello"}).operation_id == "issues/create-comment"
    one_comment = "/repos/acme/service/issues/comments/7"
    assert check("PATCH", one_comment, body={"body": "hello"}).operation_id == "issues/update-comment"
    assert check("DELETE", one_comment).operation_id == "issues/delete-comment"
    pages = [("per_page", "100"), ("page", "2")]
    assert check("GET", COMMENTS, query=pages).operation_id == "issues/list-comments"
    ask = [("state", "open"), ("head", "eve:feature")]
    assert check("GET", "/repos/acme/service/pulls", query=ask).operation_id == "pulls/list"
    sha = "a" * 40
    statuses = f"/repos/acme/service/statuses/{sha}"
    assert check("POST", statuses, body={"state": "success"}).operation_id == "repos/create-commit-status"
    assert check("GET", "/user").operation_id == "users/get-authenticated"
    run = {"name": "gate", "head_sha": sha, "status": "completed", "conclusion": "success"}
    assert check("POST", "/repos/acme/service/check-runs", body=run).operation_id == "checks/create"
    for method, path, query, body, problem in (
        ("POST", "/repos/acme/service/comment", [], {"body": "x"}, "path is not described"),
        ("PUT", COMMENTS, [], {"body": "x"}, "exists, but not for PUT"),
        ("POST", COMMENTS, [], None, "the body is missing"),
        ("POST", COMMENTS, [], {}, "'body' is a required property"),
        ("POST", COMMENTS, [], {"body": 3}, "3 is not of type 'string'"),
        ("POST", COMMENTS, [], {"body": "x", "bdoy": "y"}, "body.bdoy is unknown"),
        ("GET", COMMENTS, [("page", "two")], None, "query parameter page: 'two' is not of type 'integer'"),
        ("GET", COMMENTS, [("sorted", "yes")], None, "query parameter sorted is unknown"),
        ("GET", "/repos/acme/service/issues/seven/comments", [], None, "path parameter issue_number"),
        ("GET", "/repos/acme/service/pulls", [("state", "merged")], None, "'merged' is not one of"),
        ("POST", statuses, [], {"state": "green"}, "'green' is not one of"),
        ("POST", "/repos/acme/service/check-runs", [], {**run, "conclusion": "good"}, "'good' is not one of"),
    ):
        with pytest.raises(RequestRefused) as refused:
            check(method, path, query=query, body=body)
        assert problem in str(refused.value)
    assert time.monotonic() - begun < 2


def test_the_browser_runs_scripts_and_takes_pictures(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "a page.html"
    page.write_text("<!doctype html><title>t</title><p>before</p><script>document.body.append('6*7=' + 6 * 7)</script>")
    assert "6*7=42" in browser.dump_dom(page)
    png = tmp_path / "shot.png"
    browser.screenshot(page, png, 400, 300)
    content = png.read_bytes()
    assert content.startswith(b"\x89PNG")
    assert struct.unpack(">II", content[16:24]) == (400, 300)

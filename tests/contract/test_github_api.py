"""One contract for everything that plays GitHub's pull requests, and what the real adapter does when GitHub fails.

The contract runs against the fake in memory, our strict fake HTTP server and npm's emulator; every request that
the adapter sends is held against GitHub's published description.
"""

from __future__ import annotations

import gzip
import json
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import requests

from gate.adapters.actions_runtime import ActionsRuntime, read_job
from gate.adapters.github_api import ACTIONS_LOGIN, GitHubApi
from gate.adapters.github_http import Limits
from gate.adapters.github_runs import GitHubRuns
from gate.adapters.github_statuses import GitHubStatuses
from gate.adapters.patience import Clock
from gate.comment_upkeep import WantedComment, keep_comment
from gate.domain.codec import encode_report
from gate.domain.job import Event, Job
from gate.domain.report import Report
from gate.domain.sticky_comment import CommentMode
from gate.github_ports import PullRequests, PullRequestState
from gate.ports import LookAgain, Refused, ReportingTrouble
from gate.publication import Connections, PublishOptions
from gate.publish import publish
from gate.render.marker import Marker, parse_marker, render_marker
from tests.fakes import github_api as fake
from tests.fakes.github_api import BOT, REPOSITORY, TOKEN, FakeGitHub, fake_github
from tests.fakes.pull_requests import Conversation, FakePullRequests
from tests.testbed import github_emulator as emulated
from tests.testbed.events import pull_request_payload
from tests.testbed.fixtures import StartEmulator
from tests.testbed.github_api_description import GitHubApiDescription
from tests.unit.render.reports import green, red

pytestmark = pytest.mark.integration

HEAD = "a" * 40
FILES = tuple(f"app/módule {at}.py" for at in range(250))


class Time:
    """A clock that only moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0
        self.slept: list[float] = []

    def clock(self) -> Clock:
        return Clock(monotonic=lambda: self.now, wall=lambda: self.now, sleep=self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def job_at(url: str, **more: Any) -> Job:
    return Job(event=Event(name="push"), repository=REPOSITORY, api_url=url, graphql_url=f"{url}/graphql", **more)


# --- The contract -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Side:
    """An implementation under contract, with pull request 7 open at HEAD, and a way to comment as a stranger."""

    pull_requests: PullRequests
    stranger_comments: Callable[[str], None]
    bodies: Callable[[], list[str]]
    close_pull_request: Callable[[], None]


def _in_memory() -> Side:
    talk = Conversation(head_sha=HEAD, files=FILES)
    return Side(
        pull_requests=FakePullRequests(talk),
        stranger_comments=lambda body: void(talk.add("octocat", body)),
        bodies=lambda: [comment.body for comment in talk.comments],
        close_pull_request=lambda: setattr(talk, "is_open", False),
    )


def _over_http(github: FakeGitHub, api: GitHubApi) -> Side:
    github.pulls[7].files = FILES
    return Side(
        pull_requests=api,
        stranger_comments=lambda body: void(github.add_comment("octocat", body)),
        bodies=github.bodies,
        close_pull_request=lambda: setattr(github.pulls[7], "state", "closed"),
    )


def _emulated(server: emulated.GitHubEmulator, pull: emulated.PullRequest, api: GitHubApi) -> Side:
    return Side(
        pull_requests=api,
        stranger_comments=lambda body: void(server.comment(REPOSITORY, 7, body, token="token-of-octocat")),
        bodies=lambda: [comment["body"] for comment in server.comments(REPOSITORY, 7)],
        close_pull_request=lambda: server.put_pull_request(replace(pull, state="closed")),
    )


def void(_: object) -> None:
    return None


@pytest.fixture(params=["memory", "http", "emulator"])
def side(request: pytest.FixtureRequest) -> Iterator[Side]:
    if request.param == "memory":
        yield _in_memory()
    elif request.param == "http":
        with fake_github() as github, closing(GitHubApi(job_at(github.url), TOKEN, clock=Time().clock())) as api:
            yield _over_http(github, api)
            assert github.violations == []
    else:
        start: StartEmulator = request.getfixturevalue("github_emulator")
        description: GitHubApiDescription = request.getfixturevalue("github_api_description")
        pull = emulated.PullRequest(
            repository=REPOSITORY,
            number=7,
            head_sha=HEAD,
            files=tuple({"filename": name, "status": "modified"} for name in FILES),
        )
        tokens = {TOKEN: BOT, "token-of-octocat": "octocat"}
        server = start(emulated.Seed(repositories=(REPOSITORY,), tokens=tokens, pull_requests=(pull,)))
        with closing(GitHubApi(job_at(server.url), TOKEN, clock=Time().clock())) as api:
            yield _emulated(server, pull, api)
        hold_against(description, server.received())


def hold_against(description: GitHubApiDescription, requests: list[Any]) -> None:
    ours = [one for one in requests if one.path != "/graphql" and not one.path.startswith("/_testbed")]
    assert ours
    for one in ours:
        description.check(one.method, one.path, query=one.query, body=one.body)


def test_a_comment_is_created_updated_and_deleted(side: Side) -> None:
    api = side.pull_requests
    created = api.create_comment(7, "one\n\n<!-- two --> 🎉")
    assert created.author == BOT
    assert created.url.startswith("http")
    assert api.update_comment(created.comment_id, "three").comment_id == created.comment_id
    [listed] = api.comments(7)
    assert (listed.comment_id, listed.author, listed.body) == (created.comment_id, BOT, "three")
    api.delete_comment(created.comment_id)
    assert api.comments(7) == ()


def test_all_comments_are_listed_in_order_however_many_pages_they_fill(side: Side) -> None:
    for at in range(205):
        side.stranger_comments(f"comment {at}")
    assert [comment.body for comment in side.pull_requests.comments(7)] == [f"comment {at}" for at in range(205)]


def test_all_changed_files_are_listed_whatever_their_names(side: Side) -> None:
    assert side.pull_requests.changed_files(7) == FILES


def test_the_state_is_that_of_now(side: Side) -> None:
    assert side.pull_requests.state(7) == PullRequestState(is_open=True, head_sha=HEAD)
    side.close_pull_request()
    assert not side.pull_requests.state(7).is_open


def test_a_comment_that_is_gone_is_looked_for_again_or_counts_as_deleted(side: Side) -> None:
    gone = side.pull_requests.create_comment(7, "text").comment_id
    side.pull_requests.delete_comment(gone)
    side.pull_requests.delete_comment(gone)
    with pytest.raises(LookAgain):
        side.pull_requests.update_comment(gone, "more")


def test_we_are_who_comments_as_us(side: Side) -> None:
    assert side.pull_requests.create_comment(7, "text").author in side.pull_requests.own_logins()


def wanted(run: int, text: str) -> WantedComment:
    marker = Marker(run=run, attempt=1, sha=HEAD)
    body = f"{render_marker(marker)}\n{text}"
    return WantedComment(number=7, mode=CommentMode.ALWAYS, marker=marker, body=body, passed=False)


def test_the_one_comment_behind_300_others_is_updated_and_never_set_back(side: Side) -> None:
    for at in range(300):
        side.stranger_comments(f"comment {at}")
    side.stranger_comments(wanted(99, "not ours").body)
    keep_comment(side.pull_requests, wanted(5, "first"))
    keep_comment(side.pull_requests, wanted(8, "second"))
    keep_comment(side.pull_requests, wanted(7, "late"))
    assert side.bodies()[301:] == [wanted(8, "second").body]


# --- The adapter and a failing GitHub ------------------------------------------------------------------------------


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with fake_github() as server:
        yield server


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def api(github: FakeGitHub, time: Time) -> Iterator[GitHubApi]:
    with closing(GitHubApi(job_at(github.url), TOKEN, clock=time.clock())) as api:
        yield api
    assert github.violations == []


def test_every_request_is_as_github_describes_it(
    github: FakeGitHub, api: GitHubApi, github_api_description: GitHubApiDescription
) -> None:
    github.pulls[7].files = FILES
    for at in range(101):
        github.add_comment("octocat", f"comment {at}")
    api.state(7)
    api.changed_files(7)
    api.comments(7)
    api.update_comment(api.create_comment(7, "one").comment_id, "two")
    api.delete_comment(github.comments[-1]["id"])
    assert {one.method for one in github.requests} == {"GET", "POST", "PATCH", "DELETE"}
    hold_against(github_api_description, github.requests)


@pytest.mark.parametrize(
    "act",
    [
        fake.status(500, "oops"),
        fake.status(502),
        fake.raw(503, b"<html>no server is available</html>"),
        fake.status(504),
        fake.status(429, Retry_After="3"),
        fake.status(403, "You have exceeded a secondary rate limit.", Retry_After="3"),
        fake.status(403, "API rate limit exceeded", X_RateLimit_Remaining="0", X_RateLimit_Reset="1700000002"),
        fake.drop,
        fake.break_off,
        fake.raw(200, b"<html>welcome to the hotel's network</html>"),
        fake.raw(200, b"", Content_Encoding="gzip"),
        fake.raw(200, b"not gzip", Content_Encoding="gzip"),
    ],
)
def test_reading_survives_a_failure_that_passes(github: FakeGitHub, api: GitHubApi, time: Time, act: Any) -> None:
    github.add_comment("octocat", "hello")
    github.fail("GET", "/comments", act, times=2)
    assert [comment.body for comment in api.comments(7)] == ["hello"]
    assert len(github.seen("GET", "/comments")) == 3
    assert sum(time.slept) >= 3


def test_reading_gives_up_in_the_end(github: FakeGitHub, api: GitHubApi, time: Time) -> None:
    github.fail("GET", "/pulls/7", fake.status(500, "oops"), times=99)
    with pytest.raises(ReportingTrouble, match=r"GET /repos/acme/service/pulls/7 with status 500: oops; given up"):
        api.state(7)
    assert len(github.seen("GET", "/pulls/7")) == 5
    assert sum(time.slept) < 60


@pytest.mark.parametrize(
    "act",
    [
        fake.status(429, Retry_After="3600"),
        fake.status(429),
        fake.status(403, "You have exceeded a secondary rate limit."),
        fake.status(403, "API rate limit exceeded", X_RateLimit_Remaining="0", X_RateLimit_Reset="1700003600"),
    ],
)
def test_a_limit_that_lasts_longer_than_patience_is_not_waited_for(
    github: FakeGitHub, api: GitHubApi, time: Time, act: Any
) -> None:
    github.fail("GET", "/pulls/7", act, times=99)
    with pytest.raises(ReportingTrouble, match="given up: the next attempt would be in"):
        api.state(7)
    assert len(github.seen("GET", "/pulls/7")) == 1
    assert time.slept == []


def quick(github: FakeGitHub, **limits: float) -> GitHubApi:
    """An adapter with short limits on real time."""
    return GitHubApi(job_at(github.url), TOKEN, limits=Limits(**{"connect": 2, "read": 0.2, "patience": 0.5, **limits}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("act", "words"), [(fake.hang, "did not answer within 0.5 s"), (fake.drip, "took longer than")]
)
def test_an_answer_that_never_ends_is_given_up(github: FakeGitHub, act: Any, words: str) -> None:
    github.fail("GET", "/pulls/7", act, times=99)
    with closing(quick(github, read=0.5)) as api, pytest.raises(ReportingTrouble, match=words):
        api.state(7)


def test_an_answer_without_bounds_is_not_kept(github: FakeGitHub) -> None:
    github.fail("GET", "/pulls/7", fake.raw(200, b" " * 1_000_001), times=99)
    with closing(quick(github, answer_bytes=1_000_000)) as api, pytest.raises(ReportingTrouble, match="longer than"):
        api.state(7)


def test_a_bomb_is_not_unpacked(github: FakeGitHub) -> None:
    bomb = gzip.compress(b" " * 30_000_000)
    github.fail("GET", "/pulls/7", fake.raw(200, bomb, Content_Encoding="gzip"), times=99)
    with (
        closing(quick(github, answer_bytes=1_000_000, read=20)) as api,
        pytest.raises(ReportingTrouble, match="longer than 1000000 bytes"),
    ):
        api.state(7)


def test_an_api_that_is_not_there_is_given_up() -> None:
    job = job_at(f"http://127.0.0.1:{emulated.free_port()}")
    with (
        closing(GitHubApi(job, TOKEN, clock=Time().clock())) as api,
        pytest.raises(ReportingTrouble, match="the connection to GitHub failed"),
    ):
        api.state(7)


@pytest.mark.parametrize(
    ("act", "after"),
    [
        (fake.status(500), False),
        (fake.status(502), True),
        (fake.drop, True),
        (fake.break_off, True),
        (fake.status(409), False),
        (fake.status(429, Retry_After="2"), False),
    ],
)
def test_a_write_is_sent_once_and_then_looked_for(
    github: FakeGitHub, api: GitHubApi, time: Time, act: Any, after: bool
) -> None:
    github.fail("POST", "/comments", act, after=after)
    with pytest.raises(LookAgain):
        api.create_comment(7, "text")
    assert len(github.seen("POST", "/comments")) == 1
    assert time.slept
    github.fail("PATCH", r"/\d+", act, after=after)
    identity = github.add_comment(BOT, "old")["id"]
    with pytest.raises(LookAgain):
        api.update_comment(identity, "new")
    github.fail("DELETE", r"/\d+", act, after=after)
    with pytest.raises(LookAgain):
        api.delete_comment(identity)
    assert github.bodies()[-1:] == (["text"] if after else ["old"])


@pytest.mark.parametrize("after", [True, False])
def test_a_lost_answer_makes_no_second_comment(github: FakeGitHub, api: GitHubApi, after: bool) -> None:
    github.fail("POST", "/comments", fake.drop, after=after)
    keep_comment(api, wanted(5, "text"))
    assert github.bodies() == [wanted(5, "text").body]


def test_a_refusal_names_the_permissions_that_would_do(github: FakeGitHub, api: GitHubApi) -> None:
    github.read_only = True
    with pytest.raises(Refused, match="Resource not accessible by integration") as refused:
        api.create_comment(7, "text")
    assert refused.value.accepted == "issues=write; pull_requests=write"
    assert len(github.requests) == 1


def test_a_locked_conversation_is_a_refusal(github: FakeGitHub, api: GitHubApi) -> None:
    github.pulls[7].locked = True
    with pytest.raises(Refused, match="issue is locked"):
        api.create_comment(7, "text")


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (fake.status(401, "Bad credentials"), "does not accept the token"),
        (fake.status(404, "Not Found"), "status 404: Not Found"),
        (fake.status(410, "Gone"), "status 410: Gone"),
        (fake.status(422, "Validation Failed"), "status 422: Validation Failed"),
        (fake.status(418), "status 418"),
    ],
)
def test_what_will_not_pass_is_not_tried_again(
    github: FakeGitHub, api: GitHubApi, time: Time, act: Any, words: str
) -> None:
    for method, path in (("GET", "/pulls/7"), ("POST", "/comments")):
        github.fail(method, path, act)
    with pytest.raises(ReportingTrouble, match=words):
        api.state(7)
    with pytest.raises(ReportingTrouble, match=words) as trouble:
        api.create_comment(7, "text")
    assert not isinstance(trouble.value, LookAgain)
    assert time.slept == []


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_reading_follows_a_redirect_within_github(github: FakeGitHub, api: GitHubApi, code: int) -> None:
    github.pulls[8] = fake.PullRequest(head_sha="b" * 40)
    github.fail("GET", "/pulls/7", fake.redirect(code, f"/repos/{REPOSITORY}/pulls/8"))
    assert api.state(7).head_sha == "b" * 40


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_writing_follows_none(github: FakeGitHub, api: GitHubApi, code: int) -> None:
    github.fail("POST", "/comments", fake.redirect(code, f"/repos/{REPOSITORY}/issues/7/comments"))
    with pytest.raises(ReportingTrouble, match=f"status {code}"):
        api.create_comment(7, "text")
    assert len(github.requests) == 1


@pytest.mark.parametrize("location", ["http://[odd", "//[", "http://a]"])
def test_a_redirect_to_what_is_no_address_is_trouble(github: FakeGitHub, api: GitHubApi, location: str) -> None:
    github.fail("GET", "/pulls/7", fake.redirect(301, location))
    with pytest.raises(ReportingTrouble, match="an address that is none"):
        api.state(7)


def test_redirects_in_a_circle_end(github: FakeGitHub, api: GitHubApi) -> None:
    github.fail("GET", "/pulls/7", fake.redirect(302, ""), times=99)
    with pytest.raises(ReportingTrouble, match="redirects more than 3 times"):
        api.state(7)


def test_the_token_goes_to_no_other_server(github: FakeGitHub, api: GitHubApi) -> None:
    with fake_github() as other:
        github.fail("GET", "/pulls/7", fake.redirect(302, f"{other.url}/repos/{REPOSITORY}/pulls/7"))
        with pytest.raises(ReportingTrouble, match=r"not sent to 127\.0\.0\.1, another server"):
            api.state(7)
        page = fake.raw(200, b"[]", Link=f'<{other.url}/repos/{REPOSITORY}/issues/7/comments?page=2>; rel="next"')
        github.fail("GET", "/comments", page)
        with pytest.raises(ReportingTrouble, match="another server"):
            api.comments(7)
        userinfo = fake.redirect(302, github.url.replace("http://", "http://user:pw@"))
        github.fail("GET", "/pulls/7", userinfo)
        with pytest.raises(ReportingTrouble, match="not an http or https URL"):
            api.state(7)
        assert other.requests == []


def test_pages_without_end_end(github: FakeGitHub, api: GitHubApi) -> None:
    loop = fake.raw(200, b"[]", Link=f'<{github.url}/repos/{REPOSITORY}/issues/7/comments?per_page=100>; rel="next"')
    github.fail("GET", "/comments", loop, times=999)
    with pytest.raises(ReportingTrouble, match="more than 300 pages"):
        api.comments(7)


def test_of_changed_files_three_thousand_are_enough(github: FakeGitHub, api: GitHubApi) -> None:
    github.pulls[7].files = tuple(f"{at}.py" for at in range(3_100))
    assert len(api.changed_files(7)) == 3_000
    assert len(github.requests) == 30


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        b"[]",
        b"null",
        b'"x"',
        b'{"state": "odd", "head": {"sha": "x"}}',
        b'{"state": "open", "head": {"sha": 7}}',
    ],
)
def test_json_that_is_not_what_github_documents_is_trouble(github: FakeGitHub, api: GitHubApi, content: bytes) -> None:
    github.fail("GET", "/pulls/7", fake.raw(200, content), times=9)
    with pytest.raises(ReportingTrouble):
        api.state(7)


@pytest.mark.parametrize(
    "content", [b"{}", b"[7]", b'[{"id": "1"}]', b'[{"id": true}]', b'[{"id": 1, "user": {"login": 7}}]']
)
def test_comments_that_are_none_are_trouble(github: FakeGitHub, api: GitHubApi, content: bytes) -> None:
    github.fail("GET", "/comments", fake.raw(200, content))
    with pytest.raises(ReportingTrouble, match="as its documentation has it"):
        api.comments(7)


def test_files_that_are_none_are_trouble(github: FakeGitHub, api: GitHubApi) -> None:
    github.fail("GET", "/files", fake.raw(200, b'[{"filename": null}]'))
    with pytest.raises(ReportingTrouble, match="a changed file"):
        api.changed_files(7)


def test_a_comment_of_a_deleted_account_is_nobodys(github: FakeGitHub, api: GitHubApi) -> None:
    github.fail("GET", "/comments", fake.raw(200, b'[{"id": 1, "user": null, "body": null, "html_url": null}]'))
    [comment] = api.comments(7)
    assert (comment.author, comment.body, comment.url) == ("", "", "")


# --- Who we are ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "logins"),
    [
        (BOT, {BOT}),
        ("our-app[bot]", {"our-app[bot]"}),
        ("our-app", {"our-app", "our-app[bot]"}),
        ("octocat", {"octocat", "octocat[bot]"}),
        (None, {ACTIONS_LOGIN}),
        ("", {ACTIONS_LOGIN}),
    ],
)
def test_graphql_tells_who_we_are(github: FakeGitHub, api: GitHubApi, said: str | None, logins: set[str]) -> None:
    github.graphql_login = said
    assert api.own_logins() == logins


@pytest.mark.parametrize("act", [fake.drop, fake.status(502), fake.raw(200, b"<html>"), fake.status(403, "no")])
def test_where_graphql_fails_the_token_is_taken_for_the_jobs_own(github: FakeGitHub, api: GitHubApi, act: Any) -> None:
    github.fail("POST", "/graphql", act, times=99)
    assert api.own_logins() == {ACTIONS_LOGIN}
    assert api.state(7).is_open


@pytest.mark.parametrize("answer", [b"[]", b'{"errors": []}', b'{"data": null}', b'{"data": {"viewer": {"login": 7}}}'])
def test_an_odd_answer_of_graphql_tells_nothing(github: FakeGitHub, api: GitHubApi, answer: bytes) -> None:
    github.fail("POST", "/graphql", fake.raw(200, answer))
    assert api.own_logins() == {ACTIONS_LOGIN}


def test_graphql_on_another_server_gets_no_token(github: FakeGitHub, time: Time) -> None:
    with fake_github() as other:
        job = replace(job_at(github.url), graphql_url=f"{other.url}/graphql")
        with closing(GitHubApi(job, TOKEN, clock=time.clock())) as api:
            assert api.own_logins() == {ACTIONS_LOGIN}
        assert other.requests == []
    assert time.slept == []


# --- The token and the environment ---------------------------------------------------------------------------------


def test_netrc_does_not_take_the_tokens_place(
    github: FakeGitHub, api: GitHubApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login octocat password secret\ndefault login octocat password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    github.fail("GET", "/pulls/7", fake.redirect(302, f"/repos/{REPOSITORY}/pulls/7"))
    api.state(7)
    assert {one.headers["authorization"] for one in github.requests} == {f"Bearer {TOKEN}"}


def test_the_proxy_of_the_environment_is_used_and_its_password_is_not_told(
    github: FakeGitHub, api: GitHubApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_PROXY", "no_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", f"http://user:pa55word@127.0.0.1:{emulated.free_port()}")
    with pytest.raises(ReportingTrouble, match="the proxy does not lead to GitHub") as trouble:
        api.state(7)
    assert "pa55word" not in str(trouble.value)
    assert github.requests == []


def test_a_certificate_that_nobody_vouches_for_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise requests.exceptions.SSLError(f"certificate verify failed, Bearer {TOKEN}")

    # A server with a certificate of its own would need a tool that makes one.
    monkeypatch.setattr(requests.Session, "request", refuse)
    with (
        closing(GitHubApi(job_at("https://github.invalid"), TOKEN, clock=Time().clock())) as api,
        pytest.raises(ReportingTrouble, match="certificate cannot be verified") as trouble,
    ):
        api.state(7)
    assert TOKEN not in str(trouble.value)


@pytest.mark.parametrize(
    "act",
    [
        fake.status(403, f"the token {TOKEN} may not"),
        fake.status(500, TOKEN),
        fake.redirect(302, f"http://{TOKEN}@127.0.0.1/"),
        fake.raw(200, TOKEN.encode()),
    ],
)
def test_the_token_is_in_no_trouble(github: FakeGitHub, api: GitHubApi, act: Any) -> None:
    github.fail("GET", "/pulls/7", act, times=99)
    with pytest.raises(ReportingTrouble) as trouble:
        api.state(7)
    assert TOKEN not in "".join(traceback.format_exception(trouble.value))


@pytest.mark.parametrize("token", ["", "two words", "line\nbreak", "ümlaut", "nul\0"])
def test_what_cannot_be_a_token_is_not_sent(token: str) -> None:
    with pytest.raises(ReportingTrouble) as trouble:
        GitHubApi(job_at("http://127.0.0.1:1"), token)
    assert not token or token not in str(trouble.value)


@pytest.mark.parametrize(
    "url", ["", "ftp://127.0.0.1", "http://", "http://user:pw@127.0.0.1", "http://127.0.0.1:x", "//x"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ReportingTrouble, match="not an http or https URL"):
        GitHubApi(job_at(url), TOKEN)


@pytest.mark.parametrize("name", ["", "service", "acme/service/../../user", "acme/ser vice", "../x", "acme/x\n"])
def test_what_is_no_repository_is_refused(name: str) -> None:
    with pytest.raises(ReportingTrouble, match="does not name a repository"):
        GitHubApi(replace(job_at("http://127.0.0.1:1"), repository=name), TOKEN)


# --- The whole verb ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Runner:
    """A folder as the runner has it, with a report in it."""

    folder: Path
    github: FakeGitHub

    def publish(self, run: int, report: Report | None = None, **event: Any) -> str:
        """Publish as run number `run`; returns the log."""
        home = self.folder / f"run-{run}"
        home.mkdir(exist_ok=True)
        (home / "report.json").write_text(encode_report(report or red()))
        (home / "event.json").write_text(json.dumps(pull_request_payload(head_sha=HEAD, base_sha="b" * 40, **event)))
        environment = {
            **self.github.environment,
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_EVENT_PATH": str(home / "event.json"),
            "GITHUB_RUN_ID": str(run),
            "GITHUB_OUTPUT": str(home / "output"),
            "GITHUB_STEP_SUMMARY": str(home / "summary.md"),
        }
        job = read_job(environment)
        with (home / "log").open("w") as log:
            code = publish(
                PublishOptions(folder=home, gates=("lint",), name="service"),
                job,
                ActionsRuntime(environment, log),
                Connections(
                    pull_requests=lambda: closing(GitHubApi(job, TOKEN, clock=Time().clock())),
                    statuses=lambda: closing(GitHubStatuses(job, TOKEN, clock=Time().clock())),
                    runs=lambda: closing(GitHubRuns(job, TOKEN, clock=Time().clock())),
                ),
            )
        assert code == 0
        text = (home / "log").read_text()
        assert TOKEN not in text + (home / "output").read_text() + (home / "summary.md").read_text()
        return text


@pytest.fixture
def runner(tmp_path: Path, github: FakeGitHub) -> Iterator[Runner]:
    yield Runner(tmp_path, github)
    assert github.violations == []


def test_publishing_twice_leaves_one_comment(runner: Runner) -> None:
    runner.publish(5)
    runner.publish(6, green())
    [body] = runner.github.bodies()
    assert "✅" in body
    assert "comment-url" in (runner.folder / "run-6" / "output").read_text()


@pytest.mark.parametrize(("at", "first"), [("POST", 5), ("POST", 6), ("PATCH", 6)])
def test_two_runs_at_once_leave_one_comment_and_it_is_the_newer_ones(runner: Runner, at: str, first: int) -> None:
    assert left_after_an_overtaking(runner, at, first) == 6


def test_a_write_that_lands_after_the_newer_run_has_settled_is_the_known_limit(runner: Runner) -> None:
    # GitHub has no compare-and-swap: docs/publishing.md says what this takes. There is still one comment.
    assert left_after_an_overtaking(runner, "PATCH", 5) == 5


def left_after_an_overtaking(runner: Runner, at: str, first: int) -> int:
    """Let runs 5 and 6 publish, the second one going all its way while the first one's write is under way."""
    if at == "PATCH":
        runner.publish(4)
    once = threading.Lock()

    def other_run(request: fake.ReceivedRequest) -> None:
        if request.method == at and request.path != "/graphql" and once.acquire(blocking=False):
            runner.publish(11 - first)

    runner.github.before = other_run
    runner.publish(first)
    [body] = runner.github.bodies()
    marker = parse_marker(body)
    assert marker is not None
    return marker.run


def test_many_runs_at_the_same_moment_leave_one_comment(runner: Runner) -> None:
    threads = [threading.Thread(target=runner.publish, args=(run,)) for run in range(3, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(runner.github.bodies()) == 1


def test_a_fork_gets_no_comment_no_red_and_a_way_out(runner: Runner) -> None:
    runner.github.read_only = True
    log = runner.publish(5, fork="stranger/service")
    assert "workflow_run" in log
    assert runner.github.bodies() == []


@pytest.mark.parametrize(
    "act", [fake.status(500), fake.status(401), fake.drop, fake.raw(200, b"\x00"), fake.status(429, Retry_After="9999")]
)
def test_whatever_github_does_the_outputs_and_the_summary_are_there(runner: Runner, act: Any) -> None:
    for method in ("GET", "POST"):
        runner.github.fail(method, "", act, times=999)
    log = runner.publish(5)
    assert "No comment was written: " in log
    assert "verdict" in (runner.folder / "run-5" / "output").read_text()
    assert "Quality Gate" in (runner.folder / "run-5" / "summary.md").read_text()

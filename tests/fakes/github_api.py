"""GitHub's API on a loopback port: strict, stateful, and faulty where a test wants it.

It knows the calls that publishing makes and refuses everything else: whatever a client does that GitHub would
not take, or that we never want to do, is kept in `violations`. Behaviour follows https://docs.github.com/en/rest
(issues/comments, pulls/pulls, using-the-rest-api/using-pagination-in-the-rest-api, .../rate-limits-for-the-rest-api).
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from tests.fakes.git_data import GitData

TOKEN = "ghs_tokenOfTheJob0123456789"
BOT = "github-actions[bot]"
REPOSITORY = "acme/service"
MAX_BODY = 65_536
_READ_ONLY = "Resource not accessible by integration"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedRequest:
    """A request as it arrived."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: Any


@dataclass(slots=True, kw_only=True)
class Fault:
    """What to do instead of answering, `times` times, to requests of `method` whose path matches `path`.

    `act` gets the handler; `after` carries the request out first, so that only its answer is lost.
    """

    method: str
    path: re.Pattern[str]
    act: Callable[[Handler], None]
    times: int = 1
    after: bool = False


@dataclass(slots=True, kw_only=True)
class PullRequest:
    """A pull request of the repository."""

    state: str = "open"
    head_sha: str = "a" * 40
    locked: bool = False
    files: tuple[str, ...] = ()
    head_repository: str | None = None
    head_ref: str = "feature"


@dataclass(slots=True, kw_only=True)
class Artifact:
    """What a run uploaded; `content` is the zip as it was stored."""

    name: str = "quality-gate-report"
    content: bytes = b""
    created_at: str = "2026-11-23T10:00:00Z"
    expired: bool = False
    size: int | None = None


@dataclass(slots=True, kw_only=True)
class WorkflowRun:
    """A run; what it uploaded is in `artifacts` of the fake, by its number."""

    run_id: int
    head_sha: str
    event: str = "push"
    path: str = ".github/workflows/ci.yml"
    head_repository: str | None = REPOSITORY
    status: str = "completed"


@dataclass(slots=True)
class FakeGitHub:
    """The state behind the port, and what tests set and look at."""

    url: str = ""
    store_url: str = ""
    logins: dict[str, str] = field(default_factory=lambda: {TOKEN: BOT})
    read_only: bool = False
    graphql_login: str | None = BOT
    pulls: dict[int, PullRequest] = field(default_factory=lambda: {7: PullRequest()})
    comments: list[dict[str, Any]] = field(default_factory=list)
    statuses: list[dict[str, Any]] = field(default_factory=list)
    artifacts: dict[int, list[Artifact]] = field(default_factory=dict)
    runs: list[WorkflowRun] = field(default_factory=list)
    parents: dict[str, list[str]] = field(default_factory=dict)
    merge_bases: dict[tuple[str, str], str] = field(default_factory=dict)
    # By revision and path; those of more than a megabyte have no content in the first answer.
    files: dict[tuple[str, str], bytes] = field(default_factory=dict)
    git: GitData = field(default_factory=GitData)
    requests: list[ReceivedRequest] = field(default_factory=list)
    fetched: list[ReceivedRequest] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    before: Callable[[ReceivedRequest], None] = lambda _: None
    released: threading.Event = field(default_factory=threading.Event)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def fail(
        self, method: str, path: str, act: Callable[[Handler], None], *, times: int = 1, after: bool = False
    ) -> None:
        """Break the next `times` requests whose path ends with the expression `path`."""
        self.faults.append(Fault(method=method, path=re.compile(path + r"\Z"), act=act, times=times, after=after))

    def add_comment(self, login: str, body: str, number: int = 7) -> dict[str, Any]:
        """Comment as somebody."""
        with self.lock:
            identity = 1_000 + len(self.comments)
            comment = {
                "id": identity,
                "number": number,
                "body": body,
                "user": {"login": login, "type": "Bot" if login.endswith("[bot]") else "User"},
                "html_url": f"https://github.com/{REPOSITORY}/pull/{number}#issuecomment-{identity}",
            }
            self.comments.append(comment)
            return comment

    def seen(self, method: str, path: str) -> list[ReceivedRequest]:
        """Return the requests of a method whose path ends with the expression `path`."""
        return [one for one in self.requests if one.method == method and re.search(path + r"\Z", one.path)]

    def bodies(self, number: int = 7) -> list[str]:
        """Return the texts of all comments that are there, the oldest first."""
        return [comment["body"] for comment in self.comments if comment["number"] == number and "gone" not in comment]

    def shown(self, sha: str = "a" * 40) -> dict[str, tuple[str, str]]:
        """Return what GitHub shows of a commit's statuses: state and description of each context."""
        return {one["context"]: (one["state"], one["description"]) for one in self.statuses if one["sha"] == sha}

    @property
    def environment(self) -> dict[str, str]:
        """The variables that point a job at this API."""
        return {
            "GITHUB_API_URL": self.url,
            "GITHUB_GRAPHQL_URL": f"{self.url}/graphql",
            "GITHUB_REPOSITORY": REPOSITORY,
        }


@contextmanager
def fake_github() -> Iterator[FakeGitHub]:
    """Serve for the duration of a block."""
    github = FakeGitHub()
    servers = [_Server(("127.0.0.1", 0), handler) for handler in (Handler, StoreHandler)]
    for server in servers:
        server.github = github
    github.url, github.store_url = (f"http://127.0.0.1:{server.server_port}" for server in servers)
    threads = [threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.02}) for one in servers]
    for thread in threads:
        thread.start()
    try:
        yield github
    finally:
        github.released.set()
        for server in servers:
            server.shutdown()
            server.server_close()
        for thread in threads:
            thread.join()


def status(code: int, message: str = "", **headers: str) -> Callable[[Handler], None]:
    """Answer with a status, a message as GitHub has it, and headers (`Retry_After="2"`)."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: handler.answer(code, {"message": message}, names)


def redirect(code: int, location: str) -> Callable[[Handler], None]:
    """Send the client elsewhere."""
    return lambda handler: handler.answer(code, {"message": "Moved"}, {"Location": location})


def raw(code: int, content: bytes, **headers: str) -> Callable[[Handler], None]:
    """Answer with any bytes."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: handler.send(code, content, names)


def hang(handler: Handler) -> None:
    """Say nothing until the test is over."""
    handler.github.released.wait()


def drop(handler: Handler) -> None:
    """Reset the connection without an answer."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def break_off(handler: Handler) -> None:
    """Promise more than is sent."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'[{"id": 1')


def drip(handler: Handler) -> None:
    """Send one byte now and then, without an end."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    while not handler.github.released.is_set():
        try:
            handler.wfile.write(b" ")
        except OSError:
            return
        time.sleep(0.01)


class _Server(ThreadingHTTPServer):
    github: FakeGitHub
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no news."""


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    # Else each answer waits 40 ms for the client to acknowledge its head.
    disable_nagle_algorithm = True
    server: _Server

    @property
    def github(self) -> FakeGitHub:
        """The state."""
        return self.server.github

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Keep quiet."""

    def do_GET(self) -> None:
        """Answer."""
        self._handle()

    do_POST = do_PATCH = do_DELETE = do_PUT = do_HEAD = do_GET  # noqa: N815 - the base class's names

    def answer(self, code: int, document: object, headers: Mapping[str, str] | None = None) -> None:
        """Send JSON."""
        content = b"" if document is None else json.dumps(document).encode()
        self.send(code, content, {"Content-Type": "application/json; charset=utf-8", **(headers or {})})

    def send(self, code: int, content: bytes, headers: Mapping[str, str]) -> None:
        """Send bytes."""
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        if self.close_connection:
            # Without it, the client's next request may meet a connection that is just being closed.
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _handle(self) -> None:
        parts = urlsplit(self.path)
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = ReceivedRequest(
            method=self.command,
            path=parts.path,
            query=tuple(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=json.loads(content) if content else None,
        )
        github = self.github
        with github.lock:
            github.requests.append(request)
            github.violations += _violations(request)
            fault = next((one for one in github.faults if _hits(one, request)), None)
            if fault is not None:
                fault.times -= 1
        github.before(request)
        with github.lock:
            code, document, headers = _answer(github, request) if fault is None or fault.after else (0, None, {})
        if fault is None:
            self.answer(code, document, headers)
        else:
            self.close_connection = True
            fault.act(self)


class StoreHandler(Handler):
    """The store of artifacts: another server, which knows a link's signature and must see no token."""

    def _handle(self) -> None:
        parts = urlsplit(self.path)
        request = ReceivedRequest(
            method=self.command,
            path=parts.path,
            query=tuple(parse_qsl(parts.query)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=None,
        )
        github = self.github
        with github.lock:
            github.fetched.append(request)
            if "authorization" in request.headers:
                github.violations.append(f"the store was given {request.headers['authorization']!r}")
            fault = next((one for one in github.faults if _hits(one, request)), None)
            if fault is not None:
                fault.times -= 1
        if fault is not None:
            self.close_connection = True
            fault.act(self)
            return
        artifact = _artifact_by_id(github, int(parts.path.rpartition("/")[2]))
        if artifact is None or dict(request.query) != {"sig": _SIGNATURE}:
            self.send(403, b"<Error/>", {"Content-Type": "application/xml"})
        else:
            self.send(200, artifact[1].content, {"Content-Type": "application/zip"})


def _hits(fault: Fault, request: ReceivedRequest) -> bool:
    return fault.times > 0 and fault.method == request.method and fault.path.search(request.path) is not None


def _violations(request: ReceivedRequest) -> Iterator[str]:
    what = f"{request.method} {request.path}"
    wanted = {"accept": "application/vnd.github+json", "x-github-api-version": "2022-11-28"}
    for name, value in wanted.items():
        if request.headers.get(name) != value:
            yield f"{what}: {name} is {request.headers.get(name)!r}"
    if not request.headers.get("user-agent", "").startswith("quality-gate/"):
        yield f"{what}: no User-Agent of ours"
    if request.headers.get("authorization") != f"Bearer {TOKEN}":
        yield f"{what}: Authorization is not the token's"
    is_list = request.method == "GET" and re.search(r"/(comments|files|pulls|status|artifacts)\Z", request.path)
    if is_list and ("per_page", "100") not in request.query:
        yield f"{what}: pages of less than 100"
    if request.method in ("POST", "PATCH") and not isinstance(request.body, dict):
        yield f"{what}: no JSON body"


_Answer = tuple[int, Any, dict[str, str]]


def _answer(github: FakeGitHub, request: ReceivedRequest) -> _Answer:
    login = github.logins.get(request.headers.get("authorization", "").removeprefix("Bearer "))
    if login is None:
        return 401, {"message": "Bad credentials"}, {}
    if request.path == "/graphql":
        return _graphql(github, request)
    of_git = f"/repos/{REPOSITORY}/git/"
    if request.path.startswith(of_git):
        answered = github.git.answer(request.method, unquote(request.path.removeprefix(of_git)), request.body)
        if answered is not None:
            return answered
    for method, pattern, respond in _ROUTES:
        match = re.fullmatch(pattern, request.path)
        if match and method == request.method:
            return respond(
                github,
                request,
                login,
                *(int(part) if part.isdigit() and len(part) < 20 else part for part in match.groups()),
            )
    github.violations.append(f"{request.method} {request.path}: no such call")
    return 404, {"message": "Not Found"}, {}


def _graphql(github: FakeGitHub, request: ReceivedRequest) -> _Answer:
    if github.graphql_login is None:
        return 404, {"message": "Not Found"}, {}
    if request.method != "POST" or not re.search(r"viewer\s*\{\s*login\s*\}", str(request.body.get("query"))):
        return 200, {"errors": [{"message": "not understood"}]}, {}
    return 200, {"data": {"viewer": {"login": github.graphql_login}}}, {}


def _pull(github: FakeGitHub, _: ReceivedRequest, __: str, number: int) -> _Answer:
    pull = github.pulls.get(number)
    if pull is None:
        return 404, {"message": "Not Found"}, {}
    return 200, {"number": number, "state": pull.state, "locked": pull.locked, "head": {"sha": pull.head_sha}}, {}


def _files(github: FakeGitHub, request: ReceivedRequest, _: str, number: int) -> _Answer:
    pull = github.pulls.get(number)
    if pull is None:
        return 404, {"message": "Not Found"}, {}
    return _page(github, request, [{"filename": name, "status": "modified"} for name in pull.files])


def _list(github: FakeGitHub, request: ReceivedRequest, _: str, number: int) -> _Answer:
    if number not in github.pulls:
        return 404, {"message": "Not Found"}, {}
    there = [comment for comment in github.comments if comment["number"] == number and "gone" not in comment]
    return _page(github, request, there)


def _create(github: FakeGitHub, request: ReceivedRequest, login: str, number: int) -> _Answer:
    pull = github.pulls.get(number)
    if pull is None:
        return 404, {"message": "Not Found"}, {}
    if github.read_only:
        return _refused()
    if pull.locked:
        return 403, {"message": "Unable to create comment because issue is locked."}, {}
    return _invalid(request) or (201, github.add_comment(login, request.body["body"], number), {})


def _update(github: FakeGitHub, request: ReceivedRequest, login: str, identity: int) -> _Answer:
    comment = _found(github, identity)
    if comment is None:
        return 404, {"message": "Not Found"}, {}
    if github.read_only or comment["user"]["login"] != login:
        return _refused()
    invalid = _invalid(request)
    if invalid is None:
        comment["body"] = request.body["body"]
    return invalid or (200, comment, {})


def _delete(github: FakeGitHub, _: ReceivedRequest, login: str, identity: int) -> _Answer:
    comment = _found(github, identity)
    if comment is None:
        return 404, {"message": "Not Found"}, {}
    if github.read_only or comment["user"]["login"] != login:
        return _refused()
    comment["gone"] = 1
    return 204, None, {}


def _found(github: FakeGitHub, identity: int) -> dict[str, Any] | None:
    return next((one for one in github.comments if one["id"] == identity and "gone" not in one), None)


def _refused() -> _Answer:
    return 403, {"message": _READ_ONLY}, {"X-Accepted-GitHub-Permissions": "issues=write; pull_requests=write"}


def _invalid(request: ReceivedRequest) -> _Answer | None:
    body = request.body.get("body") if isinstance(request.body, dict) else None
    if isinstance(body, str) and body.strip() and len(body) <= MAX_BODY:
        return None
    return 422, {"message": "Validation Failed", "errors": [{"field": "body"}]}, {}


def _page(github: FakeGitHub, request: ReceivedRequest, items: list[dict[str, Any]]) -> _Answer:
    query = dict(request.query)
    size = min(int(query.get("per_page", "30")), 100)
    page = int(query.get("page", "1"))
    last = max(1, -(-len(items) // size))

    def link(number: int, rel: str) -> str:
        return f'<{github.url}{request.path}?{urlencode(query | {"page": str(number)})}>; rel="{rel}"'

    links = [link(page - 1, "prev"), link(1, "first")] if page > 1 else []
    links += [link(page + 1, "next"), link(last, "last")] if page < last else []
    return 200, items[(page - 1) * size : page * size], {"Link": ", ".join(links)} if links else {}


def _pulls(github: FakeGitHub, request: ReceivedRequest, _: str) -> _Answer:
    query = dict(request.query)

    def entry(number: int, pull: PullRequest) -> dict[str, Any]:
        repository = pull.head_repository or REPOSITORY
        owner = repository.partition("/")[0]
        head = {
            "sha": pull.head_sha,
            "ref": pull.head_ref,
            "label": f"{owner}:{pull.head_ref}",
            "repo": {"full_name": repository},
        }
        return {"number": number, "state": pull.state, "head": head}

    found = [entry(number, pull) for number, pull in github.pulls.items()]
    if query.get("state", "open") != "all":
        found = [one for one in found if one["state"] == query.get("state", "open")]
    # As GitHub does, a filter that is none is left out.
    if ":" in query.get("head", ""):
        found = [one for one in found if one["head"]["label"] == query["head"]]
    return _page(github, request, found)


def _status(github: FakeGitHub, request: ReceivedRequest, _: str, sha: str) -> _Answer:
    latest = {one["context"].lower(): one for one in github.statuses if one["sha"] == sha}
    code, page, headers = _page(github, request, [*latest.values()])
    return code, {"state": "pending", "sha": sha, "total_count": len(latest), "statuses": page}, headers


def _send_status(github: FakeGitHub, request: ReceivedRequest, _: str, sha: str) -> _Answer:
    body = request.body if isinstance(request.body, dict) else {}
    if github.read_only:
        return 403, {"message": _READ_ONLY}, {"X-Accepted-GitHub-Permissions": "statuses=write"}
    told = body.get("description", "")
    if body.get("state") not in ("error", "failure", "pending", "success") or len(told) > 140 or max(told) > "\uffff":
        return 422, {"message": "Validation Failed", "errors": [{"resource": "Status", "code": "custom"}]}, {}
    before = [one for one in github.statuses if (one["sha"], one["context"].lower()) == (sha, body["context"].lower())]
    if len(before) >= _MAX_STATUSES:
        message = "This SHA and context has reached the maximum number of statuses."
        return 422, {"message": "Validation Failed", "errors": [{"resource": "Status", "message": message}]}, {}
    status = {"target_url": None, **body, "sha": sha, "id": len(github.statuses) + 1}
    github.statuses.append(status)
    return 201, status, {}


def _artifacts(github: FakeGitHub, request: ReceivedRequest, _: str, run: int) -> _Answer:
    named = dict(request.query).get("name")
    there = [*enumerate(github.artifacts.get(run, []))]
    entries = [
        {
            "id": run * 1_000 + at,
            "name": one.name,
            "size_in_bytes": len(one.content) if one.size is None else one.size,
            "expired": one.expired,
            "created_at": one.created_at,
        }
        for at, one in there
        if named in (None, one.name)
    ]
    code, page, headers = _page(github, request, entries)
    return code, {"total_count": len(entries), "artifacts": page}, headers


def _runs(github: FakeGitHub, request: ReceivedRequest, _: str) -> _Answer:
    def repository(name: str | None) -> dict[str, Any] | None:
        return None if name is None else {"id": sum(name.encode()), "full_name": name}

    entries = [
        {
            "id": run.run_id,
            "head_sha": run.head_sha,
            "event": run.event,
            "path": run.path,
            "status": run.status,
            "repository": repository(REPOSITORY),
            "head_repository": repository(run.head_repository),
        }
        for run in reversed(github.runs)
        if run.head_sha == dict(request.query).get("head_sha", run.head_sha)
    ]
    code, page, headers = _page(github, request, entries)
    return code, {"total_count": len(entries), "workflow_runs": page}, headers


def _commit(github: FakeGitHub, _: ReceivedRequest, __: str, sha: str) -> _Answer:
    if sha not in github.parents:
        return 404, {"message": "Not Found"}, {}
    return 200, {"sha": sha, "parents": [{"sha": parent} for parent in github.parents[sha]]}, {}


def _compare(github: FakeGitHub, _: ReceivedRequest, __: str, base: str, head: str) -> _Answer:
    if (base, head) not in github.merge_bases:
        return 404, {"message": "Not Found"}, {}
    file = {"filename": "app.py", "status": "modified", "additions": 1, "deletions": 0, "changes": 1}
    files = [{**file, "patch": "@@ -1 +1,2 @@\n a\n+b"}]
    return 200, {"merge_base_commit": {"sha": github.merge_bases[base, head]}, "commits": [], "files": files}, {}


def _contents(github: FakeGitHub, request: ReceivedRequest, _: str, path: str) -> _Answer:
    content = github.files.get((dict(request.query).get("ref", "main"), unquote(path)))
    if content is None:
        return 404, {"message": "Not Found"}, {}
    sha = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    is_large = len(content) > _MAX_CONTENT
    told = {"content": "", "encoding": "none"} if is_large else _encoded(content)
    return 200, {"type": "file", "path": path, "size": len(content), "sha": sha, **told}, {}


def _blob(github: FakeGitHub, _: ReceivedRequest, __: str, sha: str) -> _Answer:
    for content in github.files.values():
        if hashlib.sha1(content, usedforsecurity=False).hexdigest() == sha:
            return 200, {"sha": sha, "size": len(content), **_encoded(content)}, {}
    return 404, {"message": "Not Found"}, {}


def _encoded(content: bytes) -> dict[str, str]:
    return {"content": base64.encodebytes(content).decode(), "encoding": "base64"}


def _zip(github: FakeGitHub, _: ReceivedRequest, __: str, identity: int) -> _Answer:
    found = _artifact_by_id(github, identity)
    if found is None:
        return 404, {"message": "Not Found"}, {}
    if found[1].expired:
        return 410, {"message": "Artifact has expired"}, {}
    return 302, None, {"Location": f"{github.store_url}/artifacts/{identity}?sig={_SIGNATURE}"}


def _artifact_by_id(github: FakeGitHub, identity: int) -> tuple[int, Artifact] | None:
    run, at = divmod(identity, 1_000)
    there = github.artifacts.get(run, [])
    return (run, there[at]) if at < len(there) else None


_MAX_STATUSES = 1_000
_MAX_CONTENT = 1024 * 1024
_SIGNATURE = "signedForAMinute"
_REPO = re.escape(f"/repos/{REPOSITORY}")
_ROUTES: tuple[tuple[str, str, Callable[..., _Answer]], ...] = (
    ("GET", rf"{_REPO}/pulls/(\d+)", _pull),
    ("GET", rf"{_REPO}/pulls/(\d+)/files", _files),
    ("GET", rf"{_REPO}/issues/(\d+)/comments", _list),
    ("POST", rf"{_REPO}/issues/(\d+)/comments", _create),
    ("PATCH", rf"{_REPO}/issues/comments/(\d+)", _update),
    ("DELETE", rf"{_REPO}/issues/comments/(\d+)", _delete),
    ("GET", rf"{_REPO}/pulls", _pulls),
    ("GET", rf"{_REPO}/commits/([0-9a-f]{{40}})/status", _status),
    ("POST", rf"{_REPO}/statuses/([0-9a-f]{{40}})", _send_status),
    ("GET", rf"{_REPO}/actions/runs/(\d+)/artifacts", _artifacts),
    ("GET", rf"{_REPO}/actions/artifacts/(\d+)/zip", _zip),
    ("GET", rf"{_REPO}/actions/runs", _runs),
    ("GET", rf"{_REPO}/git/commits/([0-9a-f]{{40}})", _commit),
    ("GET", rf"{_REPO}/compare/([0-9a-f]{{40}})\.\.\.([0-9a-f]{{40}})", _compare),
    ("GET", rf"{_REPO}/contents/(.+)", _contents),
    ("GET", rf"{_REPO}/git/blobs/([0-9a-f]{{40}})", _blob),
)

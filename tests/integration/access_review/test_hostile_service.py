"""A service that is reviewed is code of the change: what it answers neither gets a secret out nor turns a red green."""

import asyncio
import json
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from gate.domain.http_message import HttpAnswer, HttpRequest
from gate.formats.openapi_document import Operation, parse_document
from gate.formats.service_inventory import Inventory
from gate.gates.access_review.caller import NOTHING, Call, Caller
from gate.gates.access_review.collecting import _policy
from gate.gates.access_review.hooks import Hooks
from gate.gates.access_review.masking import without_secrets
from gate.gates.access_review.operations import subjects_of
from gate.gates.access_review.options import AccessReviewOptions, IdentityHook
from gate.gates.access_review.questions import Cell, Question
from gate.ports import CannotRun, Command, Completed
from gate.service_ports import Unanswered
from tests.unit.gates.access_review.notes_service import NotesService
from tests.unit.gates.access_review.reviewing import ENVIRONMENT, TODAY, context_in, policy_of, review

NOTE = "/notes/{note_id}"
LOGIN_NOT_REQUIRED = (Question.LOGGED_IN.value, "login-not-required")

Answer = Callable[[HttpRequest, HttpAnswer], HttpAnswer]


@dataclass
class Spoilt(NotesService):
    """The service, whose answers somebody else has changed."""

    change: Answer = lambda _, answer: answer

    async def send(self, request: HttpRequest) -> HttpAnswer:
        return self.change(request, await super().send(request))


@dataclass
class WithoutLogin(NotesService):
    """The service after a change that took every log-in out of it."""

    def document(self) -> str:
        document = json.loads(super().document())
        del document["components"], document["paths"]["/login"], document["paths"]["/users"]
        for operations in document["paths"].values():
            for operation in operations.values():
                operation.pop("security", None)
        return json.dumps(document)

    def _user(self, request: HttpRequest, asking: Any) -> dict[str, Any]:
        return self.users.setdefault(1, {"id": 1, "name": "", "email": "", "role": "admin", "password": ""})


def named(request: HttpRequest) -> str:
    return next((value for name, value in request.headers if name == "Authorization"), "")


def users_of(service: NotesService) -> list[str]:
    """Return the headers of those who asked, in their order."""
    return list(dict.fromkeys(filter(None, map(named, service.requests))))


# --- a red turned into a green


def test_a_policy_is_held_where_a_change_takes_every_log_in_out(tmp_path: Path) -> None:
    keys = ("GET /notes", f"GET {NOTE}", f"DELETE {NOTE}")
    found = review(tmp_path, service=WithoutLogin(), policy=policy_of(**dict.fromkeys(keys, "owner")))
    assert {(key, *LOGIN_NOT_REQUIRED) for key in keys} <= found.flaws


def test_a_sign_up_that_the_policy_keeps_for_a_role_is_open_to_nobody(tmp_path: Path) -> None:
    found = review(tmp_path, policy=policy_of(**{"POST /users": "role admin"}), administrator=True)
    assert ("POST /users", *LOGIN_NOT_REQUIRED) in found.flaws


def test_what_is_an_administrators_is_not_public_by_its_name(tmp_path: Path) -> None:
    service = NotesService(flaws=frozenset({"open GET /admin/stats", "undocumented GET /admin/stats"}))
    found = review(tmp_path, service=service)
    assert ("GET /admin/stats", "logged-in", "public-operation-not-listed") in found.flaws


def only_others(request: HttpRequest, answer: HttpAnswer, service: NotesService, status: int) -> HttpAnswer:
    """Answer the second user alone with a status, wherever a note is meant."""
    users = [user for user in users_of(service) if user.startswith("Bearer ey")]
    is_note = request.target.startswith("/notes/") and request.method in ("PATCH", "GET")
    if is_note and len(users) > 1 and named(request) == users[1] and answer.status == 404:
        return HttpAnswer(status=status, body=b"{}")
    return answer


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_who_is_asked_to_come_later_was_not_refused(tmp_path: Path, method: str) -> None:
    service = Spoilt()
    service.change = lambda request, answer: only_others(request, answer, service, 429)
    found = review(tmp_path, service=service)
    assert found.asked(f"{method} {NOTE}", Question.OWNER).cell is Cell.NOT_EXERCISED


def test_a_list_or_an_input_that_nobody_is_let_to_is_not_exercised(tmp_path: Path) -> None:
    service = Spoilt()

    def limited(request: HttpRequest, answer: HttpAnswer) -> HttpAnswer:
        """Let the second user list nothing, and nobody send what is odd."""
        is_list = request.target.startswith("/pins") and request.method == "GET"
        users = [user for user in users_of(service) if user.startswith("Bearer ey")]
        if is_list and len(users) > 1 and named(request) == users[1]:
            return HttpAnswer(status=429)
        is_odd = request.method == "PATCH" and answer.status == 422
        return HttpAnswer(status=429) if is_odd and request.target == "/users/me" else answer

    service.change = limited
    found = review(tmp_path, service=service)
    assert found.asked("GET /pins", Question.OWNER).reason == "another user was answered 429"
    assert found.asked("PATCH /users/me", Question.INPUT).reason == "every request was answered 429"


def test_what_is_done_at_the_path_of_a_page_or_a_socket_is_an_operation() -> None:
    document = parse_document(NotesService().document())
    aside = Inventory(
        app="a:a", framework="", served=("/notes",), static=("/health",), websockets=("/news", "/notes/{x}")
    )
    keys = {one.key for one in subjects_of(document, aside)}
    assert {"POST /notes", "GET /news", f"DELETE {NOTE}"} <= keys
    assert not {"GET /notes", "GET /health"} & keys


def test_a_bad_request_is_a_refusal_where_its_owner_may_send_the_very_same(tmp_path: Path) -> None:
    service = Spoilt()
    service.change = lambda request, answer: only_others(request, answer, service, 400)
    assert review(tmp_path, service=service).asked(f"PATCH {NOTE}", Question.OWNER).cell is Cell.PASSED


def test_a_bad_request_is_no_refusal_where_its_owner_is_told_the_same(tmp_path: Path) -> None:
    changed: set[str] = set()

    def once(request: HttpRequest, answer: HttpAnswer) -> HttpAnswer:
        """Take each note's first change alone, whoever sends the second."""
        if request.method != "PATCH" or answer.status not in (200, 404):
            return answer
        if request.target in changed or answer.status == 404:
            return HttpAnswer(status=422, body=b"{}")
        changed.add(request.target)
        return HttpAnswer(status=422, body=b"{}") if len(changed) > 1 else answer

    asked = review(tmp_path, service=Spoilt(change=once)).asked(f"PATCH {NOTE}", Question.OWNER)
    assert asked.cell is Cell.NOT_EXERCISED
    assert asked.reason == "another user was answered 422, and the owner 422 to the same"


def test_a_note_that_another_user_takes_over_was_changed_by_another_user(tmp_path: Path) -> None:
    @dataclass
    class TakenOver(NotesService):
        """Whoever changes a note has it."""

        def on_changing_note(self, asking: Any) -> tuple[int, Any]:
            note = self.notes.get(int(asking.path["note_id"])) or self._note(asking)
            note["owner_id"] = asking.user["id"]
            return 200, {}

    found = review(tmp_path, service=TakenOver(wrong_user=403))
    assert (f"PATCH {NOTE}", "owner", "other-user-changes") in found.flaws


def test_the_refusals_of_a_user_who_was_deactivated_prove_nothing(tmp_path: Path) -> None:
    service = Spoilt(flaws=frozenset({f"unowned PATCH {NOTE}"}))

    def inactive(request: HttpRequest, answer: HttpAnswer) -> HttpAnswer:
        """Tell everybody but the first user `400 inactive user` from some time on."""
        first = users_of(service)[:1]
        is_another = [named(request)] != first and f"Bearer {named(request)}" not in first
        if len(service.requests) > 40 and named(request) and is_another:
            return HttpAnswer(status=400, body=b'{"detail": "Inactive user"}')
        return answer

    service.change = inactive
    found = review(tmp_path, service=service)
    assert not [
        one for one in found.evidence.operations if found.asked(one.operation, Question.OWNER).cell is Cell.PASSED
    ]


def test_a_redirect_to_an_author_is_no_refusal(tmp_path: Path) -> None:
    def elsewhere(request: HttpRequest, answer: HttpAnswer) -> HttpAnswer:
        if request.target == "/news":
            return HttpAnswer(status=303, headers=(("Location", "/authors/1"),))
        return answer

    asked = review(tmp_path, service=Spoilt(change=elsewhere)).asked("GET /news", Question.LOGGED_IN)
    assert asked.cell is Cell.NOT_EXERCISED


def test_given_headers_are_one_user_who_cannot_be_the_second_one_too(tmp_path: Path) -> None:
    service = NotesService()
    hook = IdentityHook(headers=(("Authorization", f"Bearer {service.administrator()}"),))
    given = next(iter(service.users))
    found = review(tmp_path, service=service, identities={"user": hook})
    assert not [one for one in found.flaws if one[1] == "owner"]
    assert any("first one again" in notice for notice in found.evidence.notices)
    assert given in service.users, "nothing ended the user whose headers were given"


# --- secrets


def hooks_in(folder: Path, **variables: str) -> Hooks:
    return Hooks(ctx=context_in(folder, caller_environment=variables), environment=ENVIRONMENT, env={})


@pytest.mark.parametrize("name", ["GITHUB_TOKEN", "ACTIONS_RUNTIME_TOKEN", "INPUT_GITHUB_TOKEN", "QUALITY_GATE_TOKEN"])
def test_no_header_carries_a_token_of_the_job_to_the_service(tmp_path: Path, name: str) -> None:
    hooks = hooks_in(tmp_path, **{name: "ghs_of_the_job", "RENAMED": "x ghs_of_the_job", "OWN": "of-the-test"})
    for kept in (name, "RENAMED"):
        with pytest.raises(CannotRun, match=rf"\${kept}, which the service may not be given"):
            hooks.with_headers(IdentityHook(headers=(("X-Key", f"Bearer ${{{kept}}}"),)))
    given = hooks.with_headers(IdentityHook(headers=(("X-Key", "Bearer $OWN"),)))
    assert given.headers == (("X-Key", "Bearer of-the-test"),)


def shown(found: Any, folder: Path) -> str:
    """Return all the sentences of a review, and its log."""
    sentences = [asked.reason for one in found.evidence.operations for asked in one.asked]
    sentences += [flaw.message for one in found.evidence.operations for flaw in one.flaws]
    log = "".join(path.read_text() for path in (folder / "report").rglob("*.log"))
    return "\n".join([*sentences, *found.evidence.notices, log])


SECRET = "t0p+secret/of-the=runner"


def test_a_secret_that_is_sent_is_in_no_log_and_no_sentence(tmp_path: Path) -> None:
    @dataclass
    class Keyed(NotesService):
        """Answers whoever makes something with what it sent, so that it stands where a reason is cut off."""

        async def send(self, request: HttpRequest) -> HttpAnswer:
            if (request.method, request.target) != ("POST", "/notes"):
                return await super().send(request)
            key = next((value for name, value in request.headers if name == "X-Key"), "")
            return HttpAnswer(status=403, body=(" ".join(["x" * 139, key, key]) * 9).encode())

        def _user(self, request: HttpRequest, asking: Any) -> dict[str, Any]:
            key = next((value for name, value in request.headers if name == "X-Key"), "")
            bearer = HttpRequest(method="GET", target="/", headers=(("Authorization", f"Bearer {self.known}"),))
            return super()._user(bearer if key == SECRET else request, asking)

        known: str = ""

    service = Keyed()
    service.known = service.administrator()
    found = review(tmp_path, service=service, identities={"user": IdentityHook(headers=(("X-Key", SECRET),))})
    found = replace(found, evidence=without_secrets(found.evidence))
    text = shown(found, tmp_path)
    assert "POST /notes was answered 403" in text, text
    assert not [part for part in (SECRET[:6], SECRET[-6:]) if part in text]


def test_a_reason_why_a_service_cannot_be_reviewed_shows_no_secret(tmp_path: Path) -> None:
    @dataclass
    class Odd(NotesService):
        async def send(self, request: HttpRequest) -> HttpAnswer:
            key = next((value for name, value in request.headers if name == "X-Key"), "")
            raise Unanswered(f"what was answered is no HTTP: {key}")

    hook = IdentityHook(headers=(("X-Key", "t0p-secret-of-the-runner"),))
    with pytest.raises(CannotRun) as failure:
        review(tmp_path, service=Odd(), identities={"user": hook})
    assert "t0p-secret" not in failure.value.reason
    assert "t0p-secret" not in "".join(path.read_text() for path in (tmp_path / "report").rglob("*.log"))


def test_a_policy_is_not_read_through_a_link_out_of_the_repository(tmp_path: Path) -> None:
    (tmp_path / "secret.yml").write_text("operations:\n  GET /x: t0p-secret\n")
    project = tmp_path / "project"
    project.mkdir()
    (project / "access-policy.yml").symlink_to(tmp_path / "secret.yml")
    with pytest.raises(CannotRun, match="link out of the repository"):
        _policy(context_in(project), AccessReviewOptions(), TODAY)


def test_what_one_identity_was_told_is_not_taken_for_the_next_ones(tmp_path: Path) -> None:
    class Once:
        """Runs a command that writes an answer the first time alone."""

        has_run = False

        async def run(self, command: Command) -> Completed:
            if not self.has_run:
                Path(command.env["QUALITY_GATE_ANSWER"]).write_text('{"token": "of-the-first"}')
            self.has_run = True
            return Completed(returncode=0, log=command.log)

    hooks = Hooks(ctx=context_in(tmp_path, processes=Once()), environment=ENVIRONMENT, env={})
    told = [asyncio.run(hooks.run("user", IdentityHook(command="x"), {"username": name})) for name in ("a", "b")]
    assert told == [{"token": "of-the-first"}, {}]


# --- answers that do harm to whoever reads them

_DEEP = b'{"id":' + b'{"a":' * 900 + b"1" + b"}" * 901
HARM = {
    "deep": _DEEP,
    "deep-list": b"[" * 900 + b"]" * 900,
    "deeper": b"[" * 200_000 + b"]" * 200_000,
    "half-a-pair": b'{"id": "\\ud800", "title": "\\udfff", "owner_id": 1}',
    "raw-half": b'{"id": "\xed\xa0\x80", "title": 1}',
    "many-digits": b'{"id": ' + b"9" * 4_300 + b', "done": ' + b"9" * 4_300 + b"}",
    "infinite": b'{"id": Infinity, "done": NaN, "n": 1e999}',
    "huge-id": json.dumps({"id": "x" * 1_000_000}).encode(),
    "control": json.dumps({"id": "a\r\nX: y\0../..?#", "title": "\u202e"}).encode(),
    "wide": json.dumps({f"f{at}": at for at in range(2_000)}).encode(),
    "other-types": b'{"id": {"id": [true]}, "title": [[]]}',
    "utf-16": '{"id": 1}'.encode("utf-16"),
}


@pytest.mark.parametrize("harm", HARM)
@pytest.mark.parametrize("where", ["/notes", "/users", "/login"])
def test_no_answer_breaks_the_review(tmp_path: Path, harm: str, where: str) -> None:
    def harmful(request: HttpRequest, answer: HttpAnswer) -> HttpAnswer:
        is_meant = request.target.startswith(where) and answer.status < 300
        return HttpAnswer(status=answer.status, body=HARM[harm]) if is_meant else answer

    only = frozenset({"POST /users", "POST /login", "GET /users/me", "POST /notes", f"GET {NOTE}", f"PATCH {NOTE}"})
    try:
        found = review(tmp_path, service=Spoilt(change=harmful, only=only))
    except CannotRun:
        return
    assert len(found.evidence.operations) == len(only)


@pytest.mark.parametrize("claims", [{"exp": 10**400}, {"exp": float("inf")}, {"exp": float("nan")}])
def test_no_token_breaks_the_review(tmp_path: Path, claims: dict[str, Any]) -> None:
    service = Spoilt(only=frozenset({"POST /users", "POST /login", "GET /users/me"}), claims=claims)
    with_claims = review(tmp_path, service=service)
    assert with_claims.evidence.operations


def test_what_no_request_can_carry_is_not_sent_and_breaks_nothing() -> None:
    service = NotesService()
    call = Call(operation=Operation(method="GET", path="/notes/{note_id}"), path={"note_id": 10**5_000})
    exchange = asyncio.run(Caller(service).call("owner", "reads", call, NOTHING))
    assert (exchange.answer, exchange.trouble) == (None, "no such request can be written")
    assert not service.requests


@pytest.mark.parametrize("name", ["\ud800", "a\r\nb", "a\0", "", "a" * 100_000, "__class__", "{id}"])
def test_no_name_in_a_document_breaks_the_review(tmp_path: Path, name: str) -> None:
    @dataclass
    class Odd(NotesService):
        def document(self) -> str:
            document = json.loads(super().document())
            for location in ("query", "header", "cookie", "path"):
                odd = {"name": name, "in": location, "required": True, "schema": {"type": "string", "example": name}}
                document["paths"]["/news"]["get"]["parameters"].append(odd)
            schema = {"type": "object", "required": [name], "properties": {name: {"type": "string", "example": name}}}
            for media_type in ("application/json", "application/x-www-form-urlencoded", "multipart/form-data"):
                body = {"content": {media_type: {"schema": schema}}}
                document["paths"][f"/{media_type[-4:]}"] = {"post": {"requestBody": body, "responses": {}}}
            document["paths"][f"/{name}"] = {"get": {"summary": name, "operationId": name, "responses": {}}}
            return json.dumps(document)

    only = frozenset({"POST /users", "POST /login", "GET /users/me", "GET /news"})
    assert len(review(tmp_path, service=Odd(only=only)).evidence.operations) >= 7


def test_answers_are_not_kept_longer_than_their_operation_takes(tmp_path: Path) -> None:
    def large(request: HttpRequest, answer: HttpAnswer) -> HttpAnswer:
        return replace(answer, body=answer.body + b" " * 1_000_000) if request.target != "/login" else answer

    only = frozenset({"POST /users", "POST /login", "GET /users/me", "POST /notes", f"GET {NOTE}", f"PATCH {NOTE}"})
    service = Spoilt(flaws=frozenset({f"unowned GET {NOTE}"}), change=large, only=only)
    tracemalloc.start()
    found = review(tmp_path, service=service)
    kept, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.evidence.requests > 100
    assert kept < 20_000_000
    assert most < 100_000_000

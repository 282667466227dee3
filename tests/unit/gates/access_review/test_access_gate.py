"""The gate around the review: the policy, the service, its document, what makes identities, and what ruff adds."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gate.context import Context
from gate.domain.result import Outcome
from gate.gates.access_review.evidence import ReviewEvidence
from gate.gates.access_review.gate import AccessReviewGate
from gate.gates.access_review.hooks import Hooks
from gate.gates.access_review.options import AccessReviewOptions, IdentityHook
from gate.gates.seen_answers import seen_answers
from gate.ports import CannotRun, Command, Completed, Environments, Processes, ProjectEnvironment
from gate.service_ports import Service, Services, ServiceStart
from tests.unit.gates.access_review.notes_service import NotesService
from tests.unit.gates.access_review.reviewing import ENVIRONMENT, context_in


class Environment(Environments):
    """Is there, and has ruff or has it not."""

    def __init__(self, *, ruff: bool = False) -> None:
        self.ruff = ruff

    async def ready(self) -> ProjectEnvironment:
        return ENVIRONMENT

    async def with_packages(self, *names: str) -> ProjectEnvironment:
        return ENVIRONMENT

    async def tool(self, name: str, version: str | None) -> Path:
        if not self.ruff:
            raise CannotRun(f"{name} cannot be had")
        return Path("/tools/ruff")


class Running(Services):
    """Runs a service in memory; `inventory` is what it tells of itself."""

    def __init__(self, service: NotesService, inventory: Any = None) -> None:
        self.service = service
        self.inventory = inventory
        self.env: list[dict[str, str]] = []
        self.reached: list[tuple[str, bool]] = []

    @asynccontextmanager
    async def running(self, start: ServiceStart) -> AsyncIterator[Service]:
        self.env.append(dict(start.env))
        text = self.inventory if isinstance(self.inventory, str) else json.dumps(self.inventory)
        yield Service(origin="http://127.0.0.1:1", inventory=text, http=self.service)

    @asynccontextmanager
    async def elsewhere(self, url: str, *, anywhere: bool = False) -> AsyncIterator[Service]:
        self.reached.append((url, anywhere))
        yield Service(origin=url, inventory="", http=self.service)


class Programs(Processes):
    """Notes what is run; `does` stands for the program."""

    def __init__(self, does: Callable[[Command], int]) -> None:
        self.does = does
        self.commands: list[Command] = []

    async def run(self, command: Command) -> Completed:
        self.commands.append(command)
        return Completed(returncode=self.does(command), log=command.log)


def inventory_of(service: NotesService, **more: Any) -> dict[str, Any]:
    routes = [
        {
            "method": key.partition(" ")[0],
            "path": key.partition(" ")[2],
            "function": "app.f",
            "file": "app.py",
            "line": at,
        }
        for at, key in enumerate(service.operations(), 1)
    ]
    told = {"app": "app:app", "framework": "fastapi 0.165.0", "routes": routes, "document": service.document()}
    return told | {"served": ["/docs"], "websockets": ["/ws"], "opaque": ["/old"], "trouble": ""} | more


def context(folder: Path, services: Services | None, **parts: Any) -> Context:
    return context_in(folder, services=services, environments=parts.pop("environments", Environment()), **parts)


def collected(ctx: Context, **options: Any) -> ReviewEvidence:
    return asyncio.run(AccessReviewGate().collect(ctx, replace(AccessReviewOptions(), **options)))


FEW = frozenset({"POST /users", "POST /login", "GET /users/me", "GET /news"})


def test_the_service_is_started_and_reviewed_and_what_could_not_be_looked_into_is_told(tmp_path: Path) -> None:
    service = NotesService(only=FEW)
    ctx = context(tmp_path, Running(service, inventory_of(service)))
    evidence = collected(ctx)
    assert evidence.framework == "fastapi 0.165.0"
    assert evidence.notices == (
        "what is mounted at /old cannot be looked into, and was not asked",
        "/ws is a WebSocket, and was not asked",
    )
    assert {one.path for one in evidence.operations} == {"app.py"}
    assert not any(secret in repr(evidence.operations) for secret in evidence.secrets)
    draft = (tmp_path / "report" / "access-review" / "access-policy.yml").read_text()
    assert "GET /news" in draft
    judgement = AccessReviewGate().judge(evidence, AccessReviewOptions())
    assert judgement.outcome is Outcome.PASSED
    assert AccessReviewGate().stuck_at(ctx) == ""


def test_what_the_service_answers_is_kept_for_the_gate_openapi(tmp_path: Path) -> None:
    service = NotesService(only=FEW)
    ctx = context(tmp_path, Running(service, inventory_of(service)), planned=frozenset({"access-review", "openapi"}))
    collected(ctx)
    seen = {(one.method, one.path, one.status, one.source) for one in seen_answers(ctx)}
    assert ("GET", "/news", 200, "access-review") in seen
    assert {path for _, path, _, _ in seen} == {key.partition(" ")[2] for key in FEW}


def test_the_policy_of_the_project_is_held_against_the_service(tmp_path: Path) -> None:
    (tmp_path / "access-policy.yml").write_text("operations:\n  GET /news: public\n")
    service = NotesService(only=FEW, flaws=frozenset({"open GET /news"}))
    evidence = collected(context(tmp_path, Running(service, inventory_of(service))))
    assert next(one for one in evidence.operations if one.operation == "GET /news").access == "public"
    assert evidence.policy is not None


def test_a_policy_that_is_missing_or_wrong_ends_the_review_before_it_begins(tmp_path: Path) -> None:
    services = Running(NotesService())
    with pytest.raises(CannotRun, match="there is no file mine.yml, which the option `policy` names"):
        collected(context(tmp_path, services), policy="mine.yml")
    (tmp_path / "access-policy.yml").write_text("operations:\n  GET /news: everybody\n")
    with pytest.raises(CannotRun):
        collected(context(tmp_path, services))
    assert not services.service.requests


def test_a_service_elsewhere_is_only_reached(tmp_path: Path) -> None:
    service = NotesService(only=FEW)
    document = service.document()

    class Serving(NotesService):
        async def send(self, request: Any) -> Any:
            answer = await super().send(request)
            return replace(answer, status=200, body=document.encode()) if request.target == "/openapi.json" else answer

    services = Running(Serving(only=FEW))
    evidence = collected(context(tmp_path, services), target="http://127.0.0.1:9")
    assert services.reached == [("http://127.0.0.1:9", False)]
    assert {one.operation for one in evidence.operations} == FEW
    assert evidence.framework == ""
    with pytest.raises(CannotRun, match="this run reaches no services"):
        collected(context(tmp_path, None), target="http://127.0.0.1:9")


@pytest.mark.parametrize(
    ("inventory", "reason"),
    [
        ("[]", "what the service knows of itself cannot be read"),
        ("{}", "no operation is known: the framework tells no routes"),
        ({"app": "a:a", "framework": "", "trouble": ""}, "no operation is known: the framework tells no routes"),
        ({"app": "a:a", "framework": "", "document": "{}"}, "the service's OpenAPI document cannot be read"),
        ({"app": "a:a", "framework": "", "document": '{"openapi": "3.1.0"}'}, "the service has no operation"),
    ],
)
def test_a_service_of_which_nothing_is_known_cannot_be_reviewed(tmp_path: Path, inventory: Any, reason: str) -> None:
    with pytest.raises(CannotRun, match=reason):
        collected(context(tmp_path, Running(NotesService(only=frozenset({"none"})), inventory)))


def test_routes_without_a_document_are_reviewed_as_they_are(tmp_path: Path) -> None:
    service = NotesService(only=frozenset({"GET /health"}))
    told = inventory_of(service) | {"document": ""}
    evidence = collected(context(tmp_path, Running(service, told)))
    assert [one.operation for one in evidence.operations] == ["GET /health"]


VIOLATION = {
    "code": "S602",
    "message": "`subprocess` call with `shell=True`",
    "filename": "{}/app.py",
    "location": {"row": 7, "column": 5},
    "end_location": {"row": 7, "column": 30},
    "url": "https://docs.astral.sh/ruff/rules/S602",
    "fix": None,
}


def ruff(folder: Path, *files: str, text: str | None = None) -> Programs:
    found = [VIOLATION | {"filename": f"{folder}/{name}"} for name in files]

    def does(command: Command) -> int:
        for argument in command.argv:
            if argument.endswith("security.json"):
                Path(argument.removeprefix("--output-file=")).write_text(json.dumps(found) if text is None else text)
        return 1

    return Programs(does)


def test_what_ruff_finds_in_the_source_but_not_in_its_tests_is_a_warning(tmp_path: Path) -> None:
    service = NotesService(only=frozenset({"GET /health"}))
    programs = ruff(tmp_path, "app.py", "test_app.py", "app/conftest.py")
    parts = {"environments": Environment(ruff=True), "processes": programs}
    evidence = collected(context(tmp_path, Running(service, inventory_of(service)), **parts))
    [finding] = [one for one in evidence.tool_findings if one.rule_id == "S602"]
    assert finding.location is not None
    assert (finding.severity, finding.location.path, finding.location.line) == ("warning", "app.py", 7)
    assert "--isolated" in programs.commands[0].argv
    broken = ruff(tmp_path, text="no JSON")
    parts = {"environments": Environment(ruff=True), "processes": broken}
    assert collected(context(tmp_path, Running(service, inventory_of(service)), **parts)).tool_findings == ()


RECORDED = Path(__file__).parents[3] / "samples" / "schemathesis" / "report-4.32.5.json"


def fuzzing(text: str) -> Programs:
    def does(command: Command) -> int:
        if "--report-json-path" in command.argv:
            Path(command.argv[command.argv.index("--report-json-path") + 1]).write_text(text)
        return 1

    return Programs(does)


def test_the_deep_stage_asks_as_a_user_of_its_own_and_what_it_finds_are_warnings(tmp_path: Path) -> None:
    service = NotesService(only=FEW | {"DELETE /users/me"})
    programs = fuzzing(RECORDED.read_text("utf-8"))
    ctx = context(
        tmp_path, Running(service, inventory_of(service)), environments=Environment(ruff=True), processes=programs
    )
    findings = collected(ctx, deep=True).tool_findings
    assert "GET /t/{i}: Schemathesis: Server error; its log has the request" in {one.message for one in findings}
    assert {one.severity for one in findings} == {"warning"}
    argv = next(one.argv for one in programs.commands if "--report-json-path" in one.argv)
    assert any(word.startswith("Authorization: Bearer ") for word in argv)
    assert argv[argv.index("--exclude-name") + 1] == "DELETE /users/me"


def test_a_deep_stage_that_ends_without_a_report_cannot_be_concluded_from(tmp_path: Path) -> None:
    service = NotesService(only=frozenset({"GET /health"}))
    parts = {"environments": Environment(ruff=True), "processes": fuzzing("")}
    ctx = context(tmp_path, Running(service, inventory_of(service)), **parts)
    with pytest.raises(CannotRun, match="the deep stage exited with status 1"):
        collected(ctx, deep=True)


FACTS = {"username": "u", "email": "u@example.com", "password": "p"}


def hooked(tmp_path: Path, hook: IdentityHook, does: Callable[[Command], int]) -> tuple[Any, Command]:
    programs = Programs(does)
    hooks = Hooks(ctx=context(tmp_path, None, processes=programs), environment=ENVIRONMENT, env={"DATABASE_URL": "d"})
    told = asyncio.run(hooks.run("team/admin", hook, FACTS))
    return told, programs.commands[0]


def telling(text: str) -> Callable[[Command], int]:
    def does(command: Command) -> int:
        Path(command.env["QUALITY_GATE_ANSWER"]).write_text(text)
        return 0

    return does


def test_what_makes_an_identity_is_told_who_and_where_to_answer(tmp_path: Path) -> None:
    told, command = hooked(tmp_path, IdentityHook(command="make admin"), telling('{"token": "t"}'))
    assert told == {"token": "t"}
    assert command.argv == ("/bin/sh", "-c", "make admin")
    assert command.env["QUALITY_GATE_USERNAME"] == "u"
    assert command.env["QUALITY_GATE_IDENTITY"] == "team/admin"
    assert command.env["DATABASE_URL"] == "d"
    told, command = hooked(tmp_path, IdentityHook(function="app.people:appoint"), lambda _: 0)
    assert told == {}
    assert (command.argv[0], command.argv[-1]) == ("python", "app.people:appoint")


@pytest.mark.parametrize(
    ("does", "reason"),
    [
        (lambda _: 3, "what makes the identity team/admin exited with status 3"),
        (telling("no JSON"), "wrote no JSON"),
        (telling("[" * 100_000), "wrote no JSON"),
    ],
)
def test_what_makes_no_identity_is_told(tmp_path: Path, does: Callable[[Command], int], reason: str) -> None:
    with pytest.raises(CannotRun, match=reason):
        hooked(tmp_path, IdentityHook(command="x"), does)


def test_an_answer_that_is_no_table_tells_nothing(tmp_path: Path) -> None:
    assert hooked(tmp_path, IdentityHook(command="x"), telling("[1]"))[0] == {}


def test_the_variables_of_the_caller_stand_in_given_headers_but_not_the_runners_own(tmp_path: Path) -> None:
    variables = {"API_TOKEN": "t0ken", "GITHUB_TOKEN": "gh"}
    hooks = Hooks(ctx=context(tmp_path, None, caller_environment=variables), environment=ENVIRONMENT, env={})
    given = hooks.with_headers(IdentityHook(headers=(("Authorization", "Bearer ${API_TOKEN}"), ("X", "$NONE!"))))
    assert given.headers == (("Authorization", "Bearer t0ken"), ("X", "!"))
    with pytest.raises(CannotRun, match=r"name \$GITHUB_TOKEN, which the service may not be given"):
        hooks.with_headers(IdentityHook(headers=(("X", "$GITHUB_TOKEN"),)))

"""The gate with a project that generates what the test says: which documents are compared, and what is said of those
that are not there."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, cast

import pytest

from gate.adapters.project_files import read_project
from gate.config.model import Config
from gate.context import Context
from gate.discovery.model import Discovery
from gate.domain.connection import Database
from gate.domain.result import Judgement, Outcome
from gate.gates.openapi import documented
from gate.gates.openapi.catalogue import Rule
from gate.gates.openapi.gate import OpenapiGate
from gate.gates.openapi.judging import DRIFT_PATH, GENERATED_PATH
from gate.gates.openapi.options import OpenapiOptions
from gate.ports import CannotRun, Command, Completed, Databases, Environments, Processes, ProjectEnvironment
from gate.revision_ports import Base, Revisions

GAPS = {value for name, value in vars(documented).items() if name.isupper() and not name.startswith("_")}
DATABASE = Database(host="h", port=1, user="u", password="p", name="n", server_version="16", provider="x")


def document(*operations: str, **more: object) -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for key in operations or ("GET /a",):
        method, _, path = key.partition(" ")
        paths.setdefault(path, {})[method.lower()] = {"responses": {"200": {"description": "fine"}}}
    return {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths, **more}


class Project(Environments, Processes, Revisions, Databases):
    """A project: its application generates `generated`, or fails as `announced`; `files` are those of the base."""

    def __init__(
        self,
        generated: object = None,
        *,
        announced: Mapping[str, object] | None = None,
        needs_database: bool = False,
        files: Mapping[str, object] | None = None,
    ) -> None:
        self.generated = json.dumps(document()) if generated is None else str(generated)
        self.announced = announced or {"state": "ready"}
        self.needs_database = needs_database
        self.files = files
        self.ran: list[Command] = []

    async def ready(self) -> ProjectEnvironment:
        packages = {"psycopg": "3"}
        return ProjectEnvironment(python=Path("python"), path=(), source="", python_version="3.11.7", packages=packages)

    async def locked_tool(self, name: str, requirements: str) -> Path:
        assert "--hash" in requirements
        return Path("validator") / name

    async def run(self, command: Command) -> Completed:
        self.ran.append(command)
        status = 0
        if "validate_openapi" in str(command.argv):
            Path(command.argv[-2]).write_text("[]")
        elif command.argv[0] == "/bin/sh":
            status = 3 if "false" in command.argv else 0
            Path(command.argv[-1]).write_text(self.generated)
            command.log.parent.mkdir(parents=True, exist_ok=True)
            command.log.write_text("Traceback (most recent call last):\nTypeError: no such word\n\n" if status else "")
        else:
            self._imported(Path(command.argv[3]), with_database="DATABASE_URL" in command.env)
        return Completed(returncode=status, log=command.log)

    def _imported(self, folder: Path, *, with_database: bool) -> None:
        announced = self.announced
        if self.needs_database and not with_database:
            announced = {"state": "failed", "stage": "importing", "error": "KeyError", "message": "'DATABASE_URL'"}
        (folder / "announcement.json").write_text(json.dumps(announced))
        if announced["state"] == "ready" and self.generated:
            (folder / "document").write_text(self.generated)

    async def base(self) -> Base:
        if self.files is None:
            raise CannotRun("there is no base here")
        return Base(commit="0" * 40, origin="the merge's first parent")

    async def file_at(self, commit: str, path: str) -> bytes | None:
        if self.files is None:
            raise CannotRun(f"{commit!r} is no commit of this clone")
        found = self.files.get(path)
        return None if found is None else json.dumps(found).encode()

    async def database(self, purpose: str) -> Database:
        assert purpose == "openapi"
        return DATABASE


def context(folder: Path, project: Project, *, app: str = "app.main:app") -> Context:
    return Context(
        gate="openapi",
        named=True,
        planned=frozenset({"openapi"}),
        results={},
        project=read_project(folder),
        config=Config(),
        folder=folder.parent / "report",
        scratch=folder.parent / "scratch",
        caller_environment={"PATH": "/bin"},
        processes=project,
        environments=project,
        databases=project,
        setting_up=lambda _: nullcontext(),
        used=lambda *_: None,
        discovery=Discovery(import_path=app),
        revisions=project,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "service"
    place.mkdir()
    return place


def judged(folder: Path, project: Project, *, app: str = "app.main:app", **options: Any) -> Judgement:
    gate, chosen = OpenapiGate(), OpenapiOptions(**options)
    ctx = context(folder, project, app=app)
    return gate.judge(asyncio.run(gate.collect(ctx, chosen)), chosen)


def rules(judgement: Judgement) -> list[str]:
    """Return the rules by which something was found, but for what is not described: these documents say nothing."""
    return [one.rule_id for one in judgement.findings if one.rule_id not in GAPS]


def write(folder: Path, name: str, what: object) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(what if isinstance(what, str) else json.dumps(what, indent=2))


def test_a_document_that_is_up_to_date_and_like_the_bases_passes(folder: Path) -> None:
    write(folder, "openapi.json", document())
    judgement = judged(folder, Project(files={"openapi.json": document()}))
    assert (judgement.outcome, rules(judgement)) == (Outcome.PASSED, [])
    assert (folder.parent / "report" / GENERATED_PATH).is_file()
    assert (folder.parent / "report" / DRIFT_PATH).read_text() == ""


def test_the_application_is_compared_with_the_file_and_with_the_base(folder: Path) -> None:
    write(folder, "docs/openapi.yaml", "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n  /a:\n    get:\n"
          "      responses: {'200': {description: fine}}\n  /old:\n    get:\n      responses: {}\n")  # fmt: skip
    judgement = judged(folder, Project(files={"docs/openapi.yaml": document("GET /a", "GET /old")}))
    assert judgement.outcome is Outcome.FAILED
    assert rules(judgement) == ["api-path-removed-without-deprecation", Rule.OPERATION_GONE]
    assert str(judgement.findings[1].location) == "docs/openapi.yaml:8"
    assert "GET /old" in (folder.parent / "report" / DRIFT_PATH).read_text()


def test_the_import_is_pinned_and_sees_no_database_unless_it_needs_one(folder: Path) -> None:
    write(folder, "openapi.json", document())
    project = Project()
    judged(folder, project)
    [imported] = [command for command in project.ran if "describe_api" in str(command.argv)]
    assert imported.env["PYTHONHASHSEED"] == "0"
    assert "DATABASE_URL" not in imported.env
    needy = Project(needs_database=True)
    assert judged(folder, needy).outcome is Outcome.PASSED
    assert sum("describe_api" in str(command.argv) for command in needy.ran) == 2


def test_an_application_that_cannot_be_imported_is_no_verdict(folder: Path) -> None:
    write(folder, "openapi.json", document())
    failed = {"state": "failed", "stage": "importing", "error": "RuntimeError", "message": "no", "where": "app.py:3"}
    with pytest.raises(CannotRun, match=r"cannot be imported: RuntimeError: no \(app\.py:3\)"):
        judged(folder, Project(announced=failed))


def test_a_command_generates_it_where_one_is_given(folder: Path) -> None:
    write(folder, "openapi.json", document())
    project = Project(json.dumps(document("GET /a", "GET /b")))
    judgement = judged(folder, project, generate="make-it # here")
    assert rules(judgement)[0] == Rule.OPERATION_MISSING
    assert project.ran[0].argv[:2] == ("/bin/sh", "-c")
    assert "make-it # here" in project.ran[0].argv
    with pytest.raises(CannotRun, match="`false` exited with status 3: TypeError: no such word"):
        judged(folder, Project(), generate="false")
    with pytest.raises(CannotRun, match="printed no document"):
        judged(folder, Project(""), generate="true")


def test_a_command_that_also_writes_the_file_hides_no_difference(folder: Path) -> None:
    write(folder, "openapi.json", document())

    class Writing(Project):
        async def run(self, command: Command) -> Completed:
            if command.argv[0] == "/bin/sh":
                write(folder, "openapi.json", self.generated)
            return await super().run(command)

    judgement = judged(folder, Writing(json.dumps(document("GET /a", "GET /b"))), generate="python export.py")
    assert rules(judgement)[0] == Rule.OPERATION_MISSING


def test_without_an_application_only_the_other_questions_are_asked(folder: Path) -> None:
    write(folder, "openapi.json", document())
    judgement = judged(folder, Project(files={"openapi.json": document("GET /a", "GET /b")}), app="")
    assert rules(judgement) == ["api-path-removed-without-deprecation", Rule.NOT_GENERATED]
    judgement = judged(folder, Project("", files={"openapi.json": document()}))
    assert (judgement.outcome, rules(judgement)) == (Outcome.PASSED, [Rule.NOT_GENERATED])
    designed = Project(json.dumps(document("GET /b")), files={"openapi.json": document()})
    judgement = judged(folder, designed, generate="none")
    assert (judgement.outcome, rules(judgement)) == (Outcome.PASSED, [])
    assert all("validate_openapi" in str(command.argv) for command in designed.ran)


@pytest.mark.parametrize(
    ("generated", "app", "told"),
    [
        (None, "app.main:app", "no OpenAPI document is committed.*: write it with `quality-gate openapi --write`"),
        ("", "", "no OpenAPI document is committed.*no web application was found"),
        ("[1]", "app.main:app", "the generated document cannot be read"),
        ('{"a": 1}', "app.main:app", "it is no OpenAPI document"),
    ],
)
def test_what_is_missing_is_told_with_what_to_do(folder: Path, generated: str | None, app: str, told: str) -> None:
    with pytest.raises(CannotRun, match=told):
        judged(folder, Project(generated), app=app)


@pytest.mark.parametrize("content", ["{", "openapi: 2", "", "[" * 5000, "a: &a [*a]", '{"openapi": "3.1.0"'])
def test_a_committed_document_that_cannot_be_read_is_told(folder: Path, content: str) -> None:
    write(folder, "openapi.yaml", content)
    with pytest.raises(CannotRun, match=r"openapi\.yaml cannot be read"):
        judged(folder, Project())


def test_what_is_only_called_like_a_document_is_none(folder: Path) -> None:
    write(folder, "client-openapi.yaml", "input: somewhere")
    with pytest.raises(CannotRun, match="no OpenAPI document is committed"):
        judged(folder, Project())


def test_of_several_documents_the_likest_is_taken_and_the_report_says_so(folder: Path) -> None:
    write(folder, "openapi.json", document("GET /other"))
    write(folder, "client/openapi.json", document("GET /a"))
    write(folder, "tests/openapi.json", document("GET /a"))
    judgement = judged(folder, Project(files={}))
    assert judgement.outcome is Outcome.PASSED
    notes = [exhibit for exhibit in judgement.exhibits if exhibit.title == "Notes"]  # type: ignore[union-attr]
    assert "client/openapi.json was taken, and not openapi.json" in str(notes)


def test_a_document_that_is_named_is_the_one(folder: Path) -> None:
    write(folder, "openapi.json", document())
    write(folder, "api.yml", json.dumps(document("GET /z")))
    assert Rule.OPERATION_GONE in rules(judged(folder, Project(), document="api.yml"))
    with pytest.raises(CannotRun, match="there is no file none.json"):
        judged(folder, Project(), document="none.json")


def test_a_link_out_of_the_repository_is_not_followed(folder: Path) -> None:
    write(folder.parent, "secret.json", document())
    (folder / "openapi.json").symlink_to(folder.parent / "secret.json")
    with pytest.raises(CannotRun, match="link out of the repository"):
        judged(folder, Project())
    (folder / "openapi.json").unlink()
    (folder / "openapi.json").symlink_to("openapi.json")
    with pytest.raises(CannotRun, match="link out of the repository"):
        judged(folder, Project(), document="openapi.json")


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (None, "there is no base here"),
        ({}, "has no openapi.json: there is nothing to compare with yet"),
        ({"openapi.json": "nothing"}, "cannot be read"),
    ],
)
def test_where_there_is_no_base_the_comparison_is_skipped_and_said(
    folder: Path, files: Mapping[str, object] | None, told: str
) -> None:
    write(folder, "openapi.json", document())
    judgement = judged(folder, Project(files=files))
    assert judgement.outcome is Outcome.PASSED
    [finding] = [finding for finding in judgement.findings if finding.rule_id == Rule.NOT_COMPARED]
    assert told in finding.message


def test_a_document_that_had_another_name_at_the_base_is_found(folder: Path) -> None:
    write(folder, "docs/openapi.json", document())
    judgement = judged(folder, Project(files={"openapi.json": document("GET /a", "GET /b")}))
    assert "api-path-removed-without-deprecation" in rules(judgement)
    assert "where it is openapi.json" in judgement.reason


def test_another_document_that_is_still_there_is_not_taken_for_the_one_that_was_moved(folder: Path) -> None:
    write(folder, "docs/openapi.json", document())
    write(folder, "openapi.json", document("GET /other"))
    judgement = judged(folder, Project(files={"openapi.json": document("GET /other")}))
    assert rules(judgement) == [Rule.NOT_COMPARED]


@pytest.mark.parametrize(
    ("base", "expected"),
    [("none", []), ("docs/v1.json", ["api-path-removed-without-deprecation"])],
)
def test_the_base_can_be_a_file_or_nothing(folder: Path, base: str, expected: Sequence[str]) -> None:
    write(folder, "openapi.json", document())
    write(folder, "docs/v1.json", document("GET /a", "GET /b"))
    assert rules(judged(folder, Project(), base=base)) == list(expected)


@pytest.mark.parametrize(
    ("base", "told"), [("docs/v9.json", "there is no file docs/v9.json"), ("origin/mian", "is no commit of this clone")]
)
def test_a_base_that_the_user_names_and_that_is_not_there_is_an_error(folder: Path, base: str, told: str) -> None:
    write(folder, "openapi.json", document())
    with pytest.raises(CannotRun, match=told):
        judged(folder, Project(files=None), base=base)


def test_it_comes_after_the_gates_whose_answers_it_uses_and_needs_none_of_them() -> None:
    gate = OpenapiGate()
    assert gate.requires == ()
    assert set(gate.after) == {"unit-tests", "integration-tests", "access-review", "latency"}
    assert gate.stuck_at(cast("Any", None)) == ""


def test_a_document_beside_the_services_folder_is_found_and_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "root" / ".git").mkdir(parents=True)
    folder = tmp_path / "root" / "backend"
    folder.mkdir()
    write(tmp_path / "root", "frontend/openapi.json", document("GET /z"))
    judgement = judged(folder, Project())
    assert str(judgement.findings[0].location).startswith("frontend/openapi.json:")
    assert "`quality-gate openapi --write backend`" in judgement.findings[0].message
    write(tmp_path / "root", "contract/v1.json", document())
    assert judged(folder, Project(), document="contract/v1.json").outcome is Outcome.PASSED

"""Where the report of the base is found, and which of them is believed."""

import gzip
import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from gate.adapters.base_folder import VARIABLE, BaseFolder
from gate.adapters.baselines import FoundReports, fetched_base
from gate.adapters.cache_folders import reports_folder
from gate.adapters.kept_reports import KeptReports, differs_from_commit, kept_reports_of
from gate.adapters.project_files import read_project
from gate.adapters.revisions import GitRevisions
from gate.domain.codec import encode_report
from gate.domain.project import Project
from gate.domain.report import Report, Subject
from gate.domain.shard import Shard
from gate.formats.fetched_base import FetchedBase, render_fetched_base
from gate.ports import CannotRun
from gate.revision_ports import Base, FoundReport
from tests.unit.adapters.test_revisions import commit as commit_file
from tests.unit.adapters.test_revisions import git
from tests.unit.render.reports import green

BASE = "b" * 40
SUBJECT = Subject(commit="a" * 40, repository="acme/service", run_id=9, run_attempt=1)


def of_base(**subject: Any) -> Report:
    told: dict[str, Any] = {"commit": BASE, "repository": "acme/service", "run_id": 812, "run_attempt": 1}
    return replace(green(), subject=Subject(**told | subject), notices=())


@dataclass
class Checkout:
    """A repository with one commit on main, and what the run is told."""

    folder: Path
    temp: Path
    commit: str

    @property
    def project(self) -> Project:
        return read_project(self.folder)

    @property
    def base_folder(self) -> BaseFolder:
        return BaseFolder(self.temp / "base")

    @property
    def kept(self) -> KeptReports:
        return KeptReports(self.temp / "cache", self.project, "")

    def found(self, *, option: str = "auto", branch: str = "", commit: str = BASE, **subject: Any) -> FoundReport:
        return FoundReports(
            option=option,
            branch=branch,
            project=self.project,
            environment={VARIABLE: str(self.base_folder.path)},
            kept=self.kept,
        ).report_of(commit, replace(SUBJECT, **subject))

    def missing(self, **asked: Any) -> str:
        with pytest.raises(CannotRun) as refused:
            self.found(**asked)
        return refused.value.reason

    def fetched(self, report: Report | bytes | None = None, **told: Any) -> None:
        self.base_folder.prepare()
        source = "" if report is None else "the artifact of run 812"
        fetched = replace(FetchedBase(commit=BASE, origin="the merge's first parent", source=source), **told)
        self.base_folder.write("fetched.json", render_fetched_base(fetched).encode())
        if report is not None:
            content = report if isinstance(report, bytes) else encode_report(report).encode()
            self.base_folder.write("report.json", content)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    return Checkout(folder, tmp_path, commit_file(folder, "app.py", "x = 1\n"))


def test_what_was_fetched_is_found_with_where_it_was_from(checkout: Checkout) -> None:
    checkout.fetched(of_base())
    assert checkout.found() == FoundReport(report=of_base(), source="the artifact of run 812")


def test_what_a_workflow_makes_in_the_checkout_before_the_gates_is_no_reason_to_refuse(checkout: Checkout) -> None:
    checkout.fetched(of_base(uncommitted=True))
    assert checkout.found()


def test_why_nothing_could_be_fetched_is_said(checkout: Checkout) -> None:
    assert "nothing was fetched from GitHub" in checkout.missing()
    checkout.fetched(missing="the artifact of run 812 has expired")
    assert checkout.missing() == f"there is no report of {BASE[:12]}: the artifact of run 812 has expired"


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (of_base(commit="c" * 40), "is of another commit"),
        (of_base(repository="evil/evil"), "is of another repository"),
        (of_base(name="api"), "is of another use"),
        (of_base(project="backend"), "is of another project, 'backend'"),
        (of_base(shard=Shard(index=1, total=2)), "a part alone"),
        (of_base(changed_only=True), "of what was changed alone"),
        (of_base(uncommitted=True, run_id=None, run_attempt=None), "of uncommitted changes too"),
        (replace(of_base(), interrupted=True), "a run that was interrupted"),
        (replace(of_base(), results=()), "has no results"),
        (encode_report(of_base()).replace('"schema_version": 1', '"schema_version": 2').encode(), "schema version"),
        (b"\xff", "not UTF-8"),
        (b"{}", "is not a report"),
        (b"[" * 100_000, "nested too deep"),
    ],
    ids=[
        *("commit", "repository", "name", "project", "shard", "changed only", "uncommitted", "interrupted", "empty"),
        *("schema", "not UTF-8", "no report", "deep"),
    ],
)
def test_a_fetched_report_that_tests_wrote_over_is_not_believed(
    checkout: Checkout, left: Report | bytes, words: str
) -> None:
    checkout.fetched(left)
    assert words in checkout.missing()


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "[" * 100_000, '{"commit": 1}', '{"commit": "x"}', '{"source": "a\\nb"}', '{"files": 1}'),
        *(json.dumps({"missing": "x" * 100_000}), json.dumps({"files": [{}]})),
    ],
)
def test_a_hostile_base_folder_is_a_reason_and_no_fault(checkout: Checkout, text: str) -> None:
    checkout.base_folder.prepare()
    checkout.base_folder.write("fetched.json", text.encode())
    assert checkout.missing()
    assert fetched_base({VARIABLE: str(checkout.base_folder.path)}) is None


def test_a_pipe_or_a_link_in_the_base_folder_holds_nothing_up(checkout: Checkout) -> None:
    checkout.fetched(of_base())
    (checkout.base_folder.path / "report.json").unlink()
    os.mkfifo(checkout.base_folder.path / "report.json")
    assert "cannot be read" in checkout.missing()


def test_a_folder_that_somebody_put_in_its_place_is_made_anew(checkout: Checkout) -> None:
    elsewhere = checkout.temp / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").write_text("x")
    checkout.base_folder.path.symlink_to(elsewhere)
    checkout.fetched(of_base())
    assert [path.name for path in elsewhere.iterdir()] == ["precious"]
    assert checkout.found()


def test_the_base_that_was_fetched_is_known_without_a_clone(checkout: Checkout) -> None:
    checkout.fetched(of_base())
    environment = {VARIABLE: str(checkout.base_folder.path)}
    assert fetched_base(environment) == Base(commit=BASE, origin="the merge's first parent")
    assert fetched_base({}) is None


def test_a_file_of_a_base_that_the_clone_has_not_is_what_was_fetched(checkout: Checkout) -> None:
    checkout.fetched(files=("pyproject.toml", "quality-gate.yml"))
    checkout.base_folder.write("files/0", b"[project]\n")
    revisions = GitRevisions(checkout.folder, {VARIABLE: str(checkout.base_folder.path)})
    assert revisions.read_file(BASE, "pyproject.toml") == b"[project]\n"
    assert revisions.read_file(BASE, "quality-gate.yml") is None
    for commit, path in ((BASE, "app.py"), ("c" * 40, "pyproject.toml")):
        with pytest.raises(CannotRun, match="is no commit of this clone"):
            revisions.read_file(commit, path)
    assert revisions.read_file(checkout.commit, "app.py") == b"x = 1\n"


def test_the_option_names_a_report_or_its_folder_and_nothing_else_is_looked_at(checkout: Checkout) -> None:
    checkout.fetched(of_base())
    assert "old cannot be read: No such file" in checkout.missing(option="old")
    (checkout.folder / "old").mkdir()
    (checkout.folder / "old" / "report.json").write_text(encode_report(of_base(run_id=1)))
    assert checkout.found(option="old").source == "old"
    assert checkout.found(option="old/report.json").report.subject.run_id == 1
    assert checkout.missing(option="off") == "the option `baseline` is off"


def test_a_report_from_a_laptop_fits_a_job_and_the_other_way_round(checkout: Checkout) -> None:
    (checkout.folder / "report.json").write_text(encode_report(of_base(repository="", run_id=None, run_attempt=None)))
    assert checkout.found(option="report.json")
    (checkout.folder / "report.json").write_text(encode_report(of_base()))
    assert checkout.found(option="report.json", repository="")
    assert "another repository" in checkout.missing(option="report.json", repository="acme/other")


def test_a_branch_of_the_clone_that_keeps_reports_is_looked_at(checkout: Checkout) -> None:
    assert "the branch reports is not in this clone" in checkout.missing(branch="reports")
    git(checkout.folder, "switch", "-q", "--orphan", "reports")
    path = checkout.folder / "default" / "reports" / f"{BASE}.json.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(gzip.compress(encode_report(of_base()).encode()))
    git(checkout.folder, "add", "-A")
    git(checkout.folder, "commit", "-qm", "reports")
    git(checkout.folder, "switch", "-q", "main")
    assert checkout.found(branch="reports").source == "the branch reports"
    assert "the branch reports has no report of it" in checkout.missing(branch="reports", name="api")
    assert "has no report of it" in checkout.missing(branch="reports", commit="c" * 40)


# --- Kept reports --------------------------------------------------------------------------------------------------


def test_a_kept_report_is_found_by_the_next_run_of_the_same_project_alone(checkout: Checkout) -> None:
    checkout.kept.keep(of_base())
    assert checkout.found() == FoundReport(report=of_base(), source="a run of it on this machine")
    assert KeptReports(checkout.temp / "cache", checkout.project, "api").packed(BASE) is None
    [folder] = checkout.temp.glob("cache/*")
    assert oct(folder.stat().st_mode)[-3:] == "700"


def test_another_clone_of_the_same_repository_finds_it_too(checkout: Checkout, tmp_path: Path) -> None:
    git(checkout.folder, "remote", "add", "origin", "https://user:secret@example.invalid/acme/service")
    checkout.kept.keep(of_base())
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    git(other, "remote", "add", "origin", "https://example.invalid/acme/service")
    assert KeptReports(tmp_path / "cache", read_project(other), "").packed(BASE)


def test_a_worktree_of_the_same_repository_finds_it_too(checkout: Checkout, tmp_path: Path) -> None:
    checkout.kept.keep(of_base())
    git(checkout.folder, "worktree", "add", "-q", "--detach", str(tmp_path / "beside"))
    assert KeptReports(checkout.temp / "cache", read_project(tmp_path / "beside"), "").packed(BASE)


def test_only_the_newest_twenty_are_kept(checkout: Checkout) -> None:
    for number in range(25):
        checkout.kept.keep(of_base(commit=f"{number:040x}"))
        [path] = checkout.temp.glob(f"cache/*/{number:040x}.json.gz")
        os.utime(path, (number, number))
    kept = sorted(path.name for path in checkout.temp.glob("cache/*/*"))
    assert kept == [f"{number:040x}.json.gz" for number in range(5, 25)]


@pytest.mark.parametrize(
    "report",
    [
        of_base(commit=""),
        of_base(shard=Shard(index=1, total=2)),
        replace(of_base(), interrupted=True),
        replace(of_base(), results=()),
    ],
    ids=["no commit", "shard", "interrupted", "no results"],
)
def test_what_is_no_whole_run_is_not_kept(checkout: Checkout, report: Report) -> None:
    checkout.kept.keep(report)
    assert not [*checkout.temp.glob("cache/*/*.gz")]


def test_a_folder_to_which_others_may_write_is_not_believed(checkout: Checkout) -> None:
    checkout.kept.keep(of_base())
    [folder] = checkout.temp.glob("cache/*")
    folder.chmod(0o777)
    assert checkout.kept.packed(BASE) is None


@pytest.mark.parametrize(
    "content", [b"", b"no gzip", gzip.compress(b"{}", mtime=0), gzip.compress(b"[" * 100_000, mtime=0)]
)
def test_a_kept_report_that_was_spoilt_is_a_reason(checkout: Checkout, content: bytes) -> None:
    checkout.kept.keep(of_base())
    [path] = checkout.temp.glob("cache/*/*.gz")
    path.write_bytes(content)
    assert "the kept report" in checkout.missing()


def test_only_the_report_of_a_checkout_without_changes_is_kept(checkout: Checkout) -> None:
    def place(commit: str = checkout.commit) -> KeptReports | None:
        environment = {"XDG_CACHE_HOME": str(checkout.temp / "cache")}
        differs = differs_from_commit(checkout.project)
        return kept_reports_of(checkout.project, replace(SUBJECT, commit=commit), environment, differs=differs)

    there = place()
    assert there
    assert there.keep(of_base(commit=checkout.commit))
    assert [*checkout.temp.glob(f"cache/quality-gate/reports/*/{checkout.commit}.json.gz")]
    # On a pull request, what is checked out is the merge.
    assert place("c" * 40) is None
    (checkout.folder / "new.py").write_text("x\n")
    assert place() is None
    (checkout.folder / "new.py").unlink()
    (checkout.folder / "app.py").write_text("x = 2\n")
    assert place() is None


def test_in_a_job_reports_are_kept_where_the_action_saves_them(tmp_path: Path) -> None:
    job = {"GITHUB_ACTIONS": "true", "RUNNER_TEMP": str(tmp_path)}
    assert reports_folder(job) == tmp_path / "quality-gate-kept"
    laptop = {"XDG_CACHE_HOME": str(tmp_path / "home")}
    assert reports_folder(laptop) == tmp_path / "home" / "quality-gate" / "reports"

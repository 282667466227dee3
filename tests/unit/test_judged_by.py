"""Whose configuration judges a change, and what becomes of a run that may not decide."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gate.config.model import Config
from gate.configuration import Sources
from gate.domain.change import Change, ChangedFile, FileStatus
from gate.domain.comparison import Baseline
from gate.domain.project import Project
from gate.domain.report import Report, Subject, Verdict
from gate.domain.weakening import Policy
from gate.gates import CHOSEN_AUTOMATICALLY, GATES
from gate.judged_by import JudgedBy, judged_by
from gate.plan import plan_of
from gate.ports import CannotRun
from gate.revision_ports import Base, BaseNotHere, Revisions

COMMIT = "1" * 40


class TwoSides(Revisions):
    """A base of a few files beside the checkout; `trouble` is what there is in its stead."""

    def __init__(self, files: dict[str, str], *changed: str, trouble: CannotRun | None = None) -> None:
        self.files = files
        self.changed = changed
        self.trouble = trouble

    async def base(self) -> Base:
        if self.trouble:
            raise self.trouble
        return Base(commit=COMMIT, origin="the merge's first parent")

    async def file_at(self, commit: str, path: str) -> bytes | None:
        assert commit == COMMIT
        return self.files[path].encode() if path in self.files else None

    async def export(self, commit: str, folder: Path) -> None:
        raise NotImplementedError

    async def change(self) -> Change:
        if self.trouble:
            raise self.trouble
        files = tuple(
            ChangedFile(path=path, status=FileStatus.MODIFIED if path in self.files else FileStatus.ADDED)
            for path in self.changed
        )
        return Change(base=COMMIT, origin="the merge's first parent", files=files)


def judged(
    folder: Path, revisions: Revisions, *assignments: str, file: Path | None = None, place: str = "."
) -> JudgedBy:
    sources = Sources(
        folder=folder / place,
        file=file,
        assignments=assignments,
        environment={},
        gates={gate.id: gate.options for gate in GATES.values()},
    )
    project = Project(root=folder, folder=folder / place, files=())
    return asyncio.run(judged_by(sources, project, revisions, CHOSEN_AUTOMATICALLY))


def of_coverage(config: Config) -> int:
    return int(config.options["coverage"].threshold)


def told(found: JudgedBy) -> dict[str, str]:
    return {one.message: str(one.location) for one in found.weakenings}


def configured(*lines: str) -> str:
    return "\n".join(["[tool.quality-gate]", *lines, ""])


HIGH = "coverage.threshold = 95"
LOW = "coverage.threshold = 80"


def test_by_default_the_changes_own_configuration_judges_and_what_is_weaker_is_told(tmp_path: Path) -> None:
    (tmp_path / "quality-gate.yml").write_text("coverage:\n  threshold: 80\n")
    revisions = TwoSides({"quality-gate.yml": "coverage:\n  threshold: 95\n"}, "quality-gate.yml")
    found = judged(tmp_path, revisions)
    assert (found.policy, of_coverage(found.config), found.refusal) == (Policy.HEAD, 80, "")
    assert told(found) == {"lowers coverage.threshold from 95 to 80": "quality-gate.yml:2"}


@pytest.mark.parametrize("own", ['policy = "base"', 'policy = "head"', ""])
def test_under_policy_base_the_bases_configuration_judges_whatever_the_change_says(tmp_path: Path, own: str) -> None:
    (tmp_path / "pyproject.toml").write_text(configured(own, LOW))
    found = judged(tmp_path, TwoSides({"pyproject.toml": configured('policy = "base"', HIGH)}, "pyproject.toml"))
    assert (found.policy, of_coverage(found.config)) == (Policy.BASE, 95)
    assert any(
        "judged by the configuration of the base" in one for one in found.told(Report(subject=Subject())).notices
    )
    assert "lowers coverage.threshold from 95 to 80" in told(found)


@pytest.mark.parametrize(
    ("base", "own", "counts"),
    [
        ("head", "base", Policy.BASE),
        ("base", "head", Policy.BASE),
        ("base", "strict", Policy.STRICT),
        ("strict", "base", Policy.STRICT),
        ("strict", "head", Policy.STRICT),
    ],
)
def test_the_stricter_policy_of_both_sides_counts(tmp_path: Path, base: str, own: str, counts: Policy) -> None:
    (tmp_path / "quality-gate.yml").write_text(f"policy: {own}\n")
    found = judged(tmp_path, TwoSides({"quality-gate.yml": f"policy: {base}\n"}, "quality-gate.yml"))
    assert (found.policy, found.config.policy) == (counts, counts)


def test_a_policy_that_is_loosened_is_told(tmp_path: Path) -> None:
    (tmp_path / "quality-gate.yml").write_text("timeout: 7\n")
    found = judged(tmp_path, TwoSides({"quality-gate.yml": "policy: strict\n"}, "quality-gate.yml"))
    assert list(told(found)) == ["loosens policy from strict to head"]


def test_the_command_line_overrules_both_sides(tmp_path: Path) -> None:
    (tmp_path / "quality-gate.yml").write_text("policy: head\n")
    revisions = TwoSides({"quality-gate.yml": "policy: strict\n"}, "quality-gate.yml")
    found = judged(tmp_path, revisions, "policy=base", "coverage.threshold=70")
    assert (found.policy, of_coverage(found.config), told(found)) == (Policy.BASE, 70, {})


def test_a_configuration_that_moves_to_another_file_is_not_weaker(tmp_path: Path) -> None:
    (tmp_path / "quality-gate.yml").write_text("coverage:\n  threshold: 95\n")
    revisions = TwoSides({"pyproject.toml": configured(HIGH)}, "pyproject.toml", "quality-gate.yml")
    assert told(judged(tmp_path, revisions)) == {}


def test_a_configuration_that_is_gone_is_weaker(tmp_path: Path) -> None:
    revisions = TwoSides({"pyproject.toml": configured(HIGH, 'gates = ["lint", "coverage", "latency"]')})
    assert told(judged(tmp_path, revisions)) == {
        "takes latency out of gates": "None",
        "takes coverage.threshold away, which was 95": "None",
    }


def test_a_file_that_is_named_is_compared_with_what_it_was(tmp_path: Path) -> None:
    (tmp_path / "ci").mkdir()
    file = tmp_path / "ci" / "gate.yml"
    file.write_text("policy: head\ntimeout: 7\n")
    found = judged(tmp_path, TwoSides({"ci/gate.yml": "policy: base\ntimeout: 8\n"}), file=file)
    assert (found.policy, found.config.timeout) == (Policy.BASE, 8)


def test_where_both_sides_say_the_same_nothing_is_said_of_it(tmp_path: Path) -> None:
    (tmp_path / "quality-gate.yml").write_text("policy: base\n")
    found = judged(tmp_path, TwoSides({"quality-gate.yml": "policy: base\n"}))
    assert (found.policy, found.told(Report(subject=Subject())).notices) == (Policy.BASE, ())


def test_a_file_that_the_base_has_not_is_compared_with_what_configured_the_base(tmp_path: Path) -> None:
    file = tmp_path / "lenient.yml"
    file.write_text("coverage:\n  threshold: 1\n")
    revisions = TwoSides({"pyproject.toml": configured('policy = "base"', HIGH)}, "lenient.yml")
    found = judged(tmp_path, revisions, file=file)
    assert (found.policy, of_coverage(found.config)) == (Policy.BASE, 95)


def test_what_the_files_weaken_is_told_though_the_bases_configuration_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1  # noqa\n")
    found = judged(tmp_path, TwoSides({"quality-gate.yml": "nonsense: 1\n", "a.py": ""}, "a.py"))
    assert told(found) == {'adds "# noqa"': "a.py:1"}


def test_what_the_files_of_the_change_weaken_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1  # noqa\n")
    found = judged(tmp_path, TwoSides({"a.py": "x = 1\n"}, "a.py", "gone.py"))
    assert told(found) == {'adds "# noqa"': "a.py:1"}


def test_an_access_policy_of_another_name_is_compared(tmp_path: Path) -> None:
    settings = 'access-review.policy = "who.yml"'
    (tmp_path / "pyproject.toml").write_text(configured(settings))
    (tmp_path / "who.yml").write_text("operations:\n  GET /a: public\n")
    base = {"pyproject.toml": configured(settings), "who.yml": "operations:\n  GET /a: owner\n"}
    assert told(judged(tmp_path, TwoSides(base, "who.yml"))) == {"opens GET /a from owner to public": "who.yml:2"}


@pytest.mark.parametrize("policy", [Policy.BASE, Policy.STRICT])
def test_without_a_base_nothing_is_decided_under_a_policy_that_needs_it(tmp_path: Path, policy: Policy) -> None:
    (tmp_path / "pyproject.toml").write_text(configured(f'policy = "{policy}"'))
    found = judged(tmp_path, TwoSides({}, trouble=CannotRun("the clone is too shallow: fetch-depth: 2")))
    report = found.refused(Subject(), plan_of(found.config, GATES), datetime.now(UTC))
    assert (report.verdict, report.verdict.exit_code, report.policy) == (Verdict.ERRORED, 3, policy)
    assert all(f"policy {policy}" in one.reason and "fetch-depth: 2" in one.reason for one in report.results)


def test_without_a_base_the_changes_own_configuration_judges_and_the_reason_is_told(tmp_path: Path) -> None:
    found = judged(tmp_path, TwoSides({}, trouble=CannotRun("no base")))
    assert (found.refusal, found.untold) == ("", "no base")
    assert found.told(Report(subject=Subject())).notices == ("what the change weakens is not known: no base",)
    compared = Report(subject=Subject(), baseline=Baseline(missing="no base"))
    assert found.told(compared).notices == ()


def test_a_shallow_clone_takes_the_configuration_that_was_fetched(tmp_path: Path) -> None:
    missing = BaseNotHere("not in this clone", Base(commit=COMMIT, origin="the merge's first parent"))
    (tmp_path / "quality-gate.yml").write_text("timeout: 7\n")
    found = judged(tmp_path, TwoSides({"quality-gate.yml": "policy: base\ntimeout: 8\n"}, trouble=missing))
    assert (found.policy, found.config.timeout, found.untold) == (Policy.BASE, 8, "not in this clone")
    assert found.refusal == ""


def test_strict_decides_nothing_where_what_is_weakened_cannot_be_known(tmp_path: Path) -> None:
    missing = BaseNotHere("not in this clone", Base(commit=COMMIT, origin="the merge's first parent"))
    found = judged(tmp_path, TwoSides({"quality-gate.yml": "policy: strict\n"}, trouble=missing))
    assert "not in this clone" in found.refusal


def test_of_a_shallow_clone_for_which_nothing_was_fetched_it_is_said_what_the_clone_lacks(tmp_path: Path) -> None:
    class NothingFetched(TwoSides):
        async def file_at(self, commit: str, path: str) -> bytes | None:
            raise CannotRun("nothing was fetched")

    missing = BaseNotHere("not in this clone", Base(commit=COMMIT, origin="the merge's first parent"))
    (tmp_path / "quality-gate.yml").write_text("policy: base\n")
    found = judged(tmp_path, NothingFetched({}, trouble=missing))
    assert found.refusal == "under policy base, the base's configuration must be known: not in this clone"


def test_a_file_outside_the_repository_is_no_side_of_the_change(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    file = tmp_path / "gate.yml"
    file.write_text("policy: base\ntimeout: 7\n")
    found = judged(project, TwoSides({"quality-gate.yml": "timeout: 8\n", "gate.yml": "timeout: 9\n"}), file=file)
    assert (found.policy, found.config.timeout, found.overrules, told(found)) == (Policy.BASE, 7, False, {})


def test_a_configuration_of_the_base_that_is_no_text_is_a_reason(tmp_path: Path) -> None:
    class NoText(TwoSides):
        async def file_at(self, commit: str, path: str) -> bytes | None:
            return b"\xff" if path == "quality-gate.yml" else None

    assert judged(tmp_path, NoText({})).untold == "quality-gate.yml of the base is not UTF-8"


def test_mistakes_of_the_bases_configuration_do_not_judge(tmp_path: Path) -> None:
    found = judged(tmp_path, TwoSides({"quality-gate.yml": "nonsense: 1\n"}))
    assert found.untold.startswith("the base's configuration has mistakes")
    (tmp_path / "quality-gate.yml").write_text("policy: base\n")
    assert judged(tmp_path, TwoSides({"quality-gate.yml": "nonsense: 1\n"})).refusal


def test_a_file_that_is_too_large_to_be_looked_at_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n" * 400_000)
    (message,) = told(judged(tmp_path, TwoSides({"a.py": ""}, "a.py")))
    assert "more to look at than is looked at: 1 file" in message


def test_a_link_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("x = 1  # noqa\n")
    (tmp_path / "a.py").symlink_to(tmp_path / "b.txt")
    found = told(judged(tmp_path, TwoSides({}, "a.py")))
    assert found == {"puts a link in the place of a.py: what it leads to is not looked at": "a.py"}


def test_what_another_project_of_the_repository_weakens_is_for_its_own_gate(tmp_path: Path) -> None:
    suppressed = "import os  # noqa: F401\n"
    for path in ("api/app.py", "worker/app.py", ".github/workflows/ci.yml"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(suppressed)
    (tmp_path / "ruff.toml").write_text('lint.ignore = ["F401"]\n')
    two = TwoSides({"ruff.toml": "lint.ignore = []\n"}, "api/app.py", "worker/app.py", "ruff.toml")
    assert sorted(told(judged(tmp_path, two, place="api")).values()) == ["api/app.py:1", "ruff.toml"]

"""`run --changed` looks at what was changed, by the fast gates alone, and says so."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from gate.config.model import Config
from gate.config.resolve import Setting, resolve
from gate.domain.change import Change, ChangedFile, FileStatus
from gate.domain.project import Project
from gate.domain.report import Report, Subject, Verdict
from gate.domain.result import Judgement, Outcome
from gate.enforce import enforce
from gate.formats.ruff_output import Violation
from gate.gates import GATES
from gate.gates.lint import LintEvidence, LintOptions
from gate.gates.lint_of_changed import LintOfChanged
from gate.gates.protocol import Gate
from gate.narrowing import Narrowed, narrowed
from gate.render.headline import headline
from tests.unit.render import reports

ROOT = Path("/repository")
FILES = ("app/main.py", "tests/test_a.py", "tests/test_b.py", "tests/integration/test_db.py", "tests/conftest.py")


def config(**options: object) -> Config:
    settings = [Setting(key=key.replace("__", "."), value=value, place="here") for key, value in options.items()]
    return resolve([settings], {gate.id: gate.options for gate in GATES.values()})


def change(*paths: str, deleted: tuple[str, ...] = ()) -> Change:
    gone = (ChangedFile(path=path, status=FileStatus.DELETED) for path in deleted)
    changed = (ChangedFile(path=path, status=FileStatus.MODIFIED) for path in paths)
    return Change(base="1a2b3c4d" * 5, origin="where the branch leaves main", files=(*changed, *gone))


def narrow(
    what: Change | None, settings: Config | None = None, folder: str = "", gates: Mapping[str, Gate] = GATES
) -> Narrowed:
    project = Project(root=ROOT, folder=ROOT / folder, files=FILES)
    return narrowed(settings or config(), gates, project, what)


def test_the_fast_gates_run_on_what_was_changed_and_no_other() -> None:
    part = narrow(change("app/main.py", "tests/test_b.py", "README.md", deleted=("tests/test_a.py",)))
    assert [gate.id for gate in part.plan.gates] == ["lint", "unit-tests"]
    assert part.config.options["unit-tests"].paths == ("tests/test_b.py",)
    assert part.told == (
        "only the fast gates ran, on what was changed since 1a2b3c4, where the branch leaves main: "
        "3 files, of which 1 holds unit tests"
    )
    assert not part.plan.named, "what has nothing to do is skipped, and not red"


def test_where_no_tests_were_changed_none_are_run() -> None:
    part = narrow(change("app/main.py", "tests/conftest.py"))
    assert [gate.id for gate in part.plan.gates] == ["lint"]
    assert part.told.endswith(": 2 files, without unit tests among them, so that none were run")
    assert narrow(change("app/main.py"), config(gates=["lint"])).told.endswith(": 1 file")


def test_where_nothing_is_left_to_look_at_that_is_said() -> None:
    for what, words in ((change(), "nothing was changed"), (change(deleted=("a.py",)), "files were only deleted")):
        assert f"had nothing to look at: {words} since 1a2b3c4, where the branch leaves main" in narrow(what).told


def test_paths_of_tests_are_those_of_the_project_in_its_own_folder() -> None:
    part = narrow(change("svc/tests/test_a.py", "tests/test_b.py"), folder="svc")
    assert part.config.options["unit-tests"].paths == ("tests/test_a.py",)


def test_only_tests_below_the_paths_that_are_configured_are_run() -> None:
    changed = change("tests/test_a.py", "tests/integration/test_db.py")
    part = narrow(changed, config(**{"unit-tests__paths": ["tests/integration"]}))
    assert part.config.options["unit-tests"].paths == ("tests/integration/test_db.py",)


def test_a_gate_that_the_user_left_out_stays_out() -> None:
    part = narrow(change("tests/test_a.py"), config(gates=["lint", "coverage", "unit-tests"]))
    assert [gate.id for gate in part.plan.gates] == ["lint", "unit-tests"]
    part = narrow(change("tests/test_a.py"), config(gates=["lint"]))
    assert [gate.id for gate in part.plan.gates] == ["lint"]


def test_where_the_change_is_not_known_the_fast_gates_look_at_everything() -> None:
    part = narrow(None)
    assert [gate.id for gate in part.plan.gates] == ["lint", "unit-tests"]
    assert not any(isinstance(gate, LintOfChanged) for gate in part.plan.gates)
    assert part.config.options["unit-tests"].paths == ()


def test_lint_tells_of_the_changed_files_alone_and_which_of_it_is_new() -> None:
    def violation(path: str) -> Violation:
        return Violation(rule="F401", message=path, path=path, line=1, column=1, end_line=1, url=None)

    evidence = LintEvidence(
        violations=(violation("old.py"), violation("a.py"), violation("b.py")),
        unformatted=("old.py", "a.py"),
        in_base=(True, True, False, True, None),
        version="0.17.6",
    )
    gate = LintOfChanged(frozenset({"a.py", "b.py"}))
    judgement = gate.judge(gate.narrowed(evidence), LintOptions())
    told = [(one.rule_id, one.location and one.location.path, one.in_base) for one in judgement.findings]
    assert told == [("F401", "a.py", True), ("F401", "b.py", False), ("format", "a.py", None)]
    assert gate.judge(gate.narrowed(replace(evidence, in_base=())), LintOptions()).findings


def changed_only(*outcomes: Judgement) -> Report:
    results = tuple(reports.result(f"g{at}", "g", one) for at, one in enumerate(outcomes))
    return Report(subject=Subject(changed_only=True), results=results)


@pytest.mark.parametrize(
    ("report", "verdict"),
    [
        (changed_only(Judgement(outcome=Outcome.PASSED)), Verdict.PASSED),
        (changed_only(Judgement.skipped("no Python file")), Verdict.PASSED),
        (changed_only(Judgement(outcome=Outcome.FAILED)), Verdict.FAILED),
        (changed_only(Judgement.errored("no ruff")), Verdict.ERRORED),
        (changed_only(), Verdict.ERRORED),
    ],
)
def test_a_commit_that_touches_nothing_of_the_gates_is_not_held_up(report: Report, verdict: Verdict) -> None:
    assert report.verdict is verdict


def test_it_never_pretends_to_be_the_whole_verdict(tmp_path: Path) -> None:
    from gate.domain.codec import encode_report

    report = changed_only(Judgement(outcome=Outcome.PASSED))
    assert headline(report) == "Quality Gate passed what was changed, by the fast gates alone"
    (tmp_path / "report.json").write_text(encode_report(report), "utf-8")
    lines: list[str] = []
    assert enforce(tmp_path, lines.append) == 3
    assert "decides nothing" in lines[1]


def test_the_first_line_of_a_red_report_says_as_well_that_it_is_of_a_part() -> None:
    told = headline(changed_only(Judgement(outcome=Outcome.FAILED)))
    assert told == "Quality Gate: 1 of 1 gate failed, and only what was changed was looked at"
    told = headline(changed_only(Judgement.errored("no ruff")))
    assert told.endswith(" errored (no ruff), and only what was changed was looked at")


def test_where_every_changed_file_holds_tests_none_is_counted_apart() -> None:
    assert narrow(change("tests/test_a.py")).told.endswith(": 1 file, which holds unit tests")
    assert narrow(change("tests/test_a.py", "tests/test_b.py")).told.endswith(": 2 files, which hold unit tests")

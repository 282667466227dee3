"""Patch coverage: of the lines that a change adds or alters, which ran, and whether that is enough."""

import asyncio
import json
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gate.config.options import BadValue
from gate.domain.change import Change, ChangedFile, FileStatus, Hunk
from gate.domain.exhibit import FileCoverage, SourceCoverage
from gate.domain.patch import AlteredFile, Patch
from gate.domain.project import Project
from gate.domain.result import Judgement, Outcome
from gate.domain.unparsed import UnparsedFile
from gate.formats.coverage_json import CoverageReport
from gate.gates.coverage_altered import joined_patch, may_be_unmeasured, read_patch, with_untold
from gate.gates.coverage_judging import CoverageEvidence, judge_coverage
from gate.gates.coverage_options import CoverageOptions, parse_patch_threshold, weaker_patch_threshold
from gate.gates.coverage_patch import with_patch
from gate.gates.coverage_scope import lies_beside_source
from gate.gates.coverage_unparsed import Untold, parse_untold, unparsed_words
from gate.ports import CannotRun
from gate.revision_ports import NoChange


def covered(path: str, lines: Iterable[int], missing: Iterable[int] = ()) -> tuple[FileCoverage, frozenset[int]]:
    every, missed = frozenset(lines), tuple(sorted(missing))
    file = FileCoverage(path=path, covered=len(every) - len(missed), total=len(every), missing_lines=missed)
    return file, every.difference(missed)


def judged(
    patch: Patch | None,
    *files: tuple[FileCoverage, frozenset[int]],
    options: CoverageOptions | None = None,
    unparsed: tuple[UnparsedFile, ...] = (),
) -> Judgement:
    shown = tuple(file for file, _ in files)
    executed = {file.path: ran for file, ran in files}
    ran, total = sum(map(len, executed.values())), sum(file.total for file in shown)
    report = CoverageReport(covered_lines=ran, total_lines=total, covered_branches=0, total_branches=0, files=shown)
    with_lines = shown if patch is None else with_patch(patch, shown, executed)
    evidence = CoverageEvidence(report=report, files=with_lines, patch=patch, unparsed=unparsed)
    return judge_coverage(evidence, options or CoverageOptions())


def measures(judgement: Judgement) -> dict[str, str]:
    return {
        measure.name: f"{measure.numerator}/{measure.denominator}"
        + (f" of {measure.threshold.value}" if measure.threshold else "")
        for measure in judgement.measures
    }


BIG = covered("app/big.py", range(1, 1001))
NEW = covered("app/new.py", range(1, 31), range(21, 31))
PATCH = Patch(files=(AlteredFile(path="app/new.py", lines=tuple(range(1, 31))),))


def test_a_change_that_is_tested_too_little_is_red_though_the_whole_is_well_tested() -> None:
    found = judged(PATCH, BIG, NEW)
    assert found.outcome is Outcome.FAILED
    assert measures(found) == {"coverage": "1020/1030 of 80", "patch-coverage": "20/30 of 80"}
    assert "20 of 30 lines of the change ran, 66.66 % and not 80 %: all but app/new.py 21–30" in found.reason
    assert [(one.rule_id, str(one.location), one.message) for one in found.findings] == [
        ("patch-not-covered", "app/new.py:21", "lines 21 to 30 of the change did not run")
    ]
    (exhibit,) = found.exhibits
    assert isinstance(exhibit, SourceCoverage)
    assert [(file.path, len(file.patch_lines), file.patch_missing) for file in exhibit.files] == [
        ("app/big.py", 0, ()),
        ("app/new.py", 30, tuple(range(21, 31))),
    ]


@pytest.mark.parametrize(
    ("options", "outcome", "limit"),
    [
        (CoverageOptions(patch_threshold=Fraction(60)), Outcome.PASSED, " of 60"),
        (CoverageOptions(patch_threshold="off"), Outcome.PASSED, ""),
        (CoverageOptions(threshold=Fraction(66)), Outcome.PASSED, " of 66"),
        (CoverageOptions(threshold=Fraction(67)), Outcome.FAILED, " of 67"),
        (CoverageOptions(threshold=Fraction(10), patch_threshold=Fraction(100)), Outcome.FAILED, " of 100"),
        (CoverageOptions(patch_minimum=30), Outcome.FAILED, " of 80"),
        (CoverageOptions(patch_minimum=31), Outcome.PASSED, ""),
    ],
)
def test_the_limit_is_that_of_the_whole_unless_it_is_set(
    options: CoverageOptions, outcome: Outcome, limit: str
) -> None:
    found = judged(PATCH, BIG, NEW, options=options)
    assert (found.outcome, measures(found)["patch-coverage"]) == (outcome, f"20/30{limit}")


def test_a_small_change_is_shown_and_not_judged_and_that_is_said() -> None:
    found = judged(Patch(files=(AlteredFile(path="app/new.py", lines=(29, 30)),)), BIG, NEW)
    assert (found.outcome, measures(found)["patch-coverage"]) == (Outcome.PASSED, "0/2")
    assert "the change has 2 lines that can run, fewer than 20: shown, not judged" in found.reason


def test_a_change_without_lines_that_can_run_has_no_figure_and_says_so() -> None:
    comments = Patch(files=(AlteredFile(path="app/new.py", lines=(500,)),))
    for patch in (comments, Patch(nothing="the change touches no Python")):
        found = judged(patch, BIG, NEW, options=CoverageOptions(patch_threshold=Fraction(90)))
        assert (found.outcome, list(measures(found))) == (Outcome.PASSED, ["coverage"])
        assert found.reason.endswith(patch.nothing or "the change has no lines that can run")


def test_where_nothing_was_changed_nothing_is_said_of_a_change() -> None:
    assert "change" not in judged(Patch(), BIG, NEW).reason


UNKNOWN = Patch(unknown="the clone has no base: with fetch-depth: 2 it has")


@pytest.mark.parametrize("options", [CoverageOptions(), CoverageOptions(patch_threshold="off")])
def test_a_change_that_is_not_known_is_said_plainly_and_is_not_red_where_no_limit_was_set(
    options: CoverageOptions,
) -> None:
    found = judged(UNKNOWN, BIG, options=options)
    assert (found.outcome, list(measures(found))) == (Outcome.PASSED, ["coverage"])
    assert "patch coverage is not known: the clone has no base: with fetch-depth: 2 it has" in found.reason


def test_a_limit_that_was_set_for_the_change_is_never_green_where_the_change_is_not_known() -> None:
    found = judged(UNKNOWN, BIG, options=CoverageOptions(patch_threshold=Fraction(0)))
    assert found.outcome is Outcome.ERRORED
    assert found.reason == (
        "cannot decide: `patch-threshold` is set, and patch coverage is not known: "
        "the clone has no base: with fetch-depth: 2 it has; measured app"
    )
    # What is red anyhow stays it.
    found = judged(UNKNOWN, NEW, options=CoverageOptions(patch_threshold=Fraction(0)))
    assert found.outcome is Outcome.FAILED


def test_what_does_not_parse_is_told_and_what_was_altered_in_it_did_not_run() -> None:
    broken = UnparsedFile(path="app/broken.py", line=7, message="expected ':'")
    lines = tuple(range(1, 26))
    patch = Patch(files=(AlteredFile(path="app/broken.py", lines=lines),))
    found = judged(with_untold(patch, Untold(unparsed=(broken,))), BIG, unparsed=(broken,))
    assert (found.outcome, measures(found)) == (
        Outcome.FAILED,
        {"coverage": "1000/1000 of 80", "patch-coverage": "0/25 of 80"},
    )
    assert "app/broken.py (does not parse)" in found.reason
    assert "app/broken.py does not parse: no part of the figure" in found.reason
    told = [one for one in found.findings if one.rule_id == "does-not-parse"]
    assert [str(one.location) for one in told] == ["app/broken.py:7"]
    assert "expected ':'" in told[0].message
    # An old one is told, and is not red.
    found = judged(Patch(), BIG, unparsed=(broken,))
    assert (found.outcome, [one.rule_id for one in found.findings]) == (Outcome.PASSED, ["does-not-parse"])


def test_many_files_that_do_not_parse_are_counted() -> None:
    files = [UnparsedFile(path=f"{name}.py") for name in "abcde"]
    assert unparsed_words(files) == "a.py, b.py, c.py and 2 more do not parse: no part of the figure"


def test_samples_for_tests_and_templates_of_other_projects_need_not_parse() -> None:
    told = {"tests/bad.py": [1, "x"], "{{cookiecutter.name}}/app.py": [1, "x"], "app.py": [0, "y" * 999], "odd.py": []}
    found = parse_untold(json.dumps({"unparsed": told}), str).unparsed
    assert [(file.path, file.line, len(file.message)) for file in found] == [
        ("app.py", None, 200),
        ("odd.py", None, 0),
    ]


def test_a_source_that_no_coverage_data_mentions_did_not_run_at_all() -> None:
    lines = tuple(range(1, 26))
    found = judged(Patch(files=(AlteredFile(path="app/cold.py", lines=lines, unmeasured=lines),)), BIG)
    assert (found.outcome, measures(found)["patch-coverage"]) == (Outcome.FAILED, "0/25 of 80")
    assert "app/cold.py (no test imports it)" in found.reason
    assert [str(one.location) for one in found.findings] == ["app/cold.py:1"]
    # One that is left out by a setting, or is no source, has no such lines.
    assert "no lines" in judged(Patch(files=(AlteredFile(path="app/cold.py", lines=lines),)), BIG).reason


def test_a_line_is_told_once_though_the_whole_is_red_as_well() -> None:
    old = covered("app/old.py", range(1, 101), range(41, 101))
    found = judged(PATCH, old, NEW)
    assert [(one.rule_id, str(one.location)) for one in found.findings] == [
        ("patch-not-covered", "app/new.py:21"),
        ("missing-lines", "app/old.py:41"),
    ]


def test_many_files_and_places_are_named_in_one_line() -> None:
    files = [covered(f"app/m{at}.py", range(1, 101), range(2, 101, 2)) for at in range(9)]
    patch = Patch(files=tuple(AlteredFile(path=file.path, lines=tuple(range(1, 101))) for file, _ in files))
    reason = judged(patch, BIG, *files).reason
    assert (
        "450 of 900 lines of the change ran, 50 % and not 80 %: all but app/m0.py 2/4/6/8/…, app/m1.py 2/4/6/8/…"
        in reason
    )
    assert "and 6 more files" in reason


@pytest.mark.parametrize(
    ("value", "parsed"), [("off", "off"), (" off ", "off"), ("95 %", Fraction(95)), (0, Fraction(0)), (92.5, Fraction("92.5"))]
)  # fmt: skip
def test_the_threshold_is_a_percentage_or_off(value: object, parsed: object) -> None:
    assert parse_patch_threshold(value) == parsed


@pytest.mark.parametrize("value", ["none", 101, -1, True, None, ["off"]])
def test_any_other_threshold_is_refused(value: object) -> None:
    with pytest.raises(BadValue):
        parse_patch_threshold(value)


@pytest.mark.parametrize(
    ("before", "after", "weaker"),
    [
        (None, "off", True),
        (Fraction(90), "off", True),
        (Fraction(90), Fraction(80), True),
        (None, Fraction(50), True),
        ("off", Fraction(50), False),
        ("off", None, False),
        (Fraction(80), Fraction(90), False),
        (None, Fraction(95), False),
        ("off", "off", False),
    ],
)
def test_a_lower_patch_threshold_weakens_the_gate(before: object, after: object, weaker: bool) -> None:
    assert bool(list(weaker_patch_threshold("coverage.patch-threshold", before, after))) is weaker


@pytest.mark.parametrize(
    ("path", "beside"),
    [
        ("setup.py", True),
        ("docs/conf.py", True),
        ("scripts/run.py", True),
        ("app/migrations/0001_initial.py", True),
        ("alembic/versions/a.py", True),
        (".github/tool.py", True),
        ("app/manage.py", True),
        ("{{cookiecutter.name}}/app.py", True),
        ("src/{% if a %}a{% endif %}.py", True),
        ("typing-examples/mypy.py", True),
        ("load_tests/play.py", True),
        ("lab_tests/models.py", False),
        ("app/tools/text.py", False),
        ("acme_tools/text.py", False),
        ("load_tests.py", False),
        ("app/main.py", False),
        ("worker.py", False),
    ],
)
def test_where_no_source_lies(path: str, beside: bool) -> None:
    assert lies_beside_source(path, ("lab_tests/__init__.py", "docs/__init__.py")) is beside


def changed(path: str, first: int, count: int, **more: Any) -> ChangedFile:
    hunk = Hunk(old_start=0, old_lines=0, new_start=first, new_lines=count)
    return ChangedFile(path=path, status=FileStatus.MODIFIED, hunks=(hunk,), **more)


def context(root: Path, place: str, *files: ChangedFile) -> Any:
    async def change() -> Change:
        return Change(base="b" * 40, origin="", files=files)

    def read_text(path: Path) -> str | None:
        return path.read_text() if path.is_file() else None

    return SimpleNamespace(
        change=change, read_text=read_text, project=Project(root=root, folder=root / place, files=())
    )


def test_of_a_project_in_a_folder_what_lies_elsewhere_is_no_source_of_its_own(tmp_path: Path) -> None:
    names = ("backend/app.py", "backend/tests/test_app.py", "backend/setup.py", "frontend/tool.py", "backend/gone.py")
    for name in names[:4]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("X = f(\n    1)\n")
    ctx = context(tmp_path, "backend", *(changed(name, 2, 1) for name in names), changed("backend/data.json", 1, 9))
    patch = asyncio.run(read_patch(ctx))
    assert [(file.path, file.lines) for file in patch.files] == [
        ("backend/app.py", (1,)),
        ("backend/setup.py", (1,)),
        ("frontend/tool.py", (1,)),
    ]
    assert may_be_unmeasured(ctx, patch) == ["app.py"]
    found = with_untold(patch, parse_untold('{"unmeasured": {"app.py": [1, 2, 3]}}', ctx.project.located))
    assert [file.unmeasured for file in found.files] == [(1,), None, None]


@pytest.mark.parametrize(
    "told",
    [
        *(None, "", "[]", "{", "[" * 100_000, '{"unmeasured": []}', '{"unparsed": 1}'),
        *('{"unmeasured": {"app.py": "x"}}', '{"unmeasured": {"app.py": [null, true, "1"]}}'),
        *('{"unmeasured": {"elsewhere.py": [1]}}', '{"unparsed": {"app.py": "x"}}'),
    ],
)
def test_what_the_projects_interpreter_tells_in_another_form_is_nothing(told: str | None) -> None:
    patch = Patch(files=(AlteredFile(path="app.py", lines=(1,)),))
    found = with_untold(patch, parse_untold(told, str))
    assert [file.unmeasured or () for file in found.files] == [()]


def test_lines_that_nothing_tells_make_the_whole_not_known_unless_the_file_does_not_count(tmp_path: Path) -> None:
    unknown = changed("uv.lock", 1, 1, lines_unknown=True)
    assert not asyncio.run(read_patch(context(tmp_path, ".", unknown))).unknown
    unknown = changed("tests/test_large.py", 1, 1, lines_unknown=True)
    assert not asyncio.run(read_patch(context(tmp_path, ".", unknown))).unknown
    unknown = changed("app.py", 1, 1, lines_unknown=True)
    assert "app.py" in asyncio.run(read_patch(context(tmp_path, ".", unknown))).unknown


def test_a_change_that_touches_no_source_says_what_it_is(tmp_path: Path) -> None:
    def nothing(*names: str) -> str:
        return asyncio.run(read_patch(context(tmp_path, ".", *(changed(name, 1, 1) for name in names)))).nothing

    assert nothing() == ""
    assert nothing("README.md", "uv.lock") == "the change touches no Python"
    assert nothing("README.md", "tests/test_app.py", "conftest.py") == "the change touches no Python but tests"
    assert nothing("tests/test_app.py", "app.py") == ""


def test_of_a_source_that_is_no_text_or_too_large_every_line_counts_that_may_be_new(tmp_path: Path) -> None:
    (tmp_path / "nul.py").write_text("X = 1\n\n# Y\n\0\nZ = (\n")
    (tmp_path / "mode.py").write_text("X = 1\n")
    (tmp_path / "less.py").write_text("X = 1\n\0")
    nul, mode = (ChangedFile(path=name, status=FileStatus.MODIFIED) for name in ("nul.py", "mode.py"))
    ctx = context(tmp_path, ".", nul, mode, changed("less.py", 1, 0), changed("large.py", 3, 2))

    def read_text(path: Path) -> str:
        if path.name == "large.py":
            raise CannotRun("large.py has more than 64 MiB")
        return path.read_text()

    ctx.read_text = read_text
    patch = asyncio.run(read_patch(ctx))
    assert [(file.path, file.lines) for file in patch.files] == [("nul.py", (1, 4, 5)), ("large.py", (3, 4))]


def test_where_there_is_no_change_to_know_none_is_missing(tmp_path: Path) -> None:
    async def change() -> Change:
        raise NoChange("the event 'schedule' is no change")

    ctx = context(tmp_path, ".")
    ctx.change = change
    assert asyncio.run(read_patch(ctx)) == Patch(nothing="the event 'schedule' is no change")


def test_the_reason_why_a_change_is_not_known_is_handed_on(tmp_path: Path) -> None:
    async def change() -> Change:
        raise CannotRun("the merge's first parent is not in this clone")

    ctx = context(tmp_path, ".")
    ctx.change = change
    assert asyncio.run(read_patch(ctx)) == Patch(unknown="the merge's first parent is not in this clone")


def test_shards_know_together_which_files_none_of_them_measured() -> None:
    cold = AlteredFile(path="cold.py", lines=(1, 2))
    told = AlteredFile(path="cold.py", lines=(1, 2), unmeasured=(1,))
    assert joined_patch([Patch(files=(cold,)), Patch(files=(told,))]) == Patch(files=(told,))
    assert joined_patch([Patch(unknown="shallow"), Patch(files=(cold,))]) == Patch(files=(cold,))
    assert joined_patch([Patch(unknown="shallow"), None]) == Patch(unknown="shallow")
    assert joined_patch([None]) is None
    # What one of them measured is measured.
    joined = joined_patch([Patch(files=(told,))])
    assert joined is not None
    file, ran = covered("cold.py", [1, 2])
    assert with_patch(joined, (file,), {"cold.py": ran})[0].patch_missing == ()

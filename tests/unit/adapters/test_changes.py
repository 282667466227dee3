"""What a change did to files and lines, by a real git: true line for line in many small histories."""

import asyncio
import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from coverage.parser import PythonParser

from gate.adapters.changes import with_local_changes
from gate.adapters.revisions import GitRevisions
from gate.domain.change import Change, ChangedFile, FileStatus, Hunk
from gate.domain.exhibit import FileCoverage
from gate.domain.patch import Patch
from gate.domain.project import Project
from gate.gates.coverage_altered import read_patch, with_untold
from gate.gates.coverage_patch import PatchLimits, judge_patch, with_patch
from gate.gates.coverage_unparsed import Untold
from gate.ports import CannotRun
from tests.unit.adapters.histories import APP, HISTORIES, History

STATUSES = {"added": "A", "modified": "M", "deleted": "D", "renamed": "R"}


def change_of(at: History) -> Change:
    return asyncio.run(GitRevisions(at.folder, at.environment).change())


def context(at: History, change: Change) -> Any:
    async def known() -> Change:
        return change

    def read_text(path: Path) -> str | None:
        return path.read_bytes().decode("utf-8", "replace") if path.is_file() else None

    project = Project(root=at.folder, folder=at.folder, files=())
    return SimpleNamespace(change=known, read_text=read_text, project=project)


def measured(at: History, path: str) -> tuple[frozenset[int], frozenset[int]]:
    """Return the lines that ran and those that did not, as coverage.py would tell them of this source."""
    text = (at.folder / path).read_text("utf-8")
    parser = PythonParser(text=text, exclude="pragma: no cover")
    parser.parse_source()
    lines = text.split("\n")
    missing = frozenset(line for line in parser.statements if "# no" in lines[line - 1])
    return frozenset(parser.statements) - missing, missing


def patch_files(at: History, change: Change, unmeasured: tuple[str, ...]) -> tuple[FileCoverage, ...]:
    ctx = context(at, change)
    patch = asyncio.run(read_patch(ctx))
    files, executed = [], {}
    told: dict[str, frozenset[int]] = {}
    for file in patch.files:
        ran, missing = measured(at, file.path)
        if file.path in unmeasured:
            told[file.path] = ran | missing
            continue
        executed[file.path] = ran
        lines = tuple(sorted(missing))
        files.append(FileCoverage(path=file.path, covered=len(ran), total=len(ran | missing), missing_lines=lines))
    return with_patch(with_untold(patch, Untold(unmeasured=told)), files, executed)


def altered(truth: str) -> list[int]:
    return [int(re.sub(r"\D", "", word)) for word in truth.split() if not word.startswith("+")]


def can_run(truth: str) -> tuple[int, ...]:
    return tuple(sorted(int(re.sub(r"\D", "", word)) for word in truth.split() if not word.startswith("(")))


def missed(truth: str) -> tuple[int, ...]:
    return can_run(" ".join(word for word in truth.split() if word.endswith("!")))


def told(file: ChangedFile) -> str:
    return f"{STATUSES[file.status]} {file.path}{'?' if file.lines_unknown else ''}"


@pytest.mark.parametrize("name", HISTORIES)
def test_the_change_is_true_line_for_line_and_so_is_its_coverage(name: str, tmp_path: Path) -> None:
    at = History(tmp_path / "repository")
    truth = HISTORIES[name](at)
    before = {path: path.read_bytes() for path in (at.folder / ".git").rglob("*") if path.is_file()}
    change = change_of(at)
    assert sorted(map(told, change.files)) == sorted(truth.files)
    lines = {file.path: list(file.added_lines()) for file in change.files if file.path in truth.lines}
    assert lines == {path: altered(said) for path, said in truth.lines.items()}
    # Nothing was written to the repository, and nothing that it configures has run.
    assert {path: path.read_bytes() for path in (at.folder / ".git").rglob("*") if path.is_file()} == before
    assert not Path(at.environment.get("_UNTOUCHED", tmp_path / "none")).exists()
    if not any(file.lines_unknown for file in change.files) and not any("data.py" in path for path in lines):
        found = patch_files(at, change, truth.unmeasured)
        counted = {file.path: (file.patch_lines, file.patch_missing) for file in found if file.patch_lines}
        assert counted == {path: (can_run(t), missed(t)) for path, t in truth.lines.items() if can_run(t)}


@pytest.mark.parametrize(
    "name", ["a_line_is_altered", "a_file_is_renamed_and_edited", "lines_are_only_removed", "a_rebase"]
)
def test_each_line_that_stayed_is_found_in_the_base(name: str, tmp_path: Path) -> None:
    at = History(tmp_path / "repository")
    HISTORIES[name](at)
    change = change_of(at)
    for file in change.files:
        old = at.git("show", f"{change.base}:{file.base_path}").split("\n")
        new = (at.folder / file.path).read_text().rstrip("\n").split("\n")
        kept = [(line, file.base_line(line)) for line in range(1, len(new) + 1)]
        assert all(new[line - 1] == old[base - 1] for line, base in kept if base is not None)
        assert [line for line, base in kept if base is None] == list(file.added_lines())


def compared(at: History, base: str, head: str, files: list[dict[str, object]], merge_base: str = "") -> None:
    folder = at.folder.parent / "fetched"
    folder.mkdir(exist_ok=True)
    answer = {"merge_base_commit": {"sha": merge_base or base}, "files": files}
    (folder / "change.json").write_text(json.dumps({"base": base, "head": head, "comparison": answer}))
    at.environment["QUALITY_GATE_BASE_FOLDER"] = str(folder)


MODIFIED = {
    "filename": "app.py",
    "status": "modified",
    "additions": 1,
    "deletions": 1,
    "changes": 2,
    "patch": "@@ -1,5 +1,5 @@\n def add(a, b):\n-    return a + b\n+    return 1\n \n \n def sub(a, b):",
}


def shallow(tmp_path: Path) -> tuple[History, str, str]:
    """Return a clone of the merge alone, its first parent and the merge."""
    at = History(tmp_path / "repository")
    at.begin()
    at.alter("app.py", 2, "    return 1")
    at.commit()
    merge = at.as_pull_request()
    base = at.git("rev-parse", "main")
    at.clone(1)
    return at, base, merge


def test_a_clone_of_one_commit_takes_the_comparison_of_github(tmp_path: Path) -> None:
    at, base, merge = shallow(tmp_path)
    with pytest.raises(CannotRun, match="is not in this clone: with fetch-depth: 2"):
        change_of(at)
    compared(at, base, merge, [MODIFIED])
    at.write({"new.py": "X = 1\n"})
    change = change_of(at)
    assert (change.base, change.origin) == (base, "the merge's first parent")
    assert [(told(file), list(file.added_lines())) for file in change.files] == [("M app.py", [2]), ("A new.py", [1])]


def test_what_was_changed_in_the_checkout_as_well_has_lines_that_are_not_known(tmp_path: Path) -> None:
    at, base, merge = shallow(tmp_path)
    compared(at, base, merge, [MODIFIED])
    at.alter("app.py", 1, "def add(a, b, c=0):")
    change = change_of(at)
    assert [told(file) for file in change.files] == ["M app.py?"]
    unknown = asyncio.run(read_patch(context(at, change))).unknown
    assert unknown.startswith("nothing tells which lines of app.py were changed; ")
    assert "fetch-depth: 0" in unknown


@pytest.mark.parametrize(
    ("which", "said"),
    [
        ("base", "of other commits"),
        ("head", "of other commits"),
        ("merge_base", "from an older commit"),
        ("files", "no more than 300 files"),
        ("json", "another form"),
    ],
)
def test_a_comparison_that_may_not_be_that_of_the_checkout_is_not_taken(tmp_path: Path, which: str, said: str) -> None:
    at, base, merge = shallow(tmp_path)
    other = "d" * 40
    compared(
        at,
        other if which == "base" else base,
        other if which == "head" else merge,
        [{**MODIFIED, "filename": f"{at}.py"} for at in range(300)] if which == "files" else [MODIFIED],
        other if which == "merge_base" else base,
    )
    if which == "json":
        Path(at.environment["QUALITY_GATE_BASE_FOLDER"], "change.json").write_text("[" * 100_000)
    with pytest.raises(CannotRun, match=said):
        change_of(at)


def test_where_the_branch_itself_is_checked_out_github_says_where_it_begins(tmp_path: Path) -> None:
    at, fork_point, _ = shallow(tmp_path)
    head, base = at.git("rev-parse", "HEAD"), "a" * 40
    at.event("pull_request", pull_request={"base": {"sha": base}, "head": {"sha": head}})
    compared(at, base, head, [MODIFIED], merge_base=fork_point)
    change = change_of(at)
    assert (change.base, change.origin) == (fork_point, "where the pull request's branch begins")
    # For the queue the base is where the group begins, and no other commit.
    at.event("merge_group", merge_group={"base_sha": base, "head_sha": head})
    with pytest.raises(CannotRun, match="from an older commit"):
        change_of(at)


def test_where_there_is_no_repository_the_change_is_not_known(tmp_path: Path) -> None:
    at = History(tmp_path / "repository")
    with pytest.raises(CannotRun, match="no git repository"):
        change_of(at)
    at.begin()
    at.git("branch", "-m", "main", "trunk")
    with pytest.raises(CannotRun, match="no branch to compare with"):
        change_of(at)


def test_a_clone_without_the_files_of_the_base_says_what_git_says_and_fetches_nothing(tmp_path: Path) -> None:
    at = History(tmp_path / "repository")
    at.begin()
    at.git("config", "uploadpack.allowFilter", "true")
    at.alter("app.py", 2, "    return 1")
    at.commit()
    at.git("switch", "-q", "main")
    clone = History(tmp_path / "clone")
    clone.git("clone", "-q", "--filter=blob:none", "-b", "work", f"file://{at.folder}", ".")
    with pytest.raises(CannotRun, match="cannot be compared with .* git says 'fatal: unable to read.*without `filter`"):
        change_of(clone)


def test_a_large_change_is_read_in_time(tmp_path: Path) -> None:
    at = History(tmp_path / "repository")
    at.begin()
    at.write({f"pkg/m{number}.py": "X = 1\n" * 200 for number in range(500)})
    at.write({"long.txt": "x" * 5_000_000, "many.txt": "y\n" * 500_000})
    change = change_of(at)
    assert len(change.files) == 502
    assert sum(len(list(file.added_lines())) for file in change.files) == 100_000 + 1 + 500_000


def test_the_change_is_found_once_for_all_who_ask(tmp_path: Path) -> None:
    at = History(tmp_path / "repository")
    at.begin()
    revisions = GitRevisions(at.folder, {})

    async def both() -> tuple[Change, Change]:
        first = await revisions.change()
        at.write({"app.py": APP + "X = 1\n"})
        return first, await revisions.change()

    first, second = asyncio.run(both())
    assert first is second
    # Whoever asks before the run may do so in a loop of its own.
    assert asyncio.run(revisions.change()) is first


def test_local_changes_to_files_that_the_commits_left_alone_keep_their_lines() -> None:
    hunk = Hunk(old_start=1, old_lines=1, new_start=1, new_lines=1)
    committed = ChangedFile(path="a.py", status=FileStatus.ADDED, hunks=(hunk,))
    local = ChangedFile(path="b.py", status=FileStatus.RENAMED, old_path="c.py", hunks=(hunk,))
    gone = ChangedFile(path="a.py", status=FileStatus.DELETED)
    assert with_local_changes((committed,), (local,)) == (committed, local)
    assert with_local_changes((committed,), (gone,)) == ()


def test_a_change_that_is_not_known_is_said_and_not_judged() -> None:
    found = judge_patch("coverage", Patch(unknown="no base"), (), PatchLimits(threshold=None, minimum=20))
    assert (found.measure, found.reason) == (None, "patch coverage is not known: no base")

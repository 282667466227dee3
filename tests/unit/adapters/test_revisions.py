"""The commits that a change is compared with, by a real git."""

import asyncio
import copy
import json
import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from gate.adapters import blobs, revisions
from gate.adapters.base_folder import VARIABLE, BaseFolder
from gate.adapters.revisions import GitRevisions
from gate.formats.fetched_base import FetchedBase, render_fetched_base
from gate.formats.github_diff import COMPARED_FILE, render_compared
from gate.ports import CannotRun
from gate.revision_ports import Base, BaseNotHere, NoChange


def git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.invalid", "-c", "protocol.file.allow=always")
    done = subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(folder: Path, name: str, text: str) -> str:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", name)
    return git(folder, "rev-parse", "HEAD")


class Repository:
    """`first` and `main` on main, `change` on a branch that leaves at `first`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        git(folder, "init", "-q", "-b", "main")
        self.first = commit(folder, "openapi.json", "1")
        git(folder, "switch", "-qc", "change")
        self.change = commit(folder, "app.py", "change")
        git(folder, "switch", "-q", "main")
        self.main = commit(folder, "openapi.json", "2")
        git(folder, "switch", "-q", "change")

    def merged(self) -> str:
        """Check out what GitHub tests: the branch merged into main."""
        git(self.folder, "checkout", "-q", "--detach", "main")
        git(self.folder, "merge", "-q", "--no-ff", "-m", "merge", "change")
        return git(self.folder, "rev-parse", "HEAD")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return Repository(tmp_path_factory.mktemp("template") / "repository")


@pytest.fixture
def repository(template: Repository, tmp_path: Path) -> Repository:
    own = copy.copy(template)
    own.folder = tmp_path / "repository"
    shutil.copytree(template.folder, own.folder)
    return own


def event(tmp_path: Path, name: str, **payload: object) -> dict[str, str]:
    path = tmp_path / "event.json"
    path.write_text(json.dumps(payload))
    return {"GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": str(path)}


def pull_request(tmp_path: Path, base: str, head: str) -> dict[str, str]:
    return event(tmp_path, "pull_request", pull_request={"base": {"sha": base}, "head": {"sha": head}})


def base(folder: Path, environment: dict[str, str] | None = None) -> Base:
    return asyncio.run(GitRevisions(folder, environment or {}).base())


def shallow(repository: Repository, tmp_path: Path, depth: int) -> Path:
    clone = tmp_path / f"clone-{depth}"
    git(repository.folder, "branch", "-f", "merged", "HEAD")
    git(tmp_path, "clone", "-q", "--depth", str(depth), "-b", "merged", f"file://{repository.folder}", str(clone))
    return clone


def test_on_a_laptop_it_is_where_the_branch_leaves_main(repository: Repository) -> None:
    assert base(repository.folder) == Base(commit=repository.first, origin="where the branch leaves main")


def test_before_the_first_commit_of_a_branch_it_is_the_last_commit_that_there_is(repository: Repository) -> None:
    git(repository.folder, "switch", "-qc", "new", "main")
    (repository.folder / "app.py").write_text("not committed")
    assert base(repository.folder) == Base(commit=repository.main, origin="the last commit")


def test_origins_default_branch_comes_before_the_local_one(repository: Repository, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git(repository.folder, "switch", "-q", "main")
    git(tmp_path, "clone", "-q", str(repository.folder), str(clone))
    own = commit(clone, "more.py", "x")
    assert base(clone) == Base(commit=repository.main, origin="where the branch leaves origin/HEAD")
    assert own != repository.main


def test_of_the_merge_that_github_tests_it_is_the_first_parent(repository: Repository, tmp_path: Path) -> None:
    repository.merged()
    found = base(repository.folder, pull_request(tmp_path, repository.first, repository.change))
    assert found == Base(commit=repository.main, origin="the merge's first parent")


def test_of_a_branch_that_is_checked_out_itself_it_is_where_it_begins(repository: Repository, tmp_path: Path) -> None:
    found = base(repository.folder, pull_request(tmp_path, repository.main, repository.change))
    assert found == Base(commit=repository.first, origin="where the pull request's branch begins")


def test_a_shallow_clone_of_two_has_it_and_of_one_says_what_to_do(repository: Repository, tmp_path: Path) -> None:
    repository.merged()
    environment = pull_request(tmp_path, repository.main, repository.change)
    assert base(shallow(repository, tmp_path, 2), environment).commit == repository.main
    with pytest.raises(CannotRun, match="not in this clone: with fetch-depth: 2 at actions/checkout"):
        base(shallow(repository, tmp_path, 1), environment)


def test_a_push_is_compared_with_what_was_there_before(repository: Repository, tmp_path: Path) -> None:
    git(repository.folder, "switch", "-q", "main")
    last = commit(repository.folder, "third.py", "x")
    found = base(repository.folder, event(tmp_path, "push", before=repository.first, after=last))
    assert found == Base(commit=repository.first, origin="what was there before the push")


@pytest.mark.parametrize("before", ["0" * 40, "d" * 40, "--all", 7, None])
def test_a_push_whose_begin_is_not_known_is_compared_with_the_commit_before(
    repository: Repository, tmp_path: Path, before: object
) -> None:
    git(repository.folder, "switch", "-q", "main")
    found = base(repository.folder, event(tmp_path, "push", before=before))
    assert found == Base(commit=repository.first, origin="the commit before this one")


def test_of_several_commits_that_are_pushed_what_was_fetched_of_the_one_before_them_counts(
    repository: Repository, tmp_path: Path
) -> None:
    """A clone of two commits has only the last of them and the one before that, of which no run has left a report."""
    git(repository.folder, "switch", "-q", "main")
    commit(repository.folder, "second.py", "x")
    last = commit(repository.folder, "third.py", "y")
    clone = shallow(repository, tmp_path, 2)
    fetched = BaseFolder(tmp_path / "base")
    pushed = {**event(tmp_path, "push", before=repository.main, after=last), VARIABLE: str(fetched.path)}
    assert base(clone, pushed).origin == "the commit before this one"

    fetched.prepare()
    told = FetchedBase(commit=repository.main, origin="what was there before the push")
    fetched.write("fetched.json", render_fetched_base(told).encode())
    one_line = {"status": "added", "additions": 1, "deletions": 0, "changes": 1, "patch": "@@ -0,0 +1 @@\n+x"}
    files = [{"filename": name, **one_line} for name in ("second.py", "third.py")]
    answer = {"merge_base_commit": {"sha": repository.main}, "files": files}
    fetched.write(COMPARED_FILE, render_compared(repository.main, last, answer).encode())
    with pytest.raises(BaseNotHere) as missing:
        base(clone, pushed)
    assert missing.value.base == Base(commit=repository.main, origin="what was there before the push")
    change = asyncio.run(GitRevisions(clone, pushed).change())
    assert (change.base, [file.path for file in change.files]) == (repository.main, ["second.py", "third.py"])


def test_a_merge_group_names_its_base(repository: Repository, tmp_path: Path) -> None:
    found = base(repository.folder, event(tmp_path, "merge_group", merge_group={"base_sha": repository.main}))
    assert found == Base(commit=repository.main, origin="the base of the merge group")


def test_of_a_merge_group_behind_others_the_branch_counts_that_was_fetched(
    repository: Repository, tmp_path: Path
) -> None:
    fetched = BaseFolder(tmp_path / "base")
    fetched.prepare()
    fetched.write("fetched.json", render_fetched_base(FetchedBase(commit=repository.first)).encode())
    queue = event(tmp_path, "merge_group", merge_group={"base_sha": repository.main})
    found = base(repository.folder, {**queue, VARIABLE: str(fetched.path)})
    assert found == Base(commit=repository.first, origin="the branch that the queue merges into")


@pytest.mark.parametrize(
    ("name", "payload", "told"),
    [
        ("schedule", {}, "the event 'schedule' is no change"),
        ("merge_group", {"merge_group": {"base_sha": "e" * 40}}, "fetch-depth: 0"),
        ("merge_group", {}, "does not name"),
        ("pull_request", {"pull_request": []}, "names no base"),
        ("pull_request", {"pull_request": {"base": {"sha": "--output=x"}}}, "names no base"),
    ],
)
def test_where_there_is_no_base_that_is_said(
    repository: Repository, tmp_path: Path, name: str, payload: dict[str, object], told: str
) -> None:
    with pytest.raises(CannotRun, match=told):
        base(repository.folder, event(tmp_path, name, **payload))


def test_that_there_can_be_no_base_is_another_matter_than_one_that_is_not_told(tmp_path: Path) -> None:
    # Shards may be merged without a checkout.
    with pytest.raises(NoChange, match="'schedule' is no change"):
        base(tmp_path, event(tmp_path, "schedule"))
    git(tmp_path, "init", "-q", "-b", "main")
    with pytest.raises(NoChange, match="no commit yet"):
        base(tmp_path)
    commit(tmp_path, "a", "")
    for name in ("workflow_dispatch", "push"):
        with pytest.raises(NoChange):
            base(tmp_path, event(tmp_path, name, before="0" * 40))
    with pytest.raises(CannotRun) as told:
        base(tmp_path, event(tmp_path, "merge_group"))
    assert not isinstance(told.value, NoChange)


def test_an_event_that_cannot_be_read_and_a_folder_without_git_are_told(repository: Repository, tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="cannot be read"):
        base(repository.folder, {"GITHUB_EVENT_NAME": "push", "GITHUB_EVENT_PATH": str(tmp_path / "none")})
    (tmp_path / "plain").mkdir()
    with pytest.raises(CannotRun, match="no git repository"):
        base(tmp_path / "plain")
    lonely = tmp_path / "lonely"
    lonely.mkdir()
    git(lonely, "init", "-q", "-b", "trunk")
    commit(lonely, "a", "")
    with pytest.raises(CannotRun, match="no branch to compare with.*git remote set-head"):
        base(lonely)


def file_at(folder: Path, revision: str, path: str) -> bytes | None:
    return asyncio.run(GitRevisions(folder, {}).file_at(revision, path))


def test_a_file_is_that_of_its_commit_or_revision(repository: Repository) -> None:
    assert file_at(repository.folder, repository.first, "openapi.json") == b"1"
    assert file_at(repository.folder, "main", "openapi.json") == b"2"
    assert file_at(repository.folder, "main", "none.json") is None
    assert file_at(repository.folder, "main", "*.json") is None
    assert file_at(repository.folder, "change~1", "app.py") is None


@pytest.mark.parametrize("revision", ["", "none", "-h", "--output=x", "main\n", "a" * 300, "HEAD:openapi.json"])
def test_what_is_no_revision_is_refused(repository: Repository, revision: str) -> None:
    with pytest.raises(CannotRun, match="no commit of this clone"):
        file_at(repository.folder, revision, "openapi.json")


def test_a_link_is_no_file(repository: Repository) -> None:
    (repository.folder / "link.json").symlink_to("openapi.json")
    made = commit(repository.folder, "other", "")
    assert file_at(repository.folder, made, "link.json") is None
    assert files_at(repository.folder, made, "link.json", "openapi.json") == {"link.json": None, "openapi.json": b"1"}


def test_a_commit_is_written_out_without_links_and_without_any_filter(repository: Repository, tmp_path: Path) -> None:
    trap = tmp_path / "sprung"
    git(repository.folder, "config", "filter.trap.smudge", f"touch {trap}; cat")
    (repository.folder / "etc").symlink_to("/etc")
    (repository.folder / "run.sh").write_text("#!/bin/sh\n")
    (repository.folder / "run.sh").chmod(0o755)
    made = commit(repository.folder, "sub/ü.bin", "*.bin filter=trap")
    (repository.folder / ".gitattributes").write_text("*.bin filter=trap\n")
    out = tmp_path / "out"
    out.mkdir()
    asyncio.run(GitRevisions(repository.folder, {}).export(made, out))
    names = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert names == {"openapi.json", "app.py", "run.sh", "sub/ü.bin"}
    assert (out / "sub" / "ü.bin").read_text() == "*.bin filter=trap"
    assert os.access(out / "run.sh", os.X_OK)
    assert not os.access(out / "app.py", os.X_OK)
    assert not trap.exists()


def test_a_commit_that_is_not_there_cannot_be_written_out(repository: Repository, tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="no commit of this clone"):
        asyncio.run(GitRevisions(repository.folder, {}).export("d" * 40, tmp_path))


def files_at(folder: Path, revision: str, *paths: str) -> Mapping[str, bytes | None]:
    return asyncio.run(GitRevisions(folder, {}).files_at(revision, paths))


def test_several_files_of_a_commit_are_read_at_once_whatever_they_are_called(repository: Repository) -> None:
    texts = {"ü b.py": "1\n", "-x.py": "", "HEAD:a.py": "2", "a\tb.py": "3\n\n", "a\nb.py": "5"}
    for name, text in texts.items():
        (repository.folder / name).write_text(text)
    made = commit(repository.folder, "sub/a.py", "4")
    none = ("sub", "sub/", "none.py", "*.py", "../a.py", "sub/../app.py", "/etc/passwd", "", "a\0b")
    found = files_at(repository.folder, made, *texts, "sub/a.py", *none)
    assert found == {name: text.encode() for name, text in texts.items()} | {"sub/a.py": b"4"} | dict.fromkeys(none)
    assert {path: file_at(repository.folder, made, path) for path in none} == dict.fromkeys(none)
    with pytest.raises(CannotRun, match="no commit of this clone"):
        files_at(repository.folder, "d" * 40, "sub/a.py")


def test_many_files_and_long_names_are_read_like_a_few(repository: Repository) -> None:
    many = ["a" * 200_000, *(f"none/{number}/{'b' * 200}.py" for number in range(3_000))]
    assert files_at(repository.folder, repository.first, *many, "openapi.json") == {
        **dict.fromkeys(many),
        "openapi.json": b"1",
    }


def test_a_file_that_a_clone_leaves_out_cannot_be_read(repository: Repository, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git(repository.folder, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--filter=blob:none", f"file://{repository.folder}", str(clone))
    for read in (file_at, files_at):
        with pytest.raises(CannotRun, match=r"does not have what is in openapi\.json: without `filter`"):
            read(clone, "origin/main", "openapi.json")
    assert file_at(clone, "HEAD", "app.py") == b"change"


def test_to_read_files_takes_no_longer_than_it_may(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blobs, "_READING_SECONDS", 0)
    # No repository that is small enough for a test takes git that long.
    monkeypatch.setattr(blobs, "_size", lambda *_: time.sleep(0.2))
    with pytest.raises(CannotRun, match="it takes more than 0 s"):
        file_at(repository.folder, repository.first, "openapi.json")


def test_no_more_is_read_of_a_commit_than_there_is_room_for(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blobs, "_MOST_OF_A_FILE", 2**20)
    monkeypatch.setattr(blobs, "_MOST_AT_ONCE", 2**21)
    for number in range(3):
        made = commit(repository.folder, f"{number}.txt", "a" * 2**20)
    assert files_at(repository.folder, made, "0.txt", "1.txt")["1.txt"] == b"a" * 2**20
    with pytest.raises(CannotRun, match="the files have more than 2 MiB"):
        files_at(repository.folder, made, "0.txt", "1.txt", "2.txt")
    made = commit(repository.folder, "3.txt", "a" * (2**20 + 1))
    with pytest.raises(CannotRun, match=r"3\.txt has more than 1 MiB"):
        file_at(repository.folder, made, "3.txt")
    monkeypatch.setattr(revisions, "_MOST_OF_ALL", 2**20)
    with pytest.raises(CannotRun, match="the files have more than 1 MiB"):
        asyncio.run(GitRevisions(repository.folder, {}).export(made, tmp_path / "out"))

"""Small histories of git, each with the truth written beside it, line for line.

A truth names files by their paths and their lines of the change: `3` ran, `4!` did not, `(5)` was altered and cannot
run by itself, `+2!` is the statement that an altered line belongs to although its own line was not touched. In the
sources, a line did not run where it says `# no`.
"""

import functools
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

APP = "def add(a, b):\n    return a + b\n\n\ndef sub(a, b):\n    return a - b\n"
OTHER = "LIMIT = 10\n\n\ndef clip(value):\n    if value > LIMIT:\n        return LIMIT  # no\n    return value\n"
_IDENTITY = {
    **{f"GIT_{who}_{what}": "a@example.invalid" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    **{f"GIT_{who}_DATE": "2026-01-01T00:00:00Z" for who in ("AUTHOR", "COMMITTER")},
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
}


@dataclass
class Truth:
    """What a change did: `lines` of Python files, and how each file was changed.

    `files` are told by `A`, `M`, `D` or `R` and the path, with `?` behind it where the lines cannot be known.
    """

    lines: Mapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    unmeasured: tuple[str, ...] = ()


class History:
    """A repository that is being made, with a branch `work` that leaves `main` at its first commit."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment: dict[str, str] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def git(self, *words: str) -> str:
        done = subprocess.run(
            ["git", "-c", "protocol.file.allow=always", "-c", "advice.detachedHead=false", *words],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), **_IDENTITY},
            capture_output=True,
            check=True,
        )
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def begin(self, **files: str) -> None:
        shutil.copytree(_begun().name, self.folder, dirs_exist_ok=True)
        if files:
            self.write({name.replace("_py", ".py"): text for name, text in files.items()})
            self.git("add", "-A")
            self.git("commit", "-q", "--amend", "-m", "x")
            self.git("branch", "-f", "main")

    def write(self, files: Mapping[str, str | bytes]) -> None:
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape"))

    def alter(self, name: str, line: int, *texts: str) -> None:
        """Put `texts` in the place of a line."""
        lines = (self.folder / name).read_text("utf-8").split("\n")
        lines[line - 1 : line] = texts
        self.write({name: "\n".join(lines)})

    def insert(self, name: str, line: int, *texts: str) -> None:
        """Put `texts` before a line."""
        self.alter(name, line, *texts, (self.folder / name).read_text("utf-8").split("\n")[line - 1])

    def commit(self, files: Mapping[str, str | bytes] | None = None) -> str:
        self.write(files or {})
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "x")
        return self.git("rev-parse", "HEAD")

    def on_main(self, work: Callable[[], object]) -> str:
        """Do something on main, and come back."""
        self.git("switch", "-q", "main")
        work()
        commit = self.git("rev-parse", "HEAD")
        self.git("switch", "-q", "work")
        return commit

    def event(self, name: str, **payload: object) -> None:
        path = self.folder.parent / "event.json"
        path.write_text(json.dumps(payload))
        self.environment |= {"GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": str(path)}

    def as_pull_request(self, base: str = "main", head: str = "work", *options: str) -> str:
        """Check out what GitHub tests: the merge of `head` into `base`."""
        told = {"base": {"sha": self.git("rev-parse", base)}, "head": {"sha": self.git("rev-parse", head)}}
        self.git("checkout", "-q", "--detach", base)
        self.git("merge", "-q", "--no-ff", "-m", "merge", *options, head)
        self.event("pull_request", pull_request=told)
        return self.git("rev-parse", "HEAD")

    def clone(self, depth: int) -> None:
        """Go on in a shallow clone of what is checked out."""
        self.git("branch", "-f", "cloned")
        target = self.folder.parent / "clone"
        self.git("clone", "-q", "--depth", str(depth), "-b", "cloned", f"file://{self.folder}", str(target))
        self.folder = target


@functools.cache
def _begun() -> "tempfile.TemporaryDirectory[str]":
    """Make the begin of all histories once."""
    folder = tempfile.TemporaryDirectory(prefix="histories-")
    first = History(Path(folder.name))
    first.git("init", "-q", "-b", "main", "--template=")
    first.commit({"app.py": APP, "other.py": OTHER})
    first.git("switch", "-qc", "work")
    return folder


HISTORIES: dict[str, Callable[[History], Truth]] = {}


def history(make: Callable[[History], Truth]) -> Callable[[History], Truth]:
    HISTORIES[make.__name__] = make
    return make


@history
def a_line_is_altered(at: History) -> Truth:
    at.begin()
    at.alter("app.py", 2, "    return b + a")
    at.commit()
    return Truth({"app.py": "2"}, ("M app.py",))


@history
def lines_are_added_at_the_end(at: History) -> Truth:
    at.begin()
    at.commit({"app.py": APP + "\n\ndef mul(a, b):\n    c = a * b  # no\n    return c  # no\n"})
    return Truth({"app.py": "(7) (8) 9 10! 11!"}, ("M app.py",))


@history
def lines_are_added_at_the_begin(at: History) -> Truth:
    at.begin()
    at.commit({"app.py": "import os\n\n" + APP})
    return Truth({"app.py": "1 (2)"}, ("M app.py",))


@history
def lines_are_only_removed(at: History) -> Truth:
    at.begin()
    at.commit({"app.py": APP.partition("\n\n\n")[0] + "\n"})
    return Truth({"app.py": ""}, ("M app.py",))


@history
def one_line_goes_and_another_comes_elsewhere(at: History) -> Truth:
    at.begin()
    at.alter("other.py", 1)
    at.alter("other.py", 6, "    return min(value, 10)  # no")
    at.commit()
    return Truth({"other.py": "6!"}, ("M other.py",))


@history
def a_block_is_moved_within_a_file(at: History) -> Truth:
    at.begin()
    first, _, second = APP.partition("\n\n\n")
    at.commit({"app.py": f"{second}\n\n{first}\n"})
    return Truth({"app.py": "(3) (4) 5 6"}, ("M app.py",))


@history
def a_file_is_new(at: History) -> Truth:
    at.begin()
    at.commit({"pkg/new.py": '"""Words."""\n\nX = 1\nY = 2  # no\n'})
    return Truth({"pkg/new.py": "(1) (2) 3 4!"}, ("A pkg/new.py",))


@history
def a_new_file_is_empty(at: History) -> Truth:
    at.begin()
    at.commit({"pkg/__init__.py": ""})
    return Truth({"pkg/__init__.py": ""}, ("A pkg/__init__.py",))


@history
def a_new_file_is_imported_by_no_test(at: History) -> Truth:
    at.begin()
    at.commit({"worker.py": "import os\n\n\ndef run():\n    # why\n    return os.name\n"})
    return Truth({"worker.py": "1! (2) (3) 4! (5) 6!"}, ("A worker.py",), unmeasured=("worker.py",))


@history
def a_new_file_is_staged_only(at: History) -> Truth:
    at.begin()
    at.write({"new.py": "X = 1\n"})
    at.git("add", "new.py")
    return Truth({"new.py": "1"}, ("A new.py",))


@history
def a_new_file_is_untracked(at: History) -> Truth:
    at.begin()
    at.write({"new.py": "X = 1\nY = 2  # no\n", "empty.py": "", "deep/a b.py": "Z = 3\n"})
    return Truth({"new.py": "1 2!", "empty.py": "", "deep/a b.py": "1"}, ("A deep/a b.py", "A empty.py", "A new.py"))


@history
def a_new_file_is_only_meant_to_be_added(at: History) -> Truth:
    at.begin()
    at.write({"new.py": "X = 1\n"})
    at.git("add", "-N", "new.py")
    return Truth({"new.py": "1"}, ("A new.py",))


@history
def an_untracked_file_is_ignored(at: History) -> Truth:
    at.begin()
    at.commit({".gitignore": "build/\n"})
    at.write({"build/gone.py": "X = 1\n"})
    return Truth({}, ("A .gitignore",))


@history
def a_line_is_altered_and_not_committed(at: History) -> Truth:
    at.begin()
    at.alter("app.py", 6, "    return b - a  # no")
    return Truth({"app.py": "6!"}, ("M app.py",))


@history
def a_staged_line_is_altered_again(at: History) -> Truth:
    at.begin()
    at.alter("app.py", 2, "    return 0")
    at.git("add", "-A")
    at.insert("app.py", 1, "import os")
    return Truth({"app.py": "1 3"}, ("M app.py",))


@history
def a_file_is_forgotten_by_the_index_and_still_there(at: History) -> Truth:
    at.begin()
    at.git("rm", "-q", "--cached", "app.py")
    return Truth()


@history
def a_file_is_deleted(at: History) -> Truth:
    at.begin()
    at.git("rm", "-q", "other.py")
    at.commit()
    return Truth({}, ("D other.py",))


@history
def a_file_is_deleted_and_not_committed(at: History) -> Truth:
    at.begin()
    (at.folder / "other.py").unlink()
    return Truth({}, ("D other.py",))


@history
def a_file_is_renamed(at: History) -> Truth:
    at.begin()
    at.git("mv", "other.py", "limits.py")
    at.commit()
    return Truth({"limits.py": ""}, ("R limits.py",))


@history
def a_file_is_renamed_and_edited(at: History) -> Truth:
    at.begin()
    at.git("mv", "other.py", "limits.py")
    at.alter("limits.py", 7, "    return int(value)")
    at.commit()
    return Truth({"limits.py": "7"}, ("R limits.py",))


@history
def a_file_is_renamed_and_edited_and_git_does_not_know(at: History) -> Truth:
    at.begin()
    (at.folder / "pkg").mkdir()
    (at.folder / "other.py").rename(at.folder / "pkg" / "limits.py")
    at.insert("pkg/limits.py", 1, "import os  # no")
    return Truth({"pkg/limits.py": "1!"}, ("R pkg/limits.py",))


@history
def two_files_change_places(at: History) -> Truth:
    at.begin()
    at.commit({"app.py": OTHER, "other.py": APP})
    return Truth({"app.py": "1 4 5 6! 7", "other.py": "1 2 5 6"}, ("M app.py", "M other.py"))


@history
def a_file_is_copied_and_edited(at: History) -> Truth:
    at.begin()
    at.commit({"again.py": OTHER.replace("10", "20")})
    return Truth({"again.py": "1 (2) (3) 4 5 6! 7"}, ("A again.py",))


@history
def a_function_moves_to_another_file(at: History) -> Truth:
    at.begin()
    first, _, second = APP.partition("\n\n\n")
    at.commit({"app.py": f"{first}\n", "other.py": f"{OTHER}\n\n{second}"})
    return Truth({"app.py": "", "other.py": "(8) (9) 10 11"}, ("M app.py", "M other.py"))


@history
def a_change_is_reverted(at: History) -> Truth:
    at.begin()
    at.alter("app.py", 2, "    return 0")
    at.commit()
    at.git("revert", "--no-edit", "HEAD")
    return Truth()


@history
def a_revert_is_reverted(at: History) -> Truth:
    at.begin()
    at.alter("app.py", 2, "    return 0  # no")
    at.commit()
    at.git("revert", "--no-edit", "HEAD")
    at.git("revert", "--no-edit", "HEAD")
    return Truth({"app.py": "2!"}, ("M app.py",))


@history
def main_is_merged_into_the_branch(at: History) -> Truth:
    at.begin()
    at.alter("app.py", 6, "    return b - a")
    at.commit()
    at.on_main(lambda: at.commit({"app.py": "import os\n" + APP, "of_main.py": "X = 1\n"}))
    at.git("merge", "-q", "--no-edit", "main")
    return Truth({"app.py": "7"}, ("M app.py",))


@history
def a_pull_request_is_merged_into_a_main_that_has_moved_on(at: History) -> Truth:
    at.begin()
    at.alter("app.py", 6, "    return b - a  # no")
    at.commit()
    at.on_main(lambda: at.commit({"app.py": "import os\n\n" + APP, "of_main.py": "X = 1\n"}))
    at.as_pull_request()
    return Truth({"app.py": "8!"}, ("M app.py",))


@history
def a_merge_does_what_neither_side_did(at: History) -> Truth:
    at.begin()
    at.alter("app.py", 2, "    return 1")
    at.commit()
    at.on_main(lambda: (at.alter("app.py", 2, "    return 2"), at.commit()))
    told = {"base": {"sha": at.git("rev-parse", "main")}, "head": {"sha": at.git("rev-parse", "work")}}
    at.git("checkout", "-q", "--detach", "main")
    at.git("merge", "-q", "-s", "ours", "--no-commit", "work")
    at.alter("app.py", 2, "    return 3  # no")
    at.alter("other.py", 1, "LIMIT = 11")
    at.commit()
    at.event("pull_request", pull_request=told)
    return Truth({"app.py": "2!", "other.py": "1"}, ("M app.py", "M other.py"))


@history
def the_branch_of_a_pull_request_is_checked_out_by_itself(at: History) -> Truth:
    at.begin()
    at.alter("app.py", 2, "    return 1")
    head = at.commit()
    moved = at.on_main(lambda: at.commit({"other.py": "LIMIT = 3\n"}))
    at.event("pull_request", pull_request={"base": {"sha": moved}, "head": {"sha": head}})
    return Truth({"app.py": "2"}, ("M app.py",))


@history
def a_shallow_clone_of_two(at: History) -> Truth:
    at.begin()
    at.insert("app.py", 1, "import os", "import re  # no")
    at.commit()
    at.on_main(lambda: at.commit({"of_main.py": "X = 1\n"}))
    at.as_pull_request()
    at.clone(2)
    return Truth({"app.py": "1 2!"}, ("M app.py",))


@history
def a_fork_whose_main_lags_behind(at: History) -> Truth:
    at.begin()
    at.alter("app.py", 2, "    return 1")
    at.commit()
    upstream = History(at.folder.parent / "upstream")
    upstream.git("clone", "-q", "-b", "main", f"file://{at.folder}", ".")
    upstream.commit({"other.py": "LIMIT = 3\n"})
    at.git("remote", "add", "upstream", f"file://{upstream.folder}")
    at.git("fetch", "-q", "upstream")
    at.as_pull_request("upstream/main")
    return Truth({"app.py": "2"}, ("M app.py",))


@history
def a_push_to_main_of_two_commits(at: History) -> Truth:
    at.begin()
    at.git("switch", "-q", "main")
    before = at.git("rev-parse", "HEAD")
    at.alter("app.py", 2, "    return 1")
    at.commit()
    at.alter("app.py", 6, "    return 2  # no")
    after = at.commit()
    at.event("push", before=before, after=after)
    return Truth({"app.py": "2 6!"}, ("M app.py",))


@history
def a_forced_push(at: History) -> Truth:
    at.begin()
    at.alter("app.py", 2, "    return 1")
    before = at.commit()
    at.git("reset", "-q", "--hard", "main")
    at.alter("app.py", 6, "    return 2")
    after = at.commit()
    at.event("push", before=before, after=after)
    return Truth({"app.py": "2 6"}, ("M app.py",))


@history
def the_first_push_of_a_branch(at: History) -> Truth:
    at.begin()
    at.alter("app.py", 2, "    return 1")
    after = at.commit()
    at.event("push", before="0" * 40, after=after)
    return Truth({"app.py": "2"}, ("M app.py",))


@history
def a_merge_group_of_two_pull_requests(at: History) -> Truth:
    at.begin()
    base = at.git("rev-parse", "main")
    at.git("switch", "-q", "main")
    at.alter("app.py", 2, "    return 1")
    at.commit()
    at.alter("other.py", 1, "LIMIT = 7  # no")
    head = at.commit()
    at.event("merge_group", merge_group={"base_sha": base, "head_sha": head})
    return Truth({"app.py": "2", "other.py": "1!"}, ("M app.py", "M other.py"))


@history
def a_stacked_branch(at: History) -> Truth:
    at.begin()
    at.alter("app.py", 2, "    return 1")
    at.commit()
    at.git("switch", "-qc", "stacked")
    at.alter("app.py", 6, "    return 2")
    at.commit()
    at.as_pull_request("work", "stacked")
    return Truth({"app.py": "6"}, ("M app.py",))


@history
def two_branches_that_were_merged_into_each_other(at: History) -> Truth:
    at.begin()
    at.alter("app.py", 2, "    return 1")
    work = at.commit()
    main = at.on_main(lambda: (at.alter("app.py", 6, "    return 2"), at.commit()))
    at.git("merge", "-q", "--no-edit", main)
    at.on_main(lambda: at.git("merge", "-q", "--no-ff", "--no-edit", work))
    at.alter("other.py", 1, "LIMIT = 7")
    at.commit()
    at.as_pull_request()
    return Truth({"other.py": "1"}, ("M other.py",))


@history
def an_octopus(at: History) -> Truth:
    at.begin()
    for name, line in (("one", 2), ("two", 6)):
        at.git("switch", "-qc", name, "main")
        at.commit({f"{name}.py": "X = 1\n" * line})
    at.git("switch", "-q", "work")
    at.alter("app.py", 2, "    return 1")
    at.commit()
    at.git("merge", "-q", "--no-edit", "one", "two")
    return Truth({"app.py": "2", "one.py": "1 2", "two.py": "1 2 3 4 5 6"}, ("M app.py", "A one.py", "A two.py"))


@history
def a_rebase(at: History) -> Truth:
    at.begin()
    at.alter("app.py", 6, "    return 2")
    at.commit()
    at.on_main(lambda: at.commit({"app.py": "import os\n" + APP}))
    at.git("rebase", "-q", "main")
    return Truth({"app.py": "7"}, ("M app.py",))


@history
def an_amended_commit(at: History) -> Truth:
    at.begin()
    at.alter("app.py", 6, "    return 2")
    at.commit()
    at.alter("app.py", 6, "    return a - b")
    at.alter("app.py", 2, "    return 1")
    at.git("commit", "-qa", "--amend", "--no-edit")
    return Truth({"app.py": "2"}, ("M app.py",))


@history
def an_empty_change(at: History) -> Truth:
    at.begin()
    at.commit()
    return Truth()


@history
def a_commit_that_no_branch_has(at: History) -> Truth:
    at.begin()
    at.git("checkout", "-q", "--detach")
    at.alter("app.py", 2, "    return 1")
    at.commit()
    return Truth({"app.py": "2"}, ("M app.py",))


@history
def a_second_working_tree(at: History) -> Truth:
    at.begin()
    tree = at.folder.parent / "tree"
    at.git("worktree", "add", "-q", "-b", "second", str(tree), "main")
    at.folder = tree
    at.alter("app.py", 2, "    return 1")
    at.write({"new.py": "X = 1\n"})
    return Truth({"app.py": "2", "new.py": "1"}, ("M app.py", "A new.py"))


@history
def all_line_endings_are_altered_and_one_line_besides(at: History) -> Truth:
    at.begin()
    at.commit(
        {
            "app.py": APP.replace("return a - b", "return 2").replace("\n", "\r\n"),
            "other.py": OTHER.replace("\n", "\r\n"),
        }
    )
    return Truth({"app.py": "6", "other.py": ""}, ("M app.py", "M other.py"))


@history
def a_file_with_crlf_gets_a_line(at: History) -> Truth:
    at.begin(dos_py=APP.replace("\n", "\r\n"))
    at.commit({"dos.py": "import os\r\n" + APP.replace("\n", "\r\n")})
    return Truth({"dos.py": "1"}, ("M dos.py",))


@history
def git_would_convert_line_endings(at: History) -> Truth:
    at.begin()
    at.git("config", "core.autocrlf", "true")
    at.write({"app.py": APP.replace("return a - b", "return 2  # no").replace("\n", "\r\n")})
    return Truth({"app.py": "6!"}, ("M app.py",))


@history
def a_file_without_a_newline_at_its_end_gets_a_line(at: History) -> Truth:
    at.begin(bare_py="A = 1\nB = 2")
    at.commit({"bare.py": "A = 1\nB = 2\nC = 3"})
    return Truth({"bare.py": "3"}, ("M bare.py",))


@history
def a_file_loses_the_newline_at_its_end(at: History) -> Truth:
    at.begin()
    at.commit({"app.py": APP.rstrip("\n")})
    return Truth({"app.py": ""}, ("M app.py",))


@history
def paths_are_unicode_and_quoted(at: History) -> Truth:
    at.begin()
    names = [
        "größe.py",
        'a "quoted" one.py',
        "tab\tand\nnewline.py",
        "back\\slash.py",
        "x -> y.py",
        "日本/語.py",
        " both .py",
    ]
    at.commit(dict.fromkeys(names[:4], "X = 1\n"))
    at.write(dict.fromkeys(names[4:], "X = 1\n"))
    return Truth(dict.fromkeys(names, "1"), tuple(f"A {name}" for name in names))


@history
def a_quoted_path_is_renamed(at: History) -> Truth:
    at.begin()
    at.git("switch", "-q", "main")
    at.commit({'old "ä"\t.py': OTHER})
    at.git("switch", "-qC", "work")
    at.git("mv", 'old "ä"\t.py', "b/new\n.py") if (at.folder / "b").mkdir() is None else None
    at.alter("b/new\n.py", 1, "LIMIT = 5")
    at.commit()
    return Truth({"b/new\n.py": "1"}, ("R b/new\n.py",))


@history
def a_path_is_not_utf_8(at: History) -> Truth:
    at.begin()
    name = os.fsdecode(b"caf\xe9.py")
    at.commit({name: "X = 1\n"})
    return Truth({name: "1"}, (f"A {name}",))


@history
def what_a_line_says_looks_like_a_diff(at: History) -> Truth:
    at.begin()
    lines = [
        "X = '''",
        "++ b/other.py",
        "-- a/other.py",
        "@@ -1 +1 @@",
        "diff --git a/other.py b/other.py",
        "'''",
        "Y = 1",
    ]
    at.commit({"app.py": "\n".join(lines) + "\n"})
    return Truth({"app.py": "1 (2) (3) (4) (5) (6) 7"}, ("M app.py",))


@history
def binary_files(at: History) -> Truth:
    at.begin()
    at.git("switch", "-q", "main")
    at.commit({"logo.png": b"\x89PNG\0\1", "data.py": b"X\0Y"})
    at.git("switch", "-qC", "work")
    at.commit({"logo.png": b"\x89PNG\0\2", "data.py": b"X\0Z", "more.bin": b"\0"})
    return Truth({"data.py": ""}, ("M data.py", "M logo.png", "A more.bin"))


@history
def a_submodule(at: History) -> Truth:
    at.begin()
    inner = History(at.folder.parent / "inner")
    inner.git("init", "-q", "-b", "main")
    inner.commit({"lib.py": "X = 1\n"})
    at.git("submodule", "--quiet", "add", f"file://{inner.folder}", "vendored")
    at.commit()
    at.write({"vendored/lib.py": "X = 2\n"})
    return Truth({}, ("A .gitmodules", "A vendored"))


@history
def links(at: History) -> Truth:
    at.begin()
    at.git("switch", "-q", "main")
    (at.folder / "was_link.py").symlink_to("app.py")
    at.commit({"was_file.py": "X = 1\n"})
    at.git("switch", "-qC", "work")
    (at.folder / "was_link.py").unlink()
    (at.folder / "was_file.py").unlink()
    at.write({"was_link.py": "X = 1\n"})
    (at.folder / "was_file.py").symlink_to("app.py")
    (at.folder / "new.py").symlink_to("other.py")
    at.commit()
    (at.folder / "untracked.py").symlink_to("other.py")
    return Truth(
        {"was_link.py": "1", "was_file.py": "", "new.py": "", "untracked.py": ""},
        ("A new.py", "A untracked.py", "M was_file.py", "M was_link.py"),
    )


@history
def a_file_becomes_a_folder(at: History) -> Truth:
    at.begin(pkg_py="X = 1\n")
    at.git("mv", "pkg.py", "moved")
    at.git("rm", "-qf", "moved")
    at.commit({"pkg.py/inner.py": "Y = 2\nZ = 3\n"})
    return Truth({"pkg.py/inner.py": "1 2"}, ("D pkg.py", "A pkg.py/inner.py"))


@history
def a_file_becomes_a_folder_and_git_does_not_know(at: History) -> Truth:
    at.begin()
    (at.folder / "other.py").unlink()
    at.write({"other.py/inner.py": "Y = 2\nZ = 3\n"})
    return Truth({"other.py/inner.py": "1 2"}, ("D other.py", "A other.py/inner.py"))


@history
def a_folder_becomes_a_file(at: History) -> Truth:
    at.begin()
    at.git("switch", "-q", "main")
    at.commit({"pkg/__init__.py": "Y = 2\nX = 5\n"})
    at.git("switch", "-qC", "work")
    at.git("rm", "-q", "pkg/__init__.py")
    at.commit({"pkg": "nothing\n"})
    return Truth({}, ("A pkg", "D pkg/__init__.py"))


@history
def only_a_mode_is_altered(at: History) -> Truth:
    at.begin()
    at.git("update-index", "--chmod=+x", "app.py")
    at.git("commit", "-qm", "x")
    return Truth({"app.py": ""}, ("M app.py",))


@history
def a_continuation_of_a_statement_is_altered(at: History) -> Truth:
    text = "TOTAL = sum(\n    (\n        1,\n        2,\n    ),\n)\nNAME = [\n    1,  # one\n    2,\n]\n"
    at.begin(long_py=text)
    at.alter("long.py", 3, "        10,")
    at.alter("long.py", 4, "        20,")
    at.alter("long.py", 8, "    1,  # another")
    at.commit()
    return Truth({"long.py": "+1 (3) (4) +7 (8)"}, ("M long.py",))


@history
def a_continuation_that_did_not_run(at: History) -> Truth:
    at.begin(long_py="def total(a):\n    return sum(  # no\n        [a, 1],\n    )\n")
    at.alter("long.py", 3, "        [a, 2],", "        # why", "        0,")
    at.commit()
    return Truth({"long.py": "+2! (3) (4) (5)"}, ("M long.py",))


@history
def comments_and_docstrings(at: History) -> Truth:
    text = 'def f():\n    """One.\n\n    Two.\n    """\n    return g(\n        # a comment\n        1\n    )\n'
    at.begin(said_py=text)
    at.alter("said.py", 4, "    Three.")
    at.alter("said.py", 7, "        # another comment")
    at.insert("said.py", 1, "# first")
    at.commit()
    return Truth({"said.py": "(1) (5) (8)"}, ("M said.py",))


@history
def decorators_and_headers(at: History) -> Truth:
    at.begin(head_py="import functools\n\n\n@functools.cache\ndef f(\n    a,\n    b=1,\n):\n    return a\n")
    at.alter("head.py", 4, "@functools.lru_cache")
    at.alter("head.py", 7, "    b=2,")
    at.commit()
    return Truth({"head.py": "4 +5 (7)"}, ("M head.py",))


@history
def lines_that_the_project_leaves_out(at: History) -> Truth:
    at.begin()
    at.commit({"app.py": APP + "\n\ndef debug():  # pragma: no cover\n    return 1\n"})
    return Truth({"app.py": "(7) (8) (9) (10)"}, ("M app.py",))


@history
def tests_and_what_is_no_python(at: History) -> Truth:
    at.begin()
    at.commit({"tests/test_app.py": "def test_a():\n    pass\n", "README.md": "a\n", "app.pyi": "x: int\n"})
    return Truth({}, ("A README.md", "A app.pyi", "A tests/test_app.py"))


@history
def the_checkout_configures_how_a_diff_looks(at: History) -> Truth:
    at.begin()
    touched = at.folder.parent / "touched"
    for name, value in {
        "diff.noprefix": "true",
        "diff.mnemonicPrefix": "true",
        "diff.renames": "false",
        "diff.algorithm": "patience",
        "diff.interHunkContext": "5",
        "diff.context": "3",
        "diff.orderFile": "order",
        "diff.relative": "true",
        "diff.suppressBlankEmpty": "true",
        "core.quotePath": "false",
        "color.ui": "always",
        "diff.submodule": "log",
        "diff.external": f"touch {touched}",
        "diff.x.textconv": f"touch {touched}",
        "diff.x.command": f"touch {touched}",
        "filter.x.clean": f"touch {touched}; cat",
        "filter.x.process": f"touch {touched}",
        "core.fsmonitor": f"touch {touched}; true",
        "core.hooksPath": str(at.folder),
        "diff.colorMoved": "zebra",
        "core.pager": f"touch {touched}",
        "diff.ignoreSubmodules": "none",
        "diff.wordRegex": ".",
    }.items():
        at.git("config", name, value)
    hiding = "*.py -diff filter=x -text ident\nnew.py working-tree-encoding=UTF-16LE\nlimits.py diff=x\n"
    at.write({".gitattributes": hiding, "order": "*.md\n"})
    at.alter("app.py", 2, "    return 1")
    # In another encoding it would be a single line.
    at.write({"new.py": "X = 1\nY = 2\n"})
    (at.folder / "other.py").rename(at.folder / "limits.py")
    assert not touched.exists()
    at.environment["_UNTOUCHED"] = str(touched)
    files = ("A .gitattributes", "M app.py", "R limits.py", "A new.py", "A order")
    return Truth({"app.py": "2", "limits.py": "", "new.py": "1 2"}, files)


@history
def a_conflict_is_not_resolved(at: History) -> Truth:
    at.begin()
    at.commit({"notes.txt": "ours\n"})
    at.on_main(lambda: at.commit({"notes.txt": "theirs\n"}))
    try:
        at.git("merge", "-q", "main")
    except subprocess.CalledProcessError:
        # What lies there now has the marks of the conflict.
        return Truth({"notes.txt": "(1) (2) (3) (4) (5)"}, ("A notes.txt",))
    raise AssertionError


@history
def a_split_index(at: History) -> Truth:
    at.begin()
    at.git("update-index", "--split-index")
    at.alter("app.py", 2, "    return 1")
    at.git("add", "-A")
    at.write({"new.py": "X = 1\n"})
    return Truth({"app.py": "2", "new.py": "1"}, ("M app.py", "A new.py"))


@history
def a_sparse_checkout(at: History) -> Truth:
    at.begin()
    at.git("switch", "-q", "main")
    at.commit({"far/away.py": "X = 1\n", "near/by.py": "Y = 1\n"})
    at.git("switch", "-qC", "work")
    at.git("sparse-checkout", "set", "near")
    at.alter("near/by.py", 1, "Y = 2")
    return Truth({"near/by.py": "1"}, ("M near/by.py",))


@history
def a_repository_with_longer_names_of_commits(at: History) -> Truth:
    at.git("init", "-q", "-b", "main", "--object-format=sha256")
    at.commit({"app.py": APP})
    at.git("switch", "-qc", "work")
    at.alter("app.py", 2, "    return 1")
    at.write({"new.py": "X = 1\n"})
    return Truth({"app.py": "2", "new.py": "1"}, ("M app.py", "A new.py"))

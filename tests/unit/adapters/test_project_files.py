import subprocess
from pathlib import Path

import pytest

from gate.adapters.project_files import head_commit, persisted_credentials, read_project


def git(folder: Path, *words: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.invalid")
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    for name in ("svc/app.py", "svc/ignored/x.py", "svc/new ü\n.py", "other/b.py", ".gitignore"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("ignored/\n" if name == ".gitignore" else "")
    git(tmp_path, "add", "svc/app.py", ".gitignore")
    git(tmp_path, "commit", "-qm", "first")
    return tmp_path


def test_a_service_in_a_subfolder_of_a_repository(repository: Path) -> None:
    project = read_project(repository / "svc")
    assert project.root == repository.resolve()
    assert project.place == "svc"
    assert project.files == ("app.py", "new ü\n.py")


def test_a_file_that_is_deleted_but_not_committed_is_not_listed(repository: Path) -> None:
    (repository / "svc" / "app.py").unlink()
    assert "app.py" not in read_project(repository / "svc").files


def test_without_git_everything_is_listed_but_environments(tmp_path: Path) -> None:
    for name in ("a.py", ".venv/lib/b.py", "pkg/__pycache__/c.pyc", "pkg/d.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    project = read_project(tmp_path)
    assert (project.root, project.place, project.files) == (tmp_path.resolve(), ".", ("a.py", "pkg/d.py"))


def test_a_repository_that_git_cannot_read_is_walked(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "a.py").touch()
    assert "a.py" in read_project(tmp_path).files
    assert head_commit(tmp_path) == ""


def test_the_checkouts_own_configuration_starts_no_program(repository: Path, tmp_path: Path) -> None:
    trap = tmp_path / "sprung"
    git(repository, "config", "core.fsmonitor", f"touch {trap}; false")
    read_project(repository)
    assert not trap.exists()


def test_files_of_the_change_that_look_like_a_repository_hide_nothing(repository: Path) -> None:
    service = repository / "service"
    made = {"HEAD": "ref: refs/heads/none\n", "refs/x": "", "objects/x": "", "info/exclude": "*\n"}
    made["config"] = "[core]\n\trepositoryFormatVersion = 0\n\tbare = false\n\tworktree = .\n"
    for name, text in {**made, "tests/test_hidden.py": "def test_a(): assert 0\n"}.items():
        (service / name).parent.mkdir(parents=True, exist_ok=True)
        (service / name).write_text(text)
    assert "tests/test_hidden.py" in read_project(service).files


def test_the_head_commit(repository: Path) -> None:
    assert len(head_commit(repository)) == 40


@pytest.mark.parametrize(
    ("config", "warned"),
    [
        ('[http "https://github.com/"]\n\textraheader = AUTHORIZATION: basic x\n', True),
        ('[includeIf "gitdir:/w/.git"]\n\tpath = /tmp/git-credentials-1.config\n', True),
        ("[core]\n\tbare = false\n", False),
    ],
)
def test_a_checkout_that_holds_the_token_is_told(tmp_path: Path, config: str, warned: bool) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text(config)
    assert bool(persisted_credentials(tmp_path)) is warned


def test_no_repository_holds_no_token(tmp_path: Path) -> None:
    assert persisted_credentials(tmp_path) == ""

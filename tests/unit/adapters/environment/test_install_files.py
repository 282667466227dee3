from pathlib import Path

from gate.adapters.environment.install_files import read_install_files
from gate.domain.project import Project


def project(root: Path, place: str = ".") -> Project:
    return Project(root=root, folder=root / place, files=())


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def test_the_files_that_tell_how_to_install_are_read_by_their_place_in_the_repository(tmp_path: Path) -> None:
    wanted = {
        "pyproject.toml": "[tool.uv.workspace]",
        "uv.lock": "version = 1",
        ".python-version": "3.12",
        "services/api/pyproject.toml": "[project]",
        "services/api/setup.cfg": "",
        "services/api/requirements-dev.txt": "pytest",
        "services/api/requirements/test.txt": "é",
    }
    others = {"services/api/docs/x.txt": "", "services/web/requirements.txt": "", ".github/dependabot.yml": ""}
    more = {"services/setup.py": "above", "services/api/tox.ini": "[tox]", ".github/workflows/ci.yml": "on: push"}
    more |= {"services/api/src/setup.py": "setup()", "services/api/Dockerfile": "FROM python:3.12", "runtime.txt": "x"}
    modules = {"services/api/main.py": "not read", "services/api/src/demo/__init__.py": "", "services/api/app/x.py": ""}
    write(tmp_path, wanted | more | others | modules)

    names = ("main.py", "src/", "src/demo/", "app/")
    assert read_install_files(project(tmp_path, "services/api")) == wanted | more | {
        f"services/api/{name}": "" for name in names
    }


def test_included_files_are_followed_but_not_out_of_the_repository(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    wanted = {
        "api/requirements.txt": "-r ../deps/base.txt # all\n--constraint=../limits.txt\n-r /etc/passwd\n-r missing.txt",
        "deps/base.txt": "-r ../api/requirements.txt\n-r ../../outside.txt\n  -c more.in\nsix",
        "deps/more.in": "-r \0bad/\0",
        "limits.txt": "six<2",
    }
    write(root, wanted)
    (tmp_path / "outside.txt").write_text("secret")

    assert read_install_files(project(root, "api")) == wanted


def test_a_link_out_of_the_repository_a_folder_and_a_huge_file_are_left_out(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    (root / "requirements.txt").mkdir(parents=True)
    (tmp_path / "outside").write_text("secret")
    (root / "requirements-dev.txt").symlink_to("../outside")
    (root / "setup.py").symlink_to("setup.py")
    with (root / "uv.lock").open("wb") as stream:
        stream.truncate(64 * 1024 * 1024)

    assert read_install_files(project(root)) == {}


def test_files_that_a_command_installs_are_read_wherever_they_lie(tmp_path: Path) -> None:
    wanted = {
        "api/tox.ini": "[testenv]\ndeps =\n    -r{toxinidir}/tests/requirements.txt\n    -r{toxinidir}/../../outside.txt\n",
        "api/noxfile.py": 'session.install("-r", "ci/for_tests.txt")',
        ".github/workflows/ci.yml": "- run: pip install -r api/test/deps.txt -r missing/x.txt",
        "api/tests/requirements.txt": "sybil",
        "api/ci/for_tests.txt": "pytest",
        "api/test/deps.txt": "six",
    }
    write(tmp_path / "repository", wanted)
    (tmp_path / "outside.txt").write_text("secret")

    assert read_install_files(project(tmp_path / "repository", "api")) == wanted

import pytest

from gate.formats.describing_files import told_by

_PROJECT = '[project]\nname = "demo"\nversion = "1"\n'


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (
            {"setup.py": "setup()", "requirements.txt": "", "requirements-dev.txt": ""},
            "requirements.txt, requirements-dev.txt",
        ),
        ({"pyproject.toml": _PROJECT, "uv.lock": "", "requirements.txt": ""}, "uv.lock"),
        ({"Pipfile": "", "Pipfile.lock": ""}, "Pipfile.lock"),
        ({"Pipfile": "", "setup.py": ""}, "Pipfile"),
        ({"setup.py": "", "tox.ini": ""}, "setup.py"),
        ({"pyproject.toml": "[tool.black]\n"}, ""),
        ({}, ""),
    ],
)
def test_the_files_that_the_environment_is_made_from_are_named(files: dict[str, str], told: str) -> None:
    assert told_by(files) == told


def test_files_above_the_project_are_named_by_their_place_in_the_repository() -> None:
    root = {"uv.lock": "", "pyproject.toml": '[tool.uv.workspace]\nmembers = ["api"]\n', "api/pyproject.toml": _PROJECT}

    assert told_by(root, "api") == "uv.lock"
    assert (
        told_by({"backend/requirements.txt": "", "backend/api/x.py": ""}, "backend/api") == "backend/requirements.txt"
    )
    assert told_by({"api/requirements.txt": ""}, "api") == "requirements.txt"

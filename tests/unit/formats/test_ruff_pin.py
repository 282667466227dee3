import pytest

from gate.formats.ruff_pin import RuffPin, find_ruff_pin

_SHA = "5b0bd2e3c0d1bd8bd8b7bbde2cc5e1f0a4c4c0d4"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".pre-commit-config.yaml", "repos:\n- repo: https://github.com/astral-sh/ruff-pre-commit\n  rev: v0.4.1\n"),
        (
            ".pre-commit-config.yaml",
            "- repo: 'https://github.com/a/ruff-pre-commit.git'  # x\n\n  # y\n  rev: '0.4.1'\n",
        ),
        (".pre-commit-config.yaml", f"- repo: https://h/ruff-pre-commit\n  rev: {_SHA}  # frozen: v0.4.1\n"),
        (".pre-commit-config.yaml", f"- repo: https://h/ruff-pre-commit.git\n  rev: '{_SHA}' # v0.4.1\n"),
        ("requirements/lint.txt", "black==1.2.3\nruff == 0.4.1 --hash=sha256:00\n"),
        ("pyproject.toml", '[dependency-groups]\nlint = ["ruff==0.4.1"]\n'),
        ("pyproject.toml", '[tool.uv]\ndev-dependencies = ["ruff==0.4.1"]\n'),
        ("pyproject.toml", '[tool.poetry.group.dev.dependencies]\nruff = "0.4.1"\n'),
        ("pyproject.toml", '[tool.ruff]\nrequired-version = "==0.4.1"\n'),
        ("ruff.toml", 'required-version = "0.4.1"\n'),
        ("tox.ini", "[testenv:lint]\ndeps =\n    ruff==0.4.1\n"),
        ("Pipfile.lock", '{"develop": {"ruff": {"hashes": ["sha256:1"], "index": "pypi", "version": "==0.4.1"}}}'),
        ("poetry.lock", '[[package]]\nname = "ruff"\nversion = "0.4.1"\n'),
    ],
)
def test_a_pin_of_ruff_is_found_wherever_projects_write_it(path: str, text: str) -> None:
    assert find_ruff_pin({path: text}) == RuffPin(version="0.4.1")


def test_the_lock_at_the_root_of_the_workspace_holds_before_pre_commit() -> None:
    files = {
        "uv.lock": '[[package]]\nname = "ruff"\nversion = "0.4.1"\n',
        "pyproject.toml": '[tool.uv.workspace]\nmembers = ["backend"]\n',
        "backend/pyproject.toml": '[project]\nname = "backend"\nversion = "1"\n',
        ".pre-commit-config.yaml": "- repo: https://h/ruff-pre-commit\n  rev: v0.3.0\n",
    }
    assert find_ruff_pin(files, "backend") == RuffPin(version="0.4.1")
    assert find_ruff_pin({**files, "uv.lock": ""}, "backend") == RuffPin(version="0.3.0")


def test_what_installed_requirements_pin_holds_before_pre_commit_and_what_others_pin_behind_it() -> None:
    files = {
        ".pre-commit-config.yaml": "- repo: https://h/ruff-pre-commit\n  rev: v0.3.0\n",
        "requirements.txt": "-r requirements/production.txt\n",
        "requirements/local.txt": "-r ./base.txt\n-r local.txt\n",
        "requirements/base.txt": "ruff==0.4.1\n",
        "requirements/lint.txt": "ruff==0.5.0\n",
    }

    assert find_ruff_pin(files) == RuffPin(version="0.4.1")
    assert find_ruff_pin({**files, "requirements/base.txt": ""}) == RuffPin(version="0.3.0")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ruff>=0.4.1\n",
        "ruff==0.4.*\n",
        "ruff-lsp==0.4.1\n",
        "types-ruff==0.4.1\n",
        "# ruff==0.4.1\n",
        "ruff==0.4.1.2\n",
    ],
)
def test_what_is_no_exact_version_of_ruff_is_no_pin(text: str) -> None:
    assert find_ruff_pin({"requirements-dev.txt": text}) == RuffPin()


def test_a_range_that_the_configuration_requires_is_told() -> None:
    files = {"pyproject.toml": '[tool.ruff]\nrequired-version = ">=0.5,<0.6"\n[tool.uv]\nrequired-version = ">=0.4"\n'}
    assert find_ruff_pin(files) == RuffPin(required=">=0.5,<0.6")


@pytest.mark.parametrize("text", ["[", "ruff = 1\n", "[tool.ruff]\nrequired-version = [1]\n", '[tool]\nruff = "x"\n'])
def test_a_manifest_that_is_not_as_it_should_be_pins_nothing(text: str) -> None:
    assert find_ruff_pin({"pyproject.toml": text, "uv.lock": "["}) == RuffPin()


def test_long_files_are_read_in_a_moment() -> None:
    text = "ruff-pre-commit\n" + " \n" * 200_000 + "ruff" * 100_000 + "ruff " * 100_000
    assert (
        find_ruff_pin({".pre-commit-config.yaml": text, "requirements.txt": text, "pyproject.toml": "a"}) == RuffPin()
    )

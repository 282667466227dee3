import pytest

from gate.formats.pretended_version import pretended_version


@pytest.mark.parametrize(
    ("files", "variable"),
    [
        (
            {"pyproject.toml": '[build-system]\nrequires = ["setuptools_scm[toml]>=8"]\n[project]\nname = "my-demo.x"'},
            "SETUPTOOLS_SCM_PRETEND_VERSION_FOR_MY_DEMO_X",
        ),
        (
            {"pyproject.toml": '[build-system]\nrequires = ["hatchling", "hatch-vcs"]\n[project]\nname = "x"'},
            "SETUPTOOLS_SCM_PRETEND_VERSION",
        ),
        ({"setup.py": "setup(use_scm_version=True)"}, "SETUPTOOLS_SCM_PRETEND_VERSION"),
        ({"setup.py": "setup(setup_requires=['pbr'], pbr=True)"}, "PBR_VERSION"),
        ({"pyproject.toml": "[tool.pdm.version]\nsource = 'scm'"}, "PDM_BUILD_SCM_VERSION"),
        (
            {"pyproject.toml": '[build-system]\nrequires = ["poetry-core", "poetry-dynamic-versioning"]'},
            "POETRY_DYNAMIC_VERSIONING_BYPASS",
        ),
    ],
)
def test_a_version_from_git_can_be_pretended(files: dict[str, str], variable: str) -> None:
    assert pretended_version(files)[variable] == "999.0.0"
    assert pretended_version({f"api/{path}": text for path, text in files.items()}, "api")[variable] == "999.0.0"


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"pyproject.toml": '[project]\nname = "x"\ndependencies = ["pbr"]'},
        {"setup.py": "setup()"},
        {"pyproject.toml": "= 1"},
    ],
)
def test_a_version_of_its_own_is_left_alone(files: dict[str, str]) -> None:
    assert pretended_version(files) == {}

import pytest

from gate.formats import UnreadableError
from gate.formats.install_plan import InstallPlan, WantedPython, plan_installation, wanted_python

PROJECT = '[project]\nname = "demo"\nversion = "1"\n'
BUILT = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
TOOLS_ONLY = '[tool.ruff]\nline-length = 100\n[tool.pytest.ini_options]\naddopts = "-q"\n'
WORKSPACE = PROJECT + '[tool.uv.workspace]\nmembers = ["services/*", "shared"]\nexclude = ["services/old"]\n'


def commands(files: dict[str, str], project: str = ".") -> list[str]:
    return [" ".join(arguments) for arguments in plan_installation(files, project).uv]


@pytest.mark.parametrize(
    ("pyproject", "wanted", "origin"),
    [
        (PROJECT, "sync --frozen", "uv.lock"),
        (PROJECT + "[dependency-groups]\ndev = []\nlint = []", "sync --frozen --group dev", "uv.lock, group dev"),
        (
            PROJECT
            + "[dependency-groups]\nCI = []\nTest = []\n[project.optional-dependencies]\nTESTING = []\nredis = []",
            "sync --frozen --group test --group ci --extra testing",
            "uv.lock, groups test and ci, extra testing",
        ),
        (PROJECT + "[tool.uv]\ndev-dependencies = ['pytest']", "sync --frozen --group dev", "uv.lock, group dev"),
        (WORKSPACE, "sync --frozen --all-packages", "uv.lock"),
        (TOOLS_ONLY, "sync --frozen", "uv.lock"),
    ],
)
def test_a_lock_is_followed_with_what_tests_need(pyproject: str, wanted: str, origin: str) -> None:
    files = {"pyproject.toml": pyproject, "uv.lock": "version = 1", "requirements.txt": "six"}

    assert plan_installation(files) == InstallPlan(origin=origin, uv=(tuple(wanted.split()),))


def test_a_member_of_a_workspace_has_its_lock_above() -> None:
    member = PROJECT + "[dependency-groups]\ntest = []"
    files = {"pyproject.toml": WORKSPACE, "uv.lock": "", "services/api/pyproject.toml": member}

    plan = plan_installation(files, "services/api")

    assert plan == InstallPlan(origin="uv.lock, group test", uv=(("sync", "--frozen", "--group", "test"),))
    below = {f"backend/{path}": text for path, text in files.items()}
    assert plan_installation(below, "backend/services/api").origin == "backend/uv.lock, group test"


@pytest.mark.parametrize("place", ["services/old", "tools", "services/api/deeper", "shared/x"])
def test_a_lock_above_does_not_hold_for_what_is_no_member(place: str) -> None:
    files = {"pyproject.toml": WORKSPACE, "uv.lock": "", f"{place}/pyproject.toml": PROJECT}

    assert commands(files, place) == ["pip install -r pyproject.toml"]


def test_a_lock_above_without_a_workspace_is_of_another_project() -> None:
    files = {"pyproject.toml": PROJECT, "uv.lock": "", "api/pyproject.toml": PROJECT, "api/requirements.txt": "six"}

    assert commands(files, "api") == ["pip install -r requirements.txt"]


def test_a_lock_without_a_pyproject_is_nobodys() -> None:
    assert commands({"uv.lock": "", "requirements.txt": "six"}) == ["pip install -r requirements.txt"]


@pytest.mark.parametrize(
    "name",
    [
        "requirements-dev.txt",
        "requirements_dev.txt",
        "requirements.dev.txt",
        "Requirements-Test.txt",
        "requirements-ci.txt",
        "dev-requirements.txt",
        "test_requirements.txt",
        "requirements/dev.txt",
        "requirements/tests.txt",
        "requirements/testing.txt",
        "requirements/requirements-dev.txt",
    ],
)
def test_requirements_for_tests_are_known_by_their_usual_names(name: str) -> None:
    plan = plan_installation({"requirements.txt": "six", name: "pytest", "setup.cfg": "[flake8]\n"})

    assert plan.uv == (("pip", "install", "-r", "requirements.txt", "-r", name),)
    assert plan.origin == f"requirements.txt, {name}"


@pytest.mark.parametrize(
    "name",
    [
        "requirements-docs.txt",
        "requirements-dev.in",
        "requirements-dev-docs.txt",
        "dev.txt",
        "requirements/docs.txt",
        "requirements/x/dev.txt",
        "other/requirements-dev.txt",
    ],
)
def test_other_files_of_requirements_are_left_out(name: str) -> None:
    assert commands({"requirements.txt": "six", name: "sphinx"}) == ["pip install -r requirements.txt"]


def test_requirements_lie_in_the_projects_folder() -> None:
    files = {
        "requirements.txt": "above",
        "api/requirements/base.txt": "six",
        "api/requirements/test.txt": "-r base.txt",
    }

    assert commands(files, "api") == ["pip install -r requirements/base.txt -r requirements/test.txt"]


def test_complete_requirements_leave_the_packages_own_dependencies_alone() -> None:
    files = {"requirements.txt": "six", "requirements-dev.txt": "pytest", "pyproject.toml": PROJECT + BUILT}

    assert commands(files) == [
        "pip install -r requirements.txt -r requirements-dev.txt",
        "pip install --no-deps -e .",
    ]


def test_requirements_for_tests_only_do_not_replace_the_projects_dependencies() -> None:
    tests = {"requirements-dev.txt": "pytest"}

    assert commands({**tests, "pyproject.toml": PROJECT + BUILT}) == ["pip install -r requirements-dev.txt -e ."]
    assert commands({**tests, "pyproject.toml": PROJECT}) == ["pip install -r requirements-dev.txt -r pyproject.toml"]
    assert commands({**tests, "pyproject.toml": TOOLS_ONLY}) == ["pip install -r requirements-dev.txt"]


def test_groups_and_extras_stand_in_for_a_missing_file_of_the_tests() -> None:
    groups, extras = "[dependency-groups]\ntest = []\n", "[project.optional-dependencies]\ndev = []\n"
    main = {"requirements.txt": "six"}

    assert commands({**main, "pyproject.toml": groups}) == ["pip install -r requirements.txt --group test"]
    assert commands({**main, "pyproject.toml": PROJECT + extras + BUILT}) == [
        "pip install -r requirements.txt -e .[dev]"
    ]
    assert commands({**main, "pyproject.toml": PROJECT + extras}) == [
        "pip install -r requirements.txt -r pyproject.toml --extra dev"
    ]
    assert commands({**main, "requirements-test.txt": "", "pyproject.toml": PROJECT + extras + groups}) == [
        "pip install -r requirements.txt -r requirements-test.txt"
    ]


def test_nothing_without_a_hash_stands_beside_a_file_that_requires_them() -> None:
    files = {
        "requirements.txt": "--require-hashes\nsix==1 --hash=sha256:00",
        "requirements-dev.txt": "pytest",
        "setup.py": "from setuptools import setup\nsetup()",
    }

    assert commands(files) == [
        "pip install -r requirements.txt",
        "pip install -r requirements-dev.txt",
        "pip install --no-deps -e .",
    ]


@pytest.mark.parametrize(
    ("files", "wanted", "origin"),
    [
        ({"pyproject.toml": PROJECT + BUILT}, "pip install -e .", "pyproject.toml"),
        ({"pyproject.toml": PROJECT, "src/": ""}, "pip install -e .", "pyproject.toml"),
        ({"pyproject.toml": PROJECT + "[tool.uv]\npackage = true"}, "pip install -e .", "pyproject.toml"),
        ({"pyproject.toml": PROJECT}, "pip install -r pyproject.toml", "pyproject.toml"),
        ({"pyproject.toml": PROJECT + BUILT + "[tool.uv]\npackage = false"}, "pip install -r pyproject.toml", None),
        (
            {"pyproject.toml": PROJECT + "[project.optional-dependencies]\ntest = []\ndev = []\n" + BUILT},
            "pip install -e .[dev,test]",
            "pyproject.toml, extras dev and test",
        ),
        (
            {"pyproject.toml": PROJECT + "[project.optional-dependencies]\ntest = []\n[dependency-groups]\ndev = []"},
            "pip install -r pyproject.toml --extra test --group dev",
            "pyproject.toml, group dev, extra test",
        ),
        ({"pyproject.toml": "[dependency-groups]\ntests = []"}, "pip install --group tests", None),
        ({"pyproject.toml": "[tool.poetry]\nname = 'x'\n" + BUILT}, "pip install -e .", "pyproject.toml"),
        ({"setup.py": "setup("}, "pip install -e .", "setup.py"),
        (
            {"setup.py": "from setuptools import setup\nsetup(name='x', extras_require={'test': [], **more, 1: 2})"},
            "pip install -e .[test]",
            "setup.py, extra test",
        ),
        (
            {
                "pyproject.toml": TOOLS_ONLY,
                "setup.cfg": "[metadata]\nname = x\n[options.extras_require]\ntest = pytest",
            },
            "pip install -e .[test]",
            "setup.cfg, extra test",
        ),
    ],
)
def test_a_project_without_requirements_is_installed_as_it_says(
    files: dict[str, str], wanted: str, origin: str | None
) -> None:
    plan = plan_installation(files)

    assert [" ".join(arguments) for arguments in plan.uv] == [wanted]
    assert origin is None or plan.origin == origin


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"pyproject.toml": TOOLS_ONLY},
        {"pyproject.toml": TOOLS_ONLY + BUILT},
        {"setup.cfg": "[flake8]\nmax-line-length = 100"},
        {"setup.cfg": "not an ini file"},
        {"pyproject.toml": "[tool.poetry]\nname = 'x'\npackage-mode = false\n" + BUILT},
        {"pyproject.toml": "tool = 1\nproject = 2\ndependency-groups = 3"},
    ],
)
def test_where_nothing_tells_dependencies_it_is_said(files: dict[str, str]) -> None:
    assert plan_installation(files) == InstallPlan(
        origin="no file tells what the project depends on: the test tools only"
    )


def test_a_pyproject_that_is_no_toml_is_said() -> None:
    with pytest.raises(UnreadableError, match=r"api/pyproject\.toml is not TOML: .*line 2"):
        plan_installation({"api/pyproject.toml": "[project]\nname = = 1\n"}, "api")


PINNED = {"pyproject.toml": PROJECT + 'requires-python = ">=3.9"\n', ".python-version": "3.12\n"}


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        (PINNED, ("3.12", ".python-version")),
        ({**PINNED, ".python-version": "# ours\n\ncpython-3.13.1"}, ("3.13.1", ".python-version")),
        ({**PINNED, ".python-version": "my-pyenv-name"}, (">=3.9", "pyproject.toml")),
        ({**PINNED, ".python-version": "3.12; rm -rf /"}, (">=3.9", "pyproject.toml")),
        (
            {"pyproject.toml": PROJECT, "uv.lock": 'version = 1\nrequires-python = ">=3.10, <4"\n'},
            (">=3.10, <4", "uv.lock"),
        ),
        ({"pyproject.toml": PROJECT, "uv.lock": "version = 1\n"}, None),
        ({"pyproject.toml": PROJECT + "requires-python = 3"}, None),
        ({}, None),
    ],
)
def test_the_python_that_the_project_asks_for(files: dict[str, str], wanted: tuple[str, str] | None) -> None:
    assert wanted_python(files) == (wanted and WantedPython(request=wanted[0], origin=wanted[1]))


def test_a_python_pinned_at_the_root_holds_below() -> None:
    assert wanted_python({".python-version": "3.12"}, "services/api") == WantedPython(
        request="3.12", origin=".python-version"
    )

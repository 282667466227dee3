import pytest

from gate.formats import UnreadableError
from gate.formats.install_plan import InstallPlan, plan_installation
from gate.formats.wanted_python import WantedPython, wanted_python

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


def test_requirements_and_the_package_with_its_dependencies_are_solved_together_else_apart() -> None:
    files = {"requirements.txt": "six", "requirements-dev.txt": "pytest", "pyproject.toml": PROJECT + BUILT}

    plan = plan_installation(files)

    assert plan.uv == (("pip", "install", "-r", "requirements.txt", "-r", "requirements-dev.txt", "-e", "."),)
    assert plan.apart == (
        ("pip", "install", "-r", "requirements.txt", "-r", "requirements-dev.txt"),
        ("pip", "install", "--no-deps", "-e", "."),
    )


def test_the_extra_all_is_taken_where_nothing_else_tells_what_tests_need() -> None:
    extras = "[project.optional-dependencies]\nall = []\nx = []\n"
    job = "jobs: {test: {steps: [{run: 'pip install -e .[x]; pytest'}]}}"

    assert commands({"pyproject.toml": PROJECT + extras + BUILT}) == ["pip install -e .[all]"]
    assert commands({"pyproject.toml": PROJECT + extras + "dev = []\n" + BUILT}) == ["pip install -e .[dev]"]
    assert commands({"pyproject.toml": PROJECT + extras + BUILT, ".github/workflows/ci.yml": job}) == [
        "pip install -e .[x]"
    ]
    assert commands({"requirements.txt": "", "pyproject.toml": PROJECT + extras + BUILT}) == [
        "pip install -r requirements.txt -e ."
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


POETRY_BUILT = '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n'
POETRY = (
    "[tool.poetry]\nname = 'demo'\n[tool.poetry.dependencies]\npython = '^3.9'\nsix = '^1'\n"
    "redis = {version = '*', optional = true}\n[tool.poetry.extras]\ntest = ['redis']\n"
    "[tool.poetry.group.dev.dependencies]\npytest = '^8'\n[tool.poetry.group.docs.dependencies]\nmkdocs = '*'\n"
)
POETRY_LOCK = '[[package]]\nname = "six"\nversion = "1.16.0"\n[metadata]\npython-versions = "^3.9"\n'
LISTED, LOCKED, HINTED = (f"quality-gate-{name}.txt" for name in ("listed", "locked", "hinted"))


def test_poetrys_lock_holds_the_versions_and_its_groups_are_written_out() -> None:
    files = {"pyproject.toml": POETRY + POETRY_BUILT, "poetry.lock": POETRY_LOCK, "demo/": "", "requirements.txt": ""}

    plan = plan_installation(files)

    assert plan.origin == "poetry.lock, group dev, extra test"
    assert plan.uv == (("pip", "install", "-c", LOCKED, "-e", ".[test]", "-r", LISTED),)
    assert plan.written == {LOCKED: "six==1.16.0\n", LISTED: "pytest>=8,<9\n"}
    assert "run `poetry lock`" in plan.unsolvable
    assert wanted_python(files) == WantedPython(request=">=3.9,<4", origin="poetry.lock")


@pytest.mark.parametrize(
    "changed",
    [
        {"pyproject.toml": POETRY + POETRY_BUILT},  # nothing that its backend would find
        {"pyproject.toml": POETRY, "demo/": ""},
        {"pyproject.toml": POETRY.replace("[tool.poetry]\n", "[tool.poetry]\npackage-mode = false\n"), "demo/": ""},
    ],
)
def test_a_poetry_project_that_is_no_package_has_its_dependencies_installed(changed: dict[str, str]) -> None:
    plan = plan_installation(changed)

    assert plan.uv == (("pip", "install", "-r", LISTED),)
    assert plan.written == {LISTED: "pytest>=8,<9\nsix>=1,<2\nredis\n"}
    assert plan.origin == "pyproject.toml, group dev, extra test"
    assert plan.unsolvable == ""


def test_a_backend_of_old_poetry_cannot_make_an_editable_installation() -> None:
    old = POETRY_BUILT.replace("poetry.core.masonry", "poetry.masonry")

    plan = plan_installation({"pyproject.toml": POETRY + old, "demo/": ""})

    assert plan.uv == (("pip", "install", "-r", LISTED), ("pip", "install", "--no-deps", "."))
    assert plan.written == {LISTED: "pytest>=8,<9\nsix>=1,<2\nredis\n"}
    assert plan.is_own(plan.uv[1])


def test_a_project_whose_name_no_build_takes_has_its_requirements_installed() -> None:
    files = {"pyproject.toml": "[project]\nname = 'My service'\nversion = '1'\n" + BUILT, "requirements.txt": "six\n"}

    assert plan_installation(files).uv == (("pip", "install", "-r", "requirements.txt"),)


def test_groups_that_uv_would_install_unasked_are_chosen_without_a_lock_too() -> None:
    groups = "[dependency-groups]\nci = ['pytest']\ndocs = ['griffe']\nspare = ['six']\n"
    unasked = "[tool.uv]\ndefault-groups = ['ci', 'docs']\n"

    plan = plan_installation({"pyproject.toml": PROJECT + BUILT + groups + unasked})

    assert plan.origin == "pyproject.toml, groups ci and docs"
    assert "group ci" in plan_installation({"pyproject.toml": PROJECT + BUILT + groups}).origin


def test_where_no_group_is_named_for_tests_poetry_installs_all_that_are_not_optional() -> None:
    groups = "[tool.poetry.group.a.dependencies]\nsix = '*'\n[tool.poetry.group.b]\noptional = true\n"

    plan = plan_installation({"pyproject.toml": "[tool.poetry]\nname = 'demo'\n" + groups})

    assert plan.written == {LISTED: "six\n"}


def test_pdms_lock_holds_the_versions() -> None:
    tables = (
        "[tool.pdm.dev-dependencies]\ntest = ['pytest', '-e file:///${PROJECT_ROOT}/lib#egg=lib']\nlint = ['mypy']\n"
    )
    lock = '[[package]]\nname = "six"\nversion = "1.16.0"\n'

    plan = plan_installation({"pyproject.toml": PROJECT + BUILT + tables, "pdm.lock": lock})

    assert plan.origin == "pdm.lock, group test"
    assert plan.uv == (("pip", "install", "-c", LOCKED, "-e", ".", "-r", LISTED),)
    assert plan.written == {LOCKED: "six==1.16.0\n", LISTED: "pytest\n-e ./lib\n"}
    scripts = plan_installation({"pyproject.toml": PROJECT + "[tool.pdm]\ndistribution = false\n" + BUILT})
    assert scripts.uv == (("pip", "install", "-r", "pyproject.toml"),)


def test_pipenvs_lock_is_installed_as_it_is() -> None:
    files = {
        "Pipfile": "[requires]\npython_version = '3.11'",
        "Pipfile.lock": '{"default": {"six": {"version": "==1"}}}',
    }

    plan = plan_installation(files)

    assert plan.origin == "Pipfile.lock, default and develop"
    assert plan.uv == (("pip", "install", "--no-deps", "-r", LISTED),)
    assert plan.written == {LISTED: "six==1\n"}
    assert wanted_python(files) == WantedPython(request="3.11", origin="Pipfile")
    alone = plan_installation({"Pipfile": "[packages]\nsix = '*'\n[dev-packages]\npytest = '==8.0'"})
    assert (alone.origin, alone.written) == ("Pipfile without a lock", {LISTED: "six\npytest==8.0\n"})


@pytest.mark.parametrize(
    ("pyproject", "origin"),
    [
        (
            POETRY + POETRY_BUILT,
            "poetry.lock (uv.lock and Pipfile.lock set aside: the build backend is poetry), group dev, extra test",
        ),
        (PROJECT + "[tool.uv]\n", "uv.lock (Pipfile.lock set aside: there is [tool.uv])"),
        (
            PROJECT + "[tool.poetry]\nx = 1\n",
            "poetry.lock (uv.lock and Pipfile.lock set aside: there is [tool.poetry])",
        ),
        (PROJECT, "uv.lock (Pipfile.lock set aside)"),
    ],
)
def test_of_two_locks_that_of_the_tool_in_use_holds_and_it_is_said(pyproject: str, origin: str) -> None:
    locks = {"uv.lock": "", "poetry.lock": POETRY_LOCK, "Pipfile.lock": "{}"}
    files = {"pyproject.toml": pyproject, "demo/": "", **locks}

    assert plan_installation(files).origin == origin


def test_groups_that_conflict_are_not_installed_together() -> None:
    groups = "[dependency-groups]\ndev = []\ntest = []\nold = []\n"
    conflicts = '[tool.uv]\nconflicts = [[{group = "dev"}, {group = "test"}], 3, [{extra = 1}]]\n'
    files = {"pyproject.toml": PROJECT + groups + conflicts, "uv.lock": ""}

    plan = plan_installation(files)

    assert plan.uv == (("sync", "--frozen", "--group", "test", "--no-group", "dev"),)
    assert plan.origin == "uv.lock, group test"


def test_what_tox_installs_is_added_where_nothing_named_for_tests_has_pytest() -> None:
    tox = "[testenv]\ndeps =\n  pytest\n  -r ci.txt\nextras = redis\n"
    extras = "[project.optional-dependencies]\nredis = []\nother = []\n[dependency-groups]\ndev = ['ruff']\n"
    files = {"pyproject.toml": PROJECT + extras + BUILT, "tox.ini": tox, "ci.txt": "mock"}

    plan = plan_installation(files)

    assert plan.origin == "pyproject.toml, group dev, extra redis"
    assert plan.uv == (("pip", "install", "-e", ".[redis]", "--group", "dev"),)
    assert (plan.hinted, plan.hint) == (("-r", "ci.txt", "-r", HINTED), "tox.ini")
    assert plan.written == {HINTED: "pytest\n"}
    declared = plan_installation({**files, "pyproject.toml": files["pyproject.toml"].replace("ruff", "pytest")})
    assert (declared.uv, declared.hinted) == (plan.uv, plan.hinted)  # the extra and the rest go together
    bare = {
        **files,
        "pyproject.toml": files["pyproject.toml"].replace("ruff", "pytest"),
        "tox.ini": tox.replace("extras = redis\n", ""),
    }
    assert plan_installation(bare).hinted == ()


def test_files_that_are_installed_beside_a_usual_one_are_taken_too() -> None:
    job = "jobs:\n  a:\n    steps:\n      - run: pip install -r requirements.txt -r requirements-test.txt -r extras/x.txt\n"
    files = {
        "requirements.txt": "six",
        "requirements-test.txt": "pytest",
        "extras/x.txt": "pyotp",
        "extras/docs.txt": "mkdocs",
        ".github/workflows/ci.yml": f"{job}      - run: pytest\n",
    }

    plan = plan_installation(files)

    assert plan.uv == (("pip", "install", "-r", "requirements.txt", "-r", "requirements-test.txt"),)
    assert plan.hinted == ("-r", "extras/x.txt")
    files[".github/workflows/ci.yml"] = files[".github/workflows/ci.yml"].replace(" -r extras/x.txt", "")
    assert plan_installation(files).hinted == ()


def test_pytest_in_an_included_group_or_extra_is_seen() -> None:
    groups = "[dependency-groups]\ndev = [{include-group = 'x'}]\nx = ['pytest', {include-group = 'dev'}]\n"
    extras = "[project.optional-dependencies]\ntest = ['demo[y]']\ny = ['pytest']\n"
    tox = {"tox.ini": "[testenv]\ndeps = pytest\n"}

    assert not plan_installation({"pyproject.toml": PROJECT + groups, **tox}).hinted
    assert not plan_installation({"pyproject.toml": PROJECT + extras, **tox}).hinted


def test_all_extras_are_taken_where_the_tests_job_takes_them() -> None:
    extras = "[project.optional-dependencies]\ntest = []\nredis = []\n"
    workflow = "jobs:\n  t:\n    steps:\n      - run: uv sync --all-extras\n      - run: uv run pytest\n"
    files = {"pyproject.toml": PROJECT + extras, "uv.lock": "", ".github/workflows/ci.yml": workflow}

    assert commands(files) == ["sync --frozen --extra test --extra redis"]


def test_a_folder_that_says_nothing_is_installed_as_the_one_above() -> None:
    plan = plan_installation({"requirements.txt": "six", "api/app/": ""}, "api/app")

    assert plan == InstallPlan(
        origin="requirements.txt of the repository root", uv=(("pip", "install", "-r", "requirements.txt"),), folder="."
    )


@pytest.mark.parametrize(
    "name", ["requirements/local.txt", "reqs/test.txt", "requirements-dev-test.txt", "dev-reqs.txt"]
)
def test_requirements_lie_under_other_names_too(name: str) -> None:
    assert commands({"requirements.txt": "six", name: "pytest"}) == [f"pip install -r requirements.txt -r {name}"]


@pytest.mark.parametrize(
    ("tox", "is_installed"),
    [
        ("[tox]\nskipsdist = True\n[testenv]\ndeps = -r requirements.txt\n", False),
        ("[tox]\nno_package = true\n", False),
        ("[testenv]\npackage = skip\n", False),
        ("[testenv]\nskip_install = true\n", False),
        ("[tox]\nskipsdist = true\n[testenv]\nusedevelop = true\n", True),
        ("[tox]\nskipsdist = true\n[testenv]\ndeps =\n  six\n  -e .\n", True),
        ("[tox]\nskipsdist = true\n[testenv]\ncommands_pre = poetry install\n", True),
        ("[tox]\nskipsdist = false\n", True),
        ("[testenv", True),
        ("", True),
    ],
)
def test_a_project_that_tox_never_installs_is_imported_from_its_folder(tox: str, is_installed: bool) -> None:
    plan = plan_installation({"requirements.txt": "six", "pyproject.toml": PROJECT + BUILT, "tox.ini": tox})

    assert ("-e" in plan.uv[-1]) is is_installed
    said = "requirements.txt; the project itself is imported from its folder, as tox.ini does"
    assert plan.origin == ("requirements.txt" if is_installed else said)


@pytest.mark.parametrize(
    "manifest",
    [{"src/setup.py": "setup()"}, {"src/pyproject.toml": PROJECT + BUILT}, {"src/setup.cfg": "[metadata]\n"}],
)
def test_a_package_in_src_is_installed_beside_the_requirements_at_the_root(manifest: dict[str, str]) -> None:
    assert commands({"requirements.txt": "six", "src/": "", **manifest}) == ["pip install -r requirements.txt -e src"]


def test_what_poetry_locked_from_a_repository_stands_in_place_of_the_branch_that_the_project_names() -> None:
    git = "six = {git = 'https://host/six', branch = 'main', extras = ['a']}"
    lock = (
        '[[package]]\nname = "six"\nversion = "1.16.0"\n[package.source]\ntype = "git"\nurl = "https://host/six"\n'
        'reference = "main"\nresolved_reference = "0123abc"\n[[package]]\nname = "attrs"\nversion = "24.1"\n'
    )
    plan = plan_installation({"pyproject.toml": POETRY.replace("six = '^1'", git), "poetry.lock": lock})

    fixed = "quality-gate-fixed.txt"
    assert plan.uv == (("pip", "install", "-c", LOCKED, "--overrides", fixed, "-r", LISTED),)
    assert plan.written[LOCKED] == "attrs==24.1\n"
    assert plan.written[fixed] == "six[a] @ git+https://host/six@0123abc\n"

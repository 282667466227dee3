from pathlib import PurePosixPath

import pytest

from gate.formats.install_hints import InstallHints, parse_install_command
from gate.formats.nox_file import parse_noxfile
from gate.formats.project_manifest import parse_manifest
from gate.formats.setup_script import parse_setup_script
from gate.formats.tool_hints import read_hints
from gate.formats.tox_file import parse_tox_ini, parse_tox_toml_file

HERE = PurePosixPath()


def hints(files: dict[str, str], here: PurePosixPath = HERE) -> tuple[InstallHints, ...]:
    return read_hints(files, here, parse_manifest(files, here))


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("pip install pytest pytest-mock>=3", InstallHints(requirements=("pytest", "pytest-mock>=3"))),
        ("python -m pip install -U pip setuptools -r a.txt -rb.txt -c c.txt", InstallHints(files=("a.txt", "b.txt"))),
        ("pip install -e .[test,docs]", InstallHints(extras=("test", "docs"))),
        ("uv pip install --system .[test] --group dev", InstallHints(extras=("test",), groups=("dev",))),
        ("uv sync --all-extras --group=ci", InstallHints(groups=("ci",), all_extras=True)),
        ("uv run --extra test --with six pytest --group no", InstallHints(extras=("test",), requirements=("six",))),
        ("poetry install --with test,ci -E all", InstallHints(groups=("test", "ci"), extras=("all",))),
        ("pdm install -G :all", InstallHints(all_groups=True)),
        ("pip install $DEPS `cat x` *.whl --index-url https://e.org six", InstallHints(requirements=("six",))),
        ("pip install ./lib ../other -e lib/", InstallHints()),
        ("CI=1 sudo pip3 install six", InstallHints(requirements=("six",))),
        ("pip install -r", InstallHints()),
        ("make deps", InstallHints()),
        ("pip", InstallHints()),
        ("", InstallHints()),
    ],
)
def test_a_command_that_installs_tells_what(line: str, found: InstallHints) -> None:
    assert parse_install_command(line.split()) == found


def test_tox_tells_what_the_plain_environment_installs() -> None:
    text = (
        "[base]\ndeps =\n  six\n[testenv]\ndeps =\n  {[base]deps}\n  pytest>=7  # comment\n  -r{toxinidir}/ci.txt\n"
        "  py39: old\n  django{42,52}: django\nextras =\n  test\n  py310: no\ndependency_groups = dev\n"
        "[testenv:docs]\ndeps = sphinx\n[testenv:unit]\ndeps = mock\n"
    )

    assert parse_tox_ini(text, "tox.ini") == InstallHints(
        origin="tox.ini",
        requirements=("six", "pytest>=7", "mock"),
        files=("ci.txt",),
        groups=("dev",),
        extras=("test",),
    )


def test_tox_in_toml_tells_the_same() -> None:
    text = '[env_run_base]\ndeps = ["pytest", "-r ci.txt"]\nextras = ["test"]\ndependency_groups = ["dev"]\n'

    found = parse_tox_toml_file(text, "tox.toml")

    assert (found.requirements, found.files, found.extras, found.groups) == (
        ("pytest",),
        ("ci.txt",),
        ("test",),
        ("dev",),
    )
    legacy = "[tool.tox]\nlegacy_tox_ini = '''\n[testenv]\ndeps = pytest\n'''"
    assert [hint.requirements for hint in hints({"pyproject.toml": legacy})] == [("pytest",)]


def test_nox_is_read_by_its_syntax_and_never_run() -> None:
    text = """
raise SystemExit
DEPS = ["pytest", "mock"]
@nox.session(python=["3.11"])
def tests(session):
    session.install("-e", ".[test]", *DEPS)
    session.install("-r", "ci.txt", computed())
    session.install(*nox.project.dependency_groups(PROJECT, "dev"))
    session.run_install("uv", "sync", "--group", "ci")
    session.run("pytest")
@session(name="unit-3")
def other(session):
    session.install("six")
@nox.session
def docs(session):
    session.install("sphinx")
def test_not_a_session(session):
    session.install("no")
"""
    assert parse_noxfile(text) == InstallHints(
        origin="noxfile.py",
        requirements=("pytest", "mock", "six"),
        files=("ci.txt",),
        groups=("ci", "dev"),
        extras=("test",),
    )


def test_hatch_tells_what_its_environments_for_tests_install() -> None:
    document = """
[tool.hatch.envs.default]
dependencies = ["pytest", "{root:uri}/lib"]
features = ["test"]
[tool.hatch.envs.hatch-test]
extra-dependencies = ["pytest-mock"]
dependency-groups = ["dev"]
[tool.hatch.envs.docs]
dependencies = ["mkdocs"]
"""
    (found,) = hints({"pyproject.toml": document})

    assert (found.requirements, found.extras, found.groups) == (("pytest", "pytest-mock"), ("test",), ("dev",))
    assert [one.requirements for one in hints({"hatch.toml": '[envs.test]\ndependencies = ["pytest"]'})] == [
        ("pytest",)
    ]


WORKFLOW = """
on: push
jobs:
  lint:
    steps:
      - run: pip install ruff && ruff check
  test:
    steps:
      - run: |
          cd api
          pip install -r ../ci.txt
      - run: uv sync --all-extras
      - run: uv run pytest
      - run: pip install elsewhere
        working-directory: web
"""


def test_the_job_that_runs_the_tests_tells_what_it_installs() -> None:
    (found,) = hints({".github/workflows/ci.yml": WORKFLOW})

    assert found == InstallHints(origin=".github/workflows/ci.yml", all_extras=True)
    assert hints({".github/workflows/ci.yml": WORKFLOW}, PurePosixPath("web")) == ()


@pytest.mark.parametrize("command", ["make test", "just unit-tests", "task test:docker", "make -C . test-cov"])
def test_a_target_that_is_named_for_tests_runs_them(command: str) -> None:
    text = f"jobs:\n  all:\n    steps:\n    - run: poetry install -E session\n    - run: {command}\n"

    (found,) = hints({".github/workflows/lint.yml": text})

    assert found == InstallHints(origin=".github/workflows/lint.yml", extras=("session",))


def test_where_no_job_is_known_to_run_tests_the_extras_of_jobs_without_another_purpose_are_told() -> None:
    text = "jobs:\n  {}:\n    steps:\n    - run: pip install -r x.txt -e .[x]\n    - run: ./check\n"
    path = ".github/workflows/ci.yml"

    assert hints({path: text.format("build")}) == (InstallHints(origin=path, extras=("x",)),)
    assert hints({path: text.format("docs")}) == ()
    assert hints({path: text.format("main"), ".github/workflows/test.yml": WORKFLOW}, PurePosixPath("api")) == ()


@pytest.mark.parametrize("text", ["[", "a" * 3_000_000, "[testenv\n", "\0", "((((" * 50_000, "[testenv]\ndeps"])
def test_files_of_tools_that_cannot_be_read_say_nothing(text: str) -> None:
    names = ("tox.ini", "tox.toml", "noxfile.py", "hatch.toml", "setup.cfg", ".github/workflows/ci.yml")

    assert hints(dict.fromkeys(names, text)) == ()


def test_setup_py_is_read_through_the_names_that_it_sets() -> None:
    text = """
raise SystemExit
tests = ["pytest"] + ["mock"]
extras = {"test": tests, **more}
more = dict(redis=["redis"])
extras["all"] = sum(extras.values(), [])
setup(extras_require=extras, tests_require=tests)
"""
    found = parse_setup_script(text)

    assert found.extras == ("test", "redis", "all")
    assert found.tests_require == ("pytest", "mock")
    assert parse_setup_script("setup(**{'extras_require': {'dev': []}})").extras == ("dev",)


def test_names_that_refer_to_each_other_end() -> None:
    lists = "\n".join(f"n{at} = [{f'n{at + 1}, ' * 60}]" for at in range(30))
    loop = "a = b\nb = a\nsetup(extras_require=a, tests_require=n0)\n@nox.session\ndef tests(s): s.install(*n0, *a)\n"

    assert parse_setup_script(f"{lists}\n{loop}").tests_require == ()
    assert not parse_noxfile(f"{lists}\n{loop}")


@pytest.mark.parametrize(
    ("listed", "groups"),
    [
        ("py314-django{61, 60, 52}\n  py311-django{52}\n  docs", ("test", "django52")),
        ("py312-django60,py312-django61", ("test", "django61")),
        ("py312", ("test",)),
        ("", ("test",)),
        ("{a,b}" * 400, ("test",)),
    ],
)
def test_of_groups_for_factors_that_of_most_environments_is_taken(listed: str, groups: tuple[str, ...]) -> None:
    tox = f"[tox]\nenv_list =\n  {listed}\n[testenv]\ndependency_groups =\n  test\n"
    factors = "".join(f"  django{version}: django{version}\n" for version in (52, 60, 61))

    assert parse_tox_ini(tox + factors, "tox.ini").groups == groups

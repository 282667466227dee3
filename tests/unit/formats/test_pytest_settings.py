import pytest

from gate.formats.pytest_settings import PytestSettings, has_faster_core, names_coverage_scope, parse_pytest_settings


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.ini", "[pytest]\naddopts = -n auto --cov=app\ntestpaths = tests more"),
        ("pyproject.toml", '[tool.pytest.ini_options]\naddopts = "-n auto --cov=app"\ntestpaths = ["tests", "more"]'),
        ("pyproject.toml", '[tool.pytest]\naddopts = ["-n", "auto", "--cov=app"]\ntestpaths = ["tests", "more"]'),
        ("setup.cfg", "[tool:pytest]\naddopts = -n auto --cov=app\ntestpaths = tests more"),
        ("tox.ini", "[pytest]\naddopts = -n auto --cov=app\ntestpaths = tests more"),
        ("pytest.toml", '[pytest]\naddopts = ["-n", "auto", "--cov=app"]\ntestpaths = ["tests", "more"]'),
    ],
)
def test_every_place_that_pytest_reads(name: str, text: str) -> None:
    settings = parse_pytest_settings({name: text})
    assert settings.addopts == ("-n", "auto", "--cov=app")
    assert settings.testpaths == ("tests", "more")
    assert settings.names_coverage_source


def test_before_version_9_pytest_read_no_toml_but_its_old_table() -> None:
    files = {
        "pytest.toml": "[pytest]\naddopts = ['-v']",
        "pyproject.toml": "[tool.pytest]\naddopts = ['-q']",
        "tox.ini": "[pytest]\naddopts = -x",
    }
    assert parse_pytest_settings(files, pytest_version="8.4.1").file == "tox.ini"
    assert parse_pytest_settings(files, pytest_version="9.0.0").file == "pytest.toml"
    assert parse_pytest_settings(files, pytest_version="10.0").file == "pytest.toml"
    assert parse_pytest_settings(files).addopts == ("-v",)
    old = {"pyproject.toml": "[tool.pytest.ini_options]\naddopts = '-q'", "tox.ini": "[pytest]\naddopts = -x"}
    assert parse_pytest_settings(old, pytest_version="7.0").addopts == ("-q",)


def test_what_is_said_of_files_doctests_and_django() -> None:
    text = "[pytest]\npython_files = tests.py check_*.py\naddopts = --doctest-modules\nDJANGO_SETTINGS_MODULE = a.b\n"
    settings = parse_pytest_settings({"pytest.ini": text})
    assert settings.python_files == ("tests.py", "check_*.py")
    assert settings.runs_doctests
    assert settings.names_django_settings
    assert PytestSettings(addopts=("--ds=a.b",)).names_django_settings
    assert not PytestSettings().names_django_settings


@pytest.mark.parametrize(
    ("addopts", "coveragerc", "same"),
    [
        ("", None, True),
        ("", "[run]\nsource = app\nbranch = false\nconcurrency = thread", True),
        ("", "[report]\nfail_under = 90", True),
        ("--cov-branch", None, False),
        ("--cov-context=test", None, False),
        ("", "[run]\nbranch = True", False),
        ("", "[run]\ndynamic_context = test_function", False),
        ("", "[run]\nplugins = django_coverage_plugin", False),
        ("", "[run]\nconcurrency = thread,greenlet", False),
        ("", "[run]\nconcurrency = multiprocessing", False),
        ("", "[run]\ncore = ctrace", False),
        ("", "[run]\ntimid = true", False),
    ],
)
def test_whether_the_faster_core_measures_the_same(addopts: str, coveragerc: str | None, same: bool) -> None:
    settings = PytestSettings(addopts=tuple(addopts.split()))
    assert has_faster_core(settings, {} if coveragerc is None else {".coveragerc": coveragerc}) is same
    toml = '[tool.coverage.run]\nbranch = true\nconcurrency = ["thread"]'
    assert not has_faster_core(PytestSettings(), {"pyproject.toml": toml})
    assert has_faster_core(PytestSettings(), {"pyproject.toml": toml.replace("true", "false")})


def test_an_empty_pytest_ini_hides_the_others() -> None:
    assert parse_pytest_settings({"pytest.ini": "", "tox.ini": "[pytest]\naddopts = --cov"}).addopts == ()


def test_a_file_without_a_section_for_pytest_hides_nothing() -> None:
    files = {"pyproject.toml": "[tool.ruff]", "tox.ini": "[tox]\n", "setup.cfg": "[tool:pytest]\naddopts = --cov"}
    assert parse_pytest_settings(files).names_coverage_source


@pytest.mark.parametrize(
    ("addopts", "config", "threshold"),
    [
        ("--cov-config=a.cfg --cov-fail-under=90 --cov-fail-under=95.5", "a.cfg", "95.5"),
        ("--cov-config b.cfg", "b.cfg", None),
        ("--cov-config", None, None),
        ("-q", None, None),
        ("'unclosed", None, None),
    ],
)
def test_what_addopts_says_of_coverage(addopts: str, config: str | None, threshold: str | None) -> None:
    settings = parse_pytest_settings({"pytest.ini": f"[pytest]\naddopts = {addopts}"})
    assert (settings.coverage_config, settings.coverage_threshold) == (config, threshold)


@pytest.mark.parametrize(
    ("addopts", "expression"),
    [
        ("-q -m 'not integration'", "not integration"),
        ("-m slow -m 'not slow'", "not slow"),
        ("-mslow", "slow"),
        ("-q --maxfail=1 -m", ""),
        ("-q", ""),
    ],
)
def test_which_markers_addopts_chooses(addopts: str, expression: str) -> None:
    assert parse_pytest_settings({"pytest.ini": f"[pytest]\naddopts = {addopts}"}).marker_expression == expression


@pytest.mark.parametrize(
    ("files", "configured"),
    [
        ({".coveragerc": "[run]\nsource = app"}, True),
        ({".coveragerc": "[run]\nbranch = true"}, False),
        ({".coveragerc": "[report]\nfail_under = 3"}, False),
        ({"pyproject.toml": '[tool.coverage.run]\nsource_pkgs = ["app"]'}, True),
        ({"pyproject.toml": "[tool.coverage.run]\nbranch = true"}, False),
        ({"pyproject.toml": "[project]\nname = 'a'"}, False),
        ({"pyproject.toml": "not toml ["}, False),
        ({"setup.cfg": "[coverage:run]\ninclude = app/*"}, True),
        ({"tox.ini": "[coverage:run]\nsource = app"}, True),
        ({".coveragerc.toml": '[run]\nsource = ["app"]'}, True),
        ({"setup.cfg": "no section"}, False),
        # coverage.py stops at the first file that has settings for it
        ({".coveragerc": "[run]\nbranch = true", "pyproject.toml": '[tool.coverage.run]\nsource = ["app"]'}, False),
        ({}, False),
    ],
)
def test_whether_the_project_says_what_is_measured(files: dict[str, str], configured: bool) -> None:
    assert names_coverage_scope(files) is configured


def test_the_file_that_addopts_names_counts_alone() -> None:
    files = {"my.cfg": "[run]\nsource = app", ".coveragerc": "[run]\nbranch = true"}
    assert names_coverage_scope(files, "my.cfg")
    assert not names_coverage_scope(files, "absent.cfg")

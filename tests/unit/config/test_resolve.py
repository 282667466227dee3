"""Precedence, and every mistake at once with its place, value and remedy."""

from fractions import Fraction
from typing import Any

import pytest

from gate.config.files import parse_pyproject, parse_yaml
from gate.config.model import Config, PostgresVariable
from gate.config.resolve import (
    ConfigurationError,
    Setting,
    resolve,
    settings_of_assignments,
    settings_of_environment,
)
from gate.domain.report import Problem
from gate.domain.shard import Shard
from gate.gates import GATES

KINDS = {gate.id: gate.options for gate in GATES.values()}


def from_toml(text: str) -> Config:
    return resolve([parse_pyproject(text, "pyproject.toml") or []], KINDS)


def problems_of(text: str) -> tuple[Problem, ...]:
    with pytest.raises(ConfigurationError) as caught:
        from_toml(text)
    return caught.value.problems


def test_the_whole_documented_configuration_is_taken() -> None:
    config = from_toml(
        """
        [tool.quality-gate]
        gates = ["lint", "unit-tests", "integration-tests", "coverage"]
        fail-fast = true
        timeout = 60
        install = "pip install -e ."
        postgres = "embedded"
        postgres-version = "16"
        python-version = "3.12"
        postgres-env = ["TEST_DB", "DB_URI=postgresql+asyncpg", "DB_HOST=host", "URLS=postgres|postgresql+asyncpg"]
        env = ["APP_ENV=test", "EMPTY=", "LIST=a,b=c"]
        pass-env = ["STRIPE_TEST_KEY"]
        drop-env = ["HOME"]
        app = "shop.api:make.app()"
        shard = "2/8"
        durations = "tests/durations.json"
        workers = 4
        [tool.quality-gate.lint]
        format = true
        [tool.quality-gate.unit-tests]
        paths = ["tests"]
        [tool.quality-gate.integration-tests]
        paths = ["tests/integration"]
        schema = ["schema.sql"]
        migrate = "alembic upgrade head"
        [tool.quality-gate.coverage]
        threshold = 92.5
        """
    )
    assert config.gates == ("lint", "unit-tests", "integration-tests", "coverage")
    assert config.env == (("APP_ENV", "test"), ("EMPTY", ""), ("LIST", "a,b=c"))
    assert (config.fail_fast, config.timeout, config.install) == (True, 60, "pip install -e .")
    assert (config.postgres, config.postgres_version, config.python_version) == ("embedded", "16", "3.12")
    assert config.postgres_env == (
        PostgresVariable(name="TEST_DB"),
        PostgresVariable(name="DB_URI", scheme="postgresql+asyncpg"),
        PostgresVariable(name="DB_HOST", part="host"),
        PostgresVariable(name="URLS", scheme="postgres|postgresql+asyncpg"),
    )
    assert (config.shard, config.durations, config.workers) == (Shard(index=2, total=8), "tests/durations.json", 4)
    assert config.app == "shop.api:make.app()"
    assert config.options["lint"].format is True
    assert config.options["integration-tests"].schema == ("schema.sql",)
    assert config.options["coverage"].threshold == Fraction("92.5")


def test_nothing_configured_gives_the_defaults() -> None:
    config = resolve([], KINDS)
    assert (config.gates, config.timeout, config.postgres, config.install) == (None, 1800, "auto", "auto")
    assert config.options["coverage"].threshold is None


def test_the_command_line_wins_over_inputs_over_the_file() -> None:
    layers = [
        settings_of_assignments(["timeout=1"]),
        settings_of_environment({"QUALITY_GATE_TIMEOUT": "2", "QUALITY_GATE_COVERAGE_THRESHOLD": "70"}, KINDS),
        parse_yaml("timeout: 3\ncoverage: {threshold: 60}\nfail-fast: true\n", "quality-gate.yml"),
    ]
    config = resolve(layers, KINDS)
    assert (config.timeout, config.options["coverage"].threshold, config.fail_fast) == (1, Fraction(70), True)


def test_said_twice_in_one_place_the_last_word_counts() -> None:
    assert resolve([settings_of_assignments(["timeout=1", "timeout=2"])], KINDS).timeout == 2


def test_an_empty_action_input_sets_nothing() -> None:
    assert settings_of_environment({"QUALITY_GATE_GATES": "", "QUALITY_GATE_TIMEOUT": " "}, KINDS) == []


def test_every_mistake_is_told_at_once_with_its_line() -> None:
    problems = problems_of(
        '[tool.quality-gate]\ngates = ["lnt"]\ntimeuot = 3\n[tool.quality-gate.coverage]\nthreshold = 101\ntreshold = 5\n'
    )
    assert [(problem.path, problem.line, problem.instead) for problem in problems] == [
        ("pyproject.toml", 2, "did you mean 'lint'?"),
        ("pyproject.toml", 3, "did you mean 'timeout'?"),
        ("pyproject.toml", 5, "a number, such as 95 or 92.5"),
        ("pyproject.toml", 6, "did you mean 'threshold'?"),
    ]
    assert problems[2].value == "101"
    assert problems[2].place == "pyproject.toml [tool.quality-gate] coverage.threshold"


@pytest.mark.parametrize("table", ["coverage:", "coverage: {}", "coverage: null"])
def test_a_gate_s_table_without_an_option_sets_nothing(table: str) -> None:
    config = resolve([parse_yaml(table, "quality-gate.yml")], KINDS)
    assert config == resolve([], KINDS)


@pytest.mark.parametrize("value", ["95", "{}", "[]"])
def test_who_sets_a_gate_itself_is_told_what_its_options_are(value: str) -> None:
    with pytest.raises(ConfigurationError) as mistake:
        resolve([settings_of_assignments([f"coverage={value}"])], KINDS)
    (problem,) = mistake.value.problems
    assert problem.message == "a gate, and no option"
    assert problem.instead.startswith("its options in a table of that name, such as coverage.")


@pytest.mark.parametrize(
    ("assignment", "instead"),
    [
        ("max-fall=0", "it is one of a gate: 'coverage.max-fall'"),
        ("retries=2", "it is one of a gate: 'unit-tests.retries' or 'integration-tests.retries'"),
        ("coverage.fail-on=new", "it is one of the whole run: 'fail-on'"),
        ("lint.retries=2", "it is one of a gate: 'unit-tests.retries' or 'integration-tests.retries'"),
        ("policy=Strict", "did you mean 'strict'?"),
        ("policy=none", "one of 'head', 'base', 'strict'"),
        ("coverage.patch-threshold=none", "a number, such as 95 or 92.5, or 'off'"),
        ("baseline=on", '"auto", "off", or a path with a slash, such as "./base"'),
        ("baseline=aut", '"auto", "off", or a path with a slash, such as "./base"'),
    ],
)
def test_an_option_at_the_wrong_place_or_of_a_wrong_word_is_told_with_the_right_one(
    assignment: str, instead: str
) -> None:
    with pytest.raises(ConfigurationError) as mistake:
        resolve([settings_of_assignments([assignment])], KINDS)
    (problem,) = mistake.value.problems
    assert problem.instead == instead


@pytest.mark.parametrize("assignment", ["baseline=", "install= "])
def test_a_text_without_a_word_is_told_as_empty(assignment: str) -> None:
    with pytest.raises(ConfigurationError, match="is empty"):
        resolve([settings_of_assignments([assignment])], KINDS)


@pytest.mark.parametrize("path", ["reports", "base/report.json", "./on", "auto", "off"])
def test_a_baseline_may_be_any_path_that_is_no_word_for_on(path: str) -> None:
    assert resolve([settings_of_assignments([f"baseline={path}"])], KINDS).baseline == path


def test_a_mistake_that_a_stronger_layer_hides_is_told_all_the_same() -> None:
    with pytest.raises(ConfigurationError, match="seconds"):
        resolve([settings_of_assignments(["timeout=5"]), parse_yaml("timeout: soon", "quality-gate.yml")], KINDS)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("gates", []),
        ("gates", [1]),
        ("gates", 3),
        ("fail-fast", "maybe"),
        ("timeout", 0),
        ("timeout", True),
        ("timeout", "1e3"),
        ("timeout", 86_401),
        ("install", ""),
        ("install", "a\0b"),
        ("postgres", "embeded"),
        ("postgres", "mysql://host/db"),
        ("postgres-version", "16.4"),
        ("postgres-version", True),
        ("python-version", "2.7"),
        ("python-version", 3.1),
        *(
            ("app", value)
            for value in ("app", "app.py:app", "app:", "a b:c", "app:make(1)", "-m:x", "app:1", "../a:b", "/a:b", 3)
        ),
        ("postgres-env", ["A=mysql"]),
        ("postgres-env", ["1A"]),
        ("postgres-env", ["A=socket"]),
        ("env", ["A"]),
        ("env", ["1A=b"]),
        ("env", {"A": "b"}),
        ("env", "A=b\0"),
        ("pass-env", ["A B"]),
        *(("shard", value) for value in ("a", "0/8", "9/8", "2", "1/257", "1/0", "-1/2", "1/2/3", "²/4", 2, True)),
        *(("workers", value) for value in ("many", 0, "65", -1, True, 1.5)),
        *(("durations", value) for value in ("../x.json", ["a", "b"], 3)),
        ("lint.format", 1),
        ("unit-tests.paths", ["../other"]),
        ("unit-tests.paths", ["/etc"]),
        ("unit-tests.paths", ["-p", "evil"]),
        ("unit-tests.paths", []),
        ("coverage.threshold", "NaN"),
        ("coverage.threshold", "1/0"),
        ("coverage.threshold", -1),
        ("coverage.threshold", True),
        ("coverage.threshold", None),
        ("coverage", 95),
        ("nothing.at.all", 1),
    ],
)
def test_a_bad_value_says_what_to_write_instead(key: str, value: Any) -> None:
    gate, dot, name = key.partition(".")
    document = {gate: {name: value}} if dot else {key: value}
    import json

    with pytest.raises(ConfigurationError) as caught:
        resolve([parse_yaml(json.dumps(document), "quality-gate.yml")], KINDS)
    (problem,) = caught.value.problems
    assert problem.message
    assert problem.instead


@pytest.mark.parametrize(
    ("text", "line"),
    [("[tool.quality-gate\n", 1), ("a = 1\nb = = 2", 2)],
)
def test_a_file_that_is_not_toml(text: str, line: int) -> None:
    (problem,) = problems_of(text)
    assert "not TOML" in problem.message
    assert problem.line == line


def test_a_table_that_is_none() -> None:
    (problem,) = problems_of("tool.quality-gate = 3")
    assert "not a table" in problem.message


@pytest.mark.parametrize("text", ["a: [", "- 1\n- 2", "just text", "a: !!python/object:os.system x", "[" * 1500])
def test_a_file_that_is_no_yaml_mapping(text: str) -> None:
    with pytest.raises(ConfigurationError):
        resolve([parse_yaml(text, "quality-gate.yml")], KINDS)


def test_a_pyproject_without_our_table_sets_nothing() -> None:
    assert parse_pyproject("[tool.ruff]\nline-length = 3", "pyproject.toml") is None
    assert parse_pyproject("", "pyproject.toml") is None
    assert parse_yaml("", "quality-gate.yml") == []


@pytest.mark.parametrize("text", ["coverage.threshold", "=3", ""])
def test_an_assignment_needs_a_key_and_a_value(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"gate\.option=value"):
        settings_of_assignments([text])


def test_lists_from_the_command_line_and_from_inputs() -> None:
    config = resolve([settings_of_assignments(["gates=lint, unit-tests", "pass-env=A\nB,C"])], KINDS)
    assert config.gates == ("lint", "unit-tests")
    assert config.pass_env == ("A", "B", "C")


def test_a_long_value_is_shortened_where_it_is_shown() -> None:
    (problem,) = problems_of(f'[tool.quality-gate]\npostgres = "{"x" * 500}"')
    assert len(problem.value) == 80


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("postgres", "postgre://me:hunter2@host/name"),
        ("postgres", ["postgre://me:hunter2@host/name", 3]),
        ("postgres-env", ["DB_URI=postgresql://me:hunter2@host/name"]),
    ],
)
def test_a_mistake_shows_no_credentials(key: str, value: object) -> None:
    with pytest.raises(ConfigurationError) as caught:
        resolve([[Setting(key=key, value=value, place="x")]], KINDS)
    (problem,) = caught.value.problems
    assert "hunter2" not in problem.value + problem.message + problem.instead
    assert "***@host" in problem.value


@pytest.mark.timeout(20)
def test_a_value_that_refers_to_itself_many_times_is_shown_in_no_time() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 20)]
    with pytest.raises(ConfigurationError) as caught:
        resolve([parse_yaml("\n".join(lines) + "\ngates: *a19\n", "quality-gate.yml")], KINDS)
    assert len(caught.value.problems) == 21

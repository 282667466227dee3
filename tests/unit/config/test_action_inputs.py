"""The inputs of the Docker action, and what of its environment the gates get."""

from pathlib import Path

import yaml

from gate.config.action_inputs import for_the_run, input_variables
from gate.config.child_environment import for_installing, for_tests

ROOT = Path(__file__).parents[3]


def test_an_input_arrives_under_the_name_that_the_composite_action_gives_it() -> None:
    given = {"INPUT_COVERAGE-THRESHOLD": "90", "INPUT_GITHUB-TOKEN": "secret", "PATH": "/bin"}
    assert input_variables(given) == {"QUALITY_GATE_COVERAGE_THRESHOLD": "90", "QUALITY_GATE_TOKEN": "secret"}


def test_every_input_of_the_composite_action_has_the_name_that_the_docker_action_derives() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    given: dict[str, str] = {}
    for step in action["runs"]["steps"]:
        if step.get("shell"):
            given |= {value: name for name, value in step.get("env", {}).items()}
    for name in set(action["inputs"]) - {"artifact-retention-days"}:
        derived = input_variables({f"INPUT_{name.upper()}": "something"})
        assert derived[given[f"${{{{ inputs.{name} }}}}"]] == "something"


def test_the_run_gets_no_token_under_any_name_no_input_and_no_file_of_the_runner() -> None:
    environment = {
        "INPUT_GITHUB-TOKEN": "secret",
        "INPUT_NAME": "x",
        "HEADER": "Bearer secret",
        "GITHUB_OUTPUT": "/github/file_commands/output",
        "QUALITY_GATE_NAME": "x",
        "DATABASE_URL": "postgresql://db/x",
    }
    assert for_the_run(environment) == {"QUALITY_GATE_NAME": "x", "DATABASE_URL": "postgresql://db/x"}


def test_the_token_of_a_gitlab_job_reaches_a_package_index_and_nothing_else() -> None:
    environment = {
        "CI_JOB_TOKEN": "secret",
        "CI_REPOSITORY_URL": "https://gitlab-ci-token:secret@gitlab.example/x.git",
        "CI_REGISTRY_PASSWORD": "secret",
        "UV_INDEX_URL": "https://gitlab-ci-token:secret@gitlab.example/simple",
        "CI": "true",
    }
    assert set(for_the_run(environment)) == {"UV_INDEX_URL", "CI"}
    assert set(for_installing(environment)) == {"UV_INDEX_URL", "CI"}
    assert for_tests(environment, pass_env=["CI_JOB_TOKEN"]) == {"CI": "true"}

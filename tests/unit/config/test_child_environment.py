"""What a child process must never see, whatever it is called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.config.child_environment import for_installing, for_tests

RUNNER = {
    "GITHUB_TOKEN": "ghs_secret1",
    "GH_TOKEN": "ghs_secret2",
    "INPUT_GITHUB-TOKEN": "ghs_secret3",
    "QUALITY_GATE_TOKEN": "ghs_secret4",
    "ACTIONS_RUNTIME_TOKEN": "jwt",
    "ACTIONS_ID_TOKEN_REQUEST_URL": "https://x",
    "GITHUB_OUTPUT": "/tmp/o",
    "GITHUB_ENV": "/tmp/e",
    "GITHUB_PATH": "/tmp/p",
    "GITHUB_STATE": "/tmp/s",
    "GITHUB_STEP_SUMMARY": "/tmp/m",
    "MY_COPY": "ghs_secret1",
    "MY_URL": "https://x-access-token:ghs_secret4@github.com/a/b",
}
HARMLESS = {
    "PATH": "/usr/bin",
    "HOME": "/home/u",
    "CI": "true",
    "GITHUB_ACTIONS": "true",
    "GITHUB_SHA": "abc",
    "LANG": "C.UTF-8",
}


def test_tests_get_no_token_and_no_file_of_the_runner() -> None:
    assert for_tests(RUNNER | HARMLESS) == HARMLESS


@pytest.mark.parametrize(
    "name", ["UV_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_INDEX_PRIVATE_PASSWORD", "POETRY_HTTP_BASIC_X_PASSWORD"]
)
def test_index_credentials_reach_the_installer_and_not_the_tests(name: str) -> None:
    environment = HARMLESS | {name: "https://user:secret@index.example/simple"}
    assert name in for_installing(environment)
    assert name not in for_tests(environment)


def test_pass_env_brings_back_a_variable_but_never_the_token() -> None:
    environment = {"INPUT_X": "mine", "UV_INDEX_URL": "u", "GITHUB_TOKEN": "t0ken", "COPY": "t0ken"}
    assert for_tests(environment, pass_env=("INPUT_X", "UV_INDEX_URL", "GITHUB_TOKEN", "COPY")) == {
        "INPUT_X": "mine",
        "UV_INDEX_URL": "u",
    }


def test_drop_env_takes_away() -> None:
    assert for_tests({"A": "1", "B": "2"}, drop_env=("A",)) == {"B": "2"}


def test_what_git_tells_a_hook_about_a_repository_does_not_reach_repositories_of_the_tests() -> None:
    of_a_hook = {"GIT_DIR": ".git", "GIT_INDEX_FILE": ".git/index", "GIT_WORK_TREE": ".", "GIT_PREFIX": ""}
    kept = {"GIT_AUTHOR_NAME": "A", "GIT_SSH_COMMAND": "ssh -v"}
    assert for_tests(of_a_hook | kept) == kept


def test_our_own_interpreter_does_not_leak() -> None:
    assert for_tests({"VIRTUAL_ENV": "/ours", "PYTHONHOME": "/ours", "UV_PROJECT_ENVIRONMENT": "x", "A": "1"}) == {
        "A": "1"
    }


@given(st.dictionaries(st.text(min_size=1), st.text()), st.text(min_size=8), st.text(), st.text(), st.text(min_size=1))
def test_no_variable_holds_the_token(
    environment: dict[str, str], token: str, before: str, after: str, name: str
) -> None:
    environment |= {"GITHUB_TOKEN": token, name: before + token + after}
    assert all(token not in value for value in for_tests(environment, pass_env=(name,)).values())

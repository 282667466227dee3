"""Which environment variables a child process gets (pure: takes the environment, asks for none).

Tests are code from the change: they get no token, no action input and no file of the runner's.
"""

import re
from collections.abc import Collection, Mapping

_RUNNER_FILES = {
    "GITHUB_OUTPUT",
    "GITHUB_ENV",
    "GITHUB_PATH",
    "GITHUB_STATE",
    "GITHUB_STEP_SUMMARY",
}
_TOKENS = {"GITHUB_TOKEN", "GH_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"}
# GitLab's. It stands in CI_REPOSITORY_URL and CI_REGISTRY_PASSWORD as well, and may be that of a package index:
# https://docs.gitlab.com/ci/jobs/ci_job_token/
_TOKEN_FOR_INDEXES = "CI_JOB_TOKEN"  # noqa: S105 - a name
_PREFIXES = ("INPUT_", "ACTIONS_", "QUALITY_GATE_")
# Credentials of package indexes, as pip, uv, Poetry, PDM, Hatch, twine and npm read them.
_INDEX_CREDENTIALS = re.compile(
    r"(UV_(DEFAULT_|EXTRA_)?INDEX(_.*)?|UV_FIND_LINKS|PIP_(EXTRA_)?INDEX_URL|PIP_FIND_LINKS"
    r"|POETRY_(HTTP_BASIC|PYPI_TOKEN)_.*|PDM_(PYPI|PUBLISH)_.*|HATCH_INDEX_.*|TWINE_.*|NODE_AUTH_TOKEN|NPM_TOKEN)\Z"
)
# What belongs to the interpreter that runs Quality Gate, or would turn the project's tools to another environment.
_OWN_INTERPRETER = {
    "VIRTUAL_ENV",
    "PYTHONHOME",
    "__PYVENV_LAUNCHER__",
    # coverage.py's own, where Quality Gate itself is measured: its subject's processes are not.
    "COVERAGE_PROCESS_CONFIG",
    "UV_PROJECT_ENVIRONMENT",
    "UV_PYTHON",
    "UV_SYSTEM_PYTHON",
    "UV_PROJECT",
    "UV_WORKING_DIRECTORY",
}
# What git tells a hook about the repository that is committed to (`git rev-parse --local-env-vars`): with it, tests
# that make repositories of their own would write to that one.
_OF_A_HOOK = {
    *("GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT", "GIT_DIR"),
    *("GIT_OBJECT_DIRECTORY", "GIT_WORK_TREE", "GIT_IMPLICIT_WORK_TREE", "GIT_GRAFT_FILE", "GIT_INDEX_FILE"),
    *("GIT_NO_REPLACE_OBJECTS", "GIT_REPLACE_REF_BASE", "GIT_PREFIX", "GIT_SHALLOW_FILE", "GIT_COMMON_DIR"),
}


def tokens_of(environment: Mapping[str, str]) -> frozenset[str]:
    """Return the values of the tokens in `environment`, to be kept from every child under any name."""
    names = _TOKENS | {"INPUT_GITHUB_TOKEN", "INPUT_GITHUB-TOKEN", "QUALITY_GATE_TOKEN", "ACTIONS_RUNTIME_TOKEN"}
    return frozenset(environment[name] for name in names if environment.get(name))


def for_tests(
    environment: Mapping[str, str], *, pass_env: Collection[str] = (), drop_env: Collection[str] = ()
) -> dict[str, str]:
    """Return what the project's tests and tools may see."""
    return {
        name: value
        for name, value in for_installing(environment, pass_env=pass_env, drop_env=drop_env).items()
        if name in pass_env or not _INDEX_CREDENTIALS.match(name)
    }


def for_installing(
    environment: Mapping[str, str], *, pass_env: Collection[str] = (), drop_env: Collection[str] = ()
) -> dict[str, str]:
    """Return what the installer may see: what tests see, and the credentials of package indexes.

    `pass_env` brings back what looks secret, but never the job's own token; `drop_env` takes away more.
    """
    return {
        name: value
        for name, value in without_tokens(environment).items()
        if name not in drop_env and name not in _OWN_INTERPRETER and (name in pass_env or not _is_withheld(name))
    }


def without_tokens(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables in which no token of the job stands, under whatever name."""
    tokens = tokens_of(environment)
    for_indexes = environment.get(_TOKEN_FOR_INDEXES, "")
    return {
        name: value
        for name, value in environment.items()
        if not any(token in value for token in tokens)
        and not (for_indexes and for_indexes in value and not _INDEX_CREDENTIALS.match(name))
    }


def without_runner_files(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables but for those that name a file through which a step speaks to the runner."""
    return {name: value for name, value in environment.items() if name not in _RUNNER_FILES}


def _is_withheld(name: str) -> bool:
    return name in (_RUNNER_FILES | _TOKENS | _OF_A_HOOK) or name.startswith(_PREFIXES)

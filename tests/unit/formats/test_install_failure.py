import pytest

from gate.formats.install_failure import parse_cause


@pytest.mark.parametrize(
    ("printed", "says"),
    [
        (
            "error: Failed to fetch: https://host/simple/six/\n  cause: client error (Connect)\n  cause: dns error",
            "the package index could not be reached",
        ),
        ("  cause: client error (Connect)\n  cause: invalid peer certificate: UnknownIssuer", "UV_SYSTEM_CERTS=1"),
        ("WARNING: Retrying: NewConnectionError('...: [Errno -2] Name or service not known')", "could not be reached"),
        ("      Error: pg_config executable not found.\n\n      pg_config is required to build psycopg2", "libpq-dev"),
        ("./psycopg/psycopg.h:35:10: fatal error: libpq-fe.h: No such file or directory", "libpq-dev"),
        ("  cause: Hash mismatch for `six==1.17.0`", "does not have the hash"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "does not have the hash"),
        ("error: In `--require-hashes` mode, all requirements must have their versions pinned", "asks for hashes"),
        ("error: The lockfile at `uv.lock` needs to be updated, but `--locked` was provided.", "run `uv lock`"),
        ("error: Group `test` is not defined in the project's `dependency-groups` table", "run `uv lock`"),
        ("error: Extra `dev` is not defined in the `optional-dependencies` table for `demo`", "run `uv lock`"),
        (
            (
                "error: The requested interpreter resolved to Python 3.11.2, which is incompatible with the project's "
                "Python requirement: `>=3.12` (from `project.requires-python`)"
            ),
            "set `python-version`",
        ),
        ("because the current Python version (3.11.2) does not satisfy Python>=3.12", "set `python-version`"),
        ("error: No interpreter found for Python 3.14 in search path", "not on this machine"),
        ("error: Multiple top-level packages discovered in a flat-layout: ['app', 'x'].", "[tool.setuptools]"),
        ("foo.c:1:10: fatal error: Python.h: No such file or directory", "python3-dev"),
        ("error: command 'x86_64-linux-gnu-gcc' failed: No such file or directory", "a C compiler"),
        ("error: linker `cc` not found", "a C compiler"),
        ("error: externally-managed-environment", "virtual environment"),
        ("error: No solution found when resolving dependencies", "cannot be had together"),
    ],
)
def test_a_known_cause_is_named(printed: str, says: str) -> None:
    assert says in parse_cause(f"Resolved 3 packages\n{printed}\n")


def test_an_unknown_cause_is_not_guessed() -> None:
    assert parse_cause("Segmentation fault") == ""


@pytest.mark.parametrize(
    ("printed", "words"),
    [
        ("/bin/sh: 1: mysql_config: not found", "default-libmysqlclient-dev"),
        ("fatal error: libxml/xmlversion.h: No such file or directory", "libxml2-dev"),
        ("error: can't find Rust compiler", "needs Rust"),
        ("CMake must be installed to build dlib", "needs CMake"),
        (
            "FileNotFoundError: [Errno 2] No such file or directory: 'x'\nFailed to build `numpy==1.21`",
            "python-version",
        ),
    ],
)
def test_what_a_build_lacks_is_named(printed: str, words: str) -> None:
    assert words in parse_cause(printed)


def test_a_lock_that_does_not_fit_is_named_where_the_caller_knows_of_it() -> None:
    assert parse_cause("No solution found when resolving", "run `poetry lock`") == "run `poetry lock`"
    assert parse_cause("gcc failed", "run `poetry lock`") == ""

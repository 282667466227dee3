import pytest

from gate.formats.install_failure import is_of_build, parse_cause


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
        (
            "error: Required uv version `==0.9.*` does not match the running version `0.13.0`",
            'set `install = "none"`',
        ),
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
        (
            "error: Unsupported editable requirement in `r.txt` at line 1: `git+https://h/x/y#egg=y`\n"
            "  cause: Git sources cannot be editable",
            "write `name @ git+…`",
        ),
        (
            "  cause: Failed to fetch: https://me:secret@github.com/x/y/archive/master.zip\n  cause: dns error",
            "github.com/x/y/archive/master.zip, which a requirement names",
        ),
        (
            "Failed to build `pylibmc==1.6.3`\nsrc/_pylibmcmodule.h:42:10: fatal error: libmemcached/memcached.h: "
            "No such file or directory",
            "pylibmc is built from source and needs the C library that has `libmemcached/memcached.h`",
        ),
        (
            "Failed to build `demo @ file:///x`\nAttributeError: module 'poetry.masonry.api' has no attribute "
            "'build_editable'",
            "poetry.core.masonry.api",
        ),
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


_404 = "  cause: HTTP status client error (404 Not Found) for url (https://host/old-0.4.0.tar.gz)\n"


@pytest.mark.parametrize(
    ("printed", "cause"),
    [
        (
            "error: Failed to download and build `old==0.4.0`\n  cause: Failed to fetch: https://host/old\n" + _404,
            "old 0.4.0 is gone from the index: its file answers 404",
        ),
        ("error: Failed to download `old==0.4.0`\n" + _404, "old 0.4.0 is gone from the index: its file answers 404"),
        (
            "error: Failed to build `path @ file:///tmp/x`\n  urllib.error.URLError: <urlopen error [Errno -2] Name or "
            "service not known>\n",
            "the build of path needs the network",
        ),
        (
            "error: Failed to download and build `pendulum==3.0.0`\n  rustup: dns error\n",
            "the build of pendulum 3.0.0 needs the network",
        ),
        (
            "error: Failed to download and build `a @ git+https://h/a@main`\n  cause: Git operation failed\n"
            "  fatal: Could not resolve host: h\n",
            "needs the network: a comes from a git repository that could not be fetched, h/a",
        ),
        (
            "error: Failed to download and build `a[x] @ git+ssh://git:secret@h.org:22/o/a.git@main`\n"
            "  cause: Git operation failed\n  fatal: Authentication failed\n",
            "a comes from a git repository that could not be fetched, h.org:22/o/a",
        ),
        (
            "error: Failed to download and build `old==1.0`\n  error in old setup command: use_2to3 is invalid.\n",
            "old 1.0 is too old for today's setuptools: renew the lock or the requirement",
        ),
        (
            "error: Failed to build `old==1.0`\n  ImportError: cannot import name 'Feature' from 'setuptools' (/x)\n",
            "old 1.0 is too old for today's setuptools: renew the lock or the requirement",
        ),
        (
            "error: Failed to build `own @ file:///x`\n  ModuleNotFoundError: No module named 'pkg_resources'\n",
            "own is too old for today's setuptools",
        ),
        (
            "error: No solution found when resolving dependencies\n  cause: Because flask==3 depends on werkzeug>=3 and "
            "you require flask==3, we can conclude that you require werkzeug>=3.\n         And because you require "
            "werkzeug<2, we can conclude that your requirements are unsatisfiable.\n",
            "the requirements cannot be had together: Because flask==3 depends on werkzeug>=3 and you require flask==3, "
            "we can conclude that you require werkzeug>=3. And because you require werkzeug<2",
        ),
        (
            "error: No solution found when resolving dependencies\n  cause: Because a @ https://me:secret@h/a is bad, we "
            "can conclude that your requirements are unsatisfiable.",
            "the requirements cannot be had together",
        ),
    ],
)
def test_the_package_that_is_to_blame_is_named(printed: str, cause: str) -> None:
    assert parse_cause(printed) == cause


@pytest.mark.parametrize(
    ("printed", "of_build"),
    [
        (
            "error: Failed to build `a @ file:///a`\nValueError: Unable to determine which files to ship inside the wheel",
            True,
        ),
        (
            "error: Failed to build `a @ file:///a`\nerror: Multiple top-level packages discovered in a flat-layout",
            True,
        ),
        ("error: Failed to build `a @ file:///a`\nKeyError: 'x'", True),
        ("error: Failed to build `a @ file:///a`\nerror in a setup command: use_2to3 is invalid.", True),
        ("error: Failed to build `a @ file:///a`\nerror: command 'gcc' failed: No such file or directory", False),
        ("error: Failed to build `a @ file:///a`\nurllib.error.URLError: <urlopen error x>", False),
        ("error: No solution found", False),
        ("", False),
    ],
)
def test_a_build_that_fails_for_the_project_alone_is_told_from_one_that_the_machine_fails(
    printed: str, of_build: bool
) -> None:
    assert is_of_build(printed) is of_build
    assert "too old for this Python" not in parse_cause(printed) or "KeyError" in printed


def test_a_long_output_is_judged_in_a_moment() -> None:
    assert parse_cause("Failed to build `a`\n" + "  cause: x\n" * 20_000 + "Because a " * 50_000)
    assert parse_cause("Failed to build `a @ git+ssh://h/a`\n" * 2_000 + "  cause: x\n" * 20_000)

"""Tests that lack something around them: a program, a table, git's history, a display, disk space."""

import posixpath
import re

from gate.formats.causes.cause import Cause, Kind, ProjectFacts
from gate.formats.causes.crash import Crash

_NO_PATH = re.compile(r"^(?:FileNotFoundError|NotADirectoryError): [^\n]{0,200}?[\"'](?P<path>[^\"'\n]{1,1000})[\"']")
_SUBPROCESS = re.compile(
    r"subprocess\.py(?::\d+: |\", line)|base_subprocess|asyncio/unix_events|pexpect|trio/_subprocess"
)
_NO_PROGRAM = re.compile(
    r"^(?:FileNotFoundError|NotADirectoryError): .{0,40}No such file or directory: '(?P<name>[\w.+-]{1,80})'"
)
_PROGRAMS = (
    (
        re.compile(r"BrowserType\.launch: Executable doesn't exist"),
        "the browsers of Playwright",
        "Run `playwright install --with-deps` before the gate.",
    ),
    (
        re.compile(r"Host system is missing dependencies to run browsers"),
        "the libraries of Playwright's browsers",
        "Run `playwright install --with-deps` before the gate.",
    ),
    (
        re.compile(r"cannot find (?P<name>Chrome|Firefox|MSEdge) binary|Unable to obtain driver for (?P<driver>\w+)"),
        "a browser and its driver",
        "Install them before the gate.",
    ),
    (re.compile(r"TesseractNotFoundError"), "the program `tesseract`", "Install it before the gate."),
    (
        re.compile(r"ExecutableNotFound: failed to execute .{0,40}dot"),
        "the program `dot` of Graphviz",
        "Install it before the gate.",
    ),
    (
        re.compile(r"ExecutableMissingException: Could not f(?:ou|i)nd .{0,200}pg_(?:ctl|config)"),
        "PostgreSQL's program `pg_ctl`",
        "Install it before the gate.",
    ),
    (
        re.compile(
            r"CalledProcessError: Command '?\[?'?/?[\w./-]{0,200}\b(?:pg_ctl|initdb)\b|pg_ctl: cannot be run as root"
            r"|RuntimeError: \*\*\* failed to (?:initdb|launch postgres)"
        ),
        "a PostgreSQL that the tests start themselves, which did not start",
        "Run the gate as another user than root, as which PostgreSQL does not start.",
    ),
    (
        re.compile(r"^ValueError: Missing staticfiles manifest entry for "),
        "the static files, which were not collected",
        "Run `python manage.py collectstatic --noinput` before the gate, and before it what builds them.",
    ),
)
_NO_TABLE = re.compile(
    r"(?:UndefinedTable\w*\)?: |ProgrammingError\)? ?.{0,80}?)relation \"(?P<relation>[\w.]{1,200})\" does not exist"
    r"|OperationalError\)?:? ?no such table: (?P<table>[\w.]{1,200})",
    re.DOTALL,
)
_NO_EXTENSION = re.compile(
    r"extension \"(?P<name>[\w-]{1,63})\" is not available"
    r"|open extension control file .{0,300}/(?P<file>[\w-]{1,63})\.control"
)
_DISK = re.compile(r"\[Errno 28\]|No space left on device|DiskFull")
_GIT = re.compile(
    r"^(?:git\.exc\.)?InvalidGitRepositoryError|fatal: not a git repository|fatal: No names found, cannot describe"
    r"|CalledProcessError: Command '?\[?'?git'?,? '?(?:describe|log|rev-parse|show|merge-base)\b.{0,300}exit status 128"
    r"|(?:setuptools[-_]scm|hatch-vcs).{0,40}unable to detect version"
)
_DISPLAY = re.compile(
    r"TclError: (?:no display name|couldn't connect to display)|DisplayNameError|NoSuchDisplayException"
    r"|DisplayConnectionError"
    r"|could not connect to display|^KeyError: 'DISPLAY'$"
)
_ZONE = re.compile(r"ZoneInfoNotFoundError: [\"']No time zone found with key (?P<name>UTC|[A-Z]\w+/[A-Z][\w/]+)[\"']")
_BY_PATTERN = (
    (_DISK, Kind.DISK, "space on the disk", "Free some, or clean up before the gate."),
    (_GIT, Kind.GIT, "the history of git", "Check out all of it, with `fetch-depth: 0`."),
    (_DISPLAY, Kind.DISPLAY, "a display", "Start the gate under `xvfb-run`."),
    (_ZONE, Kind.TIME_ZONES, "the data of time zones", "Depend on `tzdata`, or install the system's package of it."),
)


def surrounding_cause(crash: Crash, facts: ProjectFacts) -> Cause | None:
    """Return what the tests lack around them, where the final exception is certain of it."""
    for pattern, kind, needs, advice in _BY_PATTERN:
        if pattern.search(crash.text):
            return Cause(kind=kind, needs=needs, advice=advice)
    return _submodule(crash, facts) or _program(crash) or _in_the_database(crash, facts)


def _submodule(crash: Crash, facts: ProjectFacts) -> Cause | None:
    missing = _NO_PATH.match(crash.first_line)
    if missing is None:
        return None
    path = f"{posixpath.normpath(missing['path'])}/"
    folder = facts.folder.rstrip("/") + "/" if facts.folder else ""
    inside = path.removeprefix(folder)
    found = next((one for one in facts.submodules if inside.startswith(f"{one}/")), "")
    if not found:
        return None
    advice = "Set `submodules: true` for `actions/checkout`."
    return Cause(kind=Kind.SUBMODULE, needs=f"git's submodule `{found}`, which is not checked out", advice=advice)


def _program(crash: Crash) -> Cause | None:
    for pattern, needs, advice in _PROGRAMS:
        if pattern.search(crash.text):
            return Cause(kind=Kind.PROGRAM, needs=needs, advice=advice)
    found = _NO_PROGRAM.match(crash.first_line)
    if found is None or not _SUBPROCESS.search(crash.trace):
        return None
    return Cause(kind=Kind.PROGRAM, needs=f"the program `{found['name']}`", advice="Install it before the gate.")


def _in_the_database(crash: Crash, facts: ProjectFacts) -> Cause | None:
    extension = _NO_EXTENSION.search(crash.text)
    if extension:
        name = extension["name"] or extension["file"]
        advice = "Give the gate a server that has it, with `postgres`."
        return Cause(kind=Kind.EXTENSION, needs=f"PostgreSQL's extension `{name}`", advice=advice)
    table = _NO_TABLE.search(crash.text)
    if table is None or facts.has_schema:
        return None
    return Cause(
        kind=Kind.TABLE,
        needs=f"the table `{table['relation'] or table['table']}`, and nothing makes a schema",
        advice='Add `migrate = "…"`, the command that makes it, under [tool.quality-gate.integration-tests].',
    )

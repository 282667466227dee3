"""Tests that lack an environment variable, or the `.env` file that sets some. Reads no environment."""

import posixpath
import re

from gate.formats.causes.cause import Cause, Kind, ProjectFacts
from gate.formats.causes.crash import Crash

_ENVIRON = re.compile(r"(?:\bos\.py|<frozen os>):\d+: (?:in __getitem__|KeyError)|\bos\.py\", line \d+, in __getitem__")
_KEY = re.compile(r"^KeyError: '(?P<name>[A-Za-z_]\w{0,100})'$")
_NAME = r"[A-Za-z_]\w{0,100}"
_VARIABLES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"ImproperlyConfigured: Set the (?P<name>{_NAME}) environment variable",
        rf"UndefinedValueError: (?P<name>{_NAME}) not found\. Declare it as envvar",
        rf"EnvError: Environment variable \"(?P<name>{_NAME})\" not set",
        rf"^KeyError: \"Config '(?P<name>{_NAME})' is missing, and has no default",
        r"ImproperlyConfigured: The (?P<name>SECRET_KEY) setting must not be empty",
        r"define the environment variable (?P<name>DJANGO_SETTINGS_MODULE)",
    )
)
_SETTINGS_FRAME = re.compile(r"pydantic_settings/|pydantic/env_settings\.py|pydantic/v1/env_settings\.py")
_REQUIRED_FIELD = re.compile(rf"^(?P<name>{_NAME}(?:\.{_NAME})*)\n[Ff]ield required", re.MULTILINE)
# What code says itself of a variable that it must have; its name is written in capitals.
_CAPITALS = r"[`'\"$]?\b(?P<name>[A-Z][A-Z0-9]{1,40}(?:_[A-Z0-9]{1,40}){0,8})\b[`'\"]?"
_LACKS = r"(?:is|was|are|has|must|needs|need|should|not|required|missing|unset|undefined)\b"
_DEMANDS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_CAPITALS}:? (?:env(?:ironment)? var(?:iable)?s? |variable )?{_LACKS}",
        rf"\b(?:[Mm]issing|[Ss]et|[Dd]efine|[Pp]rovide|[Nn]eeds?|[Rr]equire[sd]?)\b.{{0,60}}?{_CAPITALS}",
        rf"env(?:ironment)? var(?:iable)?s?:? {_CAPITALS}",
    )
)
_SAYS_ENVIRONMENT = re.compile(r"\benv(?:ironment)?[ -]?var", re.IGNORECASE)
_UNSET = re.compile(
    r"\b(?:not|unset|missing|requires?|required|undefined|must|needs?|set|define|provide)\b", re.IGNORECASE
)
_READS_ENVIRONMENT = re.compile(r"\b(?:environ|getenv)\b")
_AT_IMPORT = re.compile(r"^(?!E )[^\s:][^:\n]{0,400}\.py:\d+: in <module>", re.MULTILINE)
_NO_FILE = re.compile(
    r"^FileNotFoundError: [^\n]{0,200}?[\"'](?P<path>(?:[^\"'\n]{0,500}/)?\.env(?:\.[\w.-]{1,40})?)[\"']"
)
_ADVICE_FOR_FILE = (
    "Write it before the gate (many projects keep an example of it); variables alone can be set by "
    "`env` under [tool.quality-gate]."
)


def variable_cause(crash: Crash, facts: ProjectFacts) -> Cause | None:
    """Return the variables that are not set or the file that would set them, where the final exception is certain."""
    missing = _NO_FILE.match(crash.first_line)
    if missing:
        needs = f"the file `{_in_project(missing['path'], facts)}`"
        return Cause(kind=Kind.VARIABLE, needs=needs, advice=_ADVICE_FOR_FILE)
    names = [] if crash.is_assertion else _told_by_libraries(crash)
    names = names or _demanded_at_import(crash)
    if not names:
        return None
    words = ", ".join(f"`{name}`" for name in names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    lines = ", ".join(f'"{name}=…"' for name in names[:5])
    return Cause(
        kind=Kind.VARIABLE,
        needs=f"the environment variable {words}" if len(names) == 1 else f"the environment variables {words}",
        advice=f"Add `env = [{lines}]` under [tool.quality-gate], or hand a secret on with `pass-env`.",
    )


def _told_by_libraries(crash: Crash) -> list[str]:
    key = _KEY.match(crash.first_line)
    if key and _ENVIRON.search(crash.trace):
        return [key["name"]]
    if crash.type.endswith("ValidationError") and _SETTINGS_FRAME.search(crash.trace):
        return [found["name"].replace(".", "__").upper() for found in _REQUIRED_FIELD.finditer(crash.text)]
    found = next(filter(None, (pattern.search(crash.text) for pattern in _VARIABLES)), None)
    return [found["name"]] if found else []


def _demanded_at_import(crash: Crash) -> list[str]:
    """Return what code that is imported demands in its own words: it names the environment, or its line reads it."""
    said = crash.first_line.partition(":")[2].strip()[:500]
    if not _AT_IMPORT.search(crash.trace) or not _UNSET.search(said):
        return []
    for found in filter(None, (pattern.search(said) for pattern in _DEMANDS)):
        if _SAYS_ENVIRONMENT.search(said) or _line_reads(found["name"], crash.trace):
            return [found["name"]]
    return []


def _line_reads(name: str, trace: str) -> bool:
    """Tell whether the last source line of the traceback reads that variable of the environment."""
    source = [line for line in trace.splitlines() if line.strip() and line[:1] == " "]
    return bool(source) and name in source[-1] and bool(_READS_ENVIRONMENT.search(source[-1]))


def _in_project(path: str, facts: ProjectFacts) -> str:
    """Write a path relative to the project's folder, where it is in it."""
    whole = posixpath.normpath(path)
    folder = facts.folder.rstrip("/") + "/"
    return whole.removeprefix(folder) if facts.folder else whole

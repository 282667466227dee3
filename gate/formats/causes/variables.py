"""Tests that lack an environment variable, or the `.env` file that sets some. Reads no environment."""

import posixpath
import re

from gate.formats.causes.cause import Cause, Kind, ProjectFacts
from gate.formats.causes.crash import Crash

_ENVIRON = re.compile(r"(?:\bos\.py|<frozen os>)(?::\d+: (?:in __getitem__|KeyError)|\", line \d+, in __getitem__)")
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
_SETTINGS_CLASS = re.compile(r"\bvalidation errors? for (?P<name>\w{1,100})")
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
# What a fixture or a conftest.py says of one; a name of one word may be anything.
_LONG_NAME = r"[`'\"$]?\b(?P<name>[A-Z][A-Z0-9]{1,40}(?:_[A-Z0-9]{1,40}){1,8})\b[`'\"]?"
_OF_ENVIRONMENT = r"(?:env(?:ironment)? var(?:iable)? |variable )?"
_DEMANDS_OF_SETUP = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_LONG_NAME} {_OF_ENVIRONMENT}(?:must|needs to|has to|should) be (?:set|defined|given|provided)\b",
        rf"{_LONG_NAME} {_OF_ENVIRONMENT}(?:(?:is|was) )?not (?:set|defined|given|provided)\b",
        rf"{_LONG_NAME} {_OF_ENVIRONMENT}(?:(?:is|was) )?(?:unset|missing|required)\b",
        rf"\b(?:[Ss]et|[Dd]efine|[Pp]rovide|[Mm]issing|[Rr]equires?) (?:the |an? )?{_OF_ENVIRONMENT}{_LONG_NAME}",
    )
)
# The value that it must have, where that is written out.
_SET_TO = re.compile(r" (?:to|=) ?(?:[`'\"](?P<quoted>[\w.:/-]{1,40})[`'\"]|(?P<plain>\d{1,9}|[Tt]rue|[Yy]es)\b)")
# `os.environ.get("NAME").split(",")`, `int(os.getenv("NAME"))`
_WITHOUT_DEFAULT = re.compile(rf"\b(?:environ\.get|getenv)\(\s*[\"'](?P<name>{_NAME})[\"']\s*\)")
_OF_NONE = re.compile(r"^(?:AttributeError|TypeError): .{0,300}'?NoneType'?")
_FRAME = re.compile(r"^(?:  File \"(?P<python>[^\"\n]{1,400})\", line \d+|(?P<pytest>[^\s:][^:\n]{0,400}\.py):\d+: )")
_NOT_OF_PROJECT = re.compile(r"site-packages/|dist-packages/|/lib/python\d|^<")
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
    if not crash.is_assertion and _of_settings(crash):
        return _fields(crash, facts)
    names = [] if crash.is_assertion else _told_by_libraries(crash) or _looked_up_in_vain(crash)
    names = names or _demanded_at_import(crash)
    return _variables(names) if names else demand_of_setup(crash, facts)


def demand_of_setup(crash: Crash, facts: ProjectFacts) -> Cause | None:
    """Return the variable that a fixture, a conftest.py or pytest's own start asks for in plain words."""
    del facts
    said = crash.first_line.partition(":")[2].strip()[:500] if crash.at_setup else ""
    found = next(filter(None, (pattern.search(said) for pattern in _DEMANDS_OF_SETUP)), None)
    if found is None:
        return None
    value = _SET_TO.match(said, found.end())
    return _variables([found["name"]], (value["quoted"] or value["plain"]) if value else "…")


def _variables(names: list[str], value: str = "…") -> Cause:
    words = _listed(names)
    lines = ", ".join(f'"{name}={value}"' for name in names[:5])
    return Cause(
        kind=Kind.VARIABLE,
        needs=f"the environment variable {words}" if len(names) == 1 else f"the environment variables {words}",
        advice=f"Add `env = [{lines}]` under [tool.quality-gate], or hand a secret on with `pass-env`.",
    )


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _of_settings(crash: Crash) -> bool:
    lacks = crash.type.endswith("ValidationError") and _REQUIRED_FIELD.search(crash.text)
    return bool(lacks) and bool(_SETTINGS_FRAME.search(crash.trace))


def _fields(crash: Crash, facts: ProjectFacts) -> Cause:
    """Name the variables of the settings that lack a value; the fields, where it is not known how they are named."""
    fields = [found["name"] for found in _REQUIRED_FIELD.finditer(crash.text)]
    told = _SETTINGS_CLASS.search(crash.text)
    name = told["name"] if told else ""
    settings = facts.settings.get(name)
    if settings is not None and (settings.delimiter or not any("." in field for field in fields)):
        return _variables([settings.name(field.replace(".", settings.delimiter)) for field in fields])
    of_class = f" of the settings class `{name}`" if name else " of the settings"
    return Cause(
        kind=Kind.VARIABLE,
        needs=f"a value for {'the field' if len(fields) == 1 else 'the fields'} {_listed(fields)}{of_class}",
        advice="Add the variables that it reads as `env` under [tool.quality-gate], or a secret's name as `pass-env`.",
    )


def _looked_up_in_vain(crash: Crash) -> list[str]:
    """Return the variable without a default whose None the last line of the project's own goes on with."""
    if not _OF_NONE.match(crash.first_line):
        return []
    names = {found["name"] for found in _WITHOUT_DEFAULT.finditer(_last_own_line(crash.trace))}
    return [*names] if len(names) == 1 else []


def _last_own_line(trace: str) -> str:
    """Return the source of the last frame that is the project's own, "" where none is shown."""
    lines = trace.splitlines()
    for at in range(len(lines) - 2, -1, -1):
        frame = _FRAME.match(lines[at])
        if frame and not _NOT_OF_PROJECT.search(frame["python"] or frame["pytest"]):
            return lines[at + 1].strip()
    return ""


def _told_by_libraries(crash: Crash) -> list[str]:
    key = _KEY.match(crash.first_line)
    if key and _ENVIRON.search(crash.trace):
        return [key["name"]]
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

"""QUALITY_GATE_ENVIRONMENT: variables for the installation and the tests (pure: takes a text, sets nothing).

A called workflow cannot be given variables, only inputs and secrets, so one secret carries them all.
"""

import re
from collections.abc import Iterable, Mapping

from gate.config.resolve import ConfigurationError
from gate.domain.report import Problem

VARIABLE = "QUALITY_GATE_ENVIRONMENT"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
# What Quality Gate and the runner go by is set by the workflow alone.
_REFUSED = ("QUALITY_GATE_", "GITHUB_", "ACTIONS_", "RUNNER_", "INPUT_")
_SHORTEST_SECRET = 4
# A log, and every output that contains one, would be lost to masks such as `test`, `production` or `5432`.
_ORDINARY = re.compile(r"[A-Za-z]{1,11}|[0-9]{1,7}")


def parse_given_variables(text: str) -> dict[str, str]:
    """Return the variables, one `NAME=value` a line; the value as it stands, nothing unquoted, nothing expanded.

    Empty lines and lines that begin with `#` are left out; of a name given twice, the last one counts.

    Raises:
        ConfigurationError: with every line that is no such line. No message shows a line, because it may be a secret.
    """
    variables: dict[str, str] = {}
    problems: list[Problem] = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, divider, value = line.partition("=")
        if not divider or not _NAME.match(name.strip()):
            problems.append(_problem(number, "is not of the form NAME=value", "one variable a line: NAME=value"))
        elif name.strip().upper().startswith(_REFUSED):
            problems.append(
                _problem(number, "names a variable of the runner's or of Quality Gate's own", "another name")
            )
        elif "\0" in value:
            problems.append(_problem(number, "has a character NUL", "a value without it"))
        else:
            variables[name.strip()] = value
    if problems:
        raise ConfigurationError(problems)
    return variables


def with_given_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment with the variables that QUALITY_GATE_ENVIRONMENT carries, and without itself.

    Raises:
        ConfigurationError: as above.
    """
    rest = {name: value for name, value in environment.items() if name != VARIABLE}
    return rest | parse_given_variables(environment.get(VARIABLE, ""))


def worth_masking(text: str) -> list[str]:
    """Return the values that a log should not show: GitHub masks a secret's lines, and so no value that stands alone.

    Left out are those of fewer than four characters, plain words of fewer than 12 letters and numbers of fewer than
    eight digits: GitHub drops every output that contains a mask. Of a text with mistakes, what is behind the first `=`
    of each line.
    """
    values = {line.partition("=")[2].strip() for line in text.splitlines()}
    return sorted(filter(_is_worth_masking, values))


def secrets_named(environment: Mapping[str, str], names: Iterable[str]) -> frozenset[str]:
    """Return what no report should show of the values of `names`, line by line, by the same rule."""
    lines = (line.strip() for name in names for line in environment.get(name, "").splitlines())
    return frozenset(filter(_is_worth_masking, lines))


def _is_worth_masking(value: str) -> bool:
    return len(value) >= _SHORTEST_SECRET and not _ORDINARY.fullmatch(value)


def _problem(line: int, message: str, instead: str) -> Problem:
    return Problem(place=f"{VARIABLE}, line {line}", value="", message=message, instead=instead)

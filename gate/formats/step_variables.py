"""A command of a workflow's step -> the variables that it sets for commands behind it, where their values are literal.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-environment-variable
"""

import re

from gate.formats.shell_lines import ShellCommand

_ASSIGNMENT = re.compile(r"([A-Za-z_]\w{0,99})=([^$`\n]{0,2000})\Z")
_FILE = {"$GITHUB_ENV", "${GITHUB_ENV}"}


def exported(command: ShellCommand) -> dict[str, str]:
    """Return what `export NAME=value` sets for the rest of the step."""
    return _assigned(command.argv[1:]) if command.argv[:1] == ("export",) else {}


def written_to_env(command: ShellCommand) -> dict[str, str]:
    """Return what `echo "NAME=value" >> $GITHUB_ENV` sets for the steps that follow."""
    if command.argv[:1] != ("echo",) or command.appended not in _FILE:
        return {}
    words = command.argv[1:]
    while words[:1] in (("-n",), ("-e",), ("-E",)):
        words = words[1:]
    return _assigned((" ".join(words),))


def _assigned(words: tuple[str, ...]) -> dict[str, str]:
    matches = (_ASSIGNMENT.match(word) for word in words)
    return {match[1]: match[2] for match in matches if match}

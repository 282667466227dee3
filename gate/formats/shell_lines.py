"""A script for the shell -> the commands in it, as far as they can be read without running it.

Variables, substitutions and expressions are kept as they are written. Loops, conditions and functions are not
understood: their commands are listed as if each ran once. What has no closing quote is left out.
Source: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html
"""

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

MAX_CHARACTERS = 256 * 1024
# What stands for an expression of GitHub Actions in a word.
EXPRESSION = "$EXPRESSION"
_EXPRESSION = re.compile(r"\$\{\{[^}\n]{0,500}\}\}")
_TOKEN = re.compile(
    r"""(?P<space>(?:[ \t\r]|\\\r?\n)++)
    |(?P<comment>\#[^\n]*+)
    |(?P<heredoc>\d?<<-?[ \t]*+(?P<quote>["']?)(?P<mark>\w++)(?P=quote))
    |(?P<redirect>\d*+(?:&>>?|>>|>&|>\||<&|<<<|<>|[<>])[ \t]*+)
    |(?P<end>&&|\|\||\|&|;;?|[|&()\n])
    |(?P<word>(?:'[^']*+'|"(?:\\.|[^"\\])*+"|\\(?:.|\n)|`[^`\n]*+`|\$\([^()\n]*+\)|[^\s'"\\`;&|<>()])++)
    """,
    re.VERBOSE | re.DOTALL,
)
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=(.*)\Z", re.DOTALL)
_KEYWORDS = {"if", "then", "elif", "else", "fi", "while", "until", "do", "done", "!", "{", "}", "time", "exec", "sudo"}
_PYTHON = re.compile(r"(.*/)?(python|python3|python3\.\d+|py)\Z")
_RUNNERS = {"poetry", "uv", "pdm", "hatch", "pipenv", "rye", "pixi", "coverage"}
# What runs the rest of its words, behind so many of its own.
_WRAPPERS = {"uvx": 0, "xvfb-run": 0, "timeout": 1, "nice": 0}
# Options of the runners that take their value as the next word.
_WITH_VALUE = {
    *("--group", "--only-group", "--no-group", "--extra", "--with", "--with-requirements", "--with-editable"),
    *("--package", "--python", "-p", "--directory", "--project", "--env-file", "--index", "--default-index"),
    *("-e", "--env", "-C", "-P", "--rcfile", "--source", "--omit", "--include", "--data-file", "--context"),
    *("--concurrency", "--no-extra", "--config-file", "--cache-dir", "--environment"),
}


@dataclass(frozen=True, kw_only=True)
class ShellCommand:
    """One command: its words without quotes and redirections, and the variables that are set for it alone.

    `stdin` is the file that it reads, by `<`, `appended` the one that it adds to, by `>>`; "" for none.
    """

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    stdin: str = ""
    appended: str = ""

    @cached_property
    def program(self) -> tuple[str, ...]:
        """The words behind what only launches the program.

        `poetry run`, `uv run --group test`, `coverage run -m`, `python -m` and the like are launchers; a module's
        name takes the place of a program's, so that `python -m pytest tests` reads `pytest tests`. A script that
        Python runs stays `python manage.py test`.
        """
        words = self.argv
        for _ in range(8):
            inner = _launched(words)
            if inner is None or inner == words:
                return words
            words = inner
        return words


def parse_commands(run: str) -> tuple[ShellCommand, ...]:
    """Return the commands of a script in their order; none where it is too long."""
    if len(run) > MAX_CHARACTERS:
        return ()
    commands = (_command(words, files) for words, files in _simple_commands(_EXPRESSION.sub(EXPRESSION, run)))
    return tuple(command for command in commands if command.argv)


def _simple_commands(text: str) -> Iterator[tuple[list[str], dict[str, str]]]:
    """Yield the words of each command, and the files behind its redirections by their signs."""
    words: list[str] = []
    marks: list[str] = []
    files: dict[str, str] = {}
    at, redirect = 0, ""
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            # A quote that nothing closes: what this line meant, nobody knows.
            words, files = [], {}
            at = _line_end(text, at)
            continue
        at = token.end()
        match token.lastgroup:
            case "word":
                if not redirect:
                    words.append(_unquoted(token[0]))
                else:
                    files[redirect] = _unquoted(token[0])
                redirect = ""
            case "redirect":
                redirect = token[0].strip()
            case "heredoc" | "mark" | "quote":
                marks.append(token["mark"])
            case "end":
                yield words, files
                words, redirect, files = [], "", {}
                if token[0] == "\n" and marks:
                    at = _behind_heredocs(text, at, marks)
                    marks = []
    yield words, files


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _behind_heredocs(text: str, at: int, marks: list[str]) -> int:
    for mark in marks[:20]:
        end = re.compile(rf"^[ \t]*{re.escape(mark)}[ \t\r]*$", re.MULTILINE).search(text, at)
        if end is None:
            return len(text)
        at = end.end()
    return at


def _unquoted(word: str) -> str:
    if not any(sign in word for sign in "'\"\\"):
        return word
    try:
        return "".join(shlex.split(word))
    except ValueError:
        return word


def _command(words: list[str], files: Mapping[str, str]) -> ShellCommand:
    env: dict[str, str] = {}
    at = 0
    while at < len(words):
        assignment = _ASSIGNMENT.match(words[at])
        if assignment:
            env[assignment[1]] = assignment[2]
        elif words[at] not in _KEYWORDS and not (words[at] == "env" and _is_assignment(words, at + 1)):
            break
        at += 1
    return ShellCommand(argv=tuple(words[at:]), env=env, stdin=files.get("<", ""), appended=files.get(">>", ""))


def _is_assignment(words: list[str], at: int) -> bool:
    return at < len(words) and bool(_ASSIGNMENT.match(words[at]))


def _launched(words: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return what `words` launch, or None where they launch nothing that can be told."""
    if not words:
        return None
    first, rest = words[0].rpartition("/")[2], words[1:]
    if _PYTHON.match(first):
        inner = _behind_options(rest, "python")
        return inner[1:] if inner[:1] == ("-m",) and len(inner) > 1 else None
    if first in _WRAPPERS:
        return _behind_options(rest)[_WRAPPERS[first] :]
    return _run_by(first, _behind_options(rest)) if first in _RUNNERS else None


def _run_by(runner: str, words: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return what a runner's `run`, or uv's `tool run`, launches."""
    if words[:1] not in (("run",), ("tool",)):
        return None
    inner = _behind_options(words[2:] if words[:2] == ("tool", "run") else words[1:], runner)
    if inner[:1] in (("-m",), ("--module",)):
        return inner[1:]
    script = inner[:1] and inner[0].endswith(".py")
    if runner == "coverage" or (runner == "uv" and script):
        return ("python", *inner)
    if runner == "hatch" and inner[:1] and ":" in inner[0]:
        return (inner[0].partition(":")[2], *inner[1:])
    return inner


def _behind_options(words: tuple[str, ...], runner: str = "") -> tuple[str, ...]:
    """Leave out the options at the start, but not `-m`, which says what the next word is."""
    # To coverage, `-p` is a switch.
    with_value = {"python": {"-W", "-X"}, "coverage": _WITH_VALUE - {"-p"}}.get(runner, _WITH_VALUE)
    at = 0
    while at < len(words) and words[at].startswith("-") and words[at] not in ("-m", "--module", "-c"):
        if words[at] == "--":
            return words[at + 1 :]
        at += 2 if words[at] in with_value else 1
    return words[at:]

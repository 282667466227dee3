"""A command that runs pytest -> those of its arguments that decide what is tested. Runs nothing.

What is about reports, colours, parallelism or stopping early is left out: that is the gate's own affair.
Source: https://docs.pytest.org/en/stable/reference/reference.html#command-line-flags
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_RUNNERS = ("pytest", "py.test")
# Options that say what is tested, or how it is found; with a value, and as switches.
_TELLING_VALUES = {
    *("-m", "-k", "-c", "--config-file", "-p", "--ds", "--dc", "--confcutdir", "--import-mode"),
    *("--ignore", "--ignore-glob", "--deselect", "--doctest-glob", "--doctest-encoding", "--asyncio-mode"),
}
_TELLING = {"--doctest-modules", "--doctest-ignore-import-errors", "--doctest-continue-on-failure", "--pyargs"}
# A dot names all, as naming nothing does; tests are no source.
_NO_SOURCE = ("--cov", "--cov=.", "--cov=./", "--cov=tests", "--cov=test", "--cov=tests/", "--cov=test/")
_SCOPE = ("--cov", "--cov-config")
# Options that the gate decides itself, or that change nothing; with a value, and as switches.
_LEFT_OUT_VALUES = {
    *("-n", "--numprocesses", "--dist", "--maxprocesses", "--maxfail", "--tb", "--durations", "--durations-min"),
    *("--color", "--capture", "--junitxml", "--junit-xml", "--junit-prefix", "--html", "--cov-report", "-r"),
    *("--cov-fail-under", "--cov-context", "--verbosity", "--timeout", "--timeout-method", "--reruns", "-W", "-o"),
    *(
        "--reruns-delay",
        "--log-level",
        "--log-cli-level",
        "--log-file",
        "--basetemp",
        "--show-capture",
        "--maxschedchunk",
    ),
    *("--random-order-seed", "--random-order-bucket", "--alluredir", "--json-report-file", "--override-ini"),
    *("--pythonwarnings", "--splits", "--group", "--code-highlight", "--session-timeout", "--rootdir"),
}
_LEFT_OUT = {
    *("--verbose", "--quiet", "--exitfirst"),
    *("--showlocals", "--no-header", "--no-summary", "--ff", "--failed-first", "--lf", "--last-failed", "--nf"),
    *("--sw", "--stepwise", "--cache-clear", "--full-trace", "--disable-warnings", "--disable-pytest-warnings"),
    *(
        "--strict",
        "--strict-markers",
        "--strict-config",
        "--cov-append",
        "--cov-branch",
        "--no-cov",
        "--no-cov-on-fail",
    ),
    *(
        "--cov-reset",
        "--create-db",
        "--reuse-db",
        "--nomigrations",
        "--no-migrations",
        "--migrations",
        "--random-order",
    ),
    *("--benchmark-skip", "--benchmark-disable", "--self-contained-html", "--force-sugar", "--forked", "--instafail"),
    *("--json-report", "--trace-config", "--runxfail", "--"),
}

# Several may be written as one word: `-xvs`.
_SHORT_SWITCHES = re.compile(r"-[vqsxl]{1,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PytestCommand:
    """What a command tells pytest: `options` without the paths, the `paths`, and pytest-cov's options of scope."""

    options: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()

    @property
    def arguments(self) -> tuple[str, ...]:
        """The arguments that decide what is tested."""
        return (*self.options, *self.paths)


def is_pytest(program: Sequence[str]) -> bool:
    """Tell whether `program`, a command without its launchers, runs pytest."""
    return bool(program) and program[0].rpartition("/")[2] in _RUNNERS


def parse_pytest_command(program: Sequence[str]) -> PytestCommand | None:
    """Return what a `program` of which `is_pytest` holds tells pytest; None where it is not wholly understood.

    An expression of `-m` about `integration` is left out: the two gates part the suite by it themselves.
    """
    options: list[str] = []
    paths: list[str] = []
    scope: list[str] = []
    words = list(program[1:])
    while words:
        word = words.pop(0)
        if _is_unknown(word):
            return None
        name, equals, _ = word.partition("=")
        if not word.startswith("-"):
            paths.append(word)
        elif word in _LEFT_OUT or _SHORT_SWITCHES.fullmatch(word):
            continue
        elif name in _SCOPE:
            _take(scope, word, words, optional=name == "--cov", has_value=bool(equals))
        elif name in _TELLING_VALUES:
            _take(options, word, words, has_value=bool(equals))
        elif word in _TELLING:
            options.append(word)
        elif name in _LEFT_OUT_VALUES:
            _take([], word, words, has_value=bool(equals))
        elif not _is_short_with_value(word, options):
            return None
    sources = tuple(word for word in scope if word not in _NO_SOURCE)
    return PytestCommand(options=_of_this_half(options), paths=tuple(paths), scope=sources)


def _of_this_half(options: list[str]) -> tuple[str, ...]:
    kept: list[str] = []
    for at, word in enumerate(options):
        value = options[at + 1] if word == "-m" and at + 1 < len(options) else word
        behind = at > 0 and options[at - 1] == "-m"
        by_hand = word.startswith("-m") and not word.startswith("--") and "integration" in value
        if not by_hand and not (behind and "integration" in word):
            kept.append(word)
    return tuple(kept)


def _take(into: list[str], word: str, words: list[str], *, has_value: bool, optional: bool = False) -> None:
    """Move an option and its value; pytest-cov's `--cov` may have none."""
    into.append(word)
    if not has_value and words and not (optional and words[0].startswith("-")):
        value = words.pop(0)
        if optional:
            into[-1] = f"{word}={value}"
        else:
            into.append(value)


def _is_short_with_value(word: str, options: list[str]) -> bool:
    """Tell `-n4` and `-rA`, which are left out, and take `-mslow`, `-kname`, `-pno:x`."""
    if word[:2] in ("-m", "-k", "-p", "-c") and not word.startswith("--"):
        options.append(word)
        return True
    return word[:2] in ("-n", "-r", "-W", "-o") and not word.startswith("--")


def _is_unknown(word: str) -> bool:
    """Tell a word that only a shell, tox or a workflow could fill in."""
    return not word or any(sign in word for sign in "{}$`*\0\n")

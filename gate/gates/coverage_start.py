"""Where coverage must begin before pytest does: pytest-cov would count for missed what pytest itself imports first.

pytest imports what it is made of itself, the class that a warnings filter names, the module of `-p` and the plug-ins of
installed distributions before it lets pytest-cov begin.
"""

import re
from collections.abc import Mapping, Sequence

from gate.context import Context
from gate.formats.pytest_command import PytestCommand
from gate.formats.pytest_settings import PytestSettings
from gate.formats.shipped_packages import MANIFESTS
from gate.gates import coverage_scope

# An entry point of this group makes a distribution a plug-in of pytest.
_IS_PLUG_IN = re.compile(r"\bpytest11\b")
# What pytest itself is made of: the tests of one of these find it imported already.
_OF_PYTEST = ("packaging", "pluggy", "iniconfig", "pygments", "attr", "attrs", "exceptiongroup", "tomli")
_WITH_VALUE = ("--cov", "--cov-config", "-W", "-p")
_PARALLEL = re.compile(r"-n(?:=?\w*)|--numprocesses(?:=.*)?|--dist(?:=.*)?|--tx(?:=.*)?")


def arguments(ctx: Context, settings: PytestSettings, session: PytestCommand) -> list[str]:
    """Return coverage.py's arguments before `-m pytest`, [] where pytest-cov measures as well.

    It does so where tests run in several processes: coverage.py by itself would see only the first of them.
    """
    words = [*settings.addopts, *session.options, *session.scope]
    if not imports_too_early(words, settings.filterwarnings, ctx.project.files, ctx.project_texts(*MANIFESTS)):
        return []
    configured = coverage_scope.is_configured(ctx, settings)
    return arguments_of(words, [] if configured else coverage_scope.sources_of(ctx))


def imports_too_early(
    words: Sequence[str], filters: Sequence[str], files: Sequence[str], manifests: Mapping[str, str]
) -> bool:
    """Tell whether pytest imports one of the project's own modules before pytest-cov begins."""
    if any(_IS_PLUG_IN.search(text) for text in manifests.values()):
        return True
    options = _options(words)
    categories = [[*line.split(":"), "", ""][2].strip() for line in (*filters, *options["-W"])]
    modules = [name for name in (*categories, *options["-p"]) if "." in name]
    python = {path.removeprefix("src/").removesuffix(".py") for path in files if path.endswith(".py")}
    if any(name in python or f"{name}/__init__" in python for name in _OF_PYTEST):
        return True
    own = {path.partition("/")[0] for path in python}
    return any(name.partition(".")[0] in own for name in modules)


def arguments_of(words: Sequence[str], sources: Sequence[str]) -> list[str]:
    """Write pytest-cov's options as coverage.py's; `sources` is what is measured where nothing configures it."""
    options = _options(words)
    contexts = any(word.startswith("--cov-context") for word in words)
    if contexts or any(_PARALLEL.fullmatch(word) for word in words):
        return []
    named = ",".join(dict.fromkeys(filter(None, options["--cov"]))) or ",".join(sources)
    return [
        *("-m", "coverage", "run"),
        *([f"--source={named}"] if named else []),
        *(["--branch"] if "--cov-branch" in words else []),
        *(f"--rcfile={name}" for name in options["--cov-config"][-1:]),
    ]


def _options(words: Sequence[str]) -> dict[str, list[str]]:
    """Return the values of the options that matter here, written behind them or behind `=`."""
    found: dict[str, list[str]] = {name: [] for name in _WITH_VALUE}
    for at, word in enumerate(words):
        name, equals, value = word.partition("=")
        if word in _WITH_VALUE:
            following = words[at + 1] if at + 1 < len(words) else ""
            found[word].append("" if following.startswith("-") else following)
        elif equals and name in ("--cov", "--cov-config"):
            found[name].append(value)
        elif word[:2] in ("-W", "-p"):
            found[word[:2]].append(word[2:])
    return found

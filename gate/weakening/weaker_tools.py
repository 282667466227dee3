"""Settings of tools on both sides -> what of them is weaker. Knows what a setting means, and no file's format."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from gate.config.weaker import Value, Weaker, fewer, higher, lower, named, shown
from gate.domain.finding import Location
from gate.domain.weakening import Weakening, WeakeningKind
from gate.weakening.changed_text import ChangedText
from gate.weakening.tool_settings import BY_ITSELF, SETTING_FILES, Settings, parse_settings

_CHOOSING = ("-k", "-m", "--deselect", "--ignore", "--ignore-glob", "-p", "--cov-fail-under", "--no-cov", "-W")
_WITHOUT = ("--no-cov", "--co", "--collect-only", "--runxfail", "--lf", "--last-failed", "--sw", "--stepwise")
_UNSET: Mapping[str, object] = {"ruff's select": BY_ITSELF}
# The whole of a pattern, with nothing in it that lets it match other lines: `pragma: no cover|def` does.
_BETWEEN = r"[ :*+?\[\]\\s]{0,20}"
_WORD = r"(?:{0}|\({0}\|{0}\))"
_OWN_COMMENT = re.compile(
    rf"(?:\(\?i\))?\\?#?{_BETWEEN}" + _BETWEEN.join(map(_WORD.format, ("pragma", "no", "cover"))) + r"(?:\\b)?",
    re.IGNORECASE,
)


def weaker_tools(files: Iterable[ChangedText]) -> Iterator[Weakening]:
    """Yield what the tools see no more, folder by folder: a setting may move from one file to another."""
    folders: dict[str, list[ChangedText]] = defaultdict(list)
    for file in files:
        for path in dict.fromkeys((file.path, file.base_path)):
            if PurePosixPath(path).name in SETTING_FILES:
                folders[PurePosixPath(path).parent.as_posix()].append(file)
    for folder, changed in folders.items():
        before = _settings((file.base_path, file.before) for file in changed if _lies(file.base_path, folder))
        after = _settings((file.path, file.after) for file in changed if _lies(file.path, folder))
        for key in dict.fromkeys([*before, *after]):
            for message in _of_setting(key, before, after):
                yield Weakening(kind=WeakeningKind.CONFIGURATION, message=message, location=_place(key, changed))


def _settings(texts: Iterable[tuple[str, str | None]]) -> Settings:
    found: dict[str, object] = {}
    for path, text in texts:
        for key, value in parse_settings(path, text or "").items():
            known = found.get(key)
            found[key] = (*known, *value) if isinstance(known, tuple) and isinstance(value, tuple) else value
    return found


def _of_setting(key: str, before: Settings, after: Settings) -> Iterator[str]:
    old, new = before.get(key, _UNSET.get(key)), after.get(key, _UNSET.get(key))
    if old != new:
        yield from _MEANINGS.get(key, _limit)(key, old, new)


def _more(name: str, before: Value, after: Value) -> Iterator[str]:
    """Take entries that are new: what is listed is not looked at."""
    if new := [one for one in after or () if one not in (before or ())]:
        yield f"adds {named(new)} to {name}"


def _excluded(name: str, before: Value, after: Value) -> Iterator[str]:
    """Take lines that do not count; coverage.py's own comment is excluded by itself."""
    yield from _more(name, before, [one for one in after or () if not _OWN_COMMENT.fullmatch(one)])


def _fewer_if_any(name: str, before: Value, after: Value) -> Iterator[str]:
    """Take entries that are gone; without any, everything is looked at."""
    if after:
        yield from fewer(name, before, after)


def _selected(name: str, before: Value, after: Value) -> Iterator[str]:
    """Take rules that nothing selects any more: `E` selects `E501`, and `ALL` everything."""
    gone = [one for one in before or () if "ALL" not in after and not any(one.startswith(other) for other in after)]
    if gone:
        yield f"takes {named(gone)} out of {name}"


def _off(name: str, before: Value, after: Value) -> Iterator[str]:
    if before and not after:
        yield f"switches {name} off"


def _on(name: str, before: Value, after: Value) -> Iterator[str]:
    if after and not before:
        yield f"switches {name} on"


def _errors_of_warnings(name: str, before: Value, after: Value) -> Iterator[str]:
    """Take filters that make warnings errors, and what is let through where all of them are."""
    is_error = ("error" in (before or ())) and "error" in (after or ())
    yield from fewer(name, [one for one in before or () if one.startswith("error")], after)
    if is_error:
        yield from _more(name, before, [one for one in after if not one.startswith("error")])


def _limit(name: str, before: Value, after: Value) -> Iterator[str]:
    if isinstance(before, int | float):
        yield from higher(name, before, after)


def _addopts(name: str, before: Value, after: Value) -> Iterator[str]:
    """Take what lets pytest run fewer tests, or lets more pass."""
    old, new = _choices(before or ()), _choices(after or ())
    for option, value in new:
        if option == "--cov-fail-under":
            was = [said for other, said in old if other == option]
            if was and _as_number(value) < _as_number(was[-1]):
                yield f"lowers {option} in {name} from {shown(was[-1])} to {shown(value)}"
        elif (option, value) not in old and not _is_harmless(option, value):
            yield f"adds {shown(f'{option} {value}'.strip())} to {name}"
    kept = [option for option, _ in new]
    gone = [option for option, value in old if option == "--cov-fail-under" and option not in kept]
    gone += [
        f"-W {value}"
        for option, value in old
        if option == "-W" and value.startswith("error") and (option, value) not in new
    ]
    if gone:
        yield f"takes {named(gone)} out of {name}"


def _is_harmless(option: str, value: str) -> bool:
    """Tell what adds to pytest, or makes errors of warnings."""
    return (option == "-p" and (not value.startswith("no:") or value == "no:cacheprovider")) or (
        option == "-W" and value.startswith("error")
    )


def _choices(words: Sequence[str]) -> list[tuple[str, str]]:
    found = []
    for at, word in enumerate(words):
        option, equals, value = word.partition("=")
        if option in _WITHOUT:
            found.append((option, ""))
        elif option in _CHOOSING:
            found.append((option, value if equals else next(iter(words[at + 1 : at + 2]), "")))
        elif word[:2] in ("-k", "-m", "-p", "-W") and not word.startswith("--"):
            found.append((word[:2], word[2:].removeprefix("=")))
    return found


def _as_number(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        return 0.0


_MEANINGS: Mapping[str, Weaker] = {
    "ruff's ignore": _more,
    "ruff's select": _selected,
    "ruff's per-file-ignores": _more,
    "ruff's exclude": _more,
    "ruff's extend-exclude": _more,
    "ruff's include": _fewer_if_any,
    "coverage's branch": _off,
    "coverage's ignore_errors": _on,
    "coverage's fail_under": lower,
    "coverage's run.source": _fewer_if_any,
    "coverage's run.source_pkgs": _fewer_if_any,
    "coverage's run.source_dirs": _fewer_if_any,
    "coverage's run.include": _fewer_if_any,
    "coverage's report.include": _fewer_if_any,
    "coverage's run.omit": _more,
    "coverage's report.omit": _more,
    "coverage's report.exclude_lines": _excluded,
    "coverage's report.exclude_also": _more,
    "coverage's report.partial_branches": _more,
    "pytest's addopts": _addopts,
    "pytest's testpaths": _fewer_if_any,
    "pytest's python_files": _fewer_if_any,
    "pytest's python_classes": _fewer_if_any,
    "pytest's python_functions": _fewer_if_any,
    "pytest's norecursedirs": _more,
    "pytest's strict_xfail": _off,
    "pytest's strict_markers": _off,
    "pytest's strict_config": _off,
    "pytest's filterwarnings": _errors_of_warnings,
}


def _lies(path: str, folder: str) -> bool:
    return PurePosixPath(path).parent.as_posix() == folder and PurePosixPath(path).name in SETTING_FILES


def _place(key: str, files: Sequence[ChangedText]) -> Location:
    """Find the line that sets it now: the first that names it, in a file that has it."""
    name = key.rpartition("'s ")[2].rpartition(".")[2]
    for file in files:
        lines = (file.after or "").splitlines()
        for number, line in enumerate(lines, 1):
            if line.strip().strip("\"'").startswith(name):
                return Location(path=file.path, line=number)
    return Location(path=files[0].path)

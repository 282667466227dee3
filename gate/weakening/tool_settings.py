"""What ruff, coverage.py and pytest are told by a project's files, as far as it decides what they see. Reads no file.

ruff: https://docs.astral.sh/ruff/settings/ · coverage.py: https://coverage.readthedocs.io/en/latest/config.html
pytest: https://docs.pytest.org/en/stable/reference/reference.html#configuration-options
"""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from gate.formats.ini_document import readable_ini
from gate.formats.toml_document import readable_toml, table

Settings = Mapping[str, object]
"""By the name under which a setting is told; lists are tuples of texts, numbers are numbers, flags are bools."""

SETTING_FILES = (
    *("pyproject.toml", "ruff.toml", ".ruff.toml", "setup.cfg", "tox.ini", "pytest.ini", ".pytest.ini"),
    *("pytest.toml", ".pytest.toml", ".coveragerc", ".coveragerc.toml"),
)
_LONGEST = 1_000_000
_MOST_ENTRIES = 5_000
_LINTERS = ("ignore", "extend-ignore", "select", "extend-select", "per-file-ignores", "extend-per-file-ignores")
_OF_COVERAGE = {
    "run": ("source", "source_pkgs", "source_dirs", "include", "omit", "branch"),
    "report": ("fail_under", "include", "omit", "exclude_lines", "exclude_also", "partial_branches", "ignore_errors"),
}
_OF_PYTEST = ("addopts", "testpaths", "python_files", "python_classes", "python_functions", "norecursedirs")
_STRICT: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "strict_xfail": ("xfail_strict", ()),
    "strict_markers": ("", ("--strict-markers", "--strict")),
    "strict_config": ("", ("--strict-config",)),
}
"""Each with its former name and the options that switch it on. `--strict` was one of markers alone."""
_NUMBER = re.compile(r"-?\d{1,9}(\.\d{1,9})?\Z")
_FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def parse_settings(path: str, text: str) -> dict[str, object]:
    """Return what a file sets, nothing where it cannot be read: its tool will say what is wrong with it."""
    name = PurePosixPath(path).name
    if len(text) > _LONGEST:
        return {}
    found = dict(_of_toml(name, text) if name.endswith(".toml") else _of_ini(name, text))
    return {key: value for key, value in found.items() if value is not None}


def _of_toml(name: str, text: str) -> Iterator[tuple[str, object]]:
    document = readable_toml(text)
    if name in ("ruff.toml", ".ruff.toml"):
        yield from _of_ruff(document)
    elif name == ".coveragerc.toml":
        yield from _of_coverage({**document, **table(table(document.get("tool")).get("coverage"))})
    elif name != "pyproject.toml":
        yield from _of_pytest(table(document.get("pytest")))
    else:
        tool = table(document.get("tool"))
        yield from _of_ruff(table(tool.get("ruff")))
        yield from _of_coverage(table(tool.get("coverage")))
        pytest = table(tool.get("pytest"))
        yield from _of_pytest(table(pytest.get("ini_options")) or pytest)


def _of_ini(name: str, text: str) -> Iterator[tuple[str, object]]:
    parser = readable_ini(text, allow_no_value=True)
    sections: dict[str, Mapping[str, object]] = {one: dict(parser.items(one)) for one in parser.sections()}
    prefixed = {one.removeprefix("coverage:"): of for one, of in sections.items() if one.startswith("coverage:")}
    # In a file of coverage.py's own the prefix may be left out.
    yield from _of_coverage({**sections, **prefixed} if name == ".coveragerc" else prefixed)
    yield from _of_pytest(sections.get("tool:pytest" if name == "setup.cfg" else "pytest", {}))


def _of_ruff(settings: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    # What is now below `lint` stood above it once, and still may.
    lint = {**{key: settings[key] for key in _LINTERS if key in settings}, **table(settings.get("lint"))}
    for key in ("ignore", "select"):
        told = [*_entries(lint.get(key)), *_entries(lint.get(f"extend-{key}"))]
        if key in lint or told:
            # An extension alone extends what ruff has by itself.
            more = () if key in lint or key == "ignore" else BY_ITSELF
            yield f"ruff's {key}", (*more, *told)
    of_files = {**table(lint.get("per-file-ignores")), **table(lint.get("extend-per-file-ignores"))}
    yield (
        "ruff's per-file-ignores",
        tuple(f"{code} in {path}" for path, ones in of_files.items() for code in _entries(ones)),
    )
    for key in ("exclude", "extend-exclude"):
        yield f"ruff's {key}", (*_entries(settings.get(key)), *_entries(lint.get(key)))
    yield "ruff's include", _entries(settings.get("include")) or None
    for group in ("mccabe", "pylint"):
        for key, value in table(lint.get(group)).items():
            if key.startswith("max-") and isinstance(value, int | float):
                yield f"ruff's {group}.{key}", value


BY_ITSELF = ("E4", "E7", "E9", "F")
"""What ruff selects where nothing is selected: https://docs.astral.sh/ruff/settings/#lint_select."""


def _of_coverage(sections: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for section, keys in _OF_COVERAGE.items():
        settings = table(sections.get(section))
        for key in keys:
            if key not in settings:
                continue
            if key in ("branch", "ignore_errors"):
                yield f"coverage's {key}", _flag(settings[key])
            elif key == "fail_under":
                yield f"coverage's {key}", _number(settings[key])
            else:
                yield f"coverage's {section}.{key}", _entries(settings[key])


def _of_pytest(settings: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for key in _OF_PYTEST:
        if key in settings:
            yield f"pytest's {key}", _words(settings[key])
    yield from _strictness(settings)
    if "filterwarnings" in settings:
        yield "pytest's filterwarnings", _entries(settings["filterwarnings"], by=r"\n+")


def _strictness(settings: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Yield what pytest is strict about: an option says so, the setting's name of now or of then, or strict mode.

    https://docs.pytest.org/en/stable/reference/reference.html#confval-strict
    """
    options = _words(settings.get("addopts"))
    for key, (former, switches) in _STRICT.items():
        told = [_flag(settings[name]) for name in (key, former, "strict") if name in settings]
        is_strict = True if any(switch in options for switch in switches) else next(iter(told), None)
        yield f"pytest's {key}", is_strict


def _entries(value: object, by: str = r"[\n,]+") -> tuple[str, ...]:
    """Return a list's texts; of one text, what stands on its lines or between its commas."""
    parts: Sequence[object] = re.split(by, value[:_LONGEST]) if isinstance(value, str) else ()
    if isinstance(value, list):
        parts = value
    return tuple(part.strip() for part in parts[:_MOST_ENTRIES] if isinstance(part, str) and part.strip())


def _words(value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        return _entries(value)
    if not isinstance(value, str):
        return ()
    try:
        return tuple(shlex.split(value)[:_MOST_ENTRIES])
    except ValueError:
        return tuple(value.split()[:_MOST_ENTRIES])


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else _FLAGS.get(value.strip().lower()) if isinstance(value, str) else None


def _number(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    return float(value) if isinstance(value, str) and _NUMBER.match(value.strip()) else None

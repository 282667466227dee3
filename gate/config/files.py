"""The text of a configuration file -> settings. Reads nothing itself."""

import re
import tomllib
from collections.abc import Iterable, Mapping

import yaml

from gate.config.resolve import ConfigurationError, Setting
from gate.domain.report import Problem

TABLE = "tool.quality-gate"


def parse_pyproject(text: str, path: str) -> list[Setting] | None:
    """Return what `[tool.quality-gate]` of a pyproject.toml sets, or None where it has no such table.

    Raises:
        ConfigurationError: the file is not TOML, or the table is not a table.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise _unreadable(path, f"not TOML: {error}", int(line[1]) if line else None) from None
    tool = document.get("tool")
    if not isinstance(tool, dict) or "quality-gate" not in tool:
        return None
    return _settings(tool["quality-gate"], f"{path} [{TABLE}]", path, text)


def parse_yaml(text: str, path: str) -> list[Setting]:
    """Return what a `quality-gate.yml` sets.

    Raises:
        ConfigurationError: the file is not YAML, or not a mapping.
    """
    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        reason = str(getattr(error, "problem", None) or error).splitlines()[0]
        raise _unreadable(path, f"not YAML: {reason}", mark.line + 1 if mark else None) from None
    return _settings({} if document is None else document, path, path, text)


def _settings(table: object, place: str, path: str, text: str) -> list[Setting]:
    if not isinstance(table, Mapping):
        raise _unreadable(path, f"{place} is not a table of options", None)
    return [
        Setting(key=key, value=value, place=f"{place} {key}", path=path, line=_line_of(text, key))
        for key, value in _flattened(table)
    ]


def _flattened(table: Mapping[object, object]) -> Iterable[tuple[str, object]]:
    for key, value in table.items():
        if isinstance(value, Mapping) and value:
            yield from ((f"{key}.{name}", inner) for name, inner in value.items())
        else:
            yield str(key), value


def _line_of(text: str, key: str) -> int | None:
    """Find the line that sets `key`, behind the heading of its table where it has one."""
    table, dot, name = key.rpartition(".")
    heading = re.compile(
        rf"^\s*(\[{re.escape(TABLE)}{re.escape(dot + table)}\]|{re.escape(table)}\s*:)"
        if dot
        else r"^\s*\[tool\.quality-gate\]"
    )
    lines = text.splitlines()
    start = next((number for number, line in enumerate(lines) if heading.match(line)), 0)
    setting = re.compile(rf"^\s*[\"']?{re.escape(name)}[\"']?\s*[=:]")
    return next((number + 1 for number in range(start, len(lines)) if setting.match(lines[number])), None)


def _unreadable(path: str, message: str, line: int | None) -> ConfigurationError:
    problem = Problem(place=path, value="", message=message, instead="see docs/configuration.md", path=path, line=line)
    return ConfigurationError([problem])

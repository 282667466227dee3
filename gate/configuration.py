"""Gathers the layers of a project's configuration. Reads its files; parsing and judging them is `gate.config`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from gate.config.files import parse_pyproject, parse_yaml
from gate.config.model import Config
from gate.config.resolve import (
    ConfigurationError,
    Setting,
    resolve,
    settings_of_assignments,
    settings_of_environment,
)
from gate.domain.report import Problem

PYPROJECT = "pyproject.toml"
YAML_NAMES = ("quality-gate.yml", "quality-gate.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where settings come from: the project's folder, `file` in its stead, assignments, the environment.

    `texts` are those of the files, by name, where they are not as they lie there: what is not among them is not there.
    """

    folder: Path
    file: Path | None
    assignments: tuple[str, ...]
    environment: Mapping[str, str]
    gates: Mapping[str, type]
    texts: Mapping[str, str] | None = None

    def text(self, path: Path) -> str | None:
        """Return a file's text, None where there is no such file."""
        if self.texts is not None:
            return self.texts.get(str(path.name if self.file is None else path))
        return _text(path) if path.is_file() else None


def read_configuration(sources: Sources) -> Config:
    """Return the configuration: command line over action inputs over file over defaults.

    Raises:
        ConfigurationError: with every mistake of all layers.
    """
    problems: list[Problem] = []
    layers: list[Iterable[Setting]] = []
    for read in (_command_line, _inputs, _file):
        try:
            layers.append(read(sources))
        except ConfigurationError as error:
            problems += error.problems
    try:
        config = resolve(layers, sources.gates)
    except ConfigurationError as error:
        problems += error.problems
    if problems:
        raise ConfigurationError(problems)
    return config


def read_settings(sources: Sources) -> list[Setting]:
    """Return what the file sets, each with its place.

    Raises:
        ConfigurationError: it cannot be read.
    """
    return _file(sources)


def _command_line(sources: Sources) -> list[Setting]:
    return settings_of_assignments(sources.assignments)


def _inputs(sources: Sources) -> list[Setting]:
    lines = [line for line in sources.environment.get("QUALITY_GATE_SET", "").splitlines() if line.strip()]
    return settings_of_assignments(lines, "input set") + settings_of_environment(sources.environment, sources.gates)


def _file(sources: Sources) -> list[Setting]:
    if sources.file is not None:
        return _named_file(sources, sources.file)
    pyproject = sources.text(sources.folder / PYPROJECT)
    of_pyproject = None if pyproject is None else parse_pyproject(pyproject, PYPROJECT)
    texts = {name: sources.text(sources.folder / name) for name in YAML_NAMES}
    found = {name: text for name, text in texts.items() if text is not None}
    places = [*found, *([f"{PYPROJECT} [tool.quality-gate]"] if of_pyproject is not None else [])]
    if len(places) > 1:
        raise _problem(places[0], "configured in more than one place: " + " and ".join(places), "keep one of them")
    return parse_yaml(*found.popitem()[::-1]) if found else of_pyproject or []


def _named_file(sources: Sources, path: Path) -> list[Setting]:
    text = sources.text(path)
    if text is None:
        raise _problem(str(path), "there is no such file", "the path of a .toml or .yml file")
    if path.suffix == ".toml":
        settings = parse_pyproject(text, str(path))
        if settings is None:
            raise _problem(str(path), "has no table [tool.quality-gate]", "the options under [tool.quality-gate]")
        return settings
    return parse_yaml(text, str(path))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _problem(path.name, f"cannot be read: {error}", "a readable file in UTF-8") from None


def _problem(place: str, message: str, instead: str) -> ConfigurationError:
    return ConfigurationError([Problem(place=place, value="", message=message, instead=instead)])

"""Layers of settings -> Config. Gathers every mistake with its place, value and remedy."""

import re
import reprlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from gate.config.model import Config
from gate.config.options import BadValue, OptionSpec, did_you_mean, specs_of
from gate.domain.report import Problem

_MAX_SHOWN = 80
# A mistyped URL of a database has a password all the same.
_USER_INFO = re.compile(r"(?<=://)[^\s/'\"]+@")
# A few lines of YAML can refer to each other until the whole is larger than any memory.
_BOUNDED = reprlib.Repr()
_BOUNDED.maxlevel, _BOUNDED.maxstring = 3, 500


class ConfigurationError(Exception):
    """The configuration has mistakes: all of them, none acted upon."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{problem.place}: {problem.message}" for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One value as somebody wrote it: `key` is `timeout` or `coverage.threshold`."""

    key: str
    value: object
    place: str
    path: str | None = None
    line: int | None = None


def resolve(layers: Sequence[Iterable[Setting]], gates: Mapping[str, type]) -> Config:
    """Make the configuration from `layers`, the strongest first.

    `gates` maps each gate's id to its options type. A value that a stronger layer overrides is still
    checked: a mistake in a file is told even while the command line hides it.

    Raises:
        ConfigurationError: with every mistake of every layer.
    """
    specs = _all_specs(gates)
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    for layer in layers:
        own: dict[str, Any] = {}
        for setting in layer:
            spec = specs.get(setting.key)
            if spec is None and setting.key in gates and setting.value in (None, {}):
                # A gate's table without an option in it.
                continue
            if spec is None:
                problems.append(_unknown(setting, specs, gates))
                continue
            try:
                value = spec.parse(setting.value)
                if setting.key == "gates":
                    _check_gates(value, gates)
            except BadValue as bad:
                problems.append(_problem(setting, bad.message, bad.instead))
                continue
            # Said twice in one place, the last word counts.
            own[setting.key] = value
        values = own | values
    if problems:
        raise ConfigurationError(problems)
    own = {f.name: values[f.name.replace("_", "-")] for f in fields(Config) if f.name.replace("_", "-") in values}
    return Config(**own, options={gate: _options(gate, kind, values) for gate, kind in gates.items()})


def settings_of_environment(environment: Mapping[str, str], gates: Mapping[str, type]) -> list[Setting]:
    """Return what `QUALITY_GATE_*` variables set; an empty one, as an unset action input gives, sets nothing."""
    settings = []
    for key in _all_specs(gates):
        name = variable_of(key)
        if environment.get(name, "").strip():
            settings.append(Setting(key=key, value=environment[name], place=name))
    return settings


def settings_of_assignments(assignments: Iterable[str], place: str = "--set") -> list[Setting]:
    """Return what `gate.option=value` texts set.

    Raises:
        ConfigurationError: a text is not of that form.
    """
    settings = []
    problems = []
    for assignment in assignments:
        key, equals, value = assignment.partition("=")
        if equals and key.strip():
            settings.append(Setting(key=key.strip(), value=value, place=f"{place} {key.strip()}"))
        else:
            problems.append(
                Problem(
                    place=place,
                    value=_USER_INFO.sub("***@", assignment),
                    message="not of the form gate.option=value",
                    instead="such as coverage.threshold=95",
                )
            )
    if problems:
        raise ConfigurationError(problems)
    return settings


def variable_of(key: str) -> str:
    """Return the environment variable of an option: `coverage.threshold` is QUALITY_GATE_COVERAGE_THRESHOLD."""
    return "QUALITY_GATE_" + re.sub(r"[.-]", "_", key).upper()


def _all_specs(gates: Mapping[str, type]) -> dict[str, OptionSpec]:
    specs = dict(specs_of(Config))
    for gate, options_type in gates.items():
        specs |= {f"{gate}.{name}": spec for name, spec in specs_of(options_type).items()}
    return specs


def _options(gate: str, options_type: type, values: Mapping[str, Any]) -> object:
    given = {name: values[f"{gate}.{name}"] for name in specs_of(options_type) if f"{gate}.{name}" in values}
    return options_type(**{name.replace("-", "_"): value for name, value in given.items()})


def _check_gates(names: Sequence[str], gates: Mapping[str, type]) -> None:
    if not names:
        raise BadValue("names no gate", "leave it out to choose automatically, or " + ", ".join(map(repr, gates)))
    for name in names:
        if name not in gates:
            raise BadValue(f"{name!r} is not a gate", did_you_mean(name, tuple(gates)))


def _unknown(setting: Setting, specs: Mapping[str, OptionSpec], gates: Mapping[str, type]) -> Problem:
    gate, dot, name = setting.key.partition(".")
    elsewhere = _elsewhere(name if dot and gate in gates else setting.key, specs)
    if dot and gate in gates and elsewhere:
        return _problem(setting, f"{gate} has no option {name!r}", elsewhere)
    if elsewhere:
        return _problem(setting, "not an option", elsewhere)
    if dot and gate in gates:
        choices = [key.partition(".")[2] for key in specs if key.startswith(f"{gate}.")]
        return _problem(setting, f"{gate} has no option {name!r}", did_you_mean(name, choices))
    if setting.key in gates:
        first = next(key for key in specs if key.startswith(f"{gate}."))
        return _problem(setting, "a gate, and no option", f"its options in a table of that name, such as {first}")
    top = sorted({key.partition(".")[0] for key in specs} | set(gates))
    return _problem(setting, "not an option", did_you_mean(gate, top))


def _elsewhere(name: str, specs: Mapping[str, OptionSpec]) -> str:
    """Say where an option of this name belongs, "" where there is none."""
    if name in specs:
        return f"it is one of the whole run: {name!r}"
    places = [key for key in specs if key.partition(".")[2] == name]
    return f"it is one of a gate: {' or '.join(map(repr, places))}" if places else ""


def _problem(setting: Setting, message: str, instead: str) -> Problem:
    return Problem(
        place=setting.place,
        value=_shown(setting.value),
        message=_USER_INFO.sub("***@", message),
        instead=instead,
        path=setting.path,
        line=setting.line,
    )


def _shown(value: object) -> str:
    text = _USER_INFO.sub("***@", repr(value) if isinstance(value, str) else _BOUNDED.repr(value))
    return text if len(text) <= _MAX_SHOWN else text[: _MAX_SHOWN - 3] + "..."

"""Which environment variables a project's code asks for. Knows no values but the defaults that stand in the code."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from gate.discovery.mixins import Mixins
from gate.discovery.sources import ProjectSources, is_test_file
from gate.formats.settings_class import Inherited, Variable
from gate.formats.settings_source import LARGEST, ModuleSettings, parse_module, parse_names, tells

# What lies there serves the developers: it neither starts with the service nor with its tests.
ASIDE = ("docs/", "doc/", "examples/", "example/", "benchmarks/", "scripts/", "tools/", "infra/", "deploy/", "ops/")
_CALL = re.compile(r"\b(\w{2,60})\(\s*[\"'][A-Z]")
_CLASS = re.compile(r"^[ \t]*class (\w{1,60})\(([^)\n]{1,300})\)", re.MULTILINE)
# Characters that are parsed in all, the smallest modules first: settings are short.
_MOST_PARSED = 4 * 1024 * 1024
# Settings classes inherit from module to module, but not for long.
_GENERATIONS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The variables that code asks for, by name, each with the file that does.

    `demanded` are those without which the service does not start; `wanted` those too without which it fails later.
    """

    variables: Mapping[str, tuple[Variable, str]] = field(default_factory=dict)
    demanded: frozenset[str] = frozenset()
    wanted: frozenset[str] = frozenset()


def asked_by_code(sources: ProjectSources) -> Asked:
    """Return what the project's code asks for. Only what runs when the service starts is demanded.

    A module is parsed at most once: where it looks anything up itself, or where it calls a function, or inherits from a
    class, that others have shown to be one of settings.
    """
    starting: dict[str, str] = {}
    of_tests: dict[str, str] = {}
    for path, text in sources.python():
        if not is_test_file(path) or PurePosixPath(path).name == "conftest.py":
            if not path.startswith(ASIDE):
                starting[path] = text
        else:
            of_tests[path] = text
    found: dict[str, tuple[Variable, str]] = {}
    demanded: set[str] = set()
    wanted: set[str] = set()
    for path, variable in _by_starting(starting):
        _keep(found, path, variable)
        if variable.required:
            demanded.add(variable.name)
        if variable.demanded_late and not is_test_file(path):
            wanted.add(variable.name)
    for path, text in of_tests.items():
        for name in parse_names(text):
            _keep(found, path, Variable(name=name))
    with_default = {name for name, (variable, _) in found.items() if variable.default}
    return Asked(variables=found, demanded=frozenset(demanded), wanted=frozenset(demanded | (wanted - with_default)))


def _keep(found: dict[str, tuple[Variable, str]], path: str, variable: Variable) -> None:
    known = found.get(variable.name)
    if known is None or (variable.default and not known[0].default):
        found[variable.name] = (variable, path)


def _by_starting(texts: Mapping[str, str]) -> Iterator[tuple[str, Variable]]:
    first = _within({path: text for path, text in texts.items() if tells(text)})
    mixins = Mixins(texts)
    parsed = {path: parse_module(text, {}, mixins.of(path)) for path, text in first.items()}
    getters = frozenset[str]().union(*(module.getters for module in parsed.values()))
    settings: dict[str, Inherited] = {}
    for module in parsed.values():
        settings |= module.settings
    for _ in range(_GENERATIONS):
        left = {path: text for path, text in texts.items() if path not in parsed and len(text) <= LARGEST}
        telling = {
            path: text
            for path, text in left.items()
            if _inherits(text, settings) or (getters and not getters.isdisjoint(_CALL.findall(text)))
        }
        more = {path: parse_module(text, settings, mixins.of(path)) for path, text in _within(telling).items()}
        if not more:
            break
        parsed |= more
        for module in more.values():
            settings |= module.settings
    for path in texts:
        if path in parsed:
            yield from ((path, variable) for variable in _of_module(parsed[path], getters))


def _within(texts: Mapping[str, str]) -> dict[str, str]:
    """Leave out the largest where all together are too much."""
    left = _MOST_PARSED
    found: dict[str, str] = {}
    for path in sorted(texts, key=lambda path: len(texts[path])):
        left -= len(texts[path])
        if left < 0:
            break
        found[path] = texts[path]
    return found


def _of_module(module: ModuleSettings, getters: Iterable[str]) -> Iterator[Variable]:
    yield from module.variables
    for getter in getters:
        yield from module.possible.get(getter, ())


def _inherits(text: str, settings: Mapping[str, Inherited]) -> bool:
    return bool(settings) and any(
        not settings.keys().isdisjoint(re.findall(r"\w+", bases)) for _, bases in _CLASS.findall(text)
    )

"""Classes of other modules from which a settings class has its fields: plain models that are mixed in. Imports none."""

import ast
import re
from collections.abc import Iterable, Mapping

from gate.formats.settings_source import LARGEST, parse_classes

_CLASS = re.compile(r"^[ \t]*class[ \t]+(\w{1,60})(?:[ \t]*\(([^)\n]{0,300})\))?[^\n:]{0,100}:", re.MULTILINE)
_IMPORT = re.compile(
    r"^[ \t]*from[ \t]+\.*([\w.]{0,200})[ \t]+import[ \t]*(?:\(([^)]{0,4000})\)|([^\n]{0,400}))", re.MULTILINE
)
# Modules that are parsed for it, and from how far classes are had.
_MOST_MODULES = 50
_GENERATIONS = 2


class Mixins:
    """Finds, in `texts` by path, the classes that the settings classes of one module inherit from others."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._places: dict[str, list[str]] | None = None
        self._parsed: dict[str, dict[str, ast.ClassDef]] = {}

    def of(self, path: str) -> dict[str, ast.ClassDef]:
        """Return the classes by name, with those beside them; none where no class of the module is one of settings."""
        found: dict[str, ast.ClassDef] = {}
        if "BaseSettings" not in self._texts[path]:
            return found
        waiting = {path}
        for _ in range(_GENERATIONS):
            waiting = {place for one in sorted(waiting) for place in self._sources_of(one)}
            for place in sorted(waiting):
                found = self._classes(place) | found
        return found

    def _sources_of(self, path: str) -> set[str]:
        """Return the modules from which one imports what its classes inherit from."""
        text = self._texts[path]
        bases = {base for _, bases in _CLASS.findall(text) for base in re.findall(r"\w+", bases)}
        found: set[str] = set()
        for module, several, one in _IMPORT.findall(text):
            for name in bases.intersection(re.findall(r"\w+", several or one)):
                found |= {place for place in [self._place(name, module)] if place}
        return found - {path}

    def _place(self, name: str, module: str) -> str:
        """Return the path of the module that has the class: the one that is named, else the only one, "" for none."""
        if self._places is None:
            self._places = _by_class(self._texts.items())
        places = self._places.get(name, [])
        ending = module.replace(".", "/")
        named = [one for one in places if f"/{one}".endswith((f"/{ending}.py", f"/{ending}/__init__.py"))]
        return (named or places)[0] if len(named) == 1 or len(places) == 1 else ""

    def _classes(self, path: str) -> dict[str, ast.ClassDef]:
        if path not in self._parsed:
            full = len(self._parsed) >= _MOST_MODULES
            self._parsed[path] = {} if full else parse_classes(self._texts[path])
        return self._parsed[path]


def _by_class(texts: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path, text in texts:
        for name, _ in _CLASS.findall(text) if len(text) <= LARGEST else ():
            found.setdefault(name, []).append(path)
    return found

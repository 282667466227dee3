"""A project's pytest and coverage settings, as far as a gate must know them before pytest starts.

Where pytest looks: https://docs.pytest.org/en/stable/reference/customize.html#finding-the-rootdir
Where coverage.py looks: https://coverage.readthedocs.io/en/latest/config.html
A file that cannot be read here tells nothing: pytest and coverage will say what is wrong with it.
"""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gate.formats.ini_document import readable_ini
from gate.formats.toml_document import readable_toml

PYTEST_FILES = ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")
COVERAGE_FILES = (".coveragerc", ".coveragerc.toml", "setup.cfg", "tox.ini", "pyproject.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class PytestSettings:
    """`addopts` split as a shell would; `testpaths` and `python_files` as configured, () for pytest's own.

    `file` is the one that configures pytest, "" for none. `django_settings` is the setting of pytest-django.
    `filterwarnings` are that setting's lines.
    """

    file: str = ""
    addopts: tuple[str, ...] = ()
    testpaths: tuple[str, ...] = ()
    python_files: tuple[str, ...] = ()
    django_settings: str = ""
    filterwarnings: tuple[str, ...] = ()

    @property
    def names_coverage_source(self) -> bool:
        """Whether `addopts` already says what pytest-cov measures."""
        return any(part == "--cov" or part.startswith("--cov=") for part in self.addopts)

    @property
    def coverage_config(self) -> str | None:
        """The file that `--cov-config` names."""
        for position, part in enumerate(self.addopts):
            if part.startswith("--cov-config="):
                return part.partition("=")[2]
            if part == "--cov-config" and position + 1 < len(self.addopts):
                return self.addopts[position + 1]
        return None

    @property
    def runs_doctests(self) -> bool:
        """Whether every module may hold tests, or any text."""
        return any(part.startswith(("--doctest-modules", "--doctest-glob", "--doctest-plus")) for part in self.addopts)

    @property
    def names_django_settings(self) -> bool:
        """Whether pytest-django is told already where the settings are."""
        return bool(self.django_settings) or any(part.startswith("--ds") for part in self.addopts)

    @property
    def marker_expression(self) -> str:
        """The expression of the last `-m`: the one that pytest obeys."""
        found = ""
        for position, part in enumerate(self.addopts):
            if part == "-m" and position + 1 < len(self.addopts):
                found = self.addopts[position + 1]
            elif part.startswith("-m") and not part.startswith("--"):
                found = part[2:].removeprefix("=") or found
        return found

    @property
    def coverage_threshold(self) -> str | None:
        """The number that `--cov-fail-under` names."""
        found = [part.partition("=")[2] for part in self.addopts if part.startswith("--cov-fail-under=")]
        return found[-1] if found else None


def parse_pytest_settings(files: Mapping[str, str], *, pytest_version: str = "") -> PytestSettings:
    """Read the first file that configures pytest; `files` maps names to texts.

    pytest 9 was the first to read `[tool.pytest]` and `pytest.toml`; a version that is not known reads them too.
    """
    reads_toml = not re.match(r"[0-8]\.", pytest_version)
    for name in PYTEST_FILES:
        section = _pytest_section(name, files[name], reads_toml=reads_toml) if name in files else None
        if section is not None:
            # configparser writes names in small letters.
            module = section.get("DJANGO_SETTINGS_MODULE", section.get("django_settings_module"))
            return PytestSettings(
                file=name,
                addopts=_words(section.get("addopts")),
                testpaths=_words(section.get("testpaths")),
                python_files=_words(section.get("python_files")),
                django_settings=module if isinstance(module, str) else "",
                filterwarnings=_lines(section.get("filterwarnings")),
            )
    return PytestSettings()


def names_coverage_scope(files: Mapping[str, str], config_file: str | None = None) -> bool:
    """Tell whether the project's coverage configuration says what is measured."""
    for name in (config_file,) if config_file else COVERAGE_FILES:
        run = _coverage_section(name, files[name], "run") if name in files else None
        if run is not None:
            return any(run.get(key) for key in ("source", "source_pkgs", "source_dirs", "include"))
    return False


def has_faster_core(settings: PytestSettings, files: Mapping[str, str]) -> bool:
    """Tell whether coverage's core on `sys.monitoring` measures the same as its default one, on Python 3.12 and 3.13.

    It measures no branches there, no dynamic contexts, nothing for plug-ins and no switching of greenlets; from 3.14
    on coverage.py chooses it itself. Source: coverage.py's changelog for 7.4.0, 7.7.0 and 7.9.1, and its `core.py`.
    """
    if any(part.startswith(("--cov-branch", "--cov-context")) for part in settings.addopts):
        return False
    own = settings.coverage_config
    for name in (own,) if own else COVERAGE_FILES:
        run = _coverage_section(name, files[name], "run") if name in files else None
        if run:
            off = ("", "0", "no", "off", "false")
            chosen = any(str(run.get(key, "")).strip().lower() not in off for key in ("branch", "timid", "core"))
            beyond = run.get("dynamic_context") or run.get("plugins")
            threads = all(kind.strip(",") == "thread" for kind in _words(run.get("concurrency")))
            return not chosen and not beyond and threads
    return True


def _pytest_section(name: str, text: str, *, reads_toml: bool) -> Mapping[str, Any] | None:
    if name.endswith(".toml"):
        if name != "pyproject.toml" and not reads_toml:
            return None
        document = readable_toml(text)
        if name != "pyproject.toml":
            return _table(document, "pytest")
        tool = _table(document, "tool") or {}
        pytest = _table(tool, "pytest")
        if pytest is None:
            return None
        ini = _table(pytest, "ini_options")
        return ini if ini is not None or not reads_toml else pytest
    section = "tool:pytest" if name == "setup.cfg" else "pytest"
    found = _ini_section(text, section)
    # A pytest.ini configures pytest even when it is empty.
    return {} if found is None and name.endswith("pytest.ini") else found


def _coverage_section(name: str, text: str, section: str) -> Mapping[str, Any] | None:
    if name.endswith(".toml"):
        document: Mapping[str, Any] | None = readable_toml(text)
        if name == "pyproject.toml":
            document = _table(_table(document or {}, "tool") or {}, "coverage")
        if document is None:
            return None
        return _table(document, section) or {}
    if name in ("setup.cfg", "tox.ini"):
        return _ini_section(text, f"coverage:{section}")
    return _ini_section(text, section) or _ini_section(text, f"coverage:{section}") or {}


def _table(document: Mapping[str, Any], key: str) -> Mapping[str, Any] | None:
    value = document.get(key)
    return value if isinstance(value, Mapping) else None


def _ini_section(text: str, section: str) -> Mapping[str, str] | None:
    parser = readable_ini(text, allow_no_value=True)
    return dict(parser.items(section)) if parser.has_section(section) else None


def _lines(value: object) -> tuple[str, ...]:
    lines = value if isinstance(value, list) else value.splitlines() if isinstance(value, str) else []
    return tuple(str(line).strip() for line in lines if str(line).strip())


def _words(value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(str(part) for part in value)
    if not isinstance(value, str):
        return ()
    try:
        return tuple(shlex.split(value, comments=False))
    except ValueError:
        return tuple(value.split())

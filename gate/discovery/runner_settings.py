"""Which variables the runners of a project's tests set: pytest-env, tox and nox. Runs none of them."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping

from gate.discovery.sources import ProjectSources
from gate.formats.ini_document import readable_ini
from gate.formats.settings_class import literal_text
from gate.formats.toml_document import readable_toml, table

_SESSION_ENV = re.compile(r"\.env\b|\benv\s*=")


def pytest_env(sources: ProjectSources) -> dict[str, str]:
    """Return what pytest-env sets: https://github.com/pytest-dev/pytest-env."""
    lines: list[str] = []
    for name, section in (("pytest.ini", "pytest"), ("tox.ini", "pytest"), ("setup.cfg", "tool:pytest")):
        lines += _option(sources.text(name), section, "env").splitlines()
    tool = table(readable_toml(sources.text("pyproject.toml")).get("tool"))
    pytest = table(tool.get("pytest"))
    written = table(pytest.get("ini_options", pytest)).get("env")
    lines += [line for line in written if isinstance(line, str)] if isinstance(written, list) else []
    found = _assignments(re.sub(r"^([DR]:)+", "", line.strip()) for line in lines)
    for name, value in table(tool.get("pytest_env")).items():
        given = value.get("value") if isinstance(value, dict) else value
        if isinstance(given, str | int):
            found[name] = str(given)
    return _plain(found)


def tox_env(sources: ProjectSources) -> dict[str, str]:
    """Return what tox sets: https://tox.wiki/en/stable/config.html#set_env."""
    text = sources.text("tox.ini")
    lines = [*_option(text, "testenv", "setenv").splitlines(), *_option(text, "testenv", "set_env").splitlines()]
    found = _assignments(lines)
    in_pyproject = table(table(readable_toml(sources.text("pyproject.toml")).get("tool")).get("tox"))
    for tox in (readable_toml(sources.text("tox.toml")), in_pyproject):
        for environment in (table(tox.get("env_run_base")), table(table(tox.get("env")).get("test"))):
            given = {name: value for name, value in table(environment.get("set_env")).items() if isinstance(value, str)}
            found |= given
        legacy = tox.get("legacy_tox_ini")
        if isinstance(legacy, str):
            found |= _assignments(_option(legacy, "testenv", "setenv").splitlines())
    return _plain(found)


def nox_env(sources: ProjectSources) -> dict[str, str]:
    """Return the literals that the sessions of a noxfile set: `session.env["X"] = "..."`, `run(..., env={...})`.

    https://nox.thea.codes/en/stable/config.html#nox.sessions.Session.env
    """
    text = sources.text("noxfile.py")
    if not _SESSION_ENV.search(text):
        return {}
    try:
        nodes = [*ast.walk(ast.parse(text))]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    found: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            target = node.targets[0]
            if isinstance(target.value, ast.Attribute) and target.value.attr == "env":
                found[literal_text(target.slice)] = _literal(node.value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            for keyword in node.keywords:
                if keyword.arg == "env" and isinstance(keyword.value, ast.Dict) and node.func.attr == "run":
                    pairs = zip(keyword.value.keys, keyword.value.values, strict=True)
                    found |= {literal_text(name): _literal(value) for name, value in pairs}
    return {name: value for name, value in found.items() if name and value}


def _literal(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _plain(found: Mapping[str, str]) -> dict[str, str]:
    """Leave out what the runner would have put something into."""
    return {name: value for name, value in found.items() if "{" not in value}


def _assignments(lines: Iterator[str] | Iterable[str]) -> dict[str, str]:
    pairs = (line.partition("=") for line in lines if "=" in line)
    return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs if re.fullmatch(r"\w+", name.strip())}


def _option(text: str, section: str, name: str) -> str:
    return readable_ini(text, allow_no_value=True).get(section, name, fallback="") or ""

"""Reads what tox installs before the tests. Runs no tox; what a factor or the command line decides is left out."""

import configparser
import re
import shlex
from collections.abc import Mapping

from gate.formats import UnreadableError
from gate.formats.install_hints import InstallHints, joined, parse_install_command
from gate.formats.toml_document import parse_toml, table, text_of, texts

# The environments that run a project's tests, by the names in use; the first is what all of them have.
_SECTIONS = ("testenv", "testenv:py", "testenv:test", "testenv:tests", "testenv:unit", "testenv:pytest")
_REFERENCE = re.compile(r"\{\[([^\[\]{}]{1,80})\]([A-Za-z_]{1,40})\}")
_FACTOR = re.compile(r"!?[A-Za-z0-9_.,{}!-]{1,200}:\s")
_LARGEST = 1024 * 1024


def parse_tox_ini(text: str, origin: str) -> InstallHints:
    """Return what the plain test environment of a tox.ini (or setup.cfg) installs, nothing if it is not one.

    Source: https://tox.wiki/en/latest/config.html
    """
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text[:_LARGEST])
    except (configparser.Error, ValueError):
        return InstallHints()
    found = []
    for section in _SECTIONS:
        if not parser.has_section(section):
            continue
        found.append(_from_lines(_value(parser, section, "deps").splitlines()))
        groups = _value(parser, section, "dependency_groups")
        extras = _value(parser, section, "extras")
        found.append(InstallHints(groups=_plain(groups), extras=_plain(extras)))
    return joined(found, origin)


def parse_tox_toml(document: Mapping[str, object], origin: str) -> InstallHints:
    """Return the same of a tox.toml, or of `[tool.tox]` in a pyproject.toml."""
    environments = table(document.get("env"))
    found = [table(document.get("env_run_base"))]
    found += [table(environments.get(name.removeprefix("testenv:"))) for name in _SECTIONS[1:]]
    hints = [parse_tox_ini(text_of(document.get("legacy_tox_ini")), origin)]
    for environment in found:
        hints.append(_from_lines(list(texts(environment.get("deps")))))
        groups, extras = texts(environment.get("dependency_groups")), texts(environment.get("extras"))
        hints.append(InstallHints(groups=groups, extras=extras))
    return joined(hints, origin)


def parse_tox_toml_file(text: str, origin: str) -> InstallHints:
    """Return what the test environment of a tox.toml installs, nothing if it cannot be read."""
    try:
        return parse_tox_toml(parse_toml(text, origin), origin)
    except UnreadableError:
        return InstallHints()


def _value(parser: configparser.RawConfigParser, section: str, option: str) -> str:
    """Return an option with those of other sections that it refers to, as far as they refer to none."""
    written = parser.get(section, option, fallback="")[:_LARGEST]

    def referred(found: re.Match[str]) -> str:
        return parser.get(found[1], found[2], fallback="")[:10_000]

    return _REFERENCE.sub(referred, written, count=20)


def _from_lines(lines: list[str]) -> InstallHints:
    words: list[str] = []
    for line in lines:
        stripped = re.sub(r"(?:^|\s)#.*", "", line).strip()
        stripped = re.sub(r"\{(?:toxinidir|tox_root)\}[/\\]?", "", stripped)
        if not stripped or _FACTOR.match(stripped):
            continue
        if stripped.startswith("-"):
            try:
                words += shlex.split(stripped)
            except ValueError:
                continue
        else:
            words.append(stripped)
    return parse_install_command(["pip", "install", *words])


def _plain(text: str) -> tuple[str, ...]:
    """Return the names in a list of tox, one a line or with commas between; those of a factor are left out."""
    lines = [line for line in text.splitlines() if not _FACTOR.match(line.strip())]
    names = [name for line in lines for name in re.split(r"[,\s]+", line)]
    return tuple(name for name in names if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}", name))

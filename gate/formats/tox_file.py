"""Reads what tox installs before the tests, and how it runs them. Runs no tox; what a factor decides is left out."""

import configparser
import re
import shlex
from collections.abc import Mapping
from itertools import islice, product

from gate.formats import UnreadableError
from gate.formats.ini_document import readable_ini
from gate.formats.install_hints import InstallHints, joined, parse_install_command
from gate.formats.shell_lines import parse_commands
from gate.formats.toml_document import parse_toml, table, text_of, texts

# The environments that run a project's tests, by the names in use; the first is what all of them have.
_SECTIONS = ("testenv", "testenv:py", "testenv:test", "testenv:tests", "testenv:unit", "testenv:pytest")
_REFERENCE = re.compile(r"\{\[([^\[\]{}]{1,80})\]([A-Za-z_]{1,40})\}")
_FACTOR = re.compile(r"!?[A-Za-z0-9_.,{}!-]{1,200}:\s")
# A substitution without another inside: https://tox.wiki/en/latest/config.html#substitutions
_FACTOR_OF_COMMAND = re.compile(r"!?[A-Za-z0-9_.,{}!-]{1,200}:\s+")
_SUBSTITUTION = re.compile(r"\{([^{}\n]{0,500})\}")
_DEEPEST = 4
_EDITABLE = re.compile(r"^\s*(?:-e|--editable|\.)", re.MULTILINE)
_LARGEST = 1024 * 1024


def parse_tox_ini(text: str, origin: str) -> InstallHints:
    """Return what the plain test environment of a tox.ini (or setup.cfg) installs, nothing if it is not one.

    Source: https://tox.wiki/en/latest/config.html
    """
    parser = readable_ini(text[:_LARGEST])
    found = []
    for section in _SECTIONS:
        if not parser.has_section(section):
            continue
        found.append(_from_lines(_value(parser, section, "deps").splitlines()))
        groups = _value(parser, section, "dependency_groups")
        extras = _value(parser, section, "extras")
        listed = _value(parser, "tox", "env_list") or _value(parser, "tox", "envlist")
        hints = InstallHints(groups=_plain(groups, listed), extras=_plain(extras, listed))
        found.append(hints)
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


def parse_tox_commands(text: str) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """Return the commands of each test environment of a tox.ini, without what launches them.

    Arguments of the command line are taken for none. What tox alone knows is `$TOX` in a word; the folders of the
    project and of what is installed are left out of paths.
    """
    parser = readable_ini(text[:_LARGEST])
    found = []
    for section in _SECTIONS:
        written = _value(parser, section, "commands") if parser.has_section(section) else ""
        commands: list[tuple[str, ...]] = []
        moved = any(parser.has_option(section, option) for option in ("changedir", "change_dir"))
        for line in re.sub(r"\\\r?\n", " ", written).splitlines():
            filled = _FACTOR_OF_COMMAND.sub("", line.strip(), count=1).removeprefix("-").strip()
            for _ in range(_DEEPEST):
                filled = _SUBSTITUTION.sub(_filled, filled)
            # In another folder, paths are others.
            commands += [(*command.program, *(("$TOX",) if moved else ())) for command in parse_commands(filled)]
        found.append(tuple(commands))
    return tuple(filter(None, found))


def _filled(found: re.Match[str]) -> str:
    name, _, rest = found[1].strip().partition(":")
    if name == "posargs":
        return rest
    if name in ("tty", "/"):
        return "" if name == "tty" else "/"
    folders = ("toxinidir", "tox_root", "env_site_packages_dir", "envsitepackagesdir")
    return {**dict.fromkeys(folders, "."), "envpython": "python", "envbindir": "bin"}.get(name, "$TOX")


def skips_package(text: str) -> bool:
    """Tell whether a tox.ini has the tests run without the project itself being installed.

    Source: https://tox.wiki/en/latest/config.html#no_package
    """
    parser = readable_ini(text[:_LARGEST])

    def given(section: str, *names: str) -> str:
        return next((parser.get(section, name, fallback="") for name in names if parser.has_option(section, name)), "")

    def is_true(value: str) -> bool:
        return value.strip().lower() in {"true", "1", "yes", "on"}

    skipped = is_true(given("tox", "skipsdist", "no_package")) or is_true(given("testenv", "skip_install"))
    develops = is_true(given("testenv", "usedevelop", "use_develop")) or bool(
        _EDITABLE.search(given("testenv", "deps"))
    )
    by_command = any(re.search(r"\binstall\b", given("testenv", name)) for name in ("commands", "commands_pre"))
    return (skipped or given("testenv", "package").strip() == "skip") and not (develops or by_command)


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


def _plain(text: str, listed: str) -> tuple[str, ...]:
    """Return the names in a list of tox, one a line or with commas between.

    Of those that are for a factor (`django52: django52`) those of the one that most environments in `listed` have.
    """
    lines = [(_FACTOR.match(line.strip()), line.strip()) for line in text.splitlines()]
    factors = [found[0].rstrip(": \t") for found, _ in lines if found]
    times = {factor: _times(factor, listed) for factor in factors}
    chosen = max(factors, key=lambda factor: (times[factor], factor), default="")
    kept = [line[found.end() :] if found else line for found, line in lines]
    kept = [
        line
        for line, (found, _) in zip(kept, lines, strict=True)
        if found is None or (times[chosen] and found[0].rstrip(": \t") == chosen)
    ]
    names = [name for line in kept for name in re.split(r"[,\s]+", line)]
    return tuple(name for name in names if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}", name))


def _times(factor: str, listed: str) -> int:
    """Return how many of the names in an env_list have a factor: `py312-django{52,60}` are two names."""
    found = 0
    for part in re.findall(r"(?:[^\s,{}]|\{[^{}]{0,500}\})+", listed[:20_000]):
        pieces = [
            [choice.strip() for choice in piece[1:-1].split(",")] if piece.startswith("{") else [piece]
            for piece in re.findall(r"\{[^{}]*\}|[^{}]+", part)
        ][:6]
        names = ["".join(one) for one in islice(product(*pieces), 500)]
        found += sum(factor in name.split("-") for name in names)
    return found

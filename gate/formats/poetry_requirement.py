"""Writes dependencies in the words of Poetry and Pipenv as requirements that every installer reads (PEP 508).

Asks no index. What cannot be written in a line is left out, never guessed.
"""

import re
from collections.abc import Mapping

from gate.formats.toml_document import text_of, texts

# One bound: `^1.2`, `~1.2`, `>=1.2`, `1.2.*`, `1.2`; the version is looser than PEP 440, which the installer reads.
_BOUND = re.compile(r"(\^|~=|~|===?|!=|<=|>=|<|>|=)?\s*v?([0-9][0-9A-Za-z.!+_-]{0,80}(?:\.\*)?)\Z")
_RELEASE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9}){0,6})")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9])?\Z")
_SCP_ADDRESS = re.compile(r"(?:[\w.-]{1,64}@)[\w.-]{1,253}:(?!/)")
# What a line of requirements must not hold: it would be another line, or a comment.
_BREAKS_LINE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\u0085]|\s#")
_MARKER_NAMES = (
    "os_name",
    "sys_platform",
    "platform_machine",
    "platform_python_implementation",
    "platform_release",
    "platform_system",
    "platform_version",
    "python_version",
    "python_full_version",
    "implementation_name",
    "implementation_version",
)


def version_range(text: str) -> str:
    """Return the PEP 440 specifier of `^1.2`, `~1.2`, `1.*`, `1.2`, `>=1,<2` or `*`, "" for any version.

    Of alternatives (`^1 || ^2`), which PEP 440 has not, the last one holds.

    Source: https://python-poetry.org/docs/dependency-specification/
    """
    alternative = text.rsplit("||", maxsplit=1)[-1].rsplit("|", maxsplit=1)[-1]
    written = []
    for bound in re.split(r"\s*,\s*|(?<=[\w*])\s+(?=[\^~<>=!])", alternative.strip()):
        found = _BOUND.match(bound.strip())
        if found is not None:
            written.append(_bound(found[1] or "", found[2]))
    return ",".join(written)


def _bound(operator: str, version: str) -> str:
    if operator in {"", "=", "=="}:
        return f"=={version}"
    release = _RELEASE.match(version)
    if operator not in {"^", "~"} or release is None:
        return f"{operator}{version if operator == '!=' else version.removesuffix('.*')}"
    parts = [int(part) for part in release[1].split(".")]
    if operator == "~":
        kept = min(2, len(parts))
    else:
        kept = next((index + 1 for index, part in enumerate(parts[:3]) if part), min(3, len(parts)))
    above = [*parts[: kept - 1], parts[kept - 1] + 1]
    return f">={version.removesuffix('.*')},<{'.'.join(map(str, above))}"


def requirement_line(name: str, wanted: object) -> str | None:
    """Return a line of a requirements file for the dependency `name`, None if it cannot be written.

    `wanted` is a version, or a table of `version`, `extras`, `markers`, `python`, `platform`, `git` (with `branch`,
    `tag`, `rev` or `ref`, `subdirectory`), `url`, `path` or `file` (with `develop` or `editable`).

    Source: https://python-poetry.org/docs/dependency-specification/, https://pipenv.pypa.io/en/latest/pipfile.html
    """
    entries: Mapping[str, object] = wanted if isinstance(wanted, dict) else {"version": wanted}
    if not _NAME.match(name):
        return None
    extras = [extra for extra in texts(entries.get("extras")) if _NAME.match(extra)]
    bracketed = f"[{','.join(extras)}]" if extras else ""
    place = text_of(entries.get("path")) or text_of(entries.get("file"))
    if place and "://" not in place:
        editable = entries.get("develop") is True or entries.get("editable") is True
        path = place if place.startswith(("/", "./", "../")) else f"./{place}"
        return _one_line(f"{'-e ' if editable else ''}{path}{bracketed}")
    address = _git_address(entries) or text_of(entries.get("url")) or place
    markers = _markers(entries)
    behind = f" ; {markers}" if markers else ""
    if address:
        return _one_line(f"{name}{bracketed} @ {address}{behind}")
    return _one_line(f"{name}{bracketed}{version_range(text_of(entries.get('version')))}{behind}")


def requirement_lines(dependencies: Mapping[str, object]) -> list[str]:
    """Return a line for each of `dependencies`, and one for each table where there are several for a name."""
    lines = []
    for name, wanted in dependencies.items():
        if name.lower() == "python":
            continue
        lines += [requirement_line(name, one) for one in (wanted if isinstance(wanted, list) else [wanted])]
    return [line for line in lines if line is not None]


def _git_address(entries: Mapping[str, object]) -> str:
    address = text_of(entries.get("git"))
    if not address:
        return ""
    if _SCP_ADDRESS.match(address):
        address = "ssh://" + address.replace(":", "/", 1)
    names = (text_of(entries.get(name)) for name in ("rev", "tag", "branch", "ref"))
    revision = next((name for name in names if name), "")
    folder = text_of(entries.get("subdirectory"))
    prefix = "" if address.startswith("git+") else "git+"
    return f"{prefix}{address}{'@' + revision if revision else ''}{'#subdirectory=' + folder if folder else ''}"


def _markers(entries: Mapping[str, object]) -> str:
    found = [f"({text_of(entries.get('markers'))})"] if text_of(entries.get("markers")) else []
    for bound in filter(None, version_range(text_of(entries.get("python"))).split(",")):
        operator, version = re.findall(r"^([<>=!~]+)(.*)$", bound)[0]
        name = "python_full_version" if version.count(".") > 1 and not version.endswith(".*") else "python_version"
        found.append(f"{name} {operator} '{version}'")
    platform = text_of(entries.get("platform"))
    if re.fullmatch(r"[a-z0-9]{1,20}", platform):
        found.append(f"sys_platform == '{platform}'")
    # Pipenv: `os_name = "== 'nt'"`.
    found += [f"{name} {text_of(entries[name])}" for name in _MARKER_NAMES if text_of(entries.get(name))]
    return " and ".join(found)


def _one_line(line: str) -> str | None:
    return None if _BREAKS_LINE.search(line) else line

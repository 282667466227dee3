"""Which package indexes a project names, in the words of Poetry, PDM and Pipenv. Asks none, and keeps no password."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from gate.formats.toml_document import table, tables, text_of

_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))")
# PyPI is left to the installer, which may have a mirror of it; what has no host is no address.
_NOT_NAMED = frozenset({"", "pypi.org", "pypi.python.org"})
# The part of an address before the `@`; no name of a user is longer than this.
_USER_INFO = re.compile(r"https?://([^\s/@\"']{1,500})@")
# Of the machine rather than of an index, whatever an address does with them.
_NO_SECRETS = frozenset({"USER", "LOGNAME", "HOME", "PATH", "PWD", "HOSTNAME"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageSource:
    """An index by `name`; its `url` may hold variables (`${TOKEN}`).

    `is_default` is one in place of PyPI, `is_first` one that is asked before PyPI for every package.
    """

    name: str
    url: str
    is_default: bool = False
    is_first: bool = True


def sources_of_poetry(document: Mapping[str, object]) -> tuple[PackageSource, ...]:
    """Return the indexes of `[[tool.poetry.source]]`.

    Source: https://python-poetry.org/docs/repositories/
    """
    found = []
    for source in tables(table(table(document.get("tool")).get("poetry")).get("source")):
        priority = text_of(source.get("priority")).lower()
        is_default = priority == "default" or source.get("default") is True
        later = priority in {"supplemental", "secondary", "explicit"} or source.get("secondary") is True
        found.append(_source(source, is_default=is_default, is_first=not later))
    return tuple(filter(None, found))


def sources_of_pdm(document: Mapping[str, object]) -> tuple[PackageSource, ...]:
    """Return the indexes of `[[tool.pdm.source]]`; one named `pypi` stands in place of PyPI.

    Source: https://pdm-project.org/latest/usage/config/#configure-the-package-indexes
    """
    sources = tables(table(table(document.get("tool")).get("pdm")).get("source"))
    named = [_source(source, is_default=source.get("name") == "pypi") for source in sources]
    return tuple(filter(None, named))


def sources_of_pipfile(document: Mapping[str, object]) -> tuple[PackageSource, ...]:
    """Return the indexes of a Pipfile, the first of which stands in place of PyPI.

    Source: https://pipenv.pypa.io/en/latest/indexes.html
    """
    found = (
        _source(source, is_default=index == 0, is_first=False)
        for index, source in enumerate(tables(document.get("source")))
    )
    return tuple(filter(None, found))


def _source(source: Mapping[str, object], *, is_default: bool, is_first: bool = True) -> PackageSource | None:
    name = re.sub(r"[^A-Za-z0-9]+", "-", text_of(source.get("name"))).strip("-")
    url = text_of(source.get("url"))
    if not name or not re.match(r"https?://", url) or re.search(r"\s", url) or _host(url) in _NOT_NAMED:
        return None
    return PackageSource(name=name, url=url, is_default=is_default, is_first=is_first)


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def index_variables(sources: Iterable[PackageSource], environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that tell uv of `sources`, with the credentials that `environment` holds for other tools.

    What `environment` tells uv itself holds before that. The result may hold passwords.

    Source: https://docs.astral.sh/uv/concepts/indexes/
    """
    found: dict[str, str] = {}
    asked = []
    for source in sources:
        url = _VARIABLE.sub(lambda name: environment.get(name[1] or name[2], name[0]), source.url)
        named = f"{source.name}={url}"
        if source.is_default:
            found["UV_DEFAULT_INDEX"] = named
        else:
            asked.append(named)
        variable = source.name.upper().replace("-", "_")
        prefixes = [f"POETRY_HTTP_BASIC_{variable}", *(["PDM_PYPI"] if source.name == "pypi" else [])]
        for part in ("USERNAME", "PASSWORD"):
            for value in filter(None, (environment.get(f"{prefix}_{part}") for prefix in prefixes)):
                found[f"UV_INDEX_{variable}_{part}"] = value
    if asked:
        found["UV_INDEX"] = " ".join([environment.get("UV_INDEX", ""), *asked]).strip()
    if any(not source.is_first and not source.is_default for source in sources):
        # Such an index may have old versions of public packages: those that it lacks are then had from PyPI.
        found["UV_INDEX_STRATEGY"] = "unsafe-first-match"
    kept = {name: value for name, value in environment.items() if name in found and name != "UV_INDEX"}
    return found | kept


def credential_variables(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the variables that addresses in the files `texts` name as user or password (`https://${TOKEN}@…`)."""
    named = (name for text in texts for part in _USER_INFO.findall(text) for name in _VARIABLE.findall(part))
    return tuple(sorted({braced or plain for braced, plain in named} - _NO_SECRETS))

"""Reads what an environment that uv made is and has, from its files: no interpreter has to start for that."""

import re
from pathlib import Path

from gate.adapters.environment.interpreter import Interpreter
from gate.formats.project_manifest import normalised

_VERSION = re.compile(r"^version_info *= *([0-9]+\.[0-9]+\.[0-9]+[0-9A-Za-z+.]*) *$", re.MULTILINE)
# https://packaging.python.org/en/latest/specifications/binary-distribution-format/#escaping-and-unicode
_DISTRIBUTION = re.compile(r"([^-]+)-([^-]+)\.dist-info\Z")

_HOME = re.compile(r"^home *= *(/[^\n]+?) *$", re.MULTILINE)


def bundled_setuptools(folder: Path, version: str) -> Path | None:
    """Return the setuptools that `python -m venv` would put into an environment like that in `folder`, if it is there.

    Source: https://docs.python.org/3/library/ensurepip.html; since 3.12 there is none.
    """
    try:
        home = _HOME.search((folder / "pyvenv.cfg").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    library = f"lib/python{'.'.join(version.split('.')[:2])}/ensurepip/_bundled"
    wheels = sorted((Path(home[1]).parent / library).glob("setuptools-*-py3-none-any.whl")) if home else []
    return wheels[-1] if wheels else None


def read_made_environment(folder: Path) -> Interpreter | None:
    """Return what the environment in `folder` is and has, None if it is not as uv makes one.

    Source: https://docs.python.org/3/library/venv.html for `pyvenv.cfg`; uv writes `version_info`.
    """
    try:
        version = _VERSION.search((folder / "pyvenv.cfg").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    site_folders = sorted(folder.glob("lib/python3.*/site-packages"))
    if version is None or len(site_folders) != 1:
        return None
    named = [(path, _DISTRIBUTION.match(path.name)) for path in site_folders[0].glob("*.dist-info")]
    if not all(found for _, found in named):
        return None
    distributions = [(path, normalised(found[1]), found[2]) for path, found in named if found]
    return Interpreter(
        executable=folder / "bin" / "python",
        prefix=folder,
        is_virtual=True,
        version=version[1],
        site_folders=tuple(site_folders),
        packages={name: release for _, name, release in distributions},
        direct=frozenset(name for path, name, _ in distributions if (path / "direct_url.json").exists()),
    )

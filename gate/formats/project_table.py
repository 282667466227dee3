"""Tells a manifest that describes a distribution or a service from one that only configures tools."""

import re
import tomllib

_SETUP_CFG = re.compile(r"^\[(metadata|options)\]", re.MULTILINE)


def describes_project(path: str, text: str) -> bool:
    """Tell whether the pyproject.toml or setup.cfg at `path` describes a project of its own."""
    if path.endswith("setup.cfg"):
        return bool(_SETUP_CFG.search(text))
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return False
    tool = document.get("tool")
    return isinstance(document.get("project"), dict) or (isinstance(tool, dict) and "poetry" in tool)

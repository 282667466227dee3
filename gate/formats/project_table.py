"""Tells a manifest that describes a distribution or a service from one that only configures tools."""

import re

from gate.formats.toml_document import readable_toml, table

_SETUP_CFG = re.compile(r"^\[(metadata|options)\]", re.MULTILINE)


def describes_project(path: str, text: str) -> bool:
    """Tell whether the pyproject.toml or setup.cfg at `path` describes a project of its own."""
    if path.endswith("setup.cfg"):
        return bool(_SETUP_CFG.search(text))
    document = readable_toml(text)
    return isinstance(document.get("project"), dict) or "poetry" in table(document.get("tool"))

"""Where ruff's settings lie, and which others they go on from: https://docs.astral.sh/ruff/configuration/."""

import posixpath

from gate.formats.toml_document import readable_toml, table

SETTINGS_FILES = (".ruff.toml", "ruff.toml", "pyproject.toml")


def extended_by(path: str, text: str) -> str | None:
    """Return the file that the settings at `path` extend, both relative to the repository; None where there is none.

    One that lies outside the repository, or is named by a variable or a home folder, is not told.
    """
    document = readable_toml(text)
    if posixpath.basename(path) == "pyproject.toml":
        document = table(table(document.get("tool")).get("ruff"))
    named = document.get("extend")
    if not isinstance(named, str) or not named or "\0" in named or named.startswith(("/", "~")) or "$" in named:
        return None
    found = posixpath.normpath(posixpath.join(posixpath.dirname(path), named))
    return None if found.startswith("../") or found in ("..", ".") else found

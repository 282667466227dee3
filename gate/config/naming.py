"""What a use of the action is called: pure, from what the caller and the runner say."""

import json
import re

_MAX_LENGTH = 60


def name_of(given: str, working_directory: str, matrix: str) -> str:
    """Return the name that tells this use from others of the run, "" for the only one.

    `given` is the input `name`; without it the name comes from the project's folder and, where there is one, the
    job's matrix (`matrix`: the JSON of GitHub's `matrix` context).
    """
    if given.strip():
        return slug(given)
    folder = working_directory.strip().strip("/")
    parts = [folder if folder not in ("", ".") else "", *_matrix_values(matrix)]
    return slug("-".join(part for part in parts if part))


def artifact_suffix(name: str) -> str:
    """Return what is appended to the names of artifacts."""
    return f"-{name}" if name else ""


def slug(text: str) -> str:
    """Write a text with letters, digits, dots and dashes only: fit for a folder, an artifact and a marker."""
    plain = re.sub(r"[^A-Za-z0-9.]+", "-", text)[:_MAX_LENGTH]
    return re.sub(r"\.{2,}", ".", plain).strip("-.")


def _matrix_values(matrix: str) -> list[str]:
    try:
        values = json.loads(matrix or "null")
    except (ValueError, RecursionError):
        return []
    if not isinstance(values, dict):
        return []
    return [str(value) for value in values.values() if isinstance(value, str | int | float)]

"""What a use of the action is called: pure, from what the caller and the runner say."""

import hashlib
import json
import re
from collections.abc import Iterator

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
    """Write a text with letters, digits, dots and dashes only: fit for a folder, an artifact and a marker.

    Where that leaves out letters of other scripts or the end of a long text, a digest tells two texts apart.
    """
    plain = re.sub(r"[^A-Za-z0-9.]+", "-", text)
    plain = re.sub(r"\.{2,}", ".", plain).strip("-.")
    if len(plain) <= _MAX_LENGTH and text.isascii():
        return plain
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{plain[: _MAX_LENGTH - len(digest) - 1]}-{digest}".lstrip("-")


def _matrix_values(matrix: str) -> list[str]:
    try:
        values = json.loads(matrix or "null")
        return list(_scalars(values)) if isinstance(values, dict) else []
    except (ValueError, RecursionError):
        return []


def _scalars(value: object) -> Iterator[str]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _scalars(inner)
    elif value is not None:
        yield str(value).lower() if isinstance(value, bool) else str(value)

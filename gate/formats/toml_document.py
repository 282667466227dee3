"""Reads TOML of a project, which may be hostile. Knows no key of any tool."""

import tomllib
from collections.abc import Mapping

from gate.formats import UnreadableError

# The largest lock files of public projects have some two megabytes; reading takes about a second for each.
_LARGEST = 8 * 1024 * 1024


def parse_toml(text: str, path: str) -> Mapping[str, object]:
    """Return the document that the file at `path` holds.

    Raises:
        UnreadableError: it is not TOML, or too large or too deep to be read.
    """
    if len(text) > _LARGEST:
        raise UnreadableError(f"{path} is larger than {_LARGEST // 1024 // 1024} MB")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UnreadableError(f"{path} is not TOML: {error}") from None
    except (RecursionError, ValueError) as error:  # the latter: a number or a date that no computer has
        raise UnreadableError(f"{path} cannot be read: {type(error).__name__}") from None


def readable_toml(text: str) -> Mapping[str, object]:
    """Return the document, an empty one where it cannot be read: whose file it is will say what is wrong with it."""
    try:
        return parse_toml(text, "")
    except UnreadableError:
        return {}


def table(value: object) -> Mapping[str, object]:
    """Return `value` if it is a table, else an empty one."""
    return value if isinstance(value, dict) else {}


def tables(value: object) -> list[Mapping[str, object]]:
    """Return the tables in the array `value`."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def texts(value: object) -> tuple[str, ...]:
    """Return the strings in the array `value`."""
    return tuple(entry for entry in value if isinstance(entry, str)) if isinstance(value, list) else ()


def text_of(value: object) -> str:
    """Return `value` if it is a string, else an empty one."""
    return value if isinstance(value, str) else ""

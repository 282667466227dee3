"""A source that the project's Python cannot parse, so that nothing tells what of it can run. Knows no tool."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class UnparsedFile:
    """A file that coverage leaves out of its figures as it does not parse, `path` relative to the repository's root.

    `line` is where Python stumbles, None where it does not tell; `message` is what it says.
    """

    path: str
    line: int | None = None
    message: str = ""

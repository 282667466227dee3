"""What of the source a change has added or altered, before it is known what of it ran. Knows no tool."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AlteredFile:
    """A file of Python that the change touches, `path` relative to the repository's root.

    `lines` are the first lines of the statements that were added or altered. `unmeasured` are those of them that can
    run, in a file that the coverage data never mentions although it is source; all of them in one that does not parse;
    None in any other file.
    """

    path: str
    lines: tuple[int, ...]
    unmeasured: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """All altered files, by their paths; `unknown` says why they are not known, "" where they are.

    Where there are none although something was changed, or where there is no change at all, `nothing` says why.
    """

    files: tuple[AlteredFile, ...] = ()
    unknown: str = ""
    nothing: str = ""

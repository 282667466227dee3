"""The project that is gated: its place in the repository and the names of its files. Reads none of them."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """`root` is the repository's root, `folder` the project's; `files` are relative to `folder`, sorted.

    What git ignores is not among the files. `passed_over` are other folders of the repository that have a manifest,
    where the project was searched for and this folder was found.
    """

    root: Path
    folder: Path
    files: tuple[str, ...]
    passed_over: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """The project's folder relative to the repository root, "." for the root itself."""
        return self.folder.relative_to(self.root).as_posix()

    def located(self, path: str, *, base: Path | None = None) -> str:
        """Write a path that a tool printed relative to the repository root.

        `base` is the folder that a relative path starts from, the project's by default. A path outside the
        repository stays absolute.
        """
        return _located(self.root, base or self.folder, path)

    def has(self, *names: str) -> str | None:
        """Return the first of `names` that is a file of the project."""
        return next((name for name in names if name in self.files), None)


@lru_cache(maxsize=4096)
def _located(root: Path, base: Path, path: str) -> str:
    """Answer for a path once: the test cases of a file all name it."""
    absolute = base / path
    for start in (root, root.resolve()):
        if absolute.is_relative_to(start):
            return absolute.relative_to(start).as_posix()
    return PurePosixPath(absolute).as_posix()

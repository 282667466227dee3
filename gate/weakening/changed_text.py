"""A changed file with what it says on both sides. Reads nothing."""

from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedText:
    """A file of the change: its path now, its path in the base, and its texts; None where a side has it not.

    A file that is gone has the path it had.
    """

    path: str
    base_path: str
    before: str | None
    after: str | None

    @property
    def is_python(self) -> bool:
        """Whether either side is Python by its name."""
        return self.path.endswith((".py", ".pyi", ".pyw")) or self.base_path.endswith((".py", ".pyi", ".pyw"))

    @property
    def name(self) -> str:
        """The file's name without folders."""
        return PurePosixPath(self.path).name

"""A shard: one of several jobs that run the same suite, each a part of it."""

from dataclasses import dataclass

MAX_SHARDS = 256
"""As many jobs as a matrix may have:
https://docs.github.com/actions/reference/limits, "Job Matrix"."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Shard:
    """Shard `index`, counted from 1, of `total`.

    Raises:
        ValueError: there is no such shard.
    """

    index: int
    total: int

    def __post_init__(self) -> None:
        if not 1 <= self.index <= self.total <= MAX_SHARDS:
            raise ValueError(f"there is no shard {self.index} of {self.total}")

    @property
    def is_first(self) -> bool:
        """Whether what is not parted runs here."""
        return self.index == 1

    @property
    def words(self) -> str:
        """Name it in a sentence: `shard 2 of 8`."""
        return f"shard {self.index} of {self.total}"

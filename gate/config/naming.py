"""What a use of the action is called: pure, from what the caller and the runner say."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gate.config.model import shard as parse_shard
from gate.config.options import BadValue
from gate.domain.shard import Shard

_MAX_LENGTH = 60
_UNNAMED = "default"


def name_of(given: str, working_directory: str, matrix: str, *, sharded: bool = False) -> str:
    """Return the name that tells this use from others of the run, "" for the only one.

    `given` is the input `name`; without it the name comes from the project's folder and, where there is one, the
    job's matrix (`matrix`: the JSON of GitHub's `matrix` context). All shards of a use have one name: its dimension
    `shard` counts for nothing where the use is `sharded`.
    """
    if given.strip():
        return slug(given)
    folder = working_directory.strip().strip("/")
    parts = [folder if folder not in ("", ".") else "", *_matrix_values(matrix, "shard" if sharded else None)]
    return slug("-".join(part for part in parts if part))


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A use of the action: its name, and the shard that its input names, if that is one."""

    name: str
    shard: Shard | None = None

    @property
    def suffix(self) -> str:
        """What is appended to the names of artifacts."""
        return artifact_suffix(self.name, self.shard)

    @property
    def folder(self) -> str:
        """The name of the folder of its report."""
        return kept_folder(self.suffix.removeprefix("-"))

    @property
    def twice(self) -> str:
        """What to say where another use in the same job is called the same."""
        return f"the action is used twice in this job under the name {self.name!r}: give each use its own `name:`"


def use_of(variables: Mapping[str, str]) -> Use:
    """Return the use whose inputs the variables are; a mistake in the shard is told by the configuration."""
    try:
        shard = parse_shard(variables.get("QUALITY_GATE_SHARD", ""))
    except BadValue:
        shard = None
    given, folder, matrix = (
        variables.get(f"QUALITY_GATE_{part}", "") for part in ("NAME", "WORKING_DIRECTORY", "MATRIX")
    )
    return Use(name=name_of(given, folder, matrix, sharded=shard is not None), shard=shard)


def artifact_suffix(name: str, shard: Shard | None = None) -> str:
    """Return what is appended to the names of artifacts."""
    use = f"-{name}" if name else ""
    return use if shard is None else f"{use}-shard-{shard.index}-of-{shard.total}"


def kept_folder(name: str) -> str:
    """Return where a branch that keeps reports has those of a use, and its badges: no two names have the same place.

    No name has an underscore in it, so that none takes the place that a use called `default` has.
    """
    return f"{name}_" if name == _UNNAMED else name or _UNNAMED


def kept_report(name: str, commit: str) -> str:
    """Return where it has a use's report of a commit, packed with gzip."""
    return report_in(kept_folder(name), commit)


def report_in(folder: str, commit: str) -> str:
    """Return where the folder of a use has the report of a commit."""
    return f"{folder}/reports/{commit}.json.gz"


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


def _matrix_values(matrix: str, left_out: str | None) -> list[str]:
    try:
        values = json.loads(matrix or "null")
        if not isinstance(values, dict):
            return []
        return list(_scalars({name: value for name, value in values.items() if name != left_out}))
    except (ValueError, RecursionError):
        return []


def _scalars(value: object) -> Iterator[str]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _scalars(inner)
    elif value is not None:
        yield str(value).lower() if isinstance(value, bool) else str(value)

"""What is known of a test that could not run, and what must be known of the project to be certain. Parses nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gate.formats.settings_class import Inherited


class Kind(StrEnum):
    """What was missing. Each has its entry in docs/troubleshooting.md."""

    DOCKER = "docker"
    NETWORK = "network"
    SERVICE = "service"
    POSTGRESQL = "postgresql"
    DEPENDENCY = "dependency"
    VERSIONS = "versions"
    PLUG_IN = "plug-in"
    VARIABLE = "variable"
    PROGRAM = "program"
    LIBRARY = "library"
    TABLE = "table"
    EXTENSION = "extension"
    DISK = "disk"
    GIT = "git"
    PYTHON = "python"
    DISPLAY = "display"
    TIME_ZONES = "time-zones"
    SUBMODULE = "submodule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why a test could not run, which is not the same as that it failed.

    `needs` completes "needs …", `advice` is a sentence or empty, `proof` is the line that shows it.
    """

    kind: Kind
    needs: str
    advice: str = ""
    proof: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFacts:
    """What the project has and declares.

    `modules`: the top-level names that its own files can be imported by. `manifests`: the texts of the files that
    declare dependencies. `packages`: what is installed, versions by normalised name. `database`: the address of the
    gate's own PostgreSQL as `host:port`, "" for none; `no_database` says why there is none. `has_schema`: something
    made a schema in it. `async_marks`: its tests carry pytest-asyncio's marker. `folder`: where the project is on
    this machine. `settings`: how the variables of its settings classes are named, by the name of the class.
    `submodules`: the folders of git's submodules of which nothing is checked out.
    """

    modules: frozenset[str] = frozenset()
    manifests: Mapping[str, str] = field(default_factory=dict)
    packages: Mapping[str, str] = field(default_factory=dict)
    python_version: str = ""
    database: str = ""
    no_database: str = ""
    has_schema: bool = False
    async_marks: bool = False
    folder: str = ""
    settings: Mapping[str, Inherited] = field(default_factory=dict)
    submodules: tuple[str, ...] = ()

    def declaring_file(self, distribution: str) -> str:
        """Return the file that names a distribution as a requirement, "" where none does."""
        name = re.sub(r"[-_.]+", "[-_.]", re.escape(distribution).replace("\\-", "-"))
        pattern = re.compile(rf"(?:^|[\"',])\s*{name}\s*(?=$|[\[<>=!~;@\"',# ])", re.IGNORECASE | re.MULTILINE)
        return next((file for file, text in self.manifests.items() if pattern.search(text)), "")

    def python_is_below(self, version: tuple[int, int]) -> bool:
        """Tell whether the interpreter is known to be older."""
        found = re.match(r"(\d+)\.(\d+)", self.python_version)
        return found is not None and (int(found[1]), int(found[2])) < version

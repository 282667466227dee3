"""Reports of coverage for people, of the data that shards left: by coverage.py, over the sources of the checkout.

The figures do not come from here: where these reports tell others, they are not kept. Knows ports, never adapters.
"""

import asyncio
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import gate.probes
from gate.domain.project import Project
from gate.formats import UnreadableError
from gate.formats.coverage_json import CoverageReport, parse_coverage
from gate.formats.shard_notes import CoverageNote
from gate.gates.coverage_sharding import DATA
from gate.plain_file import open_to_read
from gate.ports import CannotRun, Command, Environments, Processes
from gate.shard_folders import ShardFolder

_PROBE = Path(gate.probes.__file__).parent / "coverage_reports.py"
_SECONDS = 900
_MOST_SAID = 65_536
# In a path they would be a pattern.
_GLOB = frozenset("*?[]")


@dataclass(frozen=True, slots=True, kw_only=True)
class CombinedCoverage:
    """Writes to `folder`; `scratch` is thrown away. `environment` are the variables of the program, without a token."""

    project: Project
    folder: Path
    scratch: Path
    environment: Mapping[str, str]
    environments: Environments
    processes: Processes

    async def write(self, shards: Sequence[ShardFolder], note: CoverageNote, expected: CoverageReport) -> str:
        """Write the reports; return why there are none, or ""."""
        try:
            if not any((self.project.root / file.path).is_file() for file in expected.files):
                return "the sources are not checked out here"
            self.folder.mkdir(parents=True, exist_ok=True)
            async with asyncio.timeout(_SECONDS):
                trouble = await self._written(shards, note)
            trouble = trouble or self._difference(expected)
        except (CannotRun, UnreadableError) as reason:
            trouble = str(reason)
        except TimeoutError:
            trouble = f"they were not written within {_SECONDS} s"
        except OSError as error:
            trouble = f"they cannot be written: {error.strerror}"
        if trouble:
            shutil.rmtree(self.folder, ignore_errors=True)
        return trouble

    async def _written(self, shards: Sequence[ShardFolder], note: CoverageNote) -> str:
        files = []
        for at, one in enumerate(shards):
            content = one.content(DATA)
            if content is None:
                return f"{one.shard.words if one.shard else 'a shard'} left no data"
            # A copy: what was downloaded stays as it is.
            files.append(self.scratch / f"coverage-{at}.data")
            files[-1].write_bytes(content)
        folders = [noted.folder for one in shards if (noted := one.coverage_note()) is not None]
        order = {
            "files": [str(path) for path in files],
            "folder": str(self.folder),
            "combined": str(self.scratch / "combined.data"),
            "config_file": self._own(note.config_file),
            "changed": None,
            "leave_out": list(note.leave_out),
            "for_merge": False,
            "root": str(self.project.root),
            "folders": sorted({folder for folder in folders if folder.startswith("/") and _GLOB.isdisjoint(folder)}),
        }
        program = await self.environments.tool("coverage", note.version)
        argv = (str(program.with_name("python")), "-I", str(_PROBE), json.dumps(order))
        said = self.scratch / "said.json"
        command = Command(argv=argv, cwd=self.project.folder, env=self.environment, log=said)
        completed = await self.processes.run(command)
        return f"coverage.py {completed.ended}: {_last_line(said)}" if completed.returncode else ""

    def _own(self, config_file: str | None) -> str | None:
        """Return the configuration file that a shard names, if it is one of the project."""
        if config_file is None or config_file not in self.project.files:
            return None
        return config_file

    def _difference(self, expected: CoverageReport) -> str:
        written = self.folder / "coverage.json"
        report = parse_coverage(written.read_text("utf-8"))
        found = {self.project.located(file.path): (file.covered, file.total) for file in report.files}
        wanted = {str(PurePosixPath(file.path)): (file.covered, file.total) for file in expected.files}
        if found == wanted:
            return ""
        return "coverage.py comes to other figures here than in the shards, with another Python perhaps"


def _last_line(log: Path) -> str:
    try:
        with open_to_read(log) as file:
            lines = file.read(_MOST_SAID).decode("utf-8", "replace").strip().splitlines()
    except OSError:
        lines = []
    return lines[-1][:300] if lines else "it said nothing"

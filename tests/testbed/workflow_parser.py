"""GitHub's own parser of workflow files and actions, on the Node.js that it needs."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.testbed.leaving_out import PartMissing
from tests.testbed.npm import installed_package

_SOURCE = Path(__file__).with_name("workflow_parser")
_DEADLINE = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowParser:
    """npm's `@actions/workflow-parser`."""

    node: Path
    program: Path

    def mistakes(self, files: Mapping[str, str]) -> dict[str, list[str]]:
        """What GitHub would refuse in each file: path in the repository -> messages; an empty list is none.

        A file called `action.yml` is read as an action, any other as a workflow. A workflow that calls one of its own
        repository (`./` or `$/`) is held against that one's inputs and secrets, which has to be among the files.
        """
        done = subprocess.run(
            [str(self.node), str(self.program)],
            input=json.dumps(dict(files)),
            capture_output=True,
            text=True,
            check=False,
            timeout=_DEADLINE,
        )
        if done.returncode:
            raise RuntimeError(f"the parser ended with {done.returncode}: {done.stderr[-2000:].strip()}")
        found: dict[str, list[str]] = json.loads(done.stdout)
        return found


def workflow_parser() -> WorkflowParser:
    """The parser from npm; raises `PartMissing`."""
    folder = installed_package(_SOURCE, unneeded=("node_modules/node-linux-*/include/**/*.h",))
    found = sorted(folder.glob("node_modules/node-linux-*/bin/node"))
    if not found:
        raise PartMissing("npm has no Node.js 24 for this machine")
    return WorkflowParser(node=found[0], program=folder / "main.mjs")

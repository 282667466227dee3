"""The verb `access-review --init`: drafts the policy from a review. Part of the composition root, like `init`."""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from gate.adapters.project_choice import choose_project
from gate.compose import DEFAULT_FOLDER, RunArguments, run
from gate.config.resolve import ConfigurationError
from gate.configuration import Sources, read_configuration
from gate.domain.project import Project
from gate.domain.report import Verdict
from gate.gates import GATES
from gate.gates.access_review.judging import DRAFT_PATH
from gate.gates.access_review.options import GATE_ID
from gate.gates.access_review.policy_draft import differences
from gate.gates.access_review.policy_file import PolicyError, parse_policy
from gate.render.escape import console_line

_NEVER_RAN = (Verdict.MISCONFIGURED.exit_code, 130)


def init_policy(path: Path, assignments: tuple[str, ...], out: Path | None, environment: Mapping[str, str]) -> int:
    """Review the service, write the policy that was deduced where there is none yet, and return the exit status.

    A review that finds flaws has drafted a policy all the same: that is success.
    """
    alone = (*assignments, f"gates={GATE_ID}")
    arguments = RunArguments(path=path, out=out, config=None, assignments=alone, exit_zero=False, in_action=False)
    status = run(arguments, environment)
    draft = (out or DEFAULT_FOLDER) / DRAFT_PATH
    if status in _NEVER_RAN or not draft.is_file():
        print(console_line("quality-gate: no policy was drafted: the review could not run"), file=sys.stderr)
        return status or Verdict.ERRORED.exit_code
    try:
        project = choose_project(path, environment, configured=False)
        target = project.folder / _name(project, alone, environment)
        return _written(draft, target, project)
    except (ConfigurationError, OSError, UnicodeDecodeError, PolicyError) as error:
        print(console_line(f"quality-gate: {error}"), file=sys.stderr)
        return Verdict.MISCONFIGURED.exit_code


def _name(project: Project, assignments: tuple[str, ...], environment: Mapping[str, str]) -> str:
    gates = {gate.id: gate.options for gate in GATES.values()}
    config = read_configuration(
        Sources(folder=project.folder, file=None, assignments=assignments, environment=environment, gates=gates)
    )
    return str(config.options[GATE_ID].policy)


def _written(draft: Path, target: Path, project: Project) -> int:
    text = draft.read_text("utf-8")
    place = project.located(str(target))
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        today = datetime.now(UTC).date()
        own = parse_policy(target.read_text("utf-8"), place, today)
        found = differences(own, parse_policy(text, "the draft", today))
        print(console_line(f"{place} is there already and stays as it is" + (":" if found else ", and says it all")))
        print("\n".join(console_line(f"  {line}") for line in found), end="\n" if found else "")
        return 0
    print(console_line(f"wrote {place}: read it like a table, correct it, commit it"))
    return 0

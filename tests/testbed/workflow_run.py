"""What came of a workflow run, read from act's JSON log and the folder of its artifact server."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.testbed.supervised import Ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step that ran. `path` holds the ids from the outermost step inwards (a number where there is no id)."""

    job: str
    path: tuple[str, ...]
    stage: str
    name: str
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """A workflow command `error`, `warning` or `notice` that the runner obeyed."""

    job: str
    level: str
    message: str
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowRun:
    """What came of a run.

    `log` is what a person reads; `outputs` are by job and step, the ids of nested steps joined with a slash;
    `summaries` are the texts of the job summary by job, one for each step that wrote; `artifacts` are by name,
    then by file; `left_behind` are command lines of processes that outlived the run (they are dead now).
    """

    exit_code: int
    timed_out: bool
    seconds: float
    log: str
    jobs: Mapping[str, str]
    steps: Sequence[Step]
    outputs: Mapping[str, Mapping[str, Mapping[str, str]]]
    summaries: Mapping[str, Sequence[str]]
    annotations: Sequence[Annotation]
    artifacts: Mapping[str, Mapping[str, bytes]]
    left_behind: Sequence[str]

    def step(self, path: str, *, job: str | None = None) -> Step:
        """The main stage of the step with this slash-joined path; raises `LookupError` with the log."""
        for step in self.steps:
            if "/".join(step.path) == path and step.stage == "Main" and job in (None, step.job):
                return step
        raise LookupError(f"no step {path} ran:\n{self.log}")


def read_workflow_run(ended: Ended, artifacts: Path) -> WorkflowRun:
    """Sort the JSON lines of an act that has ended, and unzip what its artifact server holds."""
    log: list[str] = []
    jobs: dict[str, str] = {}
    steps: list[Step] = []
    outputs: dict[str, dict[str, dict[str, str]]] = {}
    summaries: dict[str, list[str]] = {}
    annotations: list[Annotation] = []
    for line in ended.stdout.splitlines():
        entry = _entry(line)
        job = str(entry.get("job", "")).rpartition("/")[2].strip()
        path = tuple(entry.get("stepID") or ())
        log.append(f"[{job}] {entry['msg']}".rstrip("\n") if job else str(entry["msg"]))
        command = entry.get("command")
        if "jobResult" in entry:
            jobs[job] = entry["jobResult"]
        if "stepResult" in entry and path:
            stage, name = str(entry.get("stage", "")), str(entry.get("step", ""))
            steps.append(Step(job=job, path=path, stage=stage, name=name, result=entry["stepResult"]))
        if command == "set-output":
            outputs.setdefault(job, {}).setdefault("/".join(path), {})[entry["name"]] = entry["arg"]
        elif command == "summary":
            summaries.setdefault(job, []).append(entry["content"])
        elif command in ("error", "warning", "notice"):
            properties = entry.get("kvPairs") or {}
            annotations.append(Annotation(job=job, level=command, message=entry["arg"], properties=properties))
    return WorkflowRun(
        exit_code=ended.exit_code,
        timed_out=ended.timed_out,
        seconds=ended.seconds,
        log="\n".join([*log, ended.stderr]),
        jobs=jobs,
        steps=tuple(steps),
        outputs=outputs,
        summaries=summaries,
        annotations=tuple(annotations),
        artifacts=_artifacts(artifacts),
        left_behind=ended.left_behind,
    )


def _entry(line: str) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except ValueError:
        entry = None
    return entry if isinstance(entry, dict) and "msg" in entry else {"msg": line}


def _artifacts(folder: Path) -> dict[str, dict[str, bytes]]:
    """The zips that act's server keeps as `<run>/<artifact>/<artifact>.zip`, unzipped."""
    found: dict[str, dict[str, bytes]] = {}
    for path in sorted(folder.glob("*/*/*.zip")):
        with zipfile.ZipFile(path) as archive:
            files = {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}
        found[path.parent.name] = files
    return found

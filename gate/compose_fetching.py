"""The composition root of `fetch-base`: builds the adapters that speak with GitHub. Runs nothing of the project."""

import asyncio
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from gate.adapters.actions_runtime import ActionsRuntime, event_text, read_job
from gate.adapters.base_folder import BaseFolder
from gate.adapters.project_files import head_commit, read_project
from gate.adapters.revisions import GitRevisions
from gate.config.child_environment import without_runner_files
from gate.config.naming import Use, use_of
from gate.configuration import PYPROJECT, YAML_NAMES
from gate.domain.finished_run import ARTIFACT
from gate.domain.job import Job
from gate.domain.project import Project
from gate.fetch_base import BaseFetch, Request
from gate.formats import UnreadableError
from gate.formats.github_event import EventBase, parse_event_base
from gate.github_ports import BaseCommits
from gate.ports import ReportingTrouble
from gate.render.escape import console_line

# More than all that is asked of GitHub can take together.
_APART_SECONDS = 90.0


def fetch_base(path: Path, out: Path | None, environment: Mapping[str, str]) -> int:
    """Fetch what GitHub has of the base to a folder, and say what there is; returns 0 whatever that is."""
    use = use_of(environment)
    folder = BaseFolder(out.absolute() if out else _folder(environment, use))
    runtime = ActionsRuntime(environment)
    token = environment.get("QUALITY_GATE_TOKEN", "")
    try:
        runtime.set_outputs({"folder": str(folder.path), "use": use.folder})
        if not token and folder.is_filled:
            # A step before this one had the token.
            runtime.set_outputs({"found": str(bool(folder.fetched().source)).lower()})
            return 0
        folder.prepare()
        job = read_job(environment)
        project = read_project(path)
        fetching = BaseFetch(
            request=_request(use, job, project, environment),
            base=lambda: asyncio.run(GitRevisions(project.root, environment).base()),
            connect=lambda: _connected(job, token),
            write=folder.write,
        )
        fetched = fetching.run()
        runtime.set_outputs({"found": str(bool(fetched.source)).lower()})
    except (OSError, ReportingTrouble, UnreadableError) as trouble:
        runtime.say(console_line(f"nothing was fetched of the base: {trouble}"))
        return 0
    told = f"compared with {fetched.commit[:12]}, {fetched.origin}" if fetched.commit else "compared with nothing"
    for want in fetching.troubles:
        runtime.say(console_line(want))
    report = f"its report: {fetched.source}" if fetched.source else f"no report: {fetched.missing}"
    runtime.say(console_line(f"{told}; {report}"))
    return 0


def fetch_base_apart(command: Sequence[str], path: Path, out: Path, environment: Mapping[str, str]) -> None:
    """Do so in a process of its own, which gets no file of the runner's; its end is not waited for beyond a bound."""
    with suppress(subprocess.TimeoutExpired):
        subprocess.run(  # noqa: S603 - our own program, arguments from the caller's workflow
            [*command, "fetch-base", "--out", str(out), "--", str(path)],
            cwd=path if path.is_dir() else out.parent,
            env=without_runner_files(environment),
            timeout=_APART_SECONDS,
            check=False,
        )


@contextmanager
def _connected(job: Job, token: str) -> Iterator[BaseCommits]:
    # What talks HTTP takes a tenth of a second to import.
    from gate.adapters.github_bases import GitHubBases

    connection = GitHubBases(job, token)
    try:
        yield connection
    finally:
        connection.close()


def _folder(environment: Mapping[str, str], use: Use) -> Path:
    parent = environment.get("RUNNER_TEMP") or tempfile.gettempdir()
    return Path(parent).absolute() / "quality-gate-base" / use.folder


def _request(use: Use, job: Job, project: Project, environment: Mapping[str, str]) -> Request:
    event = environment.get("GITHUB_EVENT_NAME", "")
    # OWNER/REPOSITORY/.github/workflows/ci.yml@refs/heads/main
    workflow = environment.get("GITHUB_WORKFLOW_REF", "").removeprefix(f"{job.repository}/").partition("@")[0]
    return Request(
        event=event,
        told=_told(event, environment),
        commit=job.commit,
        head=head_commit(project.folder),
        repository=job.repository,
        name=use.name,
        artifact="" if use.shard else f"{ARTIFACT}{use.suffix}",
        workflow=workflow,
        branch=environment.get("QUALITY_GATE_DATA_BRANCH", "").strip(),
        files=_configuration_files(project, environment),
    )


def _told(event: str, environment: Mapping[str, str]) -> EventBase:
    try:
        return parse_event_base(event_text(environment), event)
    except (UnreadableError, OSError, ValueError):
        return EventBase()


def _configuration_files(project: Project, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return where the base may have its configuration, relative to the repository's root."""
    named = environment.get("QUALITY_GATE_CONFIG_FILE", "")
    if not named:
        return tuple(project.located(name) for name in (PYPROJECT, *YAML_NAMES))
    path = os.path.relpath(os.path.abspath(named), project.root)  # noqa: PTH100 - no link is to be followed
    return () if path.startswith("..") else (path,)

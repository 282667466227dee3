"""The runner of GitHub Actions: its environment in; outputs, job summary and log lines out.

Escapes nothing (`gate.render` does) and never writes to `GITHUB_ENV` or `GITHUB_PATH`.
Source: https://docs.github.com/en/actions/reference/workflows-and-actions/variables, .../workflow-commands.
"""

import os
import re
import stat
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from gate.domain.finished_run import FinishedRun
from gate.domain.job import Event, Job
from gate.formats import UnreadableError
from gate.formats.github_event import MAX_CHARACTERS, parse_event, parse_finished_run
from gate.ports import ReportingTrouble, Runtime
from gate.render.outputs import render_github_output

SUMMARY_BYTES = 1024 * 1024
_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?\Z")


def read_job(environment: Mapping[str, str]) -> Job:
    """Return the job that this process runs in; outside of Actions, one without a run and an event."""
    commit = environment.get("GITHUB_SHA", "").lower()
    api_url = environment.get("GITHUB_API_URL") or "https://api.github.com"
    return Job(
        event=_read_event(environment),
        run_id=_number(environment.get("GITHUB_RUN_ID", "")),
        run_attempt=_number(environment.get("GITHUB_RUN_ATTEMPT", "")) or 1,
        repository=environment.get("GITHUB_REPOSITORY", ""),
        commit=commit if _COMMIT.match(commit) else "",
        actor=environment.get("GITHUB_ACTOR", ""),
        server_url=environment.get("GITHUB_SERVER_URL") or "https://github.com",
        api_url=api_url,
        graphql_url=environment.get("GITHUB_GRAPHQL_URL") or _graphql_url(api_url),
    )


def read_finished_run(environment: Mapping[str, str]) -> FinishedRun:
    """Return the run that the event `workflow_run` names.

    Raises:
        ReportingTrouble: the job was started by another event, or the event cannot be read.
    """
    name = environment.get("GITHUB_EVENT_NAME", "")
    if name != "workflow_run":
        raise ReportingTrouble(
            f"the event {name!r} names no finished run: give `report`, or start the workflow on workflow_run"
        )
    try:
        return parse_finished_run(event_text(environment))
    except UnreadableError as error:
        raise ReportingTrouble(f"the event cannot be understood: {error}") from None
    except (OSError, ValueError) as error:
        raise ReportingTrouble(f"the event cannot be read ({type(error).__name__})") from None


class ActionsRuntime(Runtime):
    """Writes to the files that the runner names, or nowhere where it names none, and to `stream`."""

    def __init__(self, environment: Mapping[str, str], stream: TextIO | None = None) -> None:
        self._outputs = environment.get("GITHUB_OUTPUT", "")
        self._summary = environment.get("GITHUB_STEP_SUMMARY", "")
        self._stream = stream or sys.stdout

    def set_outputs(self, outputs: Mapping[str, str]) -> None:
        """Set outputs of this step; values may have several lines.

        Raises:
            ReportingTrouble: the file cannot be written.
            ValueError: a name that is none, which no report can bring about.
        """
        # Random, so that no value from the change can end its own output and set another.
        delimiter = f"ghadelimiter_{uuid.uuid4()}"
        _append(self._outputs, render_github_output(outputs, delimiter), "the outputs")

    def append_summary(self, markdown: str) -> None:
        """Append to the job summary; the runner drops the whole of one that is longer than 1 MiB.

        Raises:
            ReportingTrouble: it is too long with what is there, or cannot be written.
        """
        size = len(markdown.encode("utf-8", "backslashreplace")) + _size(self._summary)
        if size > SUMMARY_BYTES:
            raise ReportingTrouble(f"the job summary would be {size} bytes long, and GitHub takes {SUMMARY_BYTES}")
        _append(self._summary, markdown, "the job summary")

    def say(self, line: str) -> None:
        """Print one line at once; what the log's encoding lacks is spelled out."""
        encoding = self._stream.encoding or "utf-8"
        self._stream.write(line.encode(encoding, "backslashreplace").decode(encoding) + "\n")
        self._stream.flush()


def _read_event(environment: Mapping[str, str]) -> Event:
    name = environment.get("GITHUB_EVENT_NAME", "")
    if not name:
        return Event(name="", absence="this is not a run of GitHub Actions")
    try:
        return parse_event(event_text(environment), name)
    except UnreadableError as error:
        return Event(name=name, absence=f"the event cannot be understood: {error}")
    except (OSError, ValueError) as error:
        return Event(name=name, absence=f"the event cannot be read ({type(error).__name__})")


def event_text(environment: Mapping[str, str]) -> str:
    """Return the payload of the event.

    Raises:
        OSError: there is none, or it cannot be read.
        ValueError: it is not UTF-8.
    """
    # Not blocking: a pipe in the file's place must not hold the job up.
    descriptor = os.open(environment.get("GITHUB_EVENT_PATH", ""), os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(descriptor, encoding="utf-8") as file:
        return file.read(MAX_CHARACTERS + 1)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 and int(text) else None


def _graphql_url(api_url: str) -> str:
    """Return where GraphQL lies: `/api/v3` has its sibling `/api/graphql` on Enterprise Server."""
    base = api_url.rstrip("/")
    return f"{base.removesuffix('/v3')}/graphql"


def _size(path: str) -> int:
    try:
        return Path(path).stat().st_size if path else 0
    except OSError:
        return 0


def _append(path: str, text: str, what: str) -> None:
    if not path:
        return
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK, 0o644)
        with os.fdopen(descriptor, "ab") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise ReportingTrouble(f"{what} cannot be written: {path} is not a file")
            file.write(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise ReportingTrouble(f"{what} cannot be written: {error.strerror}") from None

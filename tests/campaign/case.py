"""Plays one case: a project on a day, through `run`, `publish` and `enforce`, each a process of its own."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import IO

from tests.campaign.misfortune import NAMES, Day, befalling, draw, job_of
from tests.campaign.outcome import EXIT_CODES, verdict_of
from tests.campaign.place import COMMAND, Place, place_for
from tests.campaign.project import Composed, compose
from tests.fakes.github_api import BOT, TOKEN, FakeGitHub, fake_github

_SECONDS_TO_RUN = 150.0
_SECONDS_TO_PUBLISH = 130.0
_INTERRUPTED = 130
_COULD_NOT_DECIDE = (2, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """How a case went: what was wrong with it, and what it left behind."""

    seed: int
    told: str
    seconds: float
    wrong: tuple[str, ...]
    left: tuple[str, ...]
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ended:
    exit_code: int
    said: str


@dataclass(slots=True, kw_only=True)
class _Case:
    """A case in progress, and the faults found so far."""

    composed: Composed
    day: Day
    place: Place
    github: FakeGitHub
    in_action: bool
    again: bool
    wrong: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def report_folder(self, number: int = 1) -> Path:
        if self.in_action:
            return self.place.runner / "quality-gate" / ("default" if number == 1 else str(number))
        return self.place.folder / ("report" if number == 1 else f"report-{number}")

    def environment(self, run: int) -> dict[str, str]:
        job = job_of(self.day, self.place, self.github.environment, run) if self.in_action else {}
        return {**self.place.environment, **self.day.environment, **job}

    def start(self, output: IO[bytes], number: int = 1) -> subprocess.Popen[bytes]:
        where = ["--in-action"] if self.in_action else ["--out", str(self.report_folder(number))]
        environment = self.environment(100)
        if self.in_action and number > 1:
            environment["QUALITY_GATE_NAME"] = str(number)
        return self._popen(["run", str(self.place.project), *where, *self.composed.arguments], environment, output)

    def call(self, *arguments: str, environment: Mapping[str, str], seconds: float) -> _Ended:
        with self._heard() as output:
            process = self._popen(list(arguments), environment, output)
            return self.end(process, output, seconds)

    def end(self, process: subprocess.Popen[bytes], output: IO[bytes], seconds: float = _SECONDS_TO_RUN) -> _Ended:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.wrong.append(f"{process.args[1:3]!r} did not end within {seconds:.0f} s")  # type: ignore[index]
            process.kill()
            process.wait()
        said = ""
        if not self.day.deaf:
            output.seek(0)
            said = output.read().decode(errors="replace")
        self.said.append(said)
        if "quality-gate: internal error" in said:
            self.wrong.append(f"internal error: {said.strip().splitlines()[-2][:200]}")
        return _Ended(exit_code=process.returncode, said=said)

    @contextmanager
    def heard(self) -> Iterator[IO[bytes]]:
        with self._heard() as output:
            yield output

    @contextmanager
    def _heard(self) -> Iterator[IO[bytes]]:
        if self.day.deaf:
            with Path("/dev/full").open("r+b", buffering=0) as output:
                yield output
            return
        path = self.place.folder / f"said-{time.monotonic_ns()}"
        with path.open("w+b") as output:
            yield output

    def _popen(
        self, arguments: list[str], environment: Mapping[str, str], output: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [COMMAND, *arguments],
            env=dict(environment),
            cwd=self.place.folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def play(seed: int, base: Path) -> Played:
    """Play the case of a seed in a new folder of `base`."""
    random = Random(seed)
    composed, day = compose(random), draw(random)
    in_action, name = random.random() < 0.5, random.choice((NAMES[0], random.choice(NAMES)))
    again = random.random() < 0.2  # publishing a second time leaves the one comment
    began = time.monotonic()
    left: list[str] = []
    with place_for(base, f"case-{seed}", name) as place, fake_github() as github:
        case = _Case(composed=composed, day=day, place=place, github=github, in_action=in_action, again=again)
        place.write(composed.files)
        github.read_only = day.read_only_token
        with befalling(day, place):
            before = place.sources()
            if day.kill is not None:
                _cut_short(case)
            _whole_way(case)
            if place.sources() != before:
                case.wrong.append("the project's files were changed")
            left += place.leftovers()
        case.wrong += [f"a request that GitHub would not take: {violation}" for violation in github.violations]
    way = "action" if in_action else "laptop"
    told = f"{composed.told}; {' '.join(composed.arguments)}; {way}, {day.event}, {name!r}; {'; '.join(day.told)}"
    return Played(
        seed=seed,
        told=told,
        seconds=time.monotonic() - began,
        wrong=tuple(case.wrong),
        left=tuple(left),
        said="\n".join(case.said),
    )


def _cut_short(case: _Case) -> None:
    """Send the day's signal in the middle of a run; what it leaves may not be taken for a result."""
    assert case.day.kill is not None
    number, after = case.day.kill
    with case.heard() as output:
        process = case.start(output)
        try:
            process.wait(after)
        except subprocess.TimeoutExpired:
            process.send_signal(number)
        ended = case.end(process, output)
    outcomes = _outcomes(case.report_folder())
    if ended.exit_code in {-number, _INTERRUPTED}:
        if outcomes is not None:
            case.wrong += case.composed.expectation.faults(outcomes, unlucky=True)
        # Python itself dies of a signal that meets it after its work is done.
        if number != 9 and ended.exit_code == -number and "running" in ended.said and outcomes is None:
            case.wrong.append(f"signal {number} was not heeded")
    else:
        _judge(case, ended, case.report_folder())
    enforced = case.call(
        "enforce", "--report", str(case.report_folder()), environment=case.environment(100), seconds=30
    )
    right = EXIT_CODES[verdict_of(outcomes.values())] if outcomes is not None else 3
    # A run that was interrupted is never passed, though all its gates may be.
    if enforced.exit_code not in {right, 3}:
        case.wrong.append(f"enforce after the signal exited with {enforced.exit_code}, and {right} is right")
    _new_job(case)


def _new_job(case: _Case) -> None:
    """Clean up what the runner itself cleans up between jobs."""
    if case.in_action:
        subprocess.run(["rm", "-rf", case.place.runner / "quality-gate"], check=True)
        for name in ("output", "env", "path", "step_summary"):
            path = case.place.runner / f"github_{name}"
            if path.is_file() and not path.is_symlink():
                path.write_text("")


def _whole_way(case: _Case) -> None:
    with case.heard() as output, case.heard() as other:
        processes = [case.start(output)]
        if case.day.side_by_side:
            processes.append(case.start(other, 2))
        ended = [case.end(process, heard) for process, heard in zip(processes, (output, other), strict=False)]
    for number, one in enumerate(ended, 1):
        _judge(case, one, case.report_folder(number))
    _spoilt(case)
    _publish(case)
    outcomes = _outcomes(case.report_folder())
    enforced = case.call(
        "enforce", "--report", str(case.report_folder()), environment=case.environment(100), seconds=30
    )
    right = EXIT_CODES[verdict_of(outcomes.values())] if outcomes is not None else 3
    if enforced.exit_code != right:
        case.wrong.append(f"enforce exited with {enforced.exit_code}, and {right} is right")


def _judge(case: _Case, ended: _Ended, folder: Path) -> None:
    """Hold the end of a run against what is right."""
    outcomes = _outcomes(folder)
    if outcomes is None:
        unheard = case.in_action and case.day.unheard
        if not ((case.day.starved or unheard) and ended.exit_code in _COULD_NOT_DECIDE):
            case.wrong.append(f"no report, and exit status {ended.exit_code}: {ended.said[-300:]!r}")
        return
    case.wrong += case.composed.expectation.faults(outcomes, unlucky=case.day.starved)
    right = 0 if case.in_action else EXIT_CODES[verdict_of(outcomes.values())]
    could_not_tell = case.in_action and (case.day.starved or case.day.unheard) and ended.exit_code in _COULD_NOT_DECIDE
    if ended.exit_code != right and not could_not_tell:
        case.wrong.append(f"run exited with {ended.exit_code}, and {right} is right: {ended.said[-300:]!r}")
    if folder.joinpath("report.json").read_text("utf-8").count("internal error of Quality Gate"):
        case.wrong.append("a gate had an internal error")


def _spoilt(case: _Case) -> None:
    """See that nothing a test wrote to the runner's files is there when the next step begins."""
    for name in ("github_env", "github_path", "github_output"):
        path = case.place.runner / name
        if (
            case.in_action
            and path.is_file()
            and path.stat().st_size < 2**20
            and "owned" in path.read_text("utf-8", "replace")
        ):
            case.wrong.append(f"what a test wrote to {name} stayed")


def _publish(case: _Case) -> None:
    github = case.github
    for method, path, act, times in case.day.api:
        github.fail(method, path, act, times=times)
    environment = {**case.place.environment, **job_of(case.day, case.place, github.environment, 101)}
    environment["QUALITY_GATE_TOKEN"] = TOKEN
    for _ in range(1 + case.again):
        ended = case.call(
            "publish", "--report", str(case.report_folder()), environment=environment, seconds=_SECONDS_TO_PUBLISH
        )
        if ended.exit_code:
            case.wrong.append(f"publish exited with {ended.exit_code}: {ended.said[-300:]!r}")
    ours = [comment for comment in github.comments if comment["user"]["login"] == BOT and "gone" not in comment]
    wanted = int(case.day.event == "pull_request" and not case.day.read_only_token and not case.day.starved)
    if len(ours) > 1 or (not case.day.api and not case.day.starved and len(ours) != wanted):
        case.wrong.append(f"{len(ours)} comments in place of {wanted}: {ended.said[-300:]!r}")
    outcomes, told = _outcomes(case.report_folder()), case.place.runner / "github_output"
    if outcomes is not None and told.is_file() and not case.day.starved and not told.is_symlink():
        verdicts = re.findall(r"^verdict<<(\S+)\n(.*)\n\1$", told.read_text("utf-8"), re.MULTILINE)
        if {verdict for _, verdict in verdicts} != {verdict_of(outcomes.values())}:
            case.wrong.append(f"the output verdict is {verdicts}")


def _outcomes(folder: Path) -> dict[str, str] | None:
    """Read the outcomes of a report as anybody would; None where there is no report."""
    path = folder / "report.json"
    if not path.is_file():
        return None
    try:
        document = json.loads(path.read_text("utf-8"))
        return {result["gate"]: result["outcome"] for result in document["results"]}
    except (ValueError, KeyError):
        return None

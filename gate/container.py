"""The entry of the image: whose rights the gates get there, and how their report comes back. Judges nothing itself.

The first process of a container is root, unless `--user` says otherwise. Root keeps the token. The gates run as the
owner of the folder that they judge, without any group but their own, and nothing of theirs is left when root goes on
with the report. docs/adr/image.md has the reasons.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NoReturn

from gate import cli
from gate.adapters import base_folder, handover
from gate.adapters.accounts import account_for, give_name
from gate.adapters.actions_runtime import ActionsRuntime
from gate.adapters.processes import Account
from gate.adapters.processes.attended import attend
from gate.adapters.report_folder import NotOurFolderError
from gate.adapters.runner_files import RunnerFiles
from gate.adapters.standard_streams import forgive_deaf_streams
from gate.arguments import parser
from gate.compose_fetching import fetch_base_apart
from gate.config.action_inputs import for_the_run, input_variables
from gate.config.naming import Use, use_of
from gate.domain.report import Verdict
from gate.ports import CannotRun
from gate.render.escape import console_line

IN_ACTION = "--in-action"
REPORT = PurePosixPath("quality-gate-report")

# A volume of the image: it can be written where the rest of the file system cannot, and programs in it can run, which
# Docker does not allow in a `--tmpfs`.
_VOLUME = "/var/lib/quality-gate"
_TEMP = "/tmp"  # noqa: S108 - as far as it is asked whether it can be written to
# The verbs that get no token. Others may have to speak with GitHub, and run nothing of the project's.
_RUN_THE_PROJECT = ("run", "init", "access-review", "openapi")
_COMMAND = (sys.executable, "-I", "-m", "gate")
# `docker stop` kills after ten seconds; the report that is there by then has to be handed over as well.
_PATIENCE_SECONDS = 7.0


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command as the container's first process; return its exit status, which is that of the command."""
    words = list(sys.argv[1:] if argv is None else argv)
    forgive_deaf_streams()
    try:
        return _enter(words, dict(os.environ), Path.cwd())
    except (OSError, CannotRun, NotOurFolderError) as error:
        _say(f"quality-gate: could not run: {error}")
        return Verdict.ERRORED.exit_code


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A folder to be gated, and what the container has beside it.

    The gates run in `checkout` as `account`: the folder itself, or a copy that the account owns. Below `private`, which
    is ours, `home` and `temp` are the account's.
    """

    workspace: Path
    owner: Account
    account: Account | None
    private: Path
    checkout: Path

    def attend(self, words: Sequence[str], environment: Mapping[str, str]) -> int:
        """Run the command on the checkout, and return its exit status."""
        argv = (*_COMMAND, *map(self.moved, words))
        env = self._variables(environment)
        status = attend(argv, cwd=self.checkout, env=env, account=self.account, patience=_PATIENCE_SECONDS)
        if status < 0:
            _say(f"quality-gate: the run was killed by signal {-status}")
        return status if status >= 0 else Verdict.ERRORED.exit_code

    def become(self, words: Sequence[str], environment: Mapping[str, str]) -> NoReturn:
        """Turn this process into the command, which has no more rights than we: it could read what we were given."""
        os.execve(_COMMAND[0], (*_COMMAND, *words), self._variables(environment))  # noqa: S606 - no shell is wanted

    def moved(self, word: str) -> str:
        """Return a path in the workspace as one in the checkout; whatever else it is stays."""
        inside = word == str(self.workspace) or word.startswith(f"{self.workspace}/")
        return f"{self.checkout}{word.removeprefix(str(self.workspace))}" if inside else word

    def take_report(self, base: Path, below: PurePosixPath, target: PurePosixPath) -> Path | None:
        """Bring the report `below` in `base` to the folder `target` of the workspace; return where we keep it."""
        kept = self.private / "report"
        if not handover.take(base, below, kept):
            return None
        try:
            with handover.acting_as(self.owner):
                handover.deliver(kept, self.workspace, target)
        except (OSError, NotOurFolderError) as error:
            _say(f"quality-gate: the report could not be handed over: {error}")
        return kept

    def prepare_report(self, target: PurePosixPath) -> None:
        """Make the folder of the report in the workspace, before anything is run."""
        with handover.acting_as(self.owner):
            handover.prepare_report_folder(self.workspace, target)

    def _variables(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Return the environment with folders that can be written: the home may be root's, and /tmp read-only."""
        variables = {name: self.moved(value) for name, value in environment.items()}
        with handover.acting_as(self.account):
            for name, usual, own in (("HOME", "/nonexistent", "home"), ("TMPDIR", _TEMP, "temp")):
                folder = environment.get(name) or usual
                if not os.path.isdir(folder) or not os.access(folder, os.W_OK | os.X_OK, effective_ids=True):  # noqa: PTH112 - never raises
                    variables[name] = str(self.private / own)
        return variables


def _enter(words: list[str], environment: dict[str, str], workspace: Path) -> int:
    if workspace == workspace.parent:
        raise CannotRun('the project has to be in a folder: give `docker run` the option `--volume "$PWD:/workspace"`')
    if words == [IN_ACTION]:
        with _entry(workspace, for_gates=True) as entry:
            return _gate_in_action(entry, environment)
    arguments = parser().parse_args(words or ["run"])
    with _entry(workspace, for_gates=arguments.verb == "run") as entry:
        if arguments.verb not in _RUN_THE_PROJECT:
            return entry.attend(words, environment)
        if entry.account is None:
            entry.become(words or ["run"], for_the_run(environment))
        if arguments.verb != "run" or entry.checkout == workspace:
            # What other verbs write is for the workspace itself, never for a copy.
            return entry.attend(words or ["run"], for_the_run(environment))
        return _gate_copy(entry, words or ["run"], environment, arguments.out)


def _gate_copy(entry: Entry, words: Sequence[str], environment: Mapping[str, str], out: str | None) -> int:
    """Run the gates on the copy that they may write to, and bring the report back."""
    target = entry.workspace / (out or REPORT)
    if entry.workspace not in target.parents or ".." in target.parts:
        raise CannotRun(f"{entry.workspace} is root's, so the report has to go to a folder in it, not to {target}")
    below = PurePosixPath(target.relative_to(entry.workspace))
    entry.prepare_report(below)
    status = entry.attend(words, for_the_run(environment))
    if entry.take_report(entry.checkout, below, below):
        _say(f"brought back: {target}")
    return status


def _gate_in_action(entry: Entry, environment: dict[str, str]) -> int:
    """Do what the steps of the composite action do: run, publish, enforce."""
    variables = environment | input_variables(environment)
    use = use_of(variables)
    _use_once(use, environment)
    target = REPORT.with_name(f"{REPORT}{use.suffix}")
    entry.prepare_report(target)
    runner_files = RunnerFiles(environment)
    temp = entry.private / "temp"
    base = entry.private / "base"
    place = entry.moved(variables.get("QUALITY_GATE_WORKING_DIRECTORY") or ".")
    fetch_base_apart(_COMMAND, entry.checkout / place, base, {**variables, "HOME": str(entry.private)})
    seen = for_the_run(variables) | {"RUNNER_TEMP": str(temp), base_folder.VARIABLE: str(base)}
    status = entry.attend(["run", IN_ACTION, "--", place], seen)
    for spoilt in runner_files.restore():
        print(f"::warning title=Quality Gate::the code under test wrote to {spoilt}, which was undone", flush=True)
    report = entry.take_report(temp, PurePosixPath("quality-gate") / use.folder, target)
    if report is None:
        return status or Verdict.ERRORED.exit_code
    os.environ.clear()
    # Not the runner's home, where the tests may have left what requests would obey.
    os.environ.update(variables, HOME=str(entry.private))
    cli.main(["publish", "--report", str(report)])
    # Where the next step finds it, whose paths are not ours: relative to the workspace.
    ActionsRuntime(variables).set_outputs({"report-path": str(target / "report.json")})
    return cli.main(["enforce", "--report", str(report)])


def _use_once(use: Use, environment: Mapping[str, str]) -> None:
    temp = Path(environment.get("RUNNER_TEMP") or "/nonexistent")
    if not temp.is_dir():
        return
    with handover.acting_as(handover.owner_of(temp)):
        try:
            (temp / f"quality-gate-container-{use.folder}").mkdir()
        except FileExistsError:
            raise CannotRun(use.twice) from None


@contextmanager
def _entry(workspace: Path, *, for_gates: bool) -> Iterator[Entry]:
    """Give a folder of our own, and a checkout that the gates may write to, for as long as it takes."""
    owner = handover.owner_of(workspace)
    account = account_for(owner)
    if not for_gates and owner.uid == 0:
        account = None
    private = _private_folder()
    try:
        for name in ("home", "temp"):
            (private / name).mkdir(mode=0o700)
            if account is not None:
                os.chown(private / name, account.uid, account.gid)
        if account is not None:
            give_name(account, private / "home")
        checkout = workspace
        if account is not None and owner.uid == 0:
            checkout = private / "checkout"
            _say(f"{workspace} is root's: the gates run on a copy, as user {account.uid}")
            handover.copy_for(account, workspace, checkout)
        yield Entry(workspace=workspace, owner=owner, account=account, private=private, checkout=checkout)
    finally:
        with suppress(RecursionError):
            shutil.rmtree(private, ignore_errors=True)


def _private_folder() -> Path:
    for parent in (_VOLUME, os.environ.get("TMPDIR") or _TEMP):
        with suppress(OSError):
            folder = Path(tempfile.mkdtemp(prefix="quality-gate-", dir=parent))
            folder.chmod(0o711)
            return folder
    raise OSError("there is no folder to work in: give `docker run` the option `--tmpfs /tmp:exec`")


def _say(text: str) -> None:
    print(console_line(text), flush=True)


if __name__ == "__main__":
    sys.exit(main())

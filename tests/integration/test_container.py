"""The entry of the image, on this machine: a script plays the command, everything else is real."""

import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gate import container
from gate.adapters import accounts
from gate.adapters.processes import Account
from gate.domain.codec import encode_parts
from gate.domain.report import Problem, Report, Subject

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="the image is one of Linux"),
]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as somebody else")

CALLER = 4321
REPORT = "".join(
    encode_parts(Report(subject=Subject(), problems=(Problem(place="gates", value="x", message="no such gate"),)))
)
# Writes down who it is, and a report where the command would; before, who fetches the base and with what.
PLAYED = f"""
case "$*" in
fetch-base*)
  mkdir "$3"
  if [ "$QUALITY_GATE_TOKEN$GITHUB_OUTPUT" = secret ]; then id -u > "$3/who"; fi
  exit ;;
esac
id -u >> who
id -G >> who
env | sort > environment
grep NoNewPrivs /proc/self/status >> environment
case "$*" in
*--in-action*) folder=$RUNNER_TEMP/quality-gate/default ;;
*) folder=quality-gate-report ;;
esac
mkdir -p "$folder"
cp who environment "$folder"
cat > "$folder/report.json" <<'END'
{REPORT}
END
"""


class Image:
    """A machine that is as the image is, as far as the entry asks."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.workspace = folder / "workspace"
        self.workspace.mkdir()
        self.volume = folder / "volume"
        self.volume.mkdir()
        self.volume.chmod(0o1777)
        self.script = PLAYED
        self._monkeypatch = monkeypatch
        # No name of a variable that this machine happens to have.
        for name in os.environ:
            monkeypatch.delenv(name)
        monkeypatch.setenv("PATH", os.defpath)
        # The command's own interpreter may be where only root can reach it.
        monkeypatch.setattr(container, "_COMMAND", ("/bin/sh", str(folder / "command")))
        monkeypatch.setattr(container, "_VOLUME", str(self.volume))
        self.accounts = folder / "passwd"
        monkeypatch.setattr(accounts, "_ACCOUNTS", self.accounts)
        monkeypatch.chdir(self.workspace)

    def enter(self, *words: str, **environment: str) -> int:
        self.workspace.with_name("command").write_text(self.script)
        for name, value in environment.items():
            self._monkeypatch.setenv(name, value)
        return container.main(words)

    def told(self, name: str) -> str:
        return (self.workspace / "quality-gate-report" / name).read_text()


@pytest.fixture
def image(monkeypatch: pytest.MonkeyPatch) -> Iterator[Image]:
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    try:
        yield Image(folder, monkeypatch)
    finally:
        shutil.rmtree(folder)


@as_root
def test_the_gates_run_as_the_owner_with_no_other_group_and_no_token(image: Image) -> None:
    os.chown(image.workspace, CALLER, 0)
    image.script += "exit 7"
    assert image.enter("run", "--gates", "lint", GITHUB_TOKEN="secret", OTHER="secret", HOME="/root") == 7
    assert image.told("who").split() == [str(CALLER), str(CALLER)]
    assert "secret" not in image.told("environment")
    assert f"HOME={image.volume}/" in image.told("environment")
    assert "NoNewPrivs:\t1" in image.told("environment")
    assert {path.stat().st_uid for path in image.workspace.rglob("*")} == {CALLER}
    assert image.accounts.read_text().startswith(f"gate{CALLER}:x:{CALLER}:{CALLER}::{image.volume}/")
    assert [*image.volume.iterdir()] == []


@as_root
def test_a_folder_of_roots_is_copied_and_gets_the_report_back(image: Image, capfd: Any) -> None:
    (image.workspace / "app.py").write_text("x = 1\n")
    assert image.enter(CI_PROJECT_DIR=str(image.workspace)) == 0
    assert image.told("who").split() == ["1001", "1001"]
    assert f"CI_PROJECT_DIR={image.volume}/" in image.told("environment")
    assert {path.name for path in image.workspace.iterdir()} == {"app.py", "quality-gate-report"}
    assert {path.stat().st_uid for path in image.workspace.rglob("*")} == {0}
    assert f"brought back: {image.workspace}/quality-gate-report" in capfd.readouterr().out


@as_root
def test_a_link_in_the_reports_place_is_followed_neither_here_nor_in_the_copy(image: Image, capfd: Any) -> None:
    secret = image.workspace.with_name("secret")
    secret.mkdir(mode=0o700)
    (secret / "report.json").write_text("of somebody else")
    image.script = f"rm -rf quality-gate-report; ln -s {secret} quality-gate-report"
    assert image.enter() == 3
    assert "is a link" in capfd.readouterr().out
    shutil.rmtree(image.workspace / "quality-gate-report")
    (image.workspace / "quality-gate-report").symlink_to(secret)
    assert image.enter() == 3
    assert [path.name for path in secret.iterdir()] == ["report.json"]


@as_root
def test_in_an_action_root_publishes_what_the_gates_left(image: Image, capfd: Any) -> None:
    temp = image.workspace.with_name("runner_temp")
    temp.mkdir()
    files = {name: temp / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_STEP_SUMMARY")}
    for file in files.values():
        file.touch()
    for path in (image.workspace, temp, *files.values()):
        os.chown(path, CALLER, CALLER)
    image.script += (
        'cp $QUALITY_GATE_BASE_FOLDER/who "$folder/who-fetched"; '
        f"echo BASH_ENV=evil >> {files['GITHUB_ENV']}; ln -s /etc/passwd $RUNNER_TEMP/quality-gate/default/logs"
    )
    given = {name: str(path) for name, path in files.items()} | {
        "INPUT_GITHUB-TOKEN": "secret",
        "INPUT_COVERAGE-THRESHOLD": "90",
        "GITHUB_ACTIONS": "true",
        "RUNNER_TEMP": str(temp),
    }
    assert image.enter("--in-action", **given) == 2
    assert image.told("who").split() == [str(CALLER), str(CALLER)]
    assert "QUALITY_GATE_COVERAGE_THRESHOLD=90" in image.told("environment")
    assert "secret" not in image.told("environment")
    # What was fetched can be read by the gates; it was fetched by root, who alone has the token.
    assert image.told("who-fetched").split() == ["0"]
    assert not (image.workspace / "quality-gate-report" / "logs").exists()
    outputs = files["GITHUB_OUTPUT"].read_text()
    assert "misconfigured" in outputs
    # The last one counts.
    assert outputs.rpartition("report-path<<")[2].split()[1] == "quality-gate-report/report.json"
    assert "no such gate" in files["GITHUB_STEP_SUMMARY"].read_text()
    assert files["GITHUB_ENV"].read_text() == ""
    assert "wrote to GITHUB_ENV, which was undone" in capfd.readouterr().out
    assert image.enter("--in-action") == 3
    assert "used twice in this job" in capfd.readouterr().out


@as_root
def test_a_run_that_leaves_no_report_keeps_its_status_and_one_that_is_killed_is_an_error(image: Image) -> None:
    os.chown(image.workspace, CALLER, CALLER)
    image.script = "exit 2"
    assert image.enter("--in-action") == 2
    image.script = "kill -KILL $$"
    assert image.enter("run") == 3
    assert image.enter("--in-action") == 3


@as_root
@pytest.mark.parametrize(
    ("words", "token"),
    [
        (("publish",), "given"),
        (("init",), ""),
        (("access-review", "--init"), ""),
        (("openapi", "--write"), ""),
    ],
    ids=lambda words: words and words[0],
)
def test_other_verbs_are_the_owners_and_only_what_runs_nothing_of_the_project_keeps_its_token(
    image: Image, words: tuple[str, ...], token: str
) -> None:
    os.chown(image.workspace, CALLER, CALLER)
    image.script = "id -u > who; echo $QUALITY_GATE_TOKEN > token"
    assert image.enter(*words, QUALITY_GATE_TOKEN="given") == 0
    assert (image.workspace / "who").read_text() == f"{CALLER}\n"
    assert (image.workspace / "token").read_text() == f"{token}\n"


def test_whoever_is_not_root_becomes_the_command(image: Image) -> None:
    script = textwrap.dedent(f"""
        import os, sys
        sys.path.insert(0, {str(Path(__file__).parents[2])!r})
        from gate import container
        container._COMMAND = ("/bin/sh", "-c", "env; echo PID $$; exit 5", "sh")
        container._VOLUME = {str(image.volume)!r}
        if os.geteuid() == 0:
            container.account_for = lambda owner: None
        print("PID", os.getpid(), flush=True)
        sys.exit(container.main(["run"]))
    """)
    environment = {"GITHUB_TOKEN": "secret", "PATH": os.defpath, "HOME": "/nonexistent"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        cwd=image.workspace,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 5, done.stderr
    assert "secret" not in done.stdout
    assert f"HOME={image.volume}/" in done.stdout
    before, after = (line for line in done.stdout.splitlines() if line.startswith("PID"))
    assert before == after


def test_a_machines_root_is_no_project(monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    monkeypatch.chdir("/")
    assert container.main(["run"]) == 3
    assert '--volume "$PWD:/workspace"' in capfd.readouterr().out


def test_where_nothing_can_be_written_it_says_what_to_do(
    image: Image, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    monkeypatch.setattr(container, "_VOLUME", "/proc/nothing")
    assert image.enter("run", TMPDIR="/proc/nothing") == 3
    assert "--tmpfs /tmp" in capfd.readouterr().out


@as_root
def test_a_report_that_is_to_go_out_of_roots_folder_is_refused(image: Image, capfd: Any) -> None:
    for out in ("/elsewhere", "../elsewhere"):
        assert image.enter("run", "--out", out) == 3
        assert "has to go to a folder in it" in capfd.readouterr().out


def test_only_root_gives_up_its_rights() -> None:
    account = accounts.account_for(Account(uid=CALLER, gid=0))
    assert account == (Account(uid=CALLER, gid=CALLER) if os.geteuid() == 0 else None)

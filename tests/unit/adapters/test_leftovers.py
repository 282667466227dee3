"""What a killed run leaves behind is removed by the next one; what lives, or is another's, is not."""

import json
import os
import platform
import threading
from pathlib import Path

import pytest

from gate.adapters.ledger import Ledger
from gate.adapters.leftovers import remove_in_background

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the locks of living runs are POSIX locks")


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path / "runs"


def killed(ledger: Ledger) -> None:
    """End a run as SIGKILL does: its lock goes, and nothing else happens."""
    assert ledger._lock is not None
    os.close(ledger._lock)


def begun(runs: Path) -> Ledger:
    """Begin a run."""
    ledger = Ledger(runs)
    ledger.open()
    return ledger


def next_run(runs: Path, **environment: str) -> Ledger:
    """Begin a run and let it look through what others left."""
    ledger = begun(runs)
    remove_in_background(ledger, environment)
    assert ledger.looked_through.wait(60)
    return ledger


def folder_of(ledger: Ledger, parent: Path, *, noted: bool = True) -> Path:
    """Make a folder as a run does, with something in it."""
    folder = parent / f"quality-gate-{ledger.token}"
    if noted:
        ledger.will_make("folder", str(folder))
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "file").write_text("much")
    return folder


def test_the_folders_of_a_killed_run_are_removed_and_said(runs: Path, tmp_path: Path) -> None:
    dead = begun(runs)
    folder = folder_of(dead, tmp_path)
    killed(dead)
    following = next_run(runs)
    assert following.removed == [f"the folder {folder.name}"]
    assert not folder.exists()
    following.close()
    assert list(runs.iterdir()) == []


def test_a_living_run_loses_nothing(runs: Path, tmp_path: Path) -> None:
    living = begun(runs)
    folder = folder_of(living, tmp_path)
    assert next_run(runs).removed == []
    assert (folder / "data" / "file").exists()


def test_a_run_that_ended_well_leaves_no_entry(runs: Path, tmp_path: Path) -> None:
    ledger = begun(runs)
    ledger.will_make("folder", str(tmp_path / f"quality-gate-{ledger.token}"))
    ledger.will_make("server", "localhost:5432/app")
    ledger.is_gone("server", "localhost:5432/app")
    ledger.close()
    assert list(runs.iterdir()) == []


def test_what_is_still_there_at_the_end_is_left_to_the_next_run(runs: Path, tmp_path: Path) -> None:
    ledger = begun(runs)
    folder = folder_of(ledger, tmp_path)
    ledger.close()
    assert next_run(runs).removed == [f"the folder {folder.name}"]


def test_only_what_a_run_can_have_made_is_removed(runs: Path, tmp_path: Path) -> None:
    dead, other = begun(runs), Ledger()
    precious = folder_of(other, tmp_path, noted=False)
    plain = tmp_path / "plain"
    plain.mkdir()
    link = tmp_path / f"quality-gate-{dead.token}-link"
    link.symlink_to(plain)
    inside = folder_of(dead, tmp_path)
    (inside / "out").symlink_to(plain)
    (plain / "kept").touch()
    for path in (precious, plain, link, tmp_path / "missing", "quality-gate-relative", "\udcff"):
        dead.will_make("folder", str(path))
    killed(dead)
    assert next_run(runs).removed == [f"the folder {inside.name}"]
    assert (precious / "data" / "file").exists()
    assert (plain / "kept").exists()
    assert link.is_symlink()


@pytest.mark.parametrize(
    "text",
    [b"", b"\xff\xfe\n", b"[" * 90_000, b'["folder"]\n{}\n7\n', b'["folder", "/a\\u0000b"]\n', b'["folder", "/tm'],
    ids=["empty", "no-text", "deep", "other-shapes", "nul", "cut-short"],
)
def test_an_entry_that_says_nothing_useful_is_removed(runs: Path, text: bytes) -> None:
    entry = runs / "0123abcd"
    entry.mkdir(parents=True, mode=0o700)
    runs.chmod(0o700)
    (entry / "made.jsonl").write_bytes(text)
    assert next_run(runs).removed == []
    assert not entry.exists()


def test_the_entry_of_another_machine_is_left_alone(runs: Path, tmp_path: Path) -> None:
    dead = begun(runs)
    folder = folder_of(dead, tmp_path)
    killed(dead)
    made = runs / dead.token / "made.jsonl"
    made.write_text(made.read_text().replace(json.dumps(platform.node()), '"elsewhere.example"'))
    assert next_run(runs).removed == []
    assert folder.exists()


def test_a_server_is_remembered_until_a_run_is_given_it(runs: Path, tmp_path: Path) -> None:
    dead = begun(runs)
    folder = folder_of(dead, tmp_path)
    dead.will_make("server", "localhost:5432/app")
    killed(dead)
    assert next_run(runs).removed == [f"the folder {folder.name}"]
    (found,) = begun(runs).dead_runs()
    assert (found.token, found.names("server"), found.names("folder")) == (dead.token, ["localhost:5432/app"], [])


def test_a_folder_that_others_may_have_written_to_is_not_trusted(runs: Path, tmp_path: Path) -> None:
    dead = begun(runs)
    folder = folder_of(dead, tmp_path)
    killed(dead)
    runs.chmod(0o777)
    following = next_run(runs)
    following.will_make("folder", "somewhere")
    following.close()
    assert following.removed == []
    assert folder.exists()
    assert [entry.name for entry in runs.iterdir()] == [dead.token]


def test_without_a_writable_folder_the_run_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    following = next_run(tmp_path / "file" / "runs")
    following.close()
    assert following.removed == []


def test_two_next_runs_do_not_get_in_each_others_way(runs: Path, tmp_path: Path) -> None:
    parents = [tmp_path / str(number) for number in range(20)]
    for parent in parents:
        dead = begun(runs)
        folder_of(dead, parent)
        killed(dead)
    following = [begun(runs) for _ in range(4)]
    for one in following:
        remove_in_background(one, {})
    assert all(one.looked_through.wait(60) for one in following)
    assert sum(len(one.removed) for one in following) == len(parents)
    assert [path for parent in parents for path in parent.iterdir()] == []


@pytest.mark.parametrize(
    ("ends", "left"),
    [("exit 0", False), ("echo Error: No such container: x >&2; exit 1", False), ("exit 1", True)],
    ids=["removed", "gone already", "no engine"],
)
def test_the_container_of_a_killed_run_is_removed(runs: Path, tmp_path: Path, ends: str, *, left: bool) -> None:
    docker = tmp_path / "bin" / "docker"
    docker.parent.mkdir()
    docker.write_text(f'#!/bin/sh\necho "$*" > {tmp_path}/asked\n{ends}\n')
    docker.chmod(0o755)
    dead = begun(runs)
    name = f"quality-gate-{dead.token}-1f"
    dead.will_make("container", name)
    dead.will_make("container", "somebody-elses")
    killed(dead)
    following = next_run(runs, PATH=f"{docker.parent}:/bin:/usr/bin")
    assert (tmp_path / "asked").read_text() == f"rm --force --volumes {name}\n"
    assert following.removed == ([] if left else [f"the container {name}"])
    assert (runs / dead.token).exists() == left


def test_nobody_waits_for_it(runs: Path) -> None:
    remove_in_background(begun(runs), {})
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "leftovers")

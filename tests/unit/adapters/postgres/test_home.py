"""Whom a server runs as, and what that user can reach."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gate.adapters.ledger import Ledger
from gate.adapters.postgres.home import first_ordinary_account, make_home, reachable, variables_of_unnamed
from gate.adapters.postgres.provider import PassedOver
from gate.adapters.processes import Account

STRANGER = Account(uid=54_321, gid=54_321)


@pytest.mark.parametrize(
    ("entries", "uid"),
    [
        ([("root", 0, 0), ("nobody", 65534, 65534), ("postgres", 101, 104)], 101),
        ([("root", 0, 0), ("daemon", 1, 1), ("nobody", 65534, 65534)], 65534),
        ([("root", 0, 0), ("me", 1000, 1000), ("daemon", 1, 1)], 1),
        ([("root", 0, 0), ("toor", 0, 0), ("postgres", 0, 0)], None),
        ([], None),
    ],
)
def test_a_server_never_runs_as_root(entries: list[tuple[str, int, int]], uid: int | None) -> None:
    account = first_ordinary_account(entries)
    assert (account.uid if account else None) == uid


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Give a folder that any user can enter; the folders above `tmp_path` are its user's only."""
    with tempfile.TemporaryDirectory(prefix="qg") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_a_folder_is_reachable_only_if_all_above_it_are(open_folder: Path) -> None:
    closed = open_folder / "closed"
    folder = closed / "open"
    folder.mkdir(parents=True)
    for part in (closed, folder):
        part.chmod(0o755)
    assert reachable(folder, STRANGER)
    assert reachable(folder / "not" / "yet" / "there", STRANGER)
    closed.chmod(0o700)
    assert not reachable(folder, STRANGER)
    owner = closed.stat()
    closed.chmod(0o070)
    assert reachable(folder, Account(uid=STRANGER.uid, gid=owner.st_gid))
    assert not reachable(folder, Account(uid=owner.st_uid, gid=STRANGER.gid))
    closed.chmod(0o755)


def test_a_home_is_private(tmp_path: Path) -> None:
    home = make_home(tmp_path / "scratch", Ledger())
    try:
        assert home.folder.stat().st_mode & 0o777 == 0o700
        assert home.account is None or home.folder.stat().st_uid == home.account.uid > 0
    finally:
        home.folder.rmdir()


def test_an_ordinary_user_runs_the_server_as_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    home = make_home(tmp_path / "scratch", Ledger())
    home.give(home.folder)
    assert home.account is None
    assert home.folder.parent == (tmp_path / "scratch").resolve()


def test_a_scratch_folder_that_cannot_be_made_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gate.adapters.postgres.home.account_of_server", lambda: None)
    (tmp_path / "file").write_text("")
    with pytest.raises(PassedOver, match="no folder for its data can be made"):
        make_home(tmp_path / "file" / "scratch", Ledger())


def test_a_user_that_can_reach_nothing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gate.adapters.postgres.home.account_of_server", lambda: STRANGER)
    monkeypatch.setattr("gate.adapters.postgres.home.reachable", lambda *_: False)
    with pytest.raises(PassedOver, match="no folder for its data can be reached by the user 54321"):
        make_home(tmp_path, Ledger())


def test_a_machine_with_no_other_user_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("pwd.getpwall", list)
    with pytest.raises(PassedOver, match="this machine has no other user"):
        make_home(tmp_path, Ledger())


def test_a_user_without_a_name_gets_one_for_postgresql_alone(tmp_path: Path) -> None:
    library = tmp_path / "libnss_wrapper.so"
    library.touch()
    found = variables_of_unnamed(STRANGER, tmp_path, [str(library).lstrip("/")])
    assert found["LD_PRELOAD"] == str(library)
    assert Path(found["NSS_WRAPPER_PASSWD"]).read_text().split(":")[:4] == ["postgres", "x", "54321", "54321"]
    assert Path(found["NSS_WRAPPER_GROUP"]).read_text() == "postgres:x:54321:\n"


def test_a_user_with_a_name_needs_none(tmp_path: Path) -> None:
    assert variables_of_unnamed(Account(uid=0, gid=0), tmp_path) == {}
    assert [*tmp_path.iterdir()] == []


def test_a_user_that_cannot_be_given_a_name_is_told_what_would_help(tmp_path: Path) -> None:
    with pytest.raises(PassedOver, match="54321 .* no name .* install libnss-wrapper"):
        variables_of_unnamed(STRANGER, tmp_path, [])

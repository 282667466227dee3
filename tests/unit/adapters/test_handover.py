"""What root hands over in a container: no link leads it elsewhere, and nothing strange comes along."""

import os
import shutil
import tempfile
from pathlib import Path, PurePosixPath

import pytest

from gate.adapters.handover import acting_as, copy_for, deliver, owner_of, prepare_report_folder, take
from gate.adapters.processes import Account
from gate.adapters.report_folder import NotOurFolderError, prepare

BELOW = PurePosixPath("reports/gate")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as somebody else")


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    """A checkout, and a folder of ours."""
    for name in ("checkout", "private"):
        (tmp_path / name).mkdir()
    return tmp_path / "checkout", tmp_path / "private"


def written(base: Path, below: PurePosixPath = BELOW) -> Path:
    folder = base / below
    os.close(prepare(folder))
    (folder / "report.json").write_text("{}")
    (folder / "coverage").mkdir()
    (folder / "coverage" / "coverage.xml").write_text("<coverage/>")
    return folder


def test_a_report_comes_back_in_the_place_of_an_earlier_one(places: tuple[Path, Path]) -> None:
    checkout, private = places
    prepare_report_folder(checkout, BELOW)
    (checkout / BELOW / "of-an-earlier-version.txt").touch()
    written(private, PurePosixPath("temp"))
    assert take(private, PurePosixPath("temp"), private / "report")
    deliver(private / "report", checkout, BELOW)
    found = {path.relative_to(checkout / BELOW).as_posix() for path in (checkout / BELOW).rglob("*")}
    assert found == {".gitignore", "report.json", "coverage", "coverage/coverage.xml"}


@pytest.mark.parametrize("link", ["reports", "reports/gate"])
def test_a_link_in_the_way_is_followed_neither_before_nor_after(link: str, places: tuple[Path, Path]) -> None:
    checkout, private = places
    elsewhere = private / "elsewhere"
    written(elsewhere)
    before = sorted(elsewhere.rglob("*"))
    (checkout / link).parent.mkdir(exist_ok=True)
    (checkout / link).symlink_to(elsewhere / link)
    with pytest.raises(NotOurFolderError, match="is a link"):
        prepare_report_folder(checkout, BELOW)
    with pytest.raises(NotOurFolderError, match="is a link"):
        deliver(private, checkout, BELOW)
    with pytest.raises(NotOurFolderError, match="is a link"):
        take(checkout, BELOW, private / "report")
    assert sorted(elsewhere.rglob("*")) == before


def test_a_folder_with_other_files_is_left_alone_and_called_by_its_own_name(places: tuple[Path, Path]) -> None:
    checkout, _ = places
    (checkout / BELOW).mkdir(parents=True)
    (checkout / BELOW / "mine.txt").touch()
    with pytest.raises(NotOurFolderError, match=str(checkout / BELOW)):
        prepare_report_folder(checkout, BELOW)
    assert (checkout / BELOW / "mine.txt").exists()


def test_only_plain_files_are_taken_and_all_can_be_read(places: tuple[Path, Path]) -> None:
    checkout, private = places
    folder = written(checkout)
    (folder / "report.json").chmod(0o4000)
    (folder / "summary.md").symlink_to("/etc/passwd")
    (folder / "logs").symlink_to("/etc")
    os.mkfifo(folder / "comment.md")
    deep = folder
    for _ in range(30):
        deep = deep / "d"
        deep.mkdir()
    assert take(checkout, BELOW, private / "report")
    names = {path.name for path in (private / "report").iterdir()}
    assert names == {".gitignore", "report.json", "coverage", "d"}
    assert (private / "report" / "report.json").stat().st_mode & 0o7777 == 0o644
    assert len([*(private / "report").rglob("d")]) == 20
    assert not folder.exists()


def test_there_may_be_no_report(places: tuple[Path, Path]) -> None:
    checkout, private = places
    assert not take(checkout, BELOW, private / "report")


@as_root
def test_a_folder_that_somebody_else_put_there_meanwhile_gets_nothing(places: tuple[Path, Path]) -> None:
    checkout, private = places
    written(checkout)
    os.chown(checkout / BELOW, 1001, 1001)
    with pytest.raises(NotOurFolderError, match="was replaced"):
        deliver(private, checkout, BELOW)


@as_root
def test_what_is_written_as_somebody_is_theirs_and_root_is_root_again() -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        os.chown(folder, 4321, 4322)
        secret = folder / "secret"
        secret.touch(mode=0o600)
        with acting_as(Account(uid=4321, gid=4322)):
            (folder / "made").touch()
            with pytest.raises(PermissionError):
                secret.read_text()
        assert owner_of(folder / "made") == Account(uid=4321, gid=4322)
        assert secret.read_text() == ""
    finally:
        shutil.rmtree(folder)


@as_root
def test_a_copy_is_its_accounts_with_links_as_links(places: tuple[Path, Path]) -> None:
    checkout, private = places
    (checkout / "app.py").write_text("x = 1\n")
    (checkout / "app.py").chmod(0o400)
    (checkout / "link").symlink_to("/etc/passwd")
    copy_for(Account(uid=4321, gid=4321), checkout, private / "copy")
    assert owner_of(private / "copy" / "app.py") == Account(uid=4321, gid=4321)
    assert (private / "copy" / "app.py").stat().st_mode & 0o600 == 0o600
    assert (private / "copy" / "link").is_symlink()
    assert Path("/etc/passwd").stat().st_uid == 0


def test_a_copy_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nothing-here cannot be copied"):
        copy_for(Account(uid=0, gid=0), tmp_path / "nothing-here", tmp_path / "copy")

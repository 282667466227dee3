import os
import resource
import signal
from pathlib import Path

import pytest

from gate.adapters import report_folder


def test_an_earlier_report_is_replaced_and_foreign_files_in_it_stay(tmp_path: Path) -> None:
    folder = tmp_path / "report"
    os.close(report_folder.prepare(folder))
    report_folder.write(folder, "report.json", "{}")
    report_folder.write(folder, "coverage/coverage.xml", "<a/>")
    (folder / "mine.txt").write_text("mine")
    os.close(report_folder.prepare(folder))
    assert sorted(path.name for path in folder.iterdir()) == [".gitignore", "mine.txt"]


def test_a_link_is_removed_and_not_followed(tmp_path: Path) -> None:
    folder, treasure = tmp_path / "report", tmp_path / "treasure"
    os.close(report_folder.prepare(folder))
    treasure.mkdir()
    (treasure / "gold").touch()
    (folder / "coverage").symlink_to(treasure)
    os.close(report_folder.prepare(folder))
    assert (treasure / "gold").exists()


def test_a_file_in_its_place_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "report").write_text("x")
    with pytest.raises(report_folder.NotOurFolderError, match="is a file"):
        os.close(report_folder.prepare(tmp_path / "report"))


def test_lone_surrogates_are_spelled_out(tmp_path: Path) -> None:
    report_folder.write(tmp_path, "a.md", "x\udcff")
    assert (tmp_path / "a.md").read_text("utf-8") == "x\\udcff"


def test_a_folder_that_another_run_is_writing_to_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "report"
    held = report_folder.prepare(folder)
    report_folder.write(folder, "report.json", "{}")
    with pytest.raises(report_folder.NotOurFolderError, match="another run is writing"):
        report_folder.prepare(folder)
    assert (folder / "report.json").read_text() == "{}"
    os.close(held)
    os.close(report_folder.prepare(folder))
    assert not (folder / "report.json").exists()


@pytest.mark.parametrize("name", ["report.json", ".report.json.draft"])
def test_whatever_tests_put_in_the_place_of_a_report_gives_way(tmp_path: Path, name: str) -> None:
    (tmp_path / "treasure").write_text("gold")
    for put in (
        lambda path: (path.mkdir(), (path / "inside").touch()),
        lambda path: path.symlink_to(tmp_path / "treasure"),
        os.mkfifo,
    ):
        folder = tmp_path / "report"
        os.close(report_folder.prepare(folder))
        put(folder / name)
        report_folder.write(folder, "report.json", "{}")
        assert (folder / "report.json").read_text() == "{}"
        os.close(report_folder.prepare(folder))
        assert [path.name for path in folder.iterdir()] == [".gitignore"]
    assert (tmp_path / "treasure").read_text() == "gold"


def test_a_full_disk_leaves_no_half_of_a_report(tmp_path: Path) -> None:
    os.close(report_folder.prepare(tmp_path / "report"))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    # The kernel's signal for a file that grows too long would end the process; without it, the write fails.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            report_folder.write(tmp_path / "report", "report.json", "x" * 5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [path.name for path in (tmp_path / "report").iterdir()] == [".gitignore"]


def test_what_an_interrupted_run_leaves_is_removed_unless_there_is_a_report(tmp_path: Path) -> None:
    def interrupt(*files: str) -> Path:
        folder = tmp_path / "report"
        os.close(report_folder.prepare(folder))
        for name in files:
            report_folder.write(folder, name, "x")
        with pytest.raises(KeyboardInterrupt), report_folder.removed_if_interrupted(folder):
            raise KeyboardInterrupt
        return folder

    assert not interrupt("logs/lint.log").exists()
    assert (interrupt("report.json", "logs/lint.log") / "logs").is_dir()

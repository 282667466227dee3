from pathlib import Path

import pytest

from gate.adapters import report_folder


def test_an_earlier_report_is_replaced_and_foreign_files_in_it_stay(tmp_path: Path) -> None:
    folder = tmp_path / "report"
    report_folder.prepare(folder)
    report_folder.write(folder, "report.json", "{}")
    report_folder.write(folder, "coverage/coverage.xml", "<a/>")
    (folder / "mine.txt").write_text("mine")
    report_folder.prepare(folder)
    assert sorted(path.name for path in folder.iterdir()) == [".gitignore", "mine.txt"]


def test_a_link_is_removed_and_not_followed(tmp_path: Path) -> None:
    folder, treasure = tmp_path / "report", tmp_path / "treasure"
    report_folder.prepare(folder)
    treasure.mkdir()
    (treasure / "gold").touch()
    (folder / "coverage").symlink_to(treasure)
    report_folder.prepare(folder)
    assert (treasure / "gold").exists()


def test_a_file_in_its_place_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "report").write_text("x")
    with pytest.raises(report_folder.NotOurFolderError, match="is a file"):
        report_folder.prepare(tmp_path / "report")


def test_lone_surrogates_are_spelled_out(tmp_path: Path) -> None:
    report_folder.write(tmp_path, "a.md", "x\udcff")
    assert (tmp_path / "a.md").read_text("utf-8") == "x\\udcff"

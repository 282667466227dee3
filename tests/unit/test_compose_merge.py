"""The verb `merge` over folders that are none: an exit status and a reason, never an error of its own."""

from pathlib import Path

import pytest

from gate.compose_merge import MergeArguments, merge_shards
from gate.domain.report import Verdict


def merging(tmp_path: Path, folder: Path) -> int:
    arguments = MergeArguments(folders=(folder,), project=tmp_path, out=tmp_path / "out", in_action=False)
    return merge_shards(arguments, {})


def test_a_link_to_itself_is_a_folder_without_reports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert merging(tmp_path, loop) == Verdict.ERRORED.exit_code
    assert "no shard left a report" in capsys.readouterr().out


def test_the_report_must_not_lie_among_what_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    assert merging(tmp_path, link) == Verdict.MISCONFIGURED.exit_code
    assert "lie in each other" in capsys.readouterr().err

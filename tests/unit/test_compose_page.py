"""The verbs `render` and `show`: report.json alone -> report.html."""

import webbrowser
from pathlib import Path

import pytest

from gate.cli import main
from gate.domain.codec import encode_report
from gate.render.headline import headline
from tests.unit.render.reports import red


@pytest.fixture
def report(tmp_path: Path) -> Path:
    folder = tmp_path / "report"
    folder.mkdir()
    (folder / "report.json").write_text(encode_report(red()), encoding="utf-8")
    return folder


def test_the_page_is_written_beside_the_report_it_is_made_from(
    report: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["render", "--report", str(report)]) == 0
    page = report / "report.html"
    assert headline(red(), "api") in page.read_text("utf-8")
    assert capsys.readouterr().out == f"page: {page}\n"


def test_a_page_elsewhere_still_leads_to_the_evidence(report: Path, tmp_path: Path) -> None:
    out = tmp_path / "pages" / "one.html"
    assert main(["render", "--report", str(report / "report.json"), "--out", str(out)]) == 0
    assert '"../report/junit/unit-tests.xml"' in out.read_text("utf-8")


@pytest.mark.parametrize("content", [None, "{", '{"schema_version": 99}'])
def test_without_a_report_that_can_be_believed_there_is_no_page(
    tmp_path: Path, content: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (tmp_path / "report.json").write_text(content, encoding="utf-8")
    assert main(["render", "--report", str(tmp_path)]) == 3
    assert capsys.readouterr().err.startswith("quality-gate: no page: ")
    assert not (tmp_path / "report.html").exists()


def test_who_asks_before_the_first_run_is_told_what_makes_a_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", "--no-open", "--report", str(tmp_path / "none")]) == 3
    assert "`quality-gate run` makes a report" in capsys.readouterr().err


def test_a_folder_is_never_replaced_by_the_page(report: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "kept").touch()
    assert main(["render", "--report", str(report), "--out", str(tmp_path / "mine")]) == 2
    assert (tmp_path / "mine" / "kept").exists()


def test_a_link_in_the_place_of_the_page_is_replaced_and_not_followed(report: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    (report / "report.html").symlink_to(tmp_path / "mine")
    assert main(["render", "--report", str(report)]) == 0
    assert (tmp_path / "mine").read_text("utf-8") == "mine"
    assert not (report / "report.html").is_symlink()


@pytest.mark.parametrize(("options", "opened"), [([], 1), (["--no-open"], 0)])
def test_show_opens_the_page_unless_told_not_to(
    report: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], opened: int
) -> None:
    # The machine of a test has no browser that may be opened.
    asked: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda address: asked.append(address) is None)
    assert main(["show", "--report", str(report), *options]) == 0
    assert asked == [(report / "report.html").as_uri()] * opened


def test_show_says_where_the_page_is_where_no_browser_opens(
    report: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    assert main(["show", "--report", str(report)]) == 0
    assert capsys.readouterr().out.endswith("no browser could be opened: open it yourself\n")

"""Against what ruff 0.4.10, 0.14.0 and 0.17.6 really printed."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.formats import UnreadableError
from gate.formats.ruff_output import (
    check_options,
    complaint,
    found_no_file,
    parse_unformatted,
    parse_violations,
    printed_report,
)

SAMPLES = Path(__file__).parents[2] / "samples" / "ruff"


@pytest.mark.parametrize("version", ["0.4.10", "0.17.6"])
def test_an_unused_import_has_rule_place_and_page(version: str) -> None:
    violations = parse_violations((SAMPLES / f"check-{version}.json").read_text("utf-8"))
    unused = next(violation for violation in violations if violation.rule == "F401")
    assert (unused.path, unused.line, unused.column, unused.end_line) == ("/project/app/__init__.py", 1, 8, 1)
    assert unused.message.startswith("`os` imported but unused")
    assert unused.url == "https://docs.astral.sh/ruff/rules/unused-import"


def test_a_syntax_error_has_a_rule_though_ruff_gives_none() -> None:
    violations = parse_violations((SAMPLES / "check-0.17.6.json").read_text("utf-8"))
    assert any(
        violation.rule == "invalid-syntax" and violation.path.endswith("test_syntax.py") for violation in violations
    )


@pytest.mark.parametrize("version", ["0.14.0", "0.17.6"])
def test_unformatted_files(version: str) -> None:
    printed = (SAMPLES / f"format-{version}.txt").read_text("utf-8")
    assert parse_unformatted(printed) == ("app/__init__.py", "bad/test_name.py")


@pytest.mark.parametrize("text", ["", "{}", "[1]", '[{"code": "F401"}]', "[[[", "null"])
def test_what_is_no_list_of_violations_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        parse_violations(text)


@given(st.text(max_size=100))
def test_no_text_raises_anything_else(text: str) -> None:
    parse_unformatted(text)
    try:
        parse_violations(text)
    except UnreadableError:
        return


def test_a_run_without_a_file_is_known_by_ruffs_warning() -> None:
    assert found_no_file("warning: No Python files found under the given path(s)\n")
    assert not found_no_file("")


@pytest.mark.parametrize(
    ("version", "options"),
    [
        ("0.0.180", ("--no-fix", "--no-cache", "--format=json")),
        ("0.0.265", ("--no-fix", "--no-fix-only", "--no-cache", "--format=json")),
        ("0.0.276", ("--no-fix", "--no-fix-only", "--no-cache", "--format=json", "--output-file=o.json")),
        ("0.0.291", ("--no-fix", "--no-fix-only", "--no-cache", "--output-format=json", "--output-file=o.json")),
        ("0.15.2", ("--no-fix", "--no-fix-only", "--no-cache", "--output-format=json", "--output-file=o.json")),
        ("", ("--no-fix", "--no-fix-only", "--no-cache", "--output-format=json", "--output-file=o.json")),
    ],
)
def test_each_version_is_asked_in_options_that_it_knows(version: str, options: tuple[str, ...]) -> None:
    assert check_options(version, "o.json") == options


@pytest.mark.parametrize(
    ("printed", "report"),
    [
        ("warning: old [x]\n[\n  {}\n]\nFound 1 error.\n", "[\n  {}\n]"),
        ("[]\n", "[]"),
        ("[{", ""),
        ("error: no\n", ""),
        ("[" * 100_000, ""),
    ],
)
def test_an_old_ruffs_report_is_found_among_what_it_prints(printed: str, report: str) -> None:
    assert printed_report(printed) == report


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        (
            "error: unexpected argument '--output-format' found\n\n  tip: x\n",
            "error: unexpected argument '--output-format' found",
        ),
        ("warning: a\nruff failed\n  Cause: Failed to parse a\n  Cause: TOML\n", "Failed to parse a: TOML"),
        ("warning: a\n", ""),
        ("", ""),
    ],
)
def test_the_reason_of_an_error_is_ruffs_own_line(printed: str, said: str) -> None:
    assert complaint(printed) == said

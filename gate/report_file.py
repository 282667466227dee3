"""Reads `report.json`, which may come from an untrusted job. Writes nothing."""

from pathlib import Path

from gate.domain.codec import MAX_CHARACTERS, InvalidReport, decode_report
from gate.domain.report import Report
from gate.plain_file import read_plain

NAME = "report.json"
MAX_BYTES = 4 * MAX_CHARACTERS  # UTF-8 has at most four bytes a character.


class UnreadableReportError(Exception):
    """There is no report that can be believed; `str()` says why, in a clause."""


def read_report(folder: Path) -> Report:
    """Return the report in `folder`.

    Raises:
        UnreadableReportError: it is missing, too large, or not a report of a version that is understood.
    """
    return read_report_file(folder / NAME)


def read_report_file(path: Path) -> Report:
    """Return the report in the file `path`, which raises as `read_report` does."""
    try:
        content = read_plain(path, MAX_BYTES)
    except OSError as error:
        raise UnreadableReportError(f"{path}: {error.strerror}") from None
    return decoded(content, str(path))


def decoded(content: bytes, place: str) -> Report:
    """Return the report that `content` is; `place` says in the reason where it lay.

    Raises:
        UnreadableReportError: it is not UTF-8, or not a report of a version that is understood.
    """
    try:
        return decode_report(content.decode("utf-8"))
    except UnicodeDecodeError:
        raise UnreadableReportError(f"{place} is not UTF-8") from None
    except InvalidReport as error:
        raise UnreadableReportError(f"{place} is not a report: {error}") from None

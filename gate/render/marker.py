"""The hidden first line by which a comment is found again. Parses nothing but that line."""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

from gate.domain.report import Subject

_LINE = re.compile(
    r"<!-- quality-gate:v1 name=([A-Za-z0-9_.~%-]*) run=(0|[1-9][0-9]{0,17}) attempt=(0|[1-9][0-9]{0,8})"
    r" sha=([0-9a-f]{40}|[0-9a-f]{64}|) -->(?=\r?\n|\Z)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """Whose comment it is (`name`), and the run that wrote it; zero and empty where there was none."""

    name: str = ""
    run: int = 0
    attempt: int = 0
    sha: str = ""


def marker_of(subject: Subject) -> Marker:
    """Make the marker of a report that the caller's own job wrote.

    A publisher that received the report from an untrusted job makes the marker from its own event instead.
    """
    sha = subject.commit.lower()
    return Marker(
        name=subject.name,
        run=subject.run_id or 0,
        attempt=subject.run_attempt or 0,
        sha=sha if re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", sha) else "",
    )


def render_marker(marker: Marker) -> str:
    """Write the marker as an HTML comment on one line, which no name can end."""
    name = quote(marker.name, safe="", errors="replace")
    return f"<!-- quality-gate:v1 name={name} run={marker.run} attempt={marker.attempt} sha={marker.sha} -->"


def parse_marker(body: str) -> Marker | None:
    """Read the marker at the very start of a comment's body, or return None where there is none to the letter."""
    match = _LINE.match(body)
    if match is None:
        return None
    try:
        name = unquote_to_bytes(match[1]).decode()
    except UnicodeDecodeError:
        return None
    marker = Marker(name=name, run=int(match[2]), attempt=int(match[3]), sha=match[4])
    return marker if match[0] == render_marker(marker) else None

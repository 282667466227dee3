"""Times, loads, statuses and statements in words. Pure; what it writes is text of the change, never markup."""

import math
from collections.abc import Mapping

from gate.domain.wording import clipped, counted
from gate.gates.latency.evidence import LatencyEvidence
from gate.gates.latency.statistics import Interval

_MOST_OF_A_STATEMENT = 160
_MOST_OF_ITS_COLUMNS = 40
_MOST_READ = 4_000
_MOST_STATUSES = 3
_UNTOLD_STATUSES = {0: "no answer", -1: "failed"}


def time_words(seconds: float) -> str:
    """Write a time in milliseconds, rounded up: `812 ms`, `41.3 ms`, `0.72 ms`."""
    return f"{_figure(seconds)} ms" if math.isfinite(seconds) else "no end"


def interval_words(interval: Interval) -> str:
    """Write an estimate and its ends: `812 ms [790–840]`."""
    high = _figure(interval.high) if math.isfinite(interval.high) else "∞"
    return f"{time_words(interval.value)} [{_figure(interval.low)}–{high}]"


def load_words(evidence: LatencyEvidence) -> str:
    """Say under what load it was measured: `with 50 users, 1 s think time`."""
    if evidence.rate is not None:
        return f"at {evidence.rate:g} requests/s, timed from when they were due"
    users = counted(evidence.users, "user")
    if evidence.think_time is None:
        return f"with {users}, think time as {evidence.source} has it"
    return f"with {users}, {evidence.think_time:g} s think time"


def status_words(counts: Mapping[int, int]) -> str:
    """Say which statuses there were, the most frequent first: `500 (31 times), no answer (2 times)`."""
    most = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    told = [f"{_UNTOLD_STATUSES.get(status, status)} ({counted(count, 'time')})" for status, count in most]
    return ", ".join(told[:_MOST_STATUSES]) + (", …" if len(told) > _MOST_STATUSES else "")


def statement_words(statement: str) -> str:
    """Write a statement in one line, its list of columns and its end left out where they are long."""
    text = " ".join(statement[:_MOST_READ].split())
    if text[:7].upper() == "SELECT ":
        at = text.upper().find(" FROM ")
        if at > _MOST_OF_ITS_COLUMNS:
            text = f"SELECT …{text[at:]}"
    return clipped(text, _MOST_OF_A_STATEMENT)


def _figure(seconds: float) -> str:
    milliseconds = seconds * 1000
    digits = 0 if milliseconds >= 100 else 1 if milliseconds >= 10 else 2
    # What floats add behind the digits that were measured must not make the next one of it.
    return f"{math.ceil(milliseconds * 10**digits - 1e-6) / 10**digits:,.{digits}f}"

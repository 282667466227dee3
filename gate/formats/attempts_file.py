"""The file in which our plug-in of pytest notes how often a test was tried again -> those numbers, by test.

Written by `gate/probes/pytest_plugin/quality_gate_attempts.py`: `{"failed": [...], "retried": {test: times}}`. The
project's tests could have written it too: nothing in it is trusted.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from gate.domain.exhibit import CaseOutcome, TestCase

_MOST = 1_000_000
_RED = (CaseOutcome.FAILED, CaseOutcome.ERRORED)


def parse_attempts(text: str | None) -> dict[str, int]:
    """Return how often each test was tried again that was; nothing of what is no such file."""
    try:
        document = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    retried = document.get("retried") if isinstance(document, dict) else None
    if not isinstance(retried, dict):
        return {}
    return {test: times for test, times in retried.items() if type(times) is int and 0 < times <= _MOST}


def with_attempts(cases: Sequence[TestCase], retried: Mapping[str, int]) -> tuple[TestCase, ...]:
    """Return the cases, each with how often it was tried again.

    pytest-rerunfailures and flaky leave a case of every try, that of one before the last as if it had passed: only what
    failed in the end is kept, else the last one.
    """
    if not retried:
        return tuple(cases)
    ends: dict[str, list[TestCase]] = {}
    for case in cases:
        if case.name in retried:
            ends.setdefault(case.name, []).append(replace(case, retried=retried[case.name]))
    kept: list[TestCase] = []
    for case in cases:
        if case.name not in retried:
            kept.append(case)
        elif tries := ends.pop(case.name, []):
            kept += [one for one in tries if one.outcome in _RED] or tries[-1:]
    return tuple(kept)

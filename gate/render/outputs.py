"""The action's outputs, and the file format by which they reach the runner. Writes no file.

Format: https://docs.github.com/actions/reference/workflow-commands-for-github-actions#multiline-strings
"""

import json
import re
from collections.abc import Iterable, Mapping

from gate.domain.exhibit import Tests
from gate.domain.measure import Measure, floored
from gate.domain.report import Report
from gate.render.escape import well_formed
from gate.render.exhibited import FAILING, cases_of

_NAME = re.compile(r"[a-z][a-z0-9-]*")


def render_outputs(report: Report, gates: Iterable[str]) -> dict[str, str]:
    """Return the outputs that follow from the report; `<gate>-outcome` is empty for a gate that was not in the plan.

    `coverage` is floored to two digits; `tests` counts the cases that ran, `failures` those that failed or errored.
    """
    cases = [case for result in report.results for case in cases_of(result)]
    outcomes = {result.gate: str(result.outcome) for result in report.results}
    ran = sum(exhibit.ran for result in report.results for exhibit in result.exhibits if isinstance(exhibit, Tests))
    outputs = {
        "verdict": str(report.verdict),
        "coverage": "" if (coverage := measured_coverage(report)) is None else floored(coverage.value),
        "tests": str(ran),
        "failures": str(sum(case.outcome in FAILING for case in cases)),
        "outcomes": json.dumps(outcomes, separators=(",", ":")),
    }
    return outputs | {f"{gate}-outcome": outcomes.get(gate, "") for gate in gates}


def render_github_output(outputs: Mapping[str, str], delimiter: str) -> str:
    """Write outputs as the runner reads them from `$GITHUB_OUTPUT`; `delimiter` is not to be guessed.

    Raises:
        ValueError: a name is not kebab-case, or the delimiter is empty, not one word, or within a value.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,}", delimiter):
        raise ValueError("a delimiter is at least 16 letters, digits, '_' or '-'")
    lines = []
    for name, value in outputs.items():
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not the name of an output")
        if delimiter in value:
            raise ValueError(f"the value of {name} holds the delimiter")
        lines += [f"{name}<<{delimiter}", well_formed(value), delimiter]
    return "".join(f"{line}\n" for line in lines)


def measured_coverage(report: Report) -> Measure | None:
    """Return the coverage of the whole, where it was measured."""
    measures = (measure for result in report.results for measure in result.measures)
    return next((measure for measure in measures if measure.name == "coverage"), None)

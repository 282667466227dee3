"""What is right for a project, by how it was composed. Knows nothing of Quality Gate but its documented words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

PASSED, FAILED, ERRORED, SKIPPED = "passed", "failed", "errored", "skipped"
# Where the tools themselves do not tell which.
NOT_PASSED = f"{FAILED} or {ERRORED}"
ANY = f"{PASSED} or {NOT_PASSED} or {SKIPPED}"
EXIT_CODES = {PASSED: 0, FAILED: 1, "misconfigured": 2, ERRORED: 3}


def verdict_of(outcomes: Collection[str]) -> str:
    """The verdict that follows from the outcomes of all gates, as docs/verdict has it."""
    if FAILED in outcomes:
        return FAILED
    return ERRORED if ERRORED in outcomes or set(outcomes) <= {SKIPPED} else PASSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """For every gate of the run the outcome it has on a good day."""

    outcomes: Mapping[str, str]

    def faults(self, seen: Mapping[str, str], *, unlucky: bool) -> list[str]:
        """Say what is wrong with the outcomes of a run.

        On an unlucky day a gate may also be errored, or skipped with one that it needs: never green or red where it
        should not be.
        """
        faults = (
            [f"gates {sorted(seen)} in place of {sorted(self.outcomes)}"] if seen.keys() != self.outcomes.keys() else []
        )
        for gate, outcome in seen.items():
            right = self.outcomes.get(gate, "")
            if outcome not in right.split(" or ") and not (unlucky and outcome in {ERRORED, SKIPPED}):
                faults.append(f"{gate} is {outcome}, and {right} is right")
        return faults

"""Known reasons why a test could not run, as opposed to that it failed. Pure: it reads what pytest has printed.

A change could be written so that its own fault looks like one of these. That hides nothing: a gate whose tests could
not run is errored, which blocks the change as a failure does (exit 3), and never passes.
"""

from collections.abc import Callable
from dataclasses import replace

from gate.formats.causes.cause import Cause, Kind, ProjectFacts
from gate.formats.causes.connections import connection_cause
from gate.formats.causes.crash import Crash, parse_crash, parse_crash_of_pytest, parse_last_words
from gate.formats.causes.packages import package_cause
from gate.formats.causes.plugins import plug_in_cause
from gate.formats.causes.surroundings import surrounding_cause
from gate.formats.causes.variables import demand_of_setup, variable_cause

__all__ = ["Cause", "Kind", "ProjectFacts", "parse_cause", "parse_cause_of_pytest", "parse_last_words"]

_Reader = Callable[[Crash, ProjectFacts], Cause | None]
_READERS = (plug_in_cause, connection_cause, variable_cause, surrounding_cause, package_cause)
_MOST_OF_A_PROOF = 300


def parse_cause(details: str, facts: ProjectFacts, *, at_setup: bool = False) -> Cause | None:
    """Return why a test could not run, from its traceback as pytest writes it; None where it is not certain.

    `at_setup` tells that the test had not begun: what its fixtures say themselves that they lack counts then.
    """
    return _of_crash(parse_crash(details), facts, at_setup=at_setup)


def parse_cause_of_pytest(printed: str, facts: ProjectFacts) -> Cause | None:
    """Return why pytest itself could not go on, from the end of its output."""
    return _of_crash(parse_crash_of_pytest(printed), facts, at_setup=True)


def _of_crash(crash: Crash | None, facts: ProjectFacts, *, at_setup: bool) -> Cause | None:
    if crash is None:
        return None
    crash = replace(crash, at_setup=at_setup)
    # What pytest says itself, and `pytest.fail`, tells of plug-ins only, and of variables that a fixture asks for: the
    # rest would be quoted. What a failed assertion tells is what it compared, but for one that asks for a variable.
    readers: tuple[_Reader, ...] = _READERS if crash.type not in ("", "Failed") else (plug_in_cause, demand_of_setup)
    if crash.is_assertion:
        readers = (variable_cause,)
    found = next(filter(None, (read(crash, facts) for read in readers)), None)
    return replace(found, proof=(found.proof or crash.first_line)[:_MOST_OF_A_PROOF]) if found else None

"""The changed files of a change -> everything in them that weakens the gate. Bounded, whatever the change holds."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice

from gate.domain.weakening import Weakening, WeakeningKind
from gate.weakening.access_policy import weaker_policy
from gate.weakening.changed_text import ChangedText
from gate.weakening.gate_uses import WORKFLOWS, weaker_uses
from gate.weakening.lost_tests import lost_tests
from gate.weakening.suppressions import added_suppressions
from gate.weakening.tool_settings import SETTING_FILES, parse_settings
from gate.weakening.weaker_tools import weaker_tools

SOURCES = (".py", ".pyi", ".pyw")
MOST_WEAKENINGS = 1_000
_ACCESS_POLICIES = ("access-policy.yml", "access-policy.yaml")


def is_telling(path: str, policies: Collection[str] = ()) -> bool:
    """Tell by its name whether a file can weaken the gate; `policies` are paths of access policies."""
    name = path.rpartition("/")[2]
    return (
        name.endswith(SOURCES)
        or name in SETTING_FILES
        or name in _ACCESS_POLICIES
        or path in policies
        or path.startswith(WORKFLOWS)
    )


def find_weakenings(
    files: Sequence[ChangedText],
    *,
    gates: Mapping[str, type],
    chosen: tuple[str, ...],
    policies: Collection[str] = (),
    patterns: tuple[str, ...] = (),
) -> Iterator[Weakening]:
    """Yield what weakens the gate, the most telling kinds first; at last, how much more there is.

    `gates` are the options of all gates, `chosen` those that run where none are named, `policies` the paths of access
    policies that are called otherwise than usual, `patterns` what the project calls its test files.
    """
    by_name = [file for file in files if file.name in _ACCESS_POLICIES or file.path in policies]
    found = chain(
        weaker_uses(files, gates, chosen),
        weaker_tools(files),
        chain.from_iterable(map(weaker_policy, by_name)),
        lost_tests([file for file in files if file.is_python], (*patterns, *_patterns(files))),
        added_suppressions(files),
    )
    yield from islice(found, MOST_WEAKENINGS)
    if more := sum(1 for _ in found):
        yield Weakening(kind=WeakeningKind.SUPPRESSION, message=f"weakens the gate in {more:,} more places")


def _patterns(files: Iterable[ChangedText]) -> Iterator[str]:
    """Yield what the project calls its test files, on either side."""
    for file in files:
        if file.name in SETTING_FILES:
            for text in (file.before, file.after):
                told = parse_settings(file.path, text or "").get("pytest's python_files", ())
                yield from (one for one in told if isinstance(one, str)) if isinstance(told, tuple) else ()

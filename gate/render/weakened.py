"""What of the gate a change weakens, in one sentence and in a list with places. Knows no gate, escapes by `escape`."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import zip_longest

from gate.domain.report import Report
from gate.domain.result import Outcome
from gate.domain.weakening import Policy, Weakening, WeakeningKind
from gate.domain.wording import clipped, counted, enumerated
from gate.render.budget import Section
from gate.render.escape import code_link, text
from gate.render.headline import MARKS
from gate.render.links import Links
from gate.render.markdown import Extent, fixed, listing

_MOST_SETTINGS = 5
_MOST_OF_A_KIND = 3
_MOST_OF_A_MESSAGE = 240
_MOST_OF_A_PLACE = 1_000
_MOST_PARTS = 6
_TIMES = "\u00d7"
_DELETES = "deletes the test "
_THE_REST = {
    WeakeningKind.CONFIGURATION: "setting",
    WeakeningKind.WAIVER: "waiver",
    WeakeningKind.SUPPRESSION: "suppression",
    WeakeningKind.SKIP: "skip",
    WeakeningKind.DELETED_TEST: "test",
    WeakeningKind.DELETED_ASSERTION: "test",
}
_VERBS = {
    WeakeningKind.CONFIGURATION: "weakens",
    WeakeningKind.WAIVER: "adds",
    WeakeningKind.SUPPRESSION: "adds",
    WeakeningKind.SKIP: "adds",
    WeakeningKind.DELETED_TEST: "deletes",
    WeakeningKind.DELETED_ASSERTION: "takes assertions out of",
}


def weakened_words(report: Report) -> str:
    """Say in one sentence what the change weakens: `this change lowers coverage.threshold from …`; "" where nothing."""
    kinds = [_of_kind(kind, report.weakenings) for kind in WeakeningKind]
    # Each kind gets its word before any gets a second.
    parts = [words for row in zip_longest(*kinds) for words in row if words is not None]
    if not parts:
        return ""
    if len(parts) > _MOST_PARTS:
        parts = [*parts[: _MOST_PARTS - 1], f"weakens the gate in {len(parts) - _MOST_PARTS + 1} more ways"]
    ending = ", which the policy does not allow" if report.policy is Policy.STRICT else ""
    return f"this change {enumerated(parts)}{ending}"


def weakened_line(report: Report) -> Section:
    """Put the sentence where it is read first."""
    words = weakened_words(report)
    mark = MARKS[Outcome.FAILED if report.is_weakened else Outcome.ERRORED]
    return fixed(f"{mark} {text(words)}" if words else "")


def at_its_place(one: Weakening) -> str:
    """Return what is said of a weakening where its place is told as well: without the path at its end."""
    return one.message.removesuffix(f" ({one.location.path})") if one.location else one.message


def weakened_places(report: Report, ladder: Sequence[Extent], links: Links) -> Iterable[Section]:
    """List everything that weakens the gate, each with its place."""
    if report.weakenings:
        summary = (
            f"{counted(len(report.weakenings), 'thing')} that weaken{'s' * (len(report.weakenings) == 1)} the gate"
        )
        yield listing(summary, report.weakenings, lambda one: _entry(one, links), ladder, links)


def _entry(one: Weakening, links: Links) -> str:
    words = text(clipped(at_its_place(one), _MOST_OF_A_MESSAGE))
    if one.location is None:
        return words
    return f"{code_link(clipped(str(one.location), _MOST_OF_A_PLACE), links.line_url(one.location))} {words}"


def _of_kind(kind: WeakeningKind, weakenings: Sequence[Weakening]) -> list[str]:
    """Sum up what is of a kind: the same things are counted, and of too many only the number is said."""
    messages = Counter(clipped(one.message, _MOST_OF_A_MESSAGE) for one in weakenings if one.kind is kind)
    deleted = [message.removeprefix(_DELETES) for message in messages if message.startswith(_DELETES)]
    if len(deleted) > 1:
        for name in deleted:
            del messages[_DELETES + name]
    is_setting = kind in (WeakeningKind.CONFIGURATION, WeakeningKind.WAIVER)
    most = _MOST_SETTINGS if is_setting else _MOST_OF_A_KIND
    shown = messages.most_common(most)
    rest = messages.total() - sum(number for _, number in shown)
    parts = [_counted(message, number) for message, number in shown]
    if rest:
        parts.append(f"{_VERBS[kind]} {rest:,} more {_THE_REST[kind]}{'s' * (rest != 1)}")
    if len(deleted) > 1:
        names = ", ".join(name.partition(" (")[0] for name in deleted[:_MOST_OF_A_KIND])
        parts.append(f"deletes {len(deleted):,} tests: {names}{', …' * (len(deleted) > _MOST_OF_A_KIND)}")
    return parts


def _counted(message: str, number: int) -> str:
    if number == 1:
        return message
    verb, _, what = message.partition(" ")
    return f"{verb} {number:,} {_TIMES} {what}"

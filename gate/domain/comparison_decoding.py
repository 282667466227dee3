"""What a run is compared with, out of report.json; what `codec` reads the rest of. Trusts nothing it decodes."""

from fractions import Fraction

from gate.domain.change import Change, ChangedFile, FileStatus, Hunk
from gate.domain.comparison import Baseline, Comparison, PastRun, Slower, SuiteChange
from gate.domain.exhibit_decoding import decode_instant, decode_location
from gate.domain.json_writing import MAX_LINE, MAX_SECONDS
from gate.domain.result import Outcome
from gate.domain.untrusted_json import MAX_WHOLE, Node
from gate.domain.weakening import Weakening, WeakeningKind


def decode_change(node: Node) -> Change:
    """Read what was done to the files since the base."""
    return Change(
        base=node.text_of("base"),
        origin=node.text_of("origin"),
        files=tuple(_changed_file(entry) for entry in node.entries("files")),
    )


def decode_baseline(node: Node) -> Baseline:
    """Read what the run is compared with."""
    return Baseline(
        commit=node.text_of("commit"),
        origin=node.text_of("origin"),
        source=node.text_of("source"),
        missing=node.text_of("missing"),
    )


def decode_comparison(node: Node) -> Comparison:
    """Read how the run compares with the base's."""
    mended = node.optional("mended_findings")
    return Comparison(
        suites=tuple(_suite(entry) for entry in node.entries("suites")),
        slower=tuple(_slower(entry) for entry in node.entries("slower")),
        mended_findings={}
        if mended is None
        else {name: member.whole(0, MAX_WHOLE) for name, member in mended.members().items()},
    )


def decode_past_run(node: Node) -> PastRun:
    """Read an earlier run."""
    outcomes, coverage = node.optional("outcomes"), node.optional("coverage")
    return PastRun(
        commit=node.text_of("commit"),
        started_at=decode_instant(node.member("started_at")),
        verdict=node.member("verdict").text(),
        seconds=float(node.member("seconds").decimal(0, MAX_SECONDS)),
        run_id=node.whole_of("run_id", 1, MAX_WHOLE),
        coverage=None if coverage is None else Fraction(coverage.decimal(0, 100)),
        tests=node.whole_of("tests", 0, MAX_WHOLE),
        outcomes={}
        if outcomes is None
        else {gate: member.choice(Outcome) for gate, member in outcomes.members().items()},
        flaky=_texts(node, "flaky"),
    )


def decode_weakening(node: Node) -> Weakening:
    """Read one thing that the change weakens."""
    return Weakening(
        kind=node.member("kind").choice(WeakeningKind),
        message=node.member("message").text(),
        location=decode_location(node),
    )


def _changed_file(node: Node) -> ChangedFile:
    old_path, binary, unknown = (node.optional(name) for name in ("old_path", "binary", "lines_unknown"))
    return ChangedFile(
        path=node.member("path").text(),
        status=node.member("status").choice(FileStatus),
        hunks=tuple(_hunk(entry) for entry in node.entries("hunks")),
        old_path=None if old_path is None else old_path.text(),
        is_binary=False if binary is None else binary.flag(),
        lines_unknown=False if unknown is None else unknown.flag(),
    )


def _hunk(node: Node) -> Hunk:
    numbers = node.wholes(0, MAX_LINE)
    if len(numbers) != 4:
        node.fail("is not the start and the length of two ranges of lines")
    old_start, old_lines, new_start, new_lines = numbers
    return Hunk(old_start=old_start, old_lines=old_lines, new_start=new_start, new_lines=new_lines)


def _suite(node: Node) -> SuiteChange:
    return SuiteChange(
        gate=node.member("gate").text(),
        before=node.member("before").whole(0, MAX_WHOLE),
        now=node.member("now").whole(0, MAX_WHOLE),
        added=node.whole_of("added", 0, MAX_WHOLE) or 0,
        removed=node.whole_of("removed", 0, MAX_WHOLE) or 0,
        newly_failing=_texts(node, "newly_failing"),
        failing_before=_texts(node, "failing_before"),
        mended=_texts(node, "mended"),
        removed_names=_texts(node, "removed_names"),
    )


def _slower(node: Node) -> Slower:
    return Slower(
        gate=node.member("gate").text(),
        name=node.text_of("name"),
        before=float(node.member("before").decimal(0, MAX_SECONDS)),
        now=float(node.member("now").decimal(0, MAX_SECONDS)),
    )


def _texts(node: Node, name: str) -> tuple[str, ...]:
    return tuple(entry.text() for entry in node.entries(name))

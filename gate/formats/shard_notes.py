"""What a shard leaves for the merge beside its report: notes of the run, of each suite, and of coverage.

The code under test may have written any of them. Reads and writes no file, and judges nothing.
"""

import json
import re
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from typing import Literal

from gate.domain.json_writing import MAX_LINE, MAX_SECONDS
from gate.domain.patch import AlteredFile, Patch
from gate.domain.unparsed import UnparsedFile
from gate.domain.untrusted_json import MAX_WHOLE, InvalidReport, Node, parse_untrusted
from gate.formats import UnreadableError

SHARD_FOLDER = "shard"
RUN_NOTE = "run.json"
COVERAGE_NOTE = "coverage-note.json"

_DIGEST = re.compile(r"[0-9a-f]{64}")
_FRACTION = re.compile(r"[0-9]{1,18}(/[1-9][0-9]{0,17})?")
_BRANCH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/-]{0,199}")
_MOST_PRECISION = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RunNote:
    """Of the run: a digest of what decides the verdict in the configuration, and what coverage's judgement takes of it.

    `named`: the user named the gates. `threshold` and what follows it are options of the gate `coverage`, exactly, then
    those by which the whole is compared with the base. `base` are digests, by gate, of the options that the base's own
    configuration gives the gates: what a shard knows of that, which others need not.
    """

    configuration: str
    named: bool = False
    threshold: Fraction | None = None
    patch_threshold: Fraction | Literal["off"] | None = None
    patch_minimum: int | None = None
    max_fall: Fraction | None = None
    error_path_threshold: Fraction | None = None
    fail_on: Literal["all", "new"] = "all"
    baseline: str = "auto"
    data_branch: str = ""
    base: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteNote:
    """Of a suite: how many tests all shards have together, the digest of who runs which, and how long its own took."""

    collected: int
    parting: str
    durations: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageNote:
    """Of coverage: what its judgement takes beside the figures, and what coverage.py takes to report once more.

    `tests` are the measured files that are tests, and `unread` those that only another runner finds. `folder` is where
    the project lay, by which the paths in the data begin.
    """

    version: str = ""
    own_threshold: Fraction | None = None
    own_precision: int = 0
    tests: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    folder: str = ""
    config_file: str | None = None
    leave_out: tuple[str, ...] = ()
    patch: Patch | None = None
    unparsed: tuple[UnparsedFile, ...] = ()


Note = RunNote | SuiteNote | CoverageNote


def render_note(note: Note) -> str:
    """Write a note as JSON."""
    return json.dumps(asdict(note), default=str, sort_keys=True) + "\n"


def parse_run_note(text: str) -> RunNote:
    """Read the note of a run.

    Raises:
        UnreadableError: it is none.
    """
    try:
        node = parse_untrusted(text)
        return RunNote(
            configuration=node.member("configuration").text(_DIGEST),
            named=node.member("named").flag(),
            threshold=_percent(node.optional("threshold")),
            patch_threshold=_patch_threshold(node.optional("patch_threshold")),
            patch_minimum=node.whole_of("patch_minimum", 0, MAX_WHOLE),
            max_fall=_percent(node.optional("max_fall")),
            error_path_threshold=_percent(node.optional("error_path_threshold")),
            fail_on="all" if (told := node.optional("fail_on")) is None else told.word("all", "new"),
            baseline=node.text_of("baseline") or "auto",
            data_branch=node.text_of("data_branch", _BRANCH),
            base=tuple(_pair(entry) for entry in node.entries("base")),
        )
    except InvalidReport as error:
        raise UnreadableError(str(error)) from None


def parse_suite_note(text: str) -> SuiteNote:
    """Read the note of a suite.

    Raises:
        UnreadableError: it is none.
    """
    try:
        node = parse_untrusted(text)
        durations = node.member("durations").members()
        return SuiteNote(
            collected=node.member("collected").whole(0, MAX_WHOLE),
            parting=node.member("parting").text(_DIGEST),
            durations={test: float(seconds.decimal(0, MAX_SECONDS)) for test, seconds in durations.items()},
        )
    except InvalidReport as error:
        raise UnreadableError(str(error)) from None


def parse_coverage_note(text: str) -> CoverageNote:
    """Read the note of coverage.

    Raises:
        UnreadableError: it is none.
    """
    try:
        node = parse_untrusted(text)
        config_file = node.optional("config_file")
        return CoverageNote(
            version=node.text_of("version"),
            own_threshold=_percent(node.optional("own_threshold")),
            own_precision=node.whole_of("own_precision", 0, _MOST_PRECISION) or 0,
            tests=_texts(node, "tests"),
            unread=_texts(node, "unread"),
            folder=node.text_of("folder"),
            config_file=None if config_file is None else config_file.text(),
            leave_out=_texts(node, "leave_out"),
            patch=_patch(node.optional("patch")),
            unparsed=tuple(map(_unparsed, node.entries("unparsed"))),
        )
    except InvalidReport as error:
        raise UnreadableError(str(error)) from None


def _pair(node: Node) -> tuple[str, str]:
    texts = [entry.text() for entry in node.items(2)]
    return (texts[0], texts[1]) if len(texts) == 2 else node.fail("is no pair")


def _texts(node: Node, name: str) -> tuple[str, ...]:
    return tuple(entry.text() for entry in node.entries(name))


def _patch(node: Node | None) -> Patch | None:
    if node is None:
        return None
    return Patch(
        files=tuple(map(_altered, node.entries("files"))),
        unknown=node.text_of("unknown"),
        nothing=node.text_of("nothing"),
    )


def _unparsed(node: Node) -> UnparsedFile:
    return UnparsedFile(
        path=node.member("path").text(), line=node.whole_of("line", 1, MAX_LINE), message=node.text_of("message")
    )


def _altered(node: Node) -> AlteredFile:
    unmeasured = node.optional("unmeasured")
    return AlteredFile(
        path=node.member("path").text(),
        lines=node.member("lines").wholes(1, MAX_LINE),
        unmeasured=None if unmeasured is None else unmeasured.wholes(1, MAX_LINE),
    )


def _patch_threshold(node: Node | None) -> Fraction | Literal["off"] | None:
    return "off" if node is not None and node.value == "off" else _percent(node)


def _percent(node: Node | None) -> Fraction | None:
    if node is None:
        return None
    number = Fraction(node.text(_FRACTION))
    return number if number <= 100 else node.fail("is more than 100")

"""Collects both sides of what a change does to the gate, and has them compared. Knows ports, never adapters.

The checkout is read before anything of the project runs: a test could take back what hides a fault.
"""

import asyncio
import io
import tokenize
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from gate.config.weaker import shown
from gate.domain.change import Change, ChangedFile, FileStatus
from gate.domain.finding import Location
from gate.domain.weakening import Weakening, WeakeningKind
from gate.plain_file import open_to_read
from gate.revision_ports import Revisions
from gate.weakening.changed_text import ChangedText
from gate.weakening.find import SOURCES, find_weakenings, is_telling
from gate.weakening.tool_settings import SETTING_FILES, parse_settings

_LARGEST = 2 * 1024 * 1024
_MOST_FILES = 3_000
_MOST_OF_ALL = 64 * 1024 * 1024
_LONGEST_TOLD = 300
# Takes the square of a text's length, and is nobody's encoding.
_SLOW_ENCODINGS = ("punycode", "idna")


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """What to look with: the repository's and the project's folder, the gates' options and the usual gates.

    `policies` are the paths of access policies.
    """

    root: Path
    folder: Path
    gates: Mapping[str, type]
    chosen: tuple[str, ...]
    policies: Collection[str] = ()


async def look_for_weakenings(change: Change, revisions: Revisions, looking: Looking) -> tuple[Weakening, ...]:
    """Return what the files of a change weaken, but for Quality Gate's own configuration.

    What is too much to be looked at, or what we stumble over, is told as a weakening: it is no way around the gate.

    Raises:
        CannotRun: the files of the base cannot be had.
    """
    telling = [file for file in change.files if _is_telling(file, looking)]
    texts, left_out = await _texts(change.base, telling, revisions, looking.root)
    try:
        found = await asyncio.to_thread(_found, texts, looking)
    except Exception as fault:  # noqa: BLE001 - our own fault must not look like the change's
        return (_unseen(f"has files in which what they weaken could not be told: {fault!r}"[:_LONGEST_TOLD]),)
    found = (*found, *_links(telling, looking))
    if left_out:
        found = (
            *found,
            _unseen(f"has more to look at than is looked at: {left_out:,} files are too large or too many"),
        )
    return found


def _found(texts: list[ChangedText], looking: Looking) -> tuple[Weakening, ...]:
    found = find_weakenings(
        texts,
        gates=looking.gates,
        chosen=looking.chosen,
        policies=looking.policies,
        patterns=_patterns(looking.folder),
    )
    return tuple(found)


def _unseen(message: str) -> Weakening:
    return Weakening(kind=WeakeningKind.CONFIGURATION, message=message)


def _links(files: Iterable[ChangedFile], looking: Looking) -> Iterable[Weakening]:
    """Yield links that lead a tool to a file which is not looked at by its own name."""
    for file in files:
        if file.status is FileStatus.DELETED:
            continue
        place = looking.root / file.path
        try:
            target = place.resolve() if place.is_symlink() else None
        except (OSError, ValueError, RuntimeError):
            target = looking.root
        root = looking.root.resolve()
        if target is None or (
            target.is_relative_to(root) and is_telling(target.relative_to(root).as_posix(), looking.policies)
        ):
            continue
        message = f"puts a link in the place of {shown(file.path)}: what it leads to is not looked at"
        yield Weakening(kind=WeakeningKind.CONFIGURATION, message=message, location=Location(path=file.path))


def _is_telling(file: ChangedFile, looking: Looking) -> bool:
    # Also what git takes for binary: a zero in a comment is all that it takes, and tools read on.
    paths = (file.path, file.base_path or file.path)
    return any(is_telling(path, looking.policies) and _counts(path, looking) for path in paths)


def _counts(path: str, looking: Looking) -> bool:
    """Tell whether a file can weaken the gate of this very project: source of another one has a gate of its own."""
    place = looking.folder.relative_to(looking.root).as_posix()
    return place == "." or path.startswith(f"{place}/") or not path.endswith(SOURCES)


async def _texts(
    commit: str, files: list[ChangedFile], revisions: Revisions, root: Path
) -> tuple[list[ChangedText], int]:
    wanted = files[:_MOST_FILES]
    old = await revisions.files_at(commit, [file.base_path for file in wanted if file.base_path is not None])
    texts: list[ChangedText] = []
    left_out, room = len(files) - len(wanted), _MOST_OF_ALL
    for file in wanted:
        before = None if file.base_path is None else old.get(file.base_path)
        after = None if file.status is FileStatus.DELETED else _content(root, file.path)
        size = max(len(before or b""), len(after or b""))
        room -= size
        if size > _LARGEST or room < 0:
            left_out += 1
            continue
        texts.append(
            ChangedText(
                path=file.path,
                base_path=file.base_path or file.path,
                before=_decoded(before, file.base_path or file.path),
                after=_decoded(after, file.path),
            )
        )
    return texts, left_out


def _content(root: Path, path: str) -> bytes | None:
    """Return a file of the checkout as far as it is looked at; of a link, nothing."""
    place = root / path
    try:
        if place.is_symlink():
            return None
        with open_to_read(place) as file:
            return file.read(_LARGEST + 1)
    except (OSError, ValueError):
        return None


def _decoded(content: bytes | None, path: str) -> str | None:
    """Return a text as the tools read it, with newlines as Python sees them; what is not in its encoding is replaced.

    Python's sources may name an encoding in which code looks like a comment (https://peps.python.org/pep-0263/).
    """
    if content is None:
        return None
    encoding = _declared(content) if path.endswith(SOURCES) else "utf-8-sig"
    try:
        text = content.decode(encoding, "replace")
    except (LookupError, ValueError):
        text = content.decode("utf-8-sig", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _declared(content: bytes) -> str:
    head = content[:4_096].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(head).readline)
    except (SyntaxError, ValueError):
        return "utf-8-sig"
    return "utf-8-sig" if encoding in ("utf-8", *_SLOW_ENCODINGS) else encoding


def _patterns(folder: Path) -> tuple[str, ...]:
    """Return what the project calls its test files now."""
    return tuple(_of_settings((folder, name) for name in SETTING_FILES))


def _of_settings(places: Iterable[tuple[Path, str]]) -> Iterable[str]:
    for folder, name in places:
        text = _decoded(_content(folder, name), name)
        told = parse_settings(name, text).get("pytest's python_files") if text else None
        yield from told if isinstance(told, tuple) else ()

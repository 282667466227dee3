"""The file `fetched.json`: what `fetch-base` says of the commit that a change is compared with. Opens no file.

Written and read by Quality Gate itself; but between the two, tests of an earlier step may have had the file.
"""

import json
import re
from dataclasses import asdict, dataclass

from gate.formats import UnreadableError

NAME = "fetched.json"
FILES = "files"
"""The folder of the base's files, named by their place in `FetchedBase.files`."""
MAX_BYTES = 64 * 1024
_COMMIT = re.compile(r"([0-9a-f]{40}([0-9a-f]{24})?)?\Z")
_MAX_WORDS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedBase:
    """The base, "" where none was found; `origin` says how it was chosen.

    `source` says where the report beside this file comes from; where there is none, `missing` says why. `files` are
    the paths that GitHub was asked for; what the base has of them lies in a folder beside.
    """

    commit: str = ""
    origin: str = ""
    source: str = ""
    missing: str = ""
    files: tuple[str, ...] = ()


def render_fetched_base(fetched: FetchedBase) -> str:
    """Return the text of the file."""
    return json.dumps(asdict(fetched), indent=2) + "\n"


def parse_fetched_base(text: str) -> FetchedBase:
    """Return what the file says.

    Raises:
        UnreadableError: it is not such a file.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise UnreadableError("is not JSON") from None
    if not isinstance(document, dict):
        raise UnreadableError("is not a JSON object")
    commit, origin, source, missing = (
        _words(document.get(name, ""), name) for name in ("commit", "origin", "source", "missing")
    )
    if not _COMMIT.match(commit):
        raise UnreadableError("names no commit")
    files = document.get("files", [])
    if not isinstance(files, list):
        raise UnreadableError("has no list of files")
    paths = tuple(_words(path, "files") for path in files)
    return FetchedBase(commit=commit, origin=origin, source=source, missing=missing, files=paths)


def _words(value: object, name: str) -> str:
    if not isinstance(value, str) or len(value) > _MAX_WORDS or not value.isprintable():
        raise UnreadableError(f"has a {name!r} that is no short line of text")
    return value

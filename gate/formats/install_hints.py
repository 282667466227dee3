"""What commands that install say about what tests need. Runs none of them; what only a shell would know is left out."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

# Options of pip, uv, Poetry and PDM that take a value which names nothing to install.
_TAKES_VALUE = frozenset(
    [
        "-c",
        "--constraint",
        "--constraints",
        "-i",
        "--index-url",
        "--extra-index-url",
        "-f",
        "--find-links",
        "--index",
        "--default-index",
        "--python",
        "-p",
        "-t",
        "--target",
        "--prefix",
        "--root",
        "--src",
        "--platform",
        "--upgrade-strategy",
        "--only-binary",
        "--no-binary",
        "--progress-bar",
        "--cache-dir",
        "-C",
        "--config-settings",
        "--config-setting",
        "--trusted-host",
        "--proxy",
        "--timeout",
        "--retries",
        "--build-constraint",
        "--override",
        "--index-strategy",
        "--prerelease",
        "--resolution",
        "--python-version",
        "-P",
        "--upgrade-package",
        "--project",
        "--directory",
        "-L",
        "--lockfile",
        "--package",
        "--no-group",
        "--without",
        "--no-extra",
        "--exclude-newer",
        "--link-mode",
        "--report",
        "--log",
        "--use-feature",
    ]
)
_FILES = frozenset({"-r", "--requirement", "--requirements"})
_EDITABLE = frozenset({"-e", "--editable"})
_GROUPS = frozenset({"--group", "--only-group", "--with", "--only", "-G"})
_EXTRA = frozenset({"--extra", "--extras", "-E"})
_EXTRAS = re.compile(r"(.{0,300}?)\[([^\[\]]{0,300})\]\Z")
_LOCAL = re.compile(r"(\.|\.\.?/[^;@]*|[^\s:@]+/)\Z")
_REQUIREMENT = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}(\[[A-Za-z0-9,._ -]{0,200}\])?(\s*[<>=!~][^;#\r\n]{0,120})?\Z"
)
_SEEDS = frozenset({"pip", "setuptools", "wheel", "uv", "poetry", "pdm", "pipenv", "hatch", "tox", "nox", "virtualenv"})


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallHints:
    """What somebody installs before the tests: lines of `requirements`, `files` of them, `groups` and `extras`.

    `all_extras` and `all_groups` say that all are asked for; `origin` is the file that says so.
    """

    origin: str = ""
    requirements: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    all_extras: bool = False
    all_groups: bool = False

    def __bool__(self) -> bool:
        return bool(self.requirements or self.files or self.groups or self.extras or self.all_extras or self.all_groups)


def joined(hints: Iterable[InstallHints], origin: str) -> InstallHints:
    """Return all of `hints` as those of `origin`."""
    kept = list(hints)

    def each(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(value for one in kept for value in getattr(one, name)))

    return InstallHints(
        origin=origin,
        requirements=each("requirements"),
        files=each("files"),
        groups=each("groups"),
        extras=each("extras"),
        all_extras=any(one.all_extras for one in kept),
        all_groups=any(one.all_groups for one in kept),
    )


def choose_hint(
    hints: Iterable[InstallHints], there: Collection[str], taken: Collection[str], *, complete: bool
) -> InstallHints | None:
    """Return the first hint that names packages, or files that are `there`, one with pytest first; None for none.

    Where what was found is `complete`, having pytest, only a hint counts that names groups, extras or `taken` files,
    and more beside them.
    """
    if complete:
        hints = [hint for hint in hints if hint.groups or hint.extras or not set(taken).isdisjoint(hint.files)]
    wanted = set(there).difference(taken if complete else ())
    usable = [replace(hint, files=tuple(path for path in hint.files if path in wanted)) for hint in hints]
    usable = [hint for hint in usable if hint.requirements or hint.files]
    return next((hint for hint in usable if "pytest" in str(hint.requirements)), usable[0] if usable else None)


def parse_install_command(words: Sequence[str]) -> InstallHints:
    """Return what a command installs, given as the words of its line; nothing if it is another command."""
    found = _arguments(list(words))
    if found is None:
        return InstallHints()
    tool, arguments = found
    reader = _Reader(tool)
    reader.read(arguments)
    return InstallHints(
        requirements=tuple(reader.requirements),
        files=tuple(reader.files),
        groups=tuple(reader.groups),
        extras=tuple(reader.extras),
        all_extras=reader.all_extras,
        all_groups=reader.all_groups,
    )


def _arguments(words: list[str]) -> tuple[str, list[str]] | None:
    """Return the tool that installs, and what follows its verb."""
    while words and (re.match(r"[A-Za-z_][A-Za-z0-9_]*=", words[0]) or words[0] in {"sudo", "env", "time", "exec"}):
        words = words[1:]
    names = [word.rsplit("/", 1)[-1] for word in words[:3]]
    if len(names) > 2 and re.fullmatch(r"python[0-9.]*|py", names[0]) and words[1] == "-m":
        words, names = words[2:], [word.rsplit("/", 1)[-1] for word in words[2:5]]
    match names:
        case ["uv", "pip", "install"]:
            return "pip", words[3:]
        case ["uv", "sync" | "run", *_]:
            return "uv", words[2:]
        case [name, "install", *_] if re.fullmatch(r"pip[0-9.]*", name):
            return "pip", words[2:]
        case ["poetry" | "pdm", "install" | "sync", *_]:
            return names[0], words[2:]
    return None


class _Reader:
    """Reads the arguments of one command, word for word."""

    def __init__(self, tool: str) -> None:
        self._tool = tool
        self.requirements: list[str] = []
        self.files: list[str] = []
        self.groups: list[str] = []
        self.extras: list[str] = []
        self.all_extras = False
        self.all_groups = False

    def read(self, words: list[str]) -> None:
        rest = iter(words)
        for word in rest:
            name, equals, value = word.partition("=") if word.startswith("--") else (word, "", "")
            if name.startswith(("-r", "-e", "-G", "-E")) and len(name) > 2 and not name.startswith("--"):
                name, equals, value = name[:2], "=", name[2:].lstrip("=")
            self.all_extras |= name == "--all-extras"
            self.all_groups |= name == "--all-groups"
            if name.startswith("-"):
                self._option(name, value if equals else None, rest)
            elif self._tool == "pip":
                self._package(word)
            else:
                return  # of `uv run`: the command begins

    def _option(self, name: str, value: str | None, rest: Iterator[str]) -> None:
        if name not in _TAKES_VALUE | _FILES | _EDITABLE | _GROUPS | _EXTRA:
            return
        given = value if value is not None else next(rest, "")
        if name in _FILES:
            self.files += [given] if _is_known(given) else []
        elif name in _EDITABLE or (name == "--with" and self._tool == "uv"):
            self._package(given)
        elif name in _GROUPS:
            self.all_groups |= given == ":all"
            self.groups += _names(given)
        elif name in _EXTRA:
            self.extras += _names(given)

    def _package(self, word: str) -> None:
        with_extras = _EXTRAS.match(word)
        place = with_extras[1] if with_extras else word
        if _LOCAL.match(place):
            if with_extras and place in {".", "./"}:
                self.extras += _names(with_extras[2])
        elif _is_known(word) and _REQUIREMENT.match(word) and re.split(r"[\[<>=!~ ]", word)[0].lower() not in _SEEDS:
            self.requirements.append(word)


def _is_known(word: str) -> bool:
    return bool(word) and not re.search(r"[$`{}*\r\n\x00]", word) and not word.startswith("-")


def _names(given: str) -> list[str]:
    return [name for name in re.split(r"[,\s]+", given) if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}", name)]

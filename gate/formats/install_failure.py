"""Says in a sentence why an installation failed, where the cause is a known one.

Of what was printed only names and versions are quoted: there may be passwords in addresses.
"""

import re

from gate.formats.install_causes import CAUSES, OF_BUILD, TOGETHER

_LONGEST_SENTENCE = 500
_NO_SOLUTION = re.compile(
    r"No solution found when resolving [^\n]{0,80}\n\s*(?:╰─▶|cause:)\s*"
    r"(Because .{1,4000}?),\s+we\s+can\s+conclude\s+that\s+(?:your\s+requirements|your\s+project's|the\s+requirements)",
    re.DOTALL,
)
# Names, versions and the words between them; an address, which may hold a password, is not quoted.
_PLAIN = re.compile(r"[A-Za-z0-9 ._<>=!~,*+\[\]();'{}`-]+\Z")
# A build backend that downloads, and no call of uv itself.
_ASKS_NETWORK = re.compile(
    r"URLError: <urlopen error|urllib\.error\.URLError|requests\.exceptions\.ConnectionError|"
    r"(?:puccinialin|rustup)[^\n]{0,300}(?:dns error|resolve|urlopen|ConnectError)|httpx\.ConnectError|"
    r"Could not resolve host|could not (?:download|fetch)[^\n]{0,200}static\.rust-lang"
)
# Headers of C libraries for which no sentence of its own is known.
_HEADER = re.compile(
    r"fatal error: '?([A-Za-z0-9_.+-]{1,60}(?:/[A-Za-z0-9_.+-]{1,60}){0,4}\.h(?:pp)?)'?(?:: No such file| file not)"
)
_BUILT = r"Failed to (?:download and )?build `([A-Za-z0-9._-]{1,128}(?:==[A-Za-z0-9.!+_-]{1,80})?)"
_FROM_GIT = re.compile(
    r"Failed to (?:download|fetch|build|download and build)[: ]+`([A-Za-z0-9._-]{1,128})(?:\[[^\]`\n]{0,200}\])? @ "
    r"git\+[a-z+]{1,8}://(?:[^/`\s]{0,500}@)?([A-Za-z0-9._-]{1,253}(?::[0-9]{1,5})?/[A-Za-z0-9._~/-]{1,300})[^\n]*\n"
    r"(?:[ \t]+cause: [^\n]*\n)*?[ \t]+cause: Git operation failed"
)
# An archive that a requirement names by its address; no index serves such paths.
_ARCHIVE = re.compile(
    r"Failed to fetch: `?https?://(?:[^/@\s]{0,500}@)?"
    r"([A-Za-z0-9.-]{1,253}/[A-Za-z0-9._~/-]{0,300}/(?:archive|zipball|tarball|releases/download)/[A-Za-z0-9._~/-]{1,200})"
)
_NO_NETWORK = re.compile(
    r"Could not resolve host|Connection refused|Network is unreachable|timed out|network was disabled|Failed to connect"
)
# What setuptools had once and has no more.
_OUTDATED = re.compile(
    r"cannot import name '\w{1,80}' from '(?:setuptools|pkg_resources)\b|use_2to3 is invalid"
    r"|module 'setuptools' has no attribute|No module named 'pkg_resources'"
)


def parse_cause(printed: str, unsolvable: str = "") -> str:
    """Return what is known of the failure that `printed` tells of and what helps, or "".

    `unsolvable` is what the caller knows to say where requirements cannot be had together.
    """
    cause = _told(printed) or next((sentence for pattern, sentence in CAUSES if re.search(pattern, printed)), "")
    return (unsolvable or _conflict(printed) or cause) if cause == TOGETHER else cause


def is_of_build(printed: str) -> bool:
    """Tell whether the project's own build failed for a reason that lies in the project."""
    return bool(_outdated(printed)) or parse_cause(printed) in OF_BUILD


def is_of_versions(printed: str) -> bool:
    """Tell whether what was asked for cannot be had together."""
    return bool(re.search(r"No solution found|ResolutionImpossible|Requirements contain conflicting URLs", printed))


def _told(printed: str) -> str:
    """Name the package that is gone from the index, or too old, or that asked for the network."""
    gone = re.search(
        rf"{_BUILT}[^\n]*\n(?:[ \t]+cause: [^\n]*\n)*?[ \t]+cause: HTTP status client error \(404", printed
    )
    gone = gone or re.search(
        r"Failed to (?:download|fetch)[: ]+`([A-Za-z0-9._-]{1,128}==[A-Za-z0-9.!+_-]{1,80})[^\n]*\n"
        r"(?:[ \t]+cause: [^\n]*\n)*?[ \t]+cause: HTTP status client error \(404",
        printed,
    )
    if gone:
        return f"{gone[1].replace('==', ' ')} is gone from the index: its file answers 404"
    built = re.search(_BUILT, printed)
    if built and "Git operation failed" not in printed and _ASKS_NETWORK.search(printed):
        return f"the build of {built[1].replace('==', ' ')} needs the network"
    if archive := _ARCHIVE.search(printed):
        return f"{archive[1]}, which a requirement names by its address, could not be fetched"
    return _unfetched(printed) or _outdated(printed) or _without_header(printed)


def _without_header(printed: str) -> str:
    """Name the header of a C library that is missing, where no cause with a better advice is known."""
    found = _HEADER.search(printed)
    if not found or any(re.search(pattern, printed) for pattern, _ in CAUSES if ".h: No such file" in pattern):
        return ""
    built = re.search(_BUILT, printed)
    name = built[1].partition("==")[0] if built else "a package"
    return f"{name} is built from source and needs the C library that has `{found[1]}`: install its development package"


def _unfetched(printed: str) -> str:
    found = _FROM_GIT.search(printed)
    if not found:
        return ""
    reason = f"{found[1]} comes from a git repository that could not be fetched, {found[2].removesuffix('.git')}"
    return f"needs the network: {reason}" if _NO_NETWORK.search(printed, found.end()) else reason


def _outdated(printed: str) -> str:
    """Name the package whose `setup.py` is written for a setuptools that is gone."""
    built = re.search(_BUILT, printed)
    if not built or not _OUTDATED.search(printed, built.end()):
        return ""
    name, _, version = built[1].partition("==")
    told = f"{name} {version}".strip()
    return f"{told} is too old for today's setuptools{': renew the lock or the requirement' if version else ''}"


def _conflict(printed: str) -> str:
    """Return the first sentence of uv's explanation why there is no solution, "" where it gives none."""
    told = _NO_SOLUTION.search(printed)
    if not told:
        return ""
    sentence = " ".join(told[1].split())
    return f"{TOGETHER}: {sentence[:_LONGEST_SENTENCE]}" if _PLAIN.match(sentence) else ""

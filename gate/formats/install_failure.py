"""Says in a sentence why an installation failed, where the cause is a known one.

Of what was printed only names and versions are quoted: there may be passwords in addresses.
"""

import re

_TOGETHER = "the requirements cannot be had together"
_UNBUILT = (
    "a package could not be built from its source; it may be too old for this Python: set `python-version` to "
    "one that the project is used with"
)
_NO_PACKAGE = "its build backend finds no package to put into a distribution"
_AMBIGUOUS = (
    "setuptools cannot tell which folders belong to the package: name them under [tool.setuptools], "
    "or leave out [build-system] if the project is not a package"
)
_NOT_EDITABLE = (
    "its build backend is too old for an editable installation: name one of today under [build-system], "
    'for Poetry `build-backend = "poetry.core.masonry.api"`'
)
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
# Causes that lie in the project's own build, where another machine would fare no better.
_OF_BUILD = frozenset({_UNBUILT, _NO_PACKAGE, _AMBIGUOUS, _NOT_EDITABLE})
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
# Patterns of uv, pip and build backends, the most telling first.
_CAUSES = (
    (
        r"pg_config(?: executable)? (?:is required|not found)|libpq-fe\.h: No such file",
        (
            "psycopg2 is built from source and needs PostgreSQL's headers: install libpq-dev (it brings pg_config) "
            "and a C compiler, or depend on psycopg2-binary"
        ),
    ),
    (
        r"Required uv version `[^`]{1,100}` does not match the running version",
        (
            "the project takes only another version of uv (`required-version`) than the gate has: widen it, or make "
            'the environment before the gate and set `install = "none"`'
        ),
    ),
    (r"Hash mismatch for|DO NOT MATCH THE HASHES", "a download does not have the hash that the requirements name"),
    (
        r"In `--require-hashes` mode",
        "a requirement has no hash although the file asks for hashes everywhere: compile the file again",
    ),
    (
        (
            r"lockfile .{0,200} needs to be updated"
            r"|(?:Group|Extra) `[^`]{1,100}` is not defined in the (?:project's )?`(?:dependency-groups|optional-dep)"
        ),
        "uv.lock is older than pyproject.toml: run `uv lock` and commit it",
    ),
    (r"Failed to parse `uv\.lock`|parse lockfile", "uv.lock cannot be read: run `uv lock` and commit it"),
    (
        (
            r"incompatible with the project's Python requirement|does not satisfy Python|requires a different Python"
            r"|current Python version \("
        ),
        "the Python that was found does not fit what the project requires: set `python-version`",
    ),
    (
        r"No interpreter found for Python|No download found for request|Failed to download .{0,40}cpython",
        "that Python is not on this machine and could not be downloaded",
    ),
    (
        r"invalid peer certificate|CERTIFICATE_VERIFY_FAILED",
        "the certificate of the package index is not trusted here: set UV_SYSTEM_CERTS=1, or SSL_CERT_FILE",
    ),
    (
        (
            r"dns error|error resolving DNS|Temporary failure in name resolution|Name or service not known"
            r"|Connection refused|Network is unreachable|operation timed out|network was disabled|Failed to fetch"
            r"|NewConnectionError"
        ),
        "the package index could not be reached: is there a network, or a proxy to set?",
    ),
    (
        r"Multiple top-level (?:packages|modules) discovered",
        _AMBIGUOUS,
    ),
    (
        (
            r"Unable to determine which files to ship inside the wheel|No file/folder found for package"
            r"|No module named .{0,80}found in folder|Expected a Python module at"
        ),
        _NO_PACKAGE,
    ),
    (
        r"mysql_config[: ]+(?:command )?not found|Can not find valid pkg-config name|mysql\.h: No such file",
        "mysqlclient is built from source and needs MySQL's headers: install default-libmysqlclient-dev and pkg-config",
    ),
    (
        r"libxml/[a-z]+\.h: No such file|make sure the development packages of libxml2 and libxslt",
        "lxml is built from source and needs libxml2's headers: install libxml2-dev and libxslt1-dev",
    ),
    (r"ffi\.h: No such file", "a package is built from source and needs libffi's headers: install libffi-dev"),
    (r"openssl/[a-z0-9]+\.h: No such file", "a package is built from source and needs OpenSSL's: install libssl-dev"),
    (
        r"lber\.h: No such file|ldap\.h: No such file",
        "python-ldap needs OpenLDAP's headers: install libldap2-dev libsasl2-dev",
    ),
    (
        r"gdal-config(?:: not found| not found|['\"]? *: No such)|gdal_config",
        "GDAL is built from source: install libgdal-dev",
    ),
    (
        r"can't find Rust compiler|Rust not found|rustc.{0,40}(?:not installed|not found|No such file)",
        "a package is built from source and needs Rust: install it by rustup, or ask for a version that has wheels",
    ),
    (
        r"Git sources cannot be editable",
        "a requirement is both editable and from git: write `name @ git+…` in place of `-e git+…#egg=name`",
    ),
    (
        r"CMake must be installed|cmake['\"]?: No such file|Could not find.{0,20} cmake|CMake not found",
        "a package is built from source and needs CMake: install cmake",
    ),
    (
        r"(?:node|npm|yarn|pnpm)['\"]?(?:: not found|: command not found|: No such file)",
        "its build needs Node.js: install it",
    ),
    (
        r"git['\"]?: No such file|Git executable not found|Git operation failed",
        "a package comes from a repository that git could not fetch",
    ),
    (r"Python\.h: No such file", "a package is built from source and needs Python's headers: install python3-dev"),
    (
        (
            r"command '?(?:gcc|cc|[\w-]*-gcc|c\+\+|g\+\+|clang)'? failed: No such file|error: linker `cc` not found"
            r"|unable to execute '?(?:gcc|cc)"
        ),
        "a package is built from source and needs a C compiler",
    ),
    (r"has no attribute '(?:build_editable|get_requires_for_build_editable)'", _NOT_EDITABLE),
    (r"externally.managed", "this Python belongs to the operating system: use a virtual environment"),
    (r"No solution found|ResolutionImpossible", _TOGETHER),
    (
        r"Failed to build|Failed building wheel|metadata-generation-failed",
        _UNBUILT,
    ),
)


def parse_cause(printed: str, unsolvable: str = "") -> str:
    """Return what is known of the failure that `printed` tells of and what helps, or "".

    `unsolvable` is what the caller knows to say where requirements cannot be had together.
    """
    cause = _told(printed) or next((sentence for pattern, sentence in _CAUSES if re.search(pattern, printed)), "")
    return (unsolvable or _conflict(printed) or cause) if cause == _TOGETHER else cause


def is_of_build(printed: str) -> bool:
    """Tell whether the project's own build failed for a reason that lies in the project."""
    return bool(_outdated(printed)) or parse_cause(printed) in _OF_BUILD


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
    if not found or any(re.search(pattern, printed) for pattern, _ in _CAUSES if ".h: No such file" in pattern):
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
    return f"{_TOGETHER}: {sentence[:_LONGEST_SENTENCE]}" if _PLAIN.match(sentence) else ""

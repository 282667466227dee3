"""Tests that could not import what they need: a distribution, a library of the system, a newer Python."""

import re
import sys

from gate.formats.causes.cause import Cause, Kind, ProjectFacts
from gate.formats.causes.crash import Crash

# Modules whose distribution has another name.
_DISTRIBUTIONS = {
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "dns": "dnspython",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "environ": "django-environ",
    "git": "GitPython",
    "google.protobuf": "protobuf",
    "jose": "python-jose",
    "jwt": "PyJWT",
    "ldap": "python-ldap",
    "magic": "python-magic",
    "multipart": "python-multipart",
    "MySQLdb": "mysqlclient",
    "OpenSSL": "pyOpenSSL",
    "PIL": "Pillow",
    "psycopg2": "psycopg2-binary",
    "rest_framework": "djangorestframework",
    "serial": "pyserial",
    "sklearn": "scikit-learn",
    "slugify": "python-slugify",
    "socks": "PySocks",
    "yaml": "PyYAML",
    "zmq": "pyzmq",
}
# Several distributions share these packages, so that a missing part is a missing distribution.
_NAMESPACES = ("google", "azure", "opentelemetry", "zope", "sphinxcontrib")
# What the standard library got when, and lost when: https://docs.python.org/3/whatsnew/
_NEW_MODULES = {"tomllib": (3, 11), "annotationlib": (3, 14), "compression": (3, 14)}
_NEW_NAMES = {
    **dict.fromkeys(
        ("typing.Self", "typing.assert_never", "typing.LiteralString", "typing.Never", "typing.NotRequired"), (3, 11)
    ),
    **dict.fromkeys(("datetime.UTC", "enum.StrEnum", "asyncio.TaskGroup", "asyncio.timeout"), (3, 11)),
    **dict.fromkeys(("typing.override", "typing.TypeAliasType", "itertools.batched"), (3, 12)),
    **dict.fromkeys(("typing.TypeIs", "typing.ReadOnly", "warnings.deprecated"), (3, 13)),
    **dict.fromkeys(("typing.ParamSpec", "typing.TypeAlias", "typing.Concatenate", "types.UnionType"), (3, 10)),
}
_GONE_MODULES = {
    **dict.fromkeys(("distutils", "imp", "asyncore", "asynchat", "smtpd"), (3, 12)),
    **dict.fromkeys(("cgi", "crypt", "imghdr", "telnetlib", "pipes", "audioop", "nntplib", "sndhdr"), (3, 13)),
}
_OF_OLD_SETUPTOOLS = "pkg_resources"
_NO_MODULE = re.compile(r"No module named '?(?P<module>[A-Za-z_][\w.]{0,200})'?(?P<rest>; '[\w.]+' is not a package)?")
_NO_NAME = re.compile(r"cannot import name '(?P<name>\w+)' from '(?P<module>[\w.]+)'")
_WANTS_PYTHON = re.compile(
    r"requires (?:a )?(?:newer )?Python ?'?(?P<version>[><=~!]{0,2} ?3\.\d+[\d.]*)",
    re.IGNORECASE,
)
_TO_BE_INSTALLED = (
    re.compile(
        r"[Rr]equires? (?:the )?[`\"']?(?P<name>[A-Za-z][\w.-]{1,60})[`\"']? (?:package |library )?to be installed"
    ),
    re.compile(
        r"(?<![\w.-])(?P<name>[A-Za-z][\w.-]{1,60})[`\"']? (?:package |library )?is not installed[,.;]? "
        r"(?:run|please|use|try|install)",
        re.IGNORECASE,
    ),
    re.compile(r"[`\"'](?P<name>[A-Za-z][\w.-]{1,60})[`\"'] must be installed"),
    re.compile(
        r"(?:please|Please|run:?|with|using) [`\"']?(?:python -m )?pip install [`\"']?(?P<name>[A-Za-z][\w.-]{1,60})"
    ),
)
# How pytest writes the places of a traceback, the last one last.
_PLACE = re.compile(r"^([^\s:][^:\n]{0,400}\.py):\d+: ", re.MULTILINE)
_INSTALLED = re.compile(r"site-packages/(?P<name>\w+)[/.]")
_DRIFT = re.compile(
    r"^(?:ImportError: cannot import name |AttributeError: module '[\w.]+' has no attribute "
    r"|ModuleNotFoundError: No module named '\w+\.[\w.]+'"
    # httpx 0.28 took these away.
    r"|TypeError: (?:Async)?Client\.__init__\(\) got an unexpected keyword argument '(?:app|proxies)')"
)
_IMPORT_ERRORS = ("ModuleNotFoundError", "ImportError", "RuntimeError")
_LIBRARY = re.compile(
    r"(?P<name>lib[\w.+-]{1,80}\.so[\w.]*): cannot open shared object file"
    r"|cannot load library '(?P<loaded>[\w.+-]{1,80})'|failed to find (?P<found>libmagic)"
    r"|no (?P<pq>pq) wrapper available"
    r"|Could not find (?:the )?(?P<gdal>GDAL) library"
)
_SOURCES = {"libpq": "libpq5, or depend on psycopg[binary]", "libmagic": "libmagic1", "GDAL": "gdal-bin"}


def package_cause(crash: Crash, facts: ProjectFacts) -> Cause | None:
    """Return what cannot be imported here, unless it is the project's own module."""
    return _library(crash) or _python(crash, facts) or _versions(crash) or _dependency(crash, facts)


def _dependency(crash: Crash, facts: ProjectFacts) -> Cause | None:
    kind = crash.type.rpartition(".")[2]
    if kind not in _IMPORT_ERRORS and "No module named" not in crash.text:
        return None
    module = _NO_MODULE.search(crash.text) if kind != "RuntimeError" else None
    if module is not None:
        return None if module["rest"] else _module(module["module"], facts)
    if kind not in _IMPORT_ERRORS:
        return None
    found = next(filter(None, (pattern.search(crash.text) for pattern in _TO_BE_INSTALLED)), None)
    return _distribution(found["name"].rstrip("."), facts) if found else None


def _module(module: str, facts: ProjectFacts) -> Cause | None:
    root = module.partition(".")[0]
    if root in facts.modules or root == "conftest":
        return None
    if root == _OF_OLD_SETUPTOOLS:
        return _old_setuptools(facts)
    gone = _GONE_MODULES.get(root)
    if gone is not None and not facts.python_is_below(gone):
        advice = "Ask for an older Python with `requires-python`, or move to what replaces the module."
        return Cause(
            kind=Kind.PYTHON, needs=f"Python below {gone[0]}.{gone[1]}, which still has `{root}`", advice=advice
        )
    if root.startswith("_") and root in sys.stdlib_module_names:
        return Cause(kind=Kind.PYTHON, needs=f"a Python that was built with `{root}`")
    if root in sys.stdlib_module_names or ("." in module and root not in _NAMESPACES):
        # The package is there and its part is not: that is between the project and a version.
        return None
    return _distribution(
        _DISTRIBUTIONS.get(module) or _DISTRIBUTIONS.get(root, module if "." in module else root), facts
    )


def _old_setuptools(facts: ProjectFacts) -> Cause:
    """Name the setuptools that still has `pkg_resources`: what it said itself of it since its version 80.9."""
    installed = facts.packages.get("setuptools", "")
    there = f"{installed} is installed" if installed else "none is installed"
    return Cause(
        kind=Kind.VERSIONS if installed else Kind.DEPENDENCY,
        needs=f"`setuptools<81`, which still has `pkg_resources` ({there})",
        advice="Add it to what the project's tests require, or renew what imports it.",
    )


def _distribution(name: str, facts: ProjectFacts) -> Cause | None:
    normalised = re.sub(r"[-_.]+", "-", name).lower()
    if normalised in facts.packages:
        return None
    file = facts.declaring_file(normalised)
    if file:
        needs = f"`{name}`, which {file} names but which is not installed"
        advice = "Is it in an extra or a group? Set `install` to a command that brings it."
    else:
        needs = f"`{name}`, which nothing declares"
        advice = "Add it to what the project's tests require."
    return Cause(kind=Kind.DEPENDENCY, needs=needs, advice=advice)


def _python(crash: Crash, facts: ProjectFacts) -> Cause | None:
    wanted: tuple[int, int] | None = None
    name = _NO_NAME.search(crash.text)
    module = _NO_MODULE.search(crash.text)
    if crash.type == "ImportError" and name:
        wanted = _NEW_NAMES.get(f"{name['module']}.{name['name']}")
    elif crash.type == "ModuleNotFoundError" and module:
        wanted = _NEW_MODULES.get(module["module"].partition(".")[0])
    if wanted and facts.python_is_below(wanted):
        return _newer_python(f"{wanted[0]}.{wanted[1]}")
    told = _WANTS_PYTHON.search(crash.text)
    if told and crash.type in ("RuntimeError", "ImportError", "SystemExit", "Exception"):
        version = re.sub(r"[^\d.]", "", told["version"]).rstrip(".")
        major, minor = (int(part) for part in version.split(".")[:2])
        return _newer_python(version) if facts.python_is_below((major, minor)) else None
    return None


def _versions(crash: Crash) -> Cause | None:
    """Tell of a package that asks another one for what its version lacks: no line of the project's own is at fault."""
    places = _PLACE.findall(crash.trace)
    package = _INSTALLED.search(places[-1]) if places else None
    if package is None or not _DRIFT.search(crash.first_line):
        return None
    return Cause(
        kind=Kind.VERSIONS,
        needs=f"versions of its packages that fit each other (`{package['name']}` asks another for what it lacks)",
        advice="Pin them, or commit a lock file.",
    )


def _newer_python(version: str) -> Cause:
    advice = "Write it into `requires-python`, or have that interpreter first on PATH."
    return Cause(kind=Kind.PYTHON, needs=f"Python {version}", advice=advice)


def _library(crash: Crash) -> Cause | None:
    found = _LIBRARY.search(crash.text) if crash.type.rpartition(".")[2] in _LIBRARY_ERRORS else None
    if found is None:
        return None
    name = "libpq" if found["pq"] else next(filter(None, found.groups()))
    source = next((source for known, source in _SOURCES.items() if known in name), "")
    advice = f"Install {source}." if source else "Install the package of the system that has it."
    return Cause(kind=Kind.LIBRARY, needs=f"the system's library `{name}`", advice=advice)


_LIBRARY_ERRORS = ("ImportError", "OSError", "ImproperlyConfigured")

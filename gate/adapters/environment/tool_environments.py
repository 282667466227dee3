"""Environments of tools at the versions that projects use, one for each. Knows nothing of the project's environment."""

import hashlib
import re
import sys
from pathlib import Path

from gate.adapters.environment.installer import Installer, own_program
from gate.adapters.kept_folder import kept
from gate.ports import CannotRun

_NAME = re.compile(r"[a-z][a-z0-9-]{0,60}\Z")
_VERSION = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}){0,4}((a|b|rc|\.post|\.dev)[0-9]{1,6})?\Z")
_RANGE = re.compile(r"\s*(?:[<>=!~]=?=?\s*[0-9][0-9a-z.*]{0,30}\s*,?\s*){1,8}\Z")


class ToolEnvironments:
    """Makes them below `folder`, and uses them again; answers as `gate.ports.Environments` promises of tools."""

    def __init__(self, installer: Installer, folder: Path) -> None:
        self._installer = installer
        self._folder = folder

    async def program(self, name: str, version: str | None) -> Path:
        """Return the program `name`: Quality Gate's own, or that of a version or of a range of versions."""
        if version is None:
            return own_program(name)
        is_range = bool(_RANGE.match(version))
        if not _NAME.match(name) or not (is_range or _VERSION.match(version)):
            raise CannotRun(f"{version!r:.80} is not a version of {name!r:.80}")
        wanted = f"{name}{version}" if is_range else f"{name}=={version}"
        return await self._made(name, wanted, f"{name}-{_digest(version) if is_range else version}")

    async def locked(self, name: str, requirements: str) -> Path:
        """Return the program `name` from an environment of exactly what `requirements` lists."""
        return await self._made(name, name, f"{name}-{_digest(requirements)}", requirements=requirements)

    async def _made(self, name: str, wanted: str, place: str, requirements: str | None = None) -> Path:
        """Return the program `name` from an environment with `wanted`, or with `requirements`; made where it is new."""

        async def make(made: Path) -> None:
            await self._installer.uv("venv", "--python", sys.executable, str(made), shown="uv venv", what=wanted)
            argv = ["--python", str(made / "bin" / "python"), wanted]
            if requirements is not None:
                listed = made / "requirements.txt"
                listed.write_text(requirements)
                argv[-1:] = ["--require-hashes", "--no-deps", "-r", str(listed)]
            await self._installer.uv("pip", "install", *argv, shown=f"uv pip install {wanted}", what=wanted)

        try:
            made = await kept(self._folder / "tools" / place, make)
        except OSError as error:
            raise unwritable(self._folder, error) from None
        program = made / "bin" / name
        if not program.is_file():
            raise CannotRun(f"{wanted} has no program {name}")
        return program


def unwritable(folder: Path, error: OSError) -> CannotRun:
    """Say that the folder of environments cannot be written to."""
    return CannotRun(f"no environment can be made in {folder}: {error.strerror or error}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]

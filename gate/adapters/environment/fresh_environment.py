"""Makes a new environment for the project by a plan. Does not choose the plan, and knows no environment of the user."""

import shlex
from collections.abc import Collection
from pathlib import Path

from gate.adapters.environment.installer import Installer
from gate.adapters.environment.interpreters import Interpreters
from gate.adapters.environment.overlay import write_constraints
from gate.formats.install_plan import InstallPlan, WantedPython
from gate.ports import CannotRun

_ADDED = "quality-gate-added.txt"


class FreshEnvironment:
    """An environment by `plan`, of the Python that is `wanted`, or else the first on `PATH`."""

    def __init__(
        self, installer: Installer, interpreters: Interpreters, plan: InstallPlan, wanted: WantedPython | None
    ) -> None:
        self._installer = installer
        self._interpreters = interpreters
        self._plan = plan
        self._wanted = wanted

    async def interpreter(self) -> str:
        """Return the path of the interpreter that fits, or what uv is to look for and download."""
        if self._wanted is None:
            request = str(next(self._interpreters.on_path(), "3"))
        else:
            request = self._wanted.request
            cached = self._interpreters.in_tool_cache(request)
            if cached is not None:
                return str(cached.resolve())
        try:
            # Its answer is the interpreter itself where `request` is a launcher, such as one of pyenv's.
            printed = await self._installer.uv("python", "find", "--system", "--no-project", request)
        except CannotRun:
            return request
        return _last_path(printed) or request

    async def make(self, folder: Path, python: str, tools: Collection[str]) -> None:
        """Make it in `folder` with the interpreter `python`, `tools` included.

        Raises:
            CannotRun: there is no such Python, or something could not be installed.
        """
        seed = ("--seed",) if self._plan.command is not None else ()  # a command may well call pip
        try:
            await self._installer.uv("venv", *seed, "--python", python, str(folder), shown=f"uv venv --python {python}")
        except CannotRun as failure:
            if self._wanted is None or python != self._wanted.request:
                raise
            reason = (
                f"needs Python {python} ({self._wanted.origin} asks for it), "
                "which is not on this machine and could not be downloaded"
            )
            raise CannotRun(reason, *failure.exhibits) from None
        for arguments in self._plan.uv:
            await self._uv(folder, arguments)
        await self.renew(folder, tools)

    async def renew(self, folder: Path, tools: Collection[str]) -> None:
        """Bring the environment in `folder` up to date with what only the user's command knows.

        Raises:
            CannotRun: something could not be installed.
        """
        if self._plan.command is not None:
            await self._installer.shell(self._plan.command, folder)
        python = folder / "bin" / "python"
        have = await self._interpreters.described(python)
        missing = sorted(tool for tool in tools if tool not in have.packages)
        if missing:
            constraints = str(write_constraints(have, folder))
            arguments = ("pip", "install", "--python", str(python), "--constraints", constraints, *missing)
            await self._installer.uv(
                *arguments, shown=f"uv pip install {' '.join(missing)}", what=" and ".join(missing)
            )
        added = folder / _ADDED
        before = added.read_text(encoding="utf-8").split() if added.exists() else []
        added.write_text("\n".join([*before, *missing]), encoding="utf-8")

    def origin(self, folder: Path) -> str:
        """Say in a line what the environment in `folder` was made from."""
        added = (folder / _ADDED).read_text(encoding="utf-8").split()
        return f"{self._plan.origin}; {' and '.join(added)} added" if added else self._plan.origin

    async def _uv(self, folder: Path, arguments: tuple[str, ...]) -> None:
        python = ("--python", str(folder / "bin" / "python"))
        shown = shlex.join(["uv", *arguments])
        if arguments[0] == "sync":
            await self._installer.uv(*arguments, *python, shown=shown, UV_PROJECT_ENVIRONMENT=str(folder))
        else:
            await self._installer.uv(*arguments, *python, shown=shown)


def _last_path(printed: str) -> str | None:
    """Return the last line that is a file's path; warnings may stand before it."""
    paths = [line for line in printed.splitlines() if line.startswith("/") and Path(line).is_file()]
    return str(Path(paths[-1]).resolve()) if paths else None

"""Makes a new environment for the project by a plan. Does not choose the plan, and knows no environment of the user."""

import shlex
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from gate.adapters.environment.installer import Installer
from gate.adapters.environment.interpreter import Interpreter
from gate.adapters.environment.interpreters import Interpreters
from gate.adapters.environment.made_environment import read_made_environment
from gate.adapters.environment.overlay import write_constraints
from gate.formats.install_plan import InstallPlan
from gate.formats.wanted_python import WantedPython
from gate.ports import CannotRun

_ADDED = "quality-gate-added.txt"

# The test tools that an environment with these packages (versions by name) needs.
ToolsFor = Callable[[Mapping[str, str]], Collection[str]]


class FreshEnvironment:
    """An environment by `plan`, of the Python that is `wanted`, or else the first on `PATH`.

    `variables` are what installing sees besides.
    """

    def __init__(
        self,
        installer: Installer,
        interpreters: Interpreters,
        plan: InstallPlan,
        *,
        wanted: WantedPython | None,
        variables: Mapping[str, str],
    ) -> None:
        self._installer = installer
        self._interpreters = interpreters
        self._plan = plan
        self._wanted = wanted
        self._variables = variables

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

    async def make(self, folder: Path, python: str, tools: ToolsFor) -> None:
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
        for name, text in self._plan.written.items():
            (folder / name).write_text(text, encoding="utf-8")
        for arguments in self._plan.uv:
            await self._uv(folder, arguments)
        await self.renew(folder, tools)

    async def renew(self, folder: Path, tools: ToolsFor) -> None:
        """Bring the environment in `folder` up to date with what only the user's command knows.

        Raises:
            CannotRun: something could not be installed.
        """
        if self._plan.command is not None:
            await self._installer.shell(self._plan.command, folder)
        python = folder / "bin" / "python"
        have = await self.described(folder)
        missing = sorted(tool for tool in tools(have.packages) if tool not in have.packages)
        if missing:
            constraints = str(write_constraints(have, folder))
            arguments = ("pip", "install", "--python", str(python), "--constraints", constraints, *missing)
            await self._installer.uv(
                *arguments, shown=f"uv pip install {' '.join(missing)}", what=" and ".join(missing)
            )
        added = folder / _ADDED
        before = added.read_text(encoding="utf-8").split() if added.exists() else []
        added.write_text("\n".join([*before, *missing]), encoding="utf-8")

    async def described(self, folder: Path) -> Interpreter:
        """Return what the environment in `folder` is and has.

        Raises:
            CannotRun: its interpreter cannot be run, or does not answer as it should.
        """
        known = read_made_environment(folder) if self._plan.command is None else None
        return known or await self._interpreters.described(folder / "bin" / "python")

    def origin(self, folder: Path) -> str:
        """Say in a line what the environment in `folder` was made from."""
        added = (folder / _ADDED).read_text(encoding="utf-8").split()
        return f"{self._plan.origin}; {' and '.join(added)} added" if added else self._plan.origin

    async def _uv(self, folder: Path, arguments: tuple[str, ...]) -> None:
        python = ("--python", str(folder / "bin" / "python"))
        shown = shlex.join(["uv", *arguments])
        named = [str(folder / word) if word in self._plan.written else word for word in arguments]
        variables = dict(self._variables)
        if arguments[0] == "sync":
            variables["UV_PROJECT_ENVIRONMENT"] = str(folder)
        await self._installer.uv(
            *named, *python, shown=shown, place=self._plan.folder, unsolvable=self._plan.unsolvable, **variables
        )


def _last_path(printed: str) -> str | None:
    """Return the last line that is a file's path; warnings may stand before it."""
    paths = [line for line in printed.splitlines() if line.startswith("/") and Path(line).is_file()]
    return str(Path(paths[-1]).resolve()) if paths else None

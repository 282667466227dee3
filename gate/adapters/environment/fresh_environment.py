"""Makes a new environment for the project by a plan. Does not choose the plan, and knows no environment of the user."""

import re
import shlex
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from gate.adapters.environment.chosen_interpreter import choose_interpreter
from gate.adapters.environment.installer import CannotInstall, Installer
from gate.adapters.environment.interpreter import Interpreter
from gate.adapters.environment.interpreters import Interpreters
from gate.adapters.environment.made_environment import bundled_setuptools, read_made_environment
from gate.adapters.environment.overlay import write_constraints
from gate.formats.install_plan import InstallPlan
from gate.formats.wanted_python import WantedPython
from gate.ports import CannotRun

_ADDED = "quality-gate-added.txt"
_HAD_SETUPTOOLS = re.compile(r"3\.(?:[0-9]|1[01])(?:\.|\Z)")
_SAID = "quality-gate-said.txt"

# The test tools that an environment with these packages (versions by name) needs.
ToolsFor = Callable[[Mapping[str, str]], Collection[str]]


class FreshEnvironment:
    """An environment by `plan`, of the Python that is `wanted`, or else one that is `named`, or the first on `PATH`.

    `variables` are what installing sees besides.
    """

    def __init__(
        self,
        installer: Installer,
        interpreters: Interpreters,
        plan: InstallPlan,
        *,
        wanted: WantedPython | None,
        named: Sequence[Sequence[str]],
        variables: Mapping[str, str],
    ) -> None:
        self._installer = installer
        self._interpreters = interpreters
        self._plan = plan
        self._wanted = wanted
        self._named = named
        self._variables = variables

    async def interpreter(self) -> str:
        """Return the path of the interpreter that fits, or what uv is to look for and download."""
        return await choose_interpreter(self._installer, self._interpreters, self._wanted, self._named)

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
        said = await self._installed(folder)
        if self._plan.hinted:
            said.append(await self._hinted(folder))
        (folder / _SAID).write_text("".join(f"{line}\n" for line in said), encoding="utf-8")
        await self.renew(folder, tools)

    async def _installed(self, folder: Path) -> list[str]:
        """Install what the plan says, or else its parts apart, and return what is to be said of that."""
        try:
            return await self._in_order(folder, self._plan.uv)
        except CannotInstall as failure:
            if not self._plan.apart or not (failure.is_of_versions or failure.is_of_build):
                raise
            said = await self._in_order(folder, self._plan.apart)
            told = "what the project itself depends on cannot be had beside these requirements: it is installed without"
            return [*said, *([told] if failure.is_of_versions or not said else [])]

    async def _in_order(self, folder: Path, calls: Sequence[tuple[str, ...]]) -> list[str]:
        said = []
        for arguments in calls:
            # In one call with the project itself, which is nearly as fast as without.
            is_own = self._plan.is_own(arguments)
            beside = self._seed(folder, await self.described(folder)) if is_own else []
            try:
                await self._uv(folder, arguments, *beside)
            except CannotInstall as failure:
                # All that it depends on is there: its tests can import it from its folder, where a build is no use.
                if not is_own or not failure.is_of_build:
                    raise
                said.append("the project itself could not be built: it is imported from its folder")
        return said

    async def _hinted(self, folder: Path) -> str:
        """Install what a hint names beside what is there, and say so; what cannot be had so is left out."""
        constraints = write_constraints(await self.described(folder), folder)
        try:
            await self._uv(folder, ("pip", "install", "--constraints", str(constraints), *self._plan.hinted))
        except CannotInstall:
            return f"without what {self._plan.hint} installs: it could not be installed"
        return f"with what {self._plan.hint} installs"

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
        beside = self._seed(folder, have)
        if missing or beside:
            constraints = str(write_constraints(have, folder))
            arguments = ("pip", "install", "--python", str(python), "--constraints", constraints, *missing, *beside)
            named = [*missing, *(["setuptools"] if beside else [])]
            await self._installer.uv(*arguments, shown=f"uv pip install {' '.join(named)}", what=" and ".join(named))
        added = folder / _ADDED
        before = added.read_text(encoding="utf-8").split() if added.exists() else []
        added.write_text("\n".join([*before, *missing]), encoding="utf-8")

    def _seed(self, folder: Path, have: Interpreter) -> list[str]:
        """Return the setuptools that code for an older Python takes for granted, as `python -m venv` has it there.

        uv, Poetry's and pip's users differ in this: an environment that `uv sync` makes has none.
        """
        by_uv = any(arguments[0] == "sync" for arguments in self._plan.uv) or self._plan.command is not None
        if by_uv or "setuptools" in have.packages or not _HAD_SETUPTOOLS.match(have.version):
            return []
        bundled = bundled_setuptools(folder, have.version)
        return [str(bundled)] if bundled else []

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
        said = (folder / _SAID).read_text(encoding="utf-8").splitlines()
        return "; ".join([self._plan.origin, *said, *([f"{' and '.join(added)} added"] if added else [])])

    async def _uv(self, folder: Path, arguments: tuple[str, ...], *more: str) -> None:
        python = ("--python", str(folder / "bin" / "python"))
        shown = shlex.join(["uv", *arguments])
        named = [str(folder / word) if word in self._plan.written else word for word in arguments]
        variables = dict(self._variables)
        if arguments[0] == "sync":
            variables["UV_PROJECT_ENVIRONMENT"] = str(folder)
        await self._installer.uv(
            *named, *more, *python, shown=shown, place=self._plan.folder, unsolvable=self._plan.unsolvable, **variables
        )

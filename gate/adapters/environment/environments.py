"""The one way to the project's environment. Decides which one; how it is found or made is told by its siblings."""

import asyncio
import os
import re
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

import gate
from gate.adapters.environment.built_files import built_files_are_there, note_built_files
from gate.adapters.environment.fresh_environment import FreshEnvironment
from gate.adapters.environment.install_files import read_install_files
from gate.adapters.environment.installer import Installer, without_own_programs
from gate.adapters.environment.interpreter import Interpreter
from gate.adapters.environment.interpreters import Interpreters
from gate.adapters.environment.overlay import make_overlay
from gate.adapters.environment.tool_environments import ToolEnvironments, unwritable
from gate.adapters.kept_folder import kept_of
from gate.adapters.project_files import has_tag
from gate.config.child_environment import for_installing, for_tests
from gate.config.model import Config
from gate.domain.project import Project
from gate.formats import UnreadableError
from gate.formats.install_plan import InstallPlan, plan_installation
from gate.formats.named_pythons import named_pythons
from gate.formats.package_sources import credential_variables, index_variables
from gate.formats.pretended_version import PRETENDED, pretended_version
from gate.formats.wanted_python import WantedPython, wanted_python
from gate.ports import CannotRun, Environments, Processes, ProjectEnvironment

_TEST_TOOLS = ("pytest", "pytest-cov")  # the latter brings coverage
# Files that are only hints: their effect is in the plan.
_HINTS = re.compile(
    r"(?:.*/)?(?:tox\.ini|tox\.toml|noxfile\.py|hatch\.toml|Dockerfile|\.tool-versions|runtime\.txt)\Z|\.github/|.*/\Z"
)
_SECONDS = 1800.0


class ProjectEnvironments(Environments):
    """The environment of `project`, as `config` says, for a caller whose own variables are `environment`.

    What is made lies in `folder` and is used again by a later run for which nothing has changed; what installers
    print is added to `log`. One program of an installation may take `seconds`.
    """

    def __init__(
        self,
        processes: Processes,
        *,
        project: Project,
        config: Config,
        environment: Mapping[str, str],
        folder: Path,
        log: Path,
        own_prefix: Path = Path(sys.prefix),
        seconds: float = _SECONDS,
    ) -> None:
        self._project = project
        self._config = config
        self._folder = folder.absolute()
        path = without_own_programs(environment.get("PATH", os.defpath), own_prefix)
        adjusted = {"pass_env": config.pass_env, "drop_env": config.drop_env}
        self._interpreters = Interpreters(
            processes,
            environment=environment,
            child_environment={**for_tests(environment, **adjusted), "PATH": path},
            project=project.folder,
            scratch=self._folder / "scratch",
            own_prefix=own_prefix,
        )
        self._for_installing = {**for_installing(environment, **adjusted), "PATH": path}
        self._installer = Installer(
            processes,
            environment=self._for_installing,
            project=project,
            scratch=self._folder / "scratch",
            log=log,
            seconds=seconds,
        )
        self._programs = ToolEnvironments(self._installer, self._folder)
        self._once = asyncio.Lock()
        self._made: ProjectEnvironment | None = None
        self._failure: CannotRun | None = None

    async def ready(self) -> ProjectEnvironment:
        """Return the environment, making it for the first who asks; what failed is not tried twice.

        Raises:
            CannotRun: it cannot be made.
        """
        async with self._once:
            if self._failure is not None:
                raise self._failure.with_traceback(None)
            if self._made is None:
                try:
                    files = read_install_files(self._project)
                    made = await self._make(files)
                    self._made = replace(made, withheld=credential_variables(files.values()))
                except CannotRun as failure:
                    self._failure = failure
                    raise
                except OSError as error:
                    self._failure = unwritable(self._folder, error)
                    raise self._failure from None
            return self._made

    async def with_packages(self, *names: str) -> ProjectEnvironment:
        """Return the environment, with what it lacks of these distributions in a folder beside it.

        Raises:
            CannotRun: it cannot be made, or there are no versions that go with what it has.
        """
        ready = await self.ready()
        missing = sorted(name for name in names if name not in ready.packages)
        if not missing:
            return ready
        async with self._once:
            try:
                return await self._with(missing, ready, await self._interpreters.described(ready.python))
            except OSError as error:
                raise unwritable(self._folder, error) from None

    async def tool(self, name: str, version: str | None) -> Path:
        """Return the program `name`: Quality Gate's own, or that `version` from an environment of its own.

        `version` may be a range (`>=0.5,<0.6`), of which the newest is taken.

        Raises:
            CannotRun: the version is none, or it cannot be installed.
        """
        return await self._programs.program(name, version)

    async def locked_tool(self, name: str, requirements: str) -> Path:
        """Return the program `name` from an environment of exactly what `requirements` lists, each with its hashes.

        Raises:
            CannotRun: it cannot be installed.
        """
        return await self._programs.locked(name, requirements)

    async def _make(self, files: Mapping[str, str]) -> ProjectEnvironment:
        install, version = self._config.install, self._config.python_version
        if install == "none":
            user = await self._interpreters.given(version)
            return await self._as_it_is(user, f"{user.executable} as it is")
        if install != "auto":
            return await self._installed(InstallPlan(origin=f"install: {install}", command=install), files)
        found = await self._interpreters.made_by_user(version)
        if found is not None:
            return await self._as_it_is(found[0], f"{found[1]} as it is")
        try:
            plan = plan_installation(files, self._project.place)
        except UnreadableError as error:
            raise CannotRun(f"the project could not be installed: {error}") from None
        return await self._installed(plan, files)

    async def _as_it_is(self, user: Interpreter, source: str) -> ProjectEnvironment:
        variables = {"VIRTUAL_ENV": str(user.prefix)} if user.is_virtual else {}
        plain = user.environment((user.executable.parent,), source, variables)
        missing = [tool for tool in self._tools(user.packages) if tool not in user.packages]
        return await self._with(missing, plain, user) if missing else plain

    async def _with(self, missing: list[str], ready: ProjectEnvironment, base: Interpreter) -> ProjectEnvironment:
        """Return an environment, whose interpreter is `base`, with what it lacks in a folder beside it."""

        async def make(made: Path) -> None:
            await make_overlay(self._installer, base, missing, made)

        python = [str(base.executable), str(base.prefix), base.version, [str(path) for path in base.site_folders]]
        state = [gate.__version__, [python, missing, dict(base.packages)]]
        made = await kept_of(state, self._folder / "overlays", make, is_whole=_has_python)
        overlay = await self._interpreters.described(made / "bin" / "python")
        folder = overlay.executable.parent
        source = f"{ready.source}, with {' and '.join(missing)} beside it"
        variables = {**ready.variables, "VIRTUAL_ENV": str(folder.parent)}
        return replace(overlay.environment((folder, *ready.path), source, variables), withheld=ready.withheld)

    async def _installed(self, plan: InstallPlan, files: Mapping[str, str]) -> ProjectEnvironment:
        pretended = self._pretended(files)
        variables = index_variables(plan.sources, self._for_installing) | {
            name: self._for_installing.get(name, version) for name, version in pretended.items()
        }
        fresh = FreshEnvironment(
            self._installer,
            self._interpreters,
            plan,
            wanted=self._wanted(files),
            named=named_pythons(files, self._project.place),
            variables=variables,
        )
        python = await fresh.interpreter()

        async def make(made: Path) -> None:
            began = time.time()
            await fresh.make(made, python, self._tools)
            note_built_files(self._project, made, began)

        async def renew(made: Path) -> None:
            await fresh.renew(made, self._tools)

        told = {path: text for path, text in files.items() if not _HINTS.match(path)}
        arguments = [plan.uv, plan.hinted, plan.command, dict(plan.written), plan.folder, pretended]
        state = [arguments, str(self._project.folder), python, told, self._tools({"django": ""})]
        made = await kept_of(
            [gate.__version__, state],
            self._folder / "environments",
            make,
            renew=renew if plan.command is not None else None,
            is_whole=lambda made: _has_python(made) and built_files_are_there(self._project, made),
        )
        described = await fresh.described(made)
        source = (
            f"{fresh.origin(made)}; version {PRETENDED} pretended: git has no tag" if pretended else fresh.origin(made)
        )
        return described.environment((made / "bin",), source, {"VIRTUAL_ENV": str(made)})

    def _tools(self, packages: Mapping[str, str]) -> tuple[str, ...]:
        """Return what tests need: Django's with a `manage.py` run under pytest by its plug-in alone."""
        by_django = "django" in packages and any(
            PurePosixPath(path).name == "manage.py" for path in self._project.files
        )
        tools = (*_TEST_TOOLS, "pytest-django") if by_django else _TEST_TOOLS
        return (*tools, "pytest-xdist") if self._config.workers is not None else tools

    def _pretended(self, files: Mapping[str, str]) -> dict[str, str]:
        found = pretended_version(files, self._project.place)
        return found if found and not has_tag(self._project.folder) else {}

    def _wanted(self, files: Mapping[str, str]) -> WantedPython | None:
        if self._config.python_version is not None:
            return WantedPython(request=self._config.python_version, origin="the option python-version")
        try:
            return wanted_python(files, self._project.place)
        except UnreadableError:
            return None  # the user's command may know what to do with such a file


def _has_python(made: Path) -> bool:
    return (made / "bin" / "python").exists()

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from gate.adapters.environment.fresh_environment import FreshEnvironment
from gate.adapters.environment.installer import CannotInstall, Installer
from gate.adapters.environment.interpreters import Interpreters
from gate.formats.install_plan import InstallPlan
from gate.ports import Command, Completed, Processes

OWN = ("pip", "install", "--no-deps", "-e", ".")


class Nothing(Processes):
    async def run(self, command: Command) -> Completed:
        raise AssertionError(command.argv)


class Installing(Installer):
    """Makes folders as uv does, and fails where it is told to, by a word of the call."""

    def __init__(self, home: Path, fails: str = "", *, of_build: bool = False, version: str = "3.12.1") -> None:
        self._fails = fails
        self._of_build = of_build
        self._config = f"home = {home}/bin\nversion_info = {version}\n"
        self.calls: list[str] = []

    async def uv(self, *arguments: str, **_: object) -> str:  # type: ignore[override]
        self.calls.append(" ".join(arguments))
        if arguments[0] == "venv":
            folder = Path(arguments[-1])
            (folder / "lib/python3.9/site-packages/pytest-8.0.dist-info").mkdir(parents=True)
            (folder / "pyvenv.cfg").write_text(self._config)
        elif self._fails and self._fails in arguments:
            failure = CannotInstall(f"{self._fails} failed")
            failure.is_of_build = self._of_build
            raise failure
        return ""


def made(tmp_path: Path, installer: Installing, plan: InstallPlan) -> str:
    interpreters = Interpreters(
        Nothing(), environment={}, child_environment={}, project=tmp_path, scratch=tmp_path, own_prefix=tmp_path
    )
    fresh = FreshEnvironment(installer, interpreters, plan, wanted=None, named=(), variables={})

    def tools(packages: Mapping[str, str]) -> tuple[str, ...]:
        del packages
        return ("pytest",)

    asyncio.run(fresh.make(tmp_path / "made", "python3", tools))
    return fresh.origin(tmp_path / "made")


def test_a_project_whose_own_build_fails_is_imported_from_its_folder(tmp_path: Path) -> None:
    plan = InstallPlan(origin="requirements.txt", uv=(("pip", "install", "-r", "requirements.txt"), OWN))

    source = made(tmp_path, Installing(tmp_path, "-e", of_build=True), plan)

    assert source == "requirements.txt; the project itself could not be built: it is imported from its folder"


@pytest.mark.parametrize(("fails", "of_build"), [("-e", False), ("-r", True)])
def test_what_the_machine_lacks_or_a_requirement_that_does_not_build_is_no_reason_to_go_on(
    tmp_path: Path, fails: str, of_build: bool
) -> None:
    plan = InstallPlan(origin="requirements.txt", uv=(("pip", "install", "-r", "requirements.txt"), OWN))

    with pytest.raises(CannotInstall):
        made(tmp_path, Installing(tmp_path, fails, of_build=of_build), plan)


@pytest.mark.parametrize(
    ("fails", "said"),
    [("", "with what tox.ini installs"), ("tox.txt", "without what tox.ini installs: it could not be installed")],
)
def test_what_a_hint_names_moves_no_version_and_may_fail(tmp_path: Path, fails: str, said: str) -> None:
    installer = Installing(tmp_path, fails)
    plan = InstallPlan(origin="uv.lock", uv=(("sync",),), hinted=("-r", "tox.txt"), hint="tox.ini")

    assert made(tmp_path, installer, plan) == f"uv.lock; {said}"
    constraints = tmp_path / "made" / "constraints.txt"
    assert f"pip install --constraints {constraints} -r tox.txt" in installer.calls[-1]
    assert constraints.read_text() == "pytest==8.0\npytest-cov!=6.2.0\n"


@pytest.mark.parametrize(
    ("version", "plan", "seeded"),
    [
        ("3.9.18", InstallPlan(origin="requirements.txt", uv=(("pip", "install", "-r", "a.txt"),)), True),
        ("3.9.18", InstallPlan(origin="uv.lock", uv=(("sync", "--frozen"),)), False),
        ("3.12.1", InstallPlan(origin="requirements.txt", uv=(("pip", "install", "-r", "a.txt"),)), False),
    ],
)
def test_an_older_python_has_setuptools_as_venv_gives_it(
    tmp_path: Path, version: str, plan: InstallPlan, seeded: bool
) -> None:
    wheel = tmp_path / f"lib/python{version[:-3].rstrip('.')}/ensurepip/_bundled/setuptools-58.1.0-py3-none-any.whl"
    wheel.parent.mkdir(parents=True)
    wheel.touch()
    installer = Installing(tmp_path, version=version)

    made(tmp_path, installer, plan)

    assert (str(wheel) in installer.calls[-1]) is seeded

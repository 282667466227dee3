import asyncio
import os
from pathlib import Path

import pytest

from gate.adapters.kept_folder import forget_unused, kept


def make_folder(folder: Path) -> None:
    folder.mkdir()


class Maker:
    """Makes a folder with a file in it, slowly, and counts how often, and whether two were made at once."""

    def __init__(self, *, failing: bool = False) -> None:
        self.made = 0
        self.at_once = 0
        self._running = 0
        self._failing = failing

    async def __call__(self, folder: Path) -> None:
        self._running += 1
        self.at_once = max(self.at_once, self._running)
        make_folder(folder)
        await asyncio.sleep(0.02)
        (folder / "whole").touch()
        self._running -= 1
        self.made += 1
        if self._failing:
            raise RuntimeError("no network")


def test_two_who_ask_at_once_get_the_one_that_is_made(tmp_path: Path) -> None:
    maker = Maker()

    async def both() -> tuple[Path, Path]:
        return await asyncio.gather(kept(tmp_path / "key", maker), kept(tmp_path / "key", maker))

    first, second = asyncio.run(both())

    assert first == second
    assert (first / "whole").exists()
    assert (maker.made, maker.at_once) == (1, 1)


def test_what_failed_or_was_cancelled_is_not_kept(tmp_path: Path) -> None:
    async def cancelled() -> None:
        async with asyncio.timeout(0.005):
            await kept(tmp_path / "key", Maker())

    with pytest.raises(RuntimeError, match="no network"):
        asyncio.run(kept(tmp_path / "key", Maker(failing=True)))
    with pytest.raises(TimeoutError):
        asyncio.run(cancelled())

    assert [path for path in (tmp_path / "key").iterdir() if path.is_dir()] == []
    maker = Maker()
    asyncio.run(kept(tmp_path / "key", maker))
    assert maker.made == 1


def test_what_a_killed_run_left_behind_is_not_taken_and_is_removed(tmp_path: Path) -> None:
    left_behind = tmp_path / "key" / "0123abcd"
    left_behind.mkdir(parents=True)
    (left_behind / "half").touch()

    made = asyncio.run(kept(tmp_path / "key", Maker()))

    assert made != left_behind
    assert not left_behind.exists()


def test_it_is_made_again_when_its_proof_is_gone(tmp_path: Path) -> None:
    maker = Maker()
    made = asyncio.run(kept(tmp_path / "key", maker, is_whole=lambda made: (made / "whole").exists()))
    (made / "whole").unlink()

    again = asyncio.run(kept(tmp_path / "key", maker, is_whole=lambda made: (made / "whole").exists()))

    assert maker.made == 2
    assert (again / "whole").exists()


def test_what_is_used_again_is_renewed_and_what_is_new_is_not(tmp_path: Path) -> None:
    renewed: list[Path] = []

    async def renew(folder: Path) -> None:
        renewed.append(folder)

    asyncio.run(kept(tmp_path / "key", Maker(), renew=renew))
    assert renewed == []
    made = asyncio.run(kept(tmp_path / "key", Maker(), renew=renew))
    assert renewed == [made]


def test_what_nobody_asked_for_in_a_month_is_forgotten_unless_it_is_in_use(tmp_path: Path) -> None:
    async def still_making(folder: Path) -> None:
        make_folder(folder)
        os.utime(tmp_path / "busy" / "lock", (0, 0))
        forget_unused(tmp_path)

    for name in ("old", "used", "half"):
        asyncio.run(kept(tmp_path / name, Maker()))
    os.utime(tmp_path / "old" / "ready", (0, 0))
    (tmp_path / "half" / "ready").unlink()
    os.utime(tmp_path / "half" / "lock", (0, 0))
    (tmp_path / "of somebody else").mkdir()

    asyncio.run(kept(tmp_path / "busy", still_making))

    assert {path.name for path in tmp_path.iterdir()} == {"used", "busy", "of somebody else"}
    forget_unused(tmp_path / "missing")

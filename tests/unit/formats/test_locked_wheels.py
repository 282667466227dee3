import pytest

from gate.formats.locked_wheels import wheel_pythons
from tests.unit.growth import STEEP, growth


def wheels(name: str, *tags: str) -> str:
    return "".join(f'{{file = "{name}-{tag}-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"}},\n' for tag in tags)


CORE = wheels("pydantic_core-2.6.3", "cp310-cp310", "cp311-cp311", "cp39-cp39")


@pytest.mark.parametrize(
    ("lock", "pythons"),
    [
        ("", ()),
        (CORE, ("3.11", "3.10", "3.9")),
        (CORE.replace('file = "', 'url = "https://files/a/'), ("3.11", "3.10", "3.9")),
        # Only for old Pythons, as `backports.zoneinfo` is: the others tell.
        (CORE + CORE.replace("core", "more") + wheels("zoneinfo-1", "cp38-cp38"), ("3.11", "3.10", "3.9")),
        # One wheel for all, or for all from one on, beside those of some Pythons.
        (CORE + wheels("a-1.0", "cp38-cp38", "cp312-cp312") + '"a-1.0-py3-none-any.whl"', ("3.11", "3.10", "3.9")),
        (wheels("bcrypt-4.0", "cp37-abi3"), ()),
        ('"six-1.16-py2.py3-none-any.whl"', ()),
        # Nothing of another system tells.
        ('"pywin32-306-cp38-cp38-win32.whl"', ()),
    ],
)
def test_the_pythons_of_a_lock_are_those_that_most_of_its_wheels_are_for(lock: str, pythons: tuple[str, ...]) -> None:
    assert wheel_pythons(lock) == pythons


def test_a_hostile_lock_takes_no_time() -> None:
    def read(size: int) -> None:
        assert wheel_pythons('"' + "a-1" * 10 * size + '/"a-1-cp3' * size) == ()

    assert growth(read, 12_000) < STEEP

import json

import hostile
import pytest

from app import answer

hostile.shout()


def test_answer():
    hostile.shout()
    assert answer() == 42


def test_effects():
    hostile.look()
    hostile.spoil()
    hostile.stay()


@pytest.mark.parametrize("name", hostile.NAMES, ids=hostile.NAMES)
def test_names(name):
    hostile.shout()
    print(name)
    assert not name, f"{name}\n{name}"


@pytest.mark.skip(reason=hostile.NAMES[0])
def test_skipped():
    raise AssertionError

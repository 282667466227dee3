"""Whatever a change holds: nothing is raised, and it takes no more time than its size is worth."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gate.domain.weakening import Weakening
from gate.gates import CHOSEN_AUTOMATICALLY, GATES
from gate.weakening.changed_text import ChangedText
from gate.weakening.find import MOST_WEAKENINGS, find_weakenings

PATHS = (
    *("app/a.py", "tests/test_a.py", "tests/conftest.py", "pyproject.toml", "ruff.toml", "setup.cfg", "pytest.ini"),
    *(".coveragerc", "access-policy.yml", ".github/workflows/ci.yml"),
)
PIECES = st.sampled_from(
    [
        *("# noqa", "# type: ignore[", "x = 1", "\n", "    ", "def test_a():", "class TestA(B):", "assert x, (1, 2)"),
        *(
            "@pytest.mark.skip",
            "pytest.skip(",
            "pytestmark = [",
            '"""',
            "'",
            "\\",
            "\0",
            "\ud800",
            "\f",
            "[tool.ruff.lint]",
        ),
        *(
            "ignore = [1, 'E501']",
            "select = {}",
            "[pytest]",
            "addopts = -k -m '",
            "operations:",
            "  GET /a: [",
            "&a [*a, *a]",
        ),
        *(
            "on: {pull_request: [1]}",
            "jobs: {a: {steps: [{uses: a/quality-gate@v1, with: {set: [1]}}]}}",
            "fail_under = 9e99",
        ),
        *("@pytest.mark.parametrize('x', [", ")", "]", "import pytest as p", "return", "collect_ignore = [*a]"),
    ]
)


def weakenings(path: str, before: str | None, after: str | None) -> list[Weakening]:
    file = ChangedText(path=path, base_path=path, before=before, after=after)
    gates = {gate.id: gate.options for gate in GATES.values()}
    return list(find_weakenings([file], gates=gates, chosen=CHOSEN_AUTOMATICALLY))


@settings(deadline=None)
@given(st.sampled_from(PATHS), *[st.none() | st.lists(PIECES, max_size=30).map("".join)] * 2)
def test_no_text_of_a_file_is_too_much(path: str, before: str | None, after: str | None) -> None:
    for one in weakenings(path, before, after):
        assert one.message
        assert len(one.message) < 2_000


@settings(deadline=None)
@given(st.sampled_from(PATHS), st.lists(PIECES, max_size=30).map("".join))
def test_what_is_not_changed_weakens_nothing(path: str, text: str) -> None:
    assert weakenings(path, text, text) == []


LARGE = {
    "brackets": "(" * 50_000,
    "minus": "x = " + "-" * 12_000 + "1",
    "attributes": "x = a" + ".b" * 25_000,
    "ifs": "".join(f"{' ' * at}if x:\n" for at in range(200)) + " " * 200 + "pass\n",
    "comments": "# noqa: E501\n" * 20_000,
    "one comment": "# noqa: " + "E501, " * 50_000,
    "spaces": "x = 1  # noqa:" + " " * 200_000,
    "codes that no bracket ends": "# type: ignore[" + "a      " * 40 + "!\n",
    "escaped quotes": "x = (\"\ny = '" + "\\'" * 100_000 + "  # noqa\n",
    "quotes": "x = '" + "'" * 25_000 + "# noqa",
    "tests": "".join(f"def test_{at}():\n    assert {at}\n" for at in range(5_000)),
    "calls": "".join(f"def f{at}():\n" + "    f1(); f2()\n" * 10 for at in range(1_000)),
    "strings": "x = " + '"a"' * 25_000,
    "lines of a table": "[tool.ruff.lint]\nignore = [" + '"E501",' * 25_000 + "]\n",
    "aliases": "a: &a [x, x]\n" + "".join(f"b{at}: &b{at} [*a, *a, *a]\n" for at in range(5_000)),
    "jobs": "on: push\njobs:\n" + "".join(f"  j{at}:\n    uses: a/quality-gate@v1\n" for at in range(5_000)),
    "words of pytest": "[pytest]\naddopts = " + "-k a " * 25_000,
    "an open quotation": "[pytest]\naddopts = " + "'a b' " * 12_000 + "'",
}


@pytest.mark.parametrize("text", LARGE.values(), ids=LARGE)
@pytest.mark.parametrize("side", ["base", "change"])
def test_large_files_take_bounded_time(text: str, side: str) -> None:
    for path in ("tests/test_a.py", "pyproject.toml", "pytest.ini", ".github/workflows/ci.yml", "access-policy.yml"):
        began = time.process_time()
        found = weakenings(path, text, "") if side == "base" else weakenings(path, "", text)
        assert len(found) <= MOST_WEAKENINGS + 1
        assert time.process_time() - began < 5, path


def test_of_many_the_number_is_told() -> None:
    found = weakenings("a.py", "", "x  # noqa\n" * 5_000)
    assert len(found) == MOST_WEAKENINGS + 1
    assert found[-1].message == "weakens the gate in 4,000 more places"

"""Pairs of a base and a change, each with all that it weakens: what is harmless weakens nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from textwrap import dedent

import pytest

from gate.gates import CHOSEN_AUTOMATICALLY, GATES
from gate.weakening.changed_text import ChangedText
from gate.weakening.find import find_weakenings


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Files of both sides by path; `renamed` are paths of now with those of then; `told` is the truth."""

    name: str
    before: Mapping[str, str]
    after: Mapping[str, str]
    renamed: Mapping[str, str] = field(default_factory=dict)
    told: tuple[str, ...] = ()


def weakenings(pair: Pair) -> dict[str, str]:
    """Return what is told, with its place."""
    moved_from = set(pair.renamed.values())
    files = []
    for path in sorted({*pair.before, *pair.after} - moved_from):
        base_path = pair.renamed.get(path, path)
        before, after = pair.before.get(base_path), pair.after.get(path)
        files.append(
            ChangedText(
                path=path,
                base_path=base_path,
                before=None if before is None else dedent(before),
                after=None if after is None else dedent(after),
            )
        )
    gates = {gate.id: gate.options for gate in GATES.values()}
    found = list(find_weakenings(files, gates=gates, chosen=CHOSEN_AUTOMATICALLY))
    return {one.message: str(one.location) for one in found}


TEST = "tests/test_a.py"
TWO_TESTS = """
    def test_one():
        answer = client.get("/one")
        assert answer.status_code == 200
        assert answer.json() == {"a": 1}


    def test_two():
        answer = client.get("/two")
        assert answer.status_code == 404
"""
ONE_TEST = """
    def test_one():
        answer = client.get("/one")
        assert answer.status_code == 200
        assert answer.json() == {"a": 1}
"""
OTHER_TEST = """
    def test_two():
        answer = client.get("/two")
        assert answer.status_code == 404
"""
CASES = """
    import pytest

    @pytest.mark.parametrize("number", [{cases}])
    def test_it(number):
        assert f(number)
"""
ALIKE = """
    def test_{first}():
        one()
        two()
        three()
        assert {one}

    def test_{second}():
        one()
        two()
        three()
        assert {two}
"""
SKIPPED = """
    import pytest

    @pytest.mark.skip(reason="slow")
    def test_two():
        answer = client.get("/two")
        assert answer.status_code == 404
"""
WORKFLOW = """
    on:
      pull_request:
      merge_group:
    jobs:
      gate:
        runs-on: ubuntu-latest
        {job}
        steps:
          - uses: actions/checkout@v4
          - uses: example/quality-gate@v1
            {step}
"""
REUSED = """
    on: pull_request
    jobs:
      gate:
        uses: example/quality-gate/.github/workflows/gate.yml@v1
        with: {{ {inputs} }}
"""
PIPELINE = ".github/workflows/ci.yml"


def in_test(body: str) -> dict[str, str]:
    lines = "".join(f"    {line}\n" for line in dedent(body).strip().splitlines())
    return {TEST: f"def test_it():\n{lines}"}


def workflow(*, job: str = "timeout-minutes: 5", step: str = "with: {}") -> dict[str, str]:
    return {PIPELINE: WORKFLOW.format(job=job, step=step)}


def ruff(text: str) -> dict[str, str]:
    return {"pyproject.toml": f"[tool.ruff.lint]\n{text}\n"}


def pytest_options(text: str) -> dict[str, str]:
    return {"pyproject.toml": f"[tool.pytest.ini_options]\n{text}\n"}


def coverage(text: str) -> dict[str, str]:
    return {"pyproject.toml": f"[tool.coverage.report]\n{text}\n"}


WEAKER = [
    Pair(
        name="a pattern that only looks like coverage's own comment",
        before={".coveragerc": "[report]\nfail_under = 95\n"},
        after={".coveragerc": "[report]\nfail_under = 95\nexclude_lines =\n    pragma: no cover|def\n"},
        told=("adds pragma: no cover|def to coverage's report.exclude_lines",),
    ),
    Pair(
        name="noqa at the end of a long comment",
        before={"a.py": "x = 1\n"},
        after={"a.py": f"x = 1  # {'a' * 3_000} # noqa\n"},
        told=('adds "# noqa"',),
    ),
    Pair(
        name="a second noqa in a comment",
        before={"a.py": "x = 1  # noqa: E501\n"},
        after={"a.py": "x = 1  # noqa: E501 # noqa: S105\n"},
        told=('adds "# noqa: S105"',),
    ),
    Pair(name="noqa", before={"a.py": "x = 1\n"}, after={"a.py": "x = 1  # noqa\n"}, told=('adds "# noqa"',)),
    Pair(
        name="another code",
        before={"a.py": "x = 1  # noqa: E501\n"},
        after={"a.py": "x = 1  # noqa: E501, S105\n"},
        told=('adds "# noqa: S105"',),
    ),
    Pair(
        name="of one rule, then of all",
        before={"a.py": "x = 1  # noqa: E501\n"},
        after={"a.py": "x = 1  # noqa\n"},
        told=('adds "# noqa"',),
    ),
    Pair(
        name="of a file",
        before={"a.py": "x = 1\n"},
        after={"a.py": "# ruff: noqa: F401\nx = 1\n"},
        told=('adds "# ruff: noqa: F401"',),
    ),
    Pair(
        name="two in one comment",
        before={"a.py": "x = 1\n"},
        after={"a.py": "x = 1  # type: ignore[assignment]  # pragma: no cover\n"},
        told=('adds "# type: ignore[assignment]"', 'adds "# pragma: no cover"'),
    ),
    Pair(
        name="of every kind",
        before={"a.py": "a\nb\nc\nd\ne\n"},
        after={
            "a.py": "a  # nosec B101\nb  # pyright: ignore[x]\nc  # pragma: no branch\nd  # pylint: disable=w1\n"
            "e  # mypy: ignore-errors\n"
        },
        told=(
            'adds "# nosec: B101"',
            'adds "# pyright: ignore[x]"',
            'adds "# pragma: no branch"',
            'adds "# pylint: disable=w1"',
            'adds "# mypy: ignore-errors"',
        ),
    ),
    Pair(
        name="of a whole file, of the order of imports, and of the newest type checker",
        before={"a.py": "a\nb\nc\nd\ne\n"},
        after={
            "a.py": "a  # pylint: skip-file\nb  # mypy: strict=False, ignore_errors\nc  # ruff: isort: skip_file\n"
            "d  # isort: off\ne  # pyrefly: ignore[bad-return]\n"
        },
        told=(
            'adds "# pylint: skip-file"',
            'adds "# mypy: ignore-errors"',
            'adds "# isort: skip"',
            'adds "# pyrefly: ignore[bad-return]"',
        ),
    ),
    Pair(
        name="in a file that is no Python yet",
        before={"a.py": "x = 1\n"},
        after={"a.py": 'x = (1  # noqa: F821\ny = "# noqa: E501"\n'},
        told=('adds "# noqa: F821"',),
    ),
    Pair(
        name="pytest's strict mode, out of which something is taken",
        before={"pyproject.toml": "[tool.pytest]\nstrict = true\n"},
        after={"pyproject.toml": "[tool.pytest]\nstrict = true\nstrict_xfail = false\n"},
        told=("switches pytest's strict_xfail off",),
    ),
    Pair(
        name="pytest's strict mode, and then without it",
        before={"pyproject.toml": "[tool.pytest]\nstrict = true\n"},
        after={"pyproject.toml": "[tool.pytest]\nstrict_config = true\n"},
        told=("switches pytest's strict_markers off", "switches pytest's strict_xfail off"),
    ),
    Pair(
        name="an error of which nothing is asked any more",
        before=in_test(
            """
            with pytest.raises(Refused, match="x"):
                f()
            """
        ),
        after=in_test("f()"),
        told=("takes the assertion out of test_it",),
    ),
    Pair(
        name="a deleted test of the same words as one that gets cases",
        before={
            TEST: """
                def test_get_user():
                    response = client.get("/users/1")
                    assert response.status_code == 200
                    assert response.json()["name"] == "x"
            """
        },
        after={
            TEST: """
                import pytest

                @pytest.mark.parametrize("number", [1, 2, 3])
                def test_get_item(number):
                    response = client.get(f"/items/{number}")
                    assert response.status_code == 200
                    assert response.json()["price"] == number
            """
        },
        told=("deletes the test test_get_user (tests/test_a.py)",),
    ),
    Pair(
        name="a deleted test whose name says little, beside another of that name in another file",
        before={TEST: ONE_TEST},
        after={"tests/test_b.py": "def test_one():\n    assert square(2) == 4\n"},
        told=("deletes the test test_one (tests/test_a.py)",),
    ),
    Pair(
        name="a parametrization that is left with no case",
        before={TEST: CASES.format(cases="1, 2")},
        after={TEST: CASES.format(cases="")},
        told=("takes 2 of 2 cases out of test_it",),
    ),
    Pair(
        name="assertions that a test loses beside a new one that is another",
        before={
            TEST: """
                def test_factory():
                    first = make({"a": 1})
                    assert first.errors == ["a"]
                    assert first.calls == 1
            """
        },
        after={
            TEST: """
                def test_factory():
                    first = make({"a": 1})
                    assert first.errors == ["a"]

                def test_squares():
                    assert square(2) == 4
                    assert square(3) == 9
            """
        },
        told=("takes 1 of 2 assertions out of test_factory",),
    ),
    Pair(
        name="a case beside one that is deep",
        before={TEST: CASES.format(cases="1, 2, " + " + ".join(["1"] * 900))},
        after={TEST: CASES.format(cases="1, " + " + ".join(["1"] * 900))},
        told=("takes 1 of 3 cases out of test_it",),
    ),
    Pair(
        name="a deleted test beside one that gets cases and has other words",
        before={TEST: TWO_TESTS},
        after={
            TEST: """
                import pytest

                def test_one():
                    answer = client.get("/one")
                    assert answer.status_code == 200
                    assert answer.json() == {"a": 1}

                @pytest.mark.parametrize("number", [1, 2, 3])
                def test_squares(number):
                    assert square(number) == number**2
            """
        },
        told=("deletes the test test_two (tests/test_a.py)",),
    ),
    Pair(
        name="a deleted test",
        before={TEST: TWO_TESTS},
        after={TEST: ONE_TEST},
        told=("deletes the test test_two (tests/test_a.py)",),
    ),
    Pair(
        name="a deleted file",
        before={TEST: ONE_TEST},
        after={},
        told=("deletes the test test_one (tests/test_a.py)",),
    ),
    Pair(
        name="a test that is called otherwise, so that nothing runs it",
        before={TEST: ONE_TEST},
        after={TEST: ONE_TEST.replace("test_one", "check_one")},
        told=("deletes the test test_one (tests/test_a.py)",),
    ),
    Pair(
        name="a file that is called otherwise, so that nothing looks into it",
        before={TEST: ONE_TEST},
        after={"tests/one.py": ONE_TEST},
        renamed={"tests/one.py": TEST},
        told=("deletes the test test_one (tests/one.py)",),
    ),
    Pair(
        name="a class that is called otherwise",
        before={TEST: "class TestIt:\n    def test_one(self):\n        assert f()\n"},
        after={TEST: "class It:\n    def test_one(self):\n        assert f()\n"},
        told=("deletes the test TestIt.test_one (tests/test_a.py)",),
    ),
    Pair(
        name="a test of the same name hides the first",
        before={TEST: "def test_one():\n    assert f() == 1\n    assert g() == 2\n"},
        after={TEST: "def test_one():\n    assert f() == 1\n    assert g() == 2\ndef test_one():\n    pass\n"},
        told=("takes all 2 assertions out of test_one",),
    ),
    Pair(
        name="cases",
        before={TEST: CASES.format(cases="1, 2, 3")},
        after={TEST: CASES.format(cases="1")},
        told=("takes 2 of 3 cases out of test_it",),
    ),
    Pair(
        name="assertions",
        before=in_test("assert f() == 1\nassert g() == 2\nassert h() == 3"),
        after=in_test("assert f() == 1"),
        told=("takes 2 of 3 assertions out of test_it",),
    ),
    Pair(
        name="the assertion",
        before=in_test("answer = f()\nassert answer == 1"),
        after=in_test("answer = f()"),
        told=("takes the assertion out of test_it",),
    ),
    Pair(
        name="an assertion that always holds",
        before=in_test("answer = f()\nassert answer == 1"),
        after=in_test("answer = f()\nassert True"),
        told=("takes the assertion out of test_it",),
    ),
    Pair(
        name="an assertion of a tuple always holds",
        before=in_test("assert f() == 1"),
        after=in_test('assert (f() == 1, "message")'),
        told=("takes the assertion out of test_it",),
    ),
    Pair(
        name="an assertion or something that is true, and one of what is written there",
        before=in_test("assert f() == 1\nassert g() == 2\nassert h() == 3"),
        after=in_test("assert f() == 1 or True\nassert 2 == 2\nassert h() == 3"),
        told=("takes 2 of 3 assertions out of test_it",),
    ),
    Pair(
        name="fewer values than there were assertions",
        before=in_test("assert f(0) == 1\nassert f(1) == 2\nassert f(2) == 3"),
        after=in_test("assert f() == [1, 2]"),
        told=("takes 2 of 3 assertions out of test_it",),
    ),
    Pair(
        name="cases by their keywords, and all cases",
        before={
            TEST: "import pytest\n@pytest.mark.parametrize(argnames='a', argvalues=[1, 2, 3])\ndef test_a(a):\n    assert a\n"
            "@pytest.mark.parametrize('b', [1, 2])\ndef test_b(b):\n    assert b\n"
        },
        after={
            TEST: "import pytest\n@pytest.mark.parametrize(argnames='a', argvalues=[1])\ndef test_a(a):\n    assert a\n"
            "def test_b(b=1):\n    assert b\n"
        },
        told=("takes 2 of 3 cases out of test_a", "takes 1 of 2 cases out of test_b"),
    ),
    Pair(
        name="what stands behind a return",
        before=in_test("assert f() == 1"),
        after=in_test("return\nassert f() == 1"),
        told=("takes the assertion out of test_it",),
    ),
    Pair(
        name="what is never true",
        before=in_test("assert f() == 1"),
        after=in_test("if False:\n    assert f() == 1"),
        told=("takes the assertion out of test_it",),
    ),
    Pair(
        name="assertions of unittest and of mocks",
        before=in_test("self.assertEqual(f(), 1)\nmock.assert_called_once_with(1)\nself.assertTrue(x)"),
        after=in_test("self.assertEqual(f(), 1)"),
        told=("takes 2 of 3 assertions out of test_it",),
    ),
    Pair(
        name="an exception that is expected no longer",
        before=in_test("with pytest.raises(ValueError):\n    f()"),
        after=in_test("f()"),
        told=("takes the assertion out of test_it",),
    ),
    Pair(
        name="a function of the tests asserts no longer",
        before={TEST: "def agrees(x):\n    assert x == 1\ndef test_it():\n    agrees(f())\n"},
        after={TEST: "def agrees(x):\n    pass\ndef test_it():\n    agrees(f())\n"},
        told=("takes the assertion out of test_it",),
    ),
    Pair(
        name="a skip",
        before={TEST: OTHER_TEST},
        after={TEST: SKIPPED},
        told=("adds pytest.mark.skip to test_two",),
    ),
    Pair(
        name="a new test with a skip on another platform",
        before={TEST: ONE_TEST},
        after={
            TEST: "import pytest\n"
            + dedent(ONE_TEST)
            + "@pytest.mark.skipif(sys.platform == 'win32', reason='')\ndef test_new():\n    assert g()\n"
        },
        told=("adds pytest.mark.skipif to test_new",),
    ),
    Pair(
        name="a skip by another name",
        before={TEST: "def test_it():\n    assert f()\n"},
        after={TEST: "from pytest import mark as m\n@m.xfail\ndef test_it():\n    assert f()\n"},
        told=("adds pytest.mark.xfail to test_it",),
    ),
    Pair(
        name="a skip by a name of the module's own",
        before={
            TEST: "import pytest\nslow = pytest.mark.skipif(x, reason='')\n@slow\ndef test_a():\n    assert f()\n"
            "def test_b():\n    assert f()\n"
        },
        after={
            TEST: "import pytest\nslow = pytest.mark.skipif(x, reason='')\n@slow\ndef test_a():\n    assert f()\n"
            "@slow\ndef test_b():\n    assert f()\n"
        },
        told=("adds pytest.mark.skipif to test_b",),
    ),
    Pair(
        name="a whole module",
        before={TEST: "import pytest\ndef test_it():\n    assert f()\n"},
        after={TEST: "import pytest\npytestmark = pytest.mark.skip\ndef test_it():\n    assert f()\n"},
        told=("adds pytest.mark.skip",),
    ),
    Pair(
        name="a skip inside, of unittest, of a case, by an import",
        before={
            TEST: "import pytest\nclass TestIt(T):\n    def test_a(self):\n        self.assertTrue(f())\n"
            "@pytest.mark.parametrize('x', [1, 2])\ndef test_b(x):\n    assert x\ndef test_c():\n    assert f()\n"
        },
        after={
            TEST: "import pytest, unittest\nclass TestIt(T):\n    @unittest.skipIf(a, 'b')\n    def test_a(self):\n"
            "        self.assertTrue(f())\n"
            "@pytest.mark.parametrize('x', [1, pytest.param(2, marks=pytest.mark.xfail)])\ndef test_b(x):\n    assert x\n"
            "def test_c():\n    pytest.importorskip('numpy')\n    assert f()\n"
        },
        told=(
            "adds unittest.skipIf to TestIt.test_a",
            "adds pytest.mark.xfail to test_b",
            "adds pytest.importorskip to test_c",
        ),
    ),
    Pair(
        name="a skip of unittest, by the names that a module gives it, and one that is raised",
        before={
            TEST: "import unittest as ut\nclass TestIt(ut.TestCase):\n    def test_a(self):\n        self.assertTrue(f())\n"
            "    def test_b(self):\n        self.assertTrue(g())\n    def test_c(self):\n        self.assertTrue(h())\n"
        },
        after={
            TEST: "import unittest as ut\nclass TestIt(ut.TestCase):\n    @ut.skip('x')\n    def test_a(self):\n"
            "        self.assertTrue(f())\n    def test_b(self):\n        self.skipTest('x')\n        self.assertTrue(g())\n"
            "    def test_c(self):\n        self.assertTrue(h())\n        raise ut.SkipTest\n"
        },
        told=(
            "adds unittest.skip to TestIt.test_a",
            "adds unittest.skip to TestIt.test_b",
            "adds unittest.SkipTest to TestIt.test_c",
        ),
    ),
    Pair(
        name="a class, and a module, that are switched off",
        before={
            TEST: "class TestIt:\n    def test_a(self):\n        assert f()\n",
            "tests/test_b.py": "def test_b():\n    assert f()\n",
        },
        after={
            TEST: "class TestIt:\n    __test__ = False\n    def test_a(self):\n        assert f()\n",
            "tests/test_b.py": "__test__ = False\ndef test_b():\n    assert f()\n",
        },
        told=("adds __test__ = False to TestIt", "adds __test__ = False"),
    ),
    Pair(
        name="tests in blocks of a module",
        before={
            TEST: "if a:\n    def test_if():\n        assert f()\nelse:\n    def test_else():\n        assert f()\n"
            "try:\n    def test_try():\n        assert g()\nexcept E:\n    def test_except():\n        assert g()\n"
            "finally:\n    def test_finally():\n        assert g()\nfor b in c:\n    def test_for():\n        assert h()\n"
            "with d:\n    def test_with():\n        assert i()\n"
        },
        after={TEST: "import pytest\nif a:\n    pytest.skip(allow_module_level=True)\nwith pytest.skip:\n    pass\n"},
        told=(
            "adds pytest.skip",
            *(
                f"deletes the test test_{name} (tests/test_a.py)"
                for name in ("if", "else", "try", "except", "finally", "for", "with")
            ),
        ),
    ),
    Pair(
        name="a test that is gone from a file that is no Python any more",
        before={TEST: "def test_a():\n    assert f()\n    assert g()\ndef test_b():\n    assert f()\n"},
        after={TEST: "@pytest.mark.skip\ndef test_a():\n    ???\n"},
        told=("deletes the test test_b (tests/test_a.py)", "adds pytest.mark.skip"),
    ),
    Pair(
        name="the skip of one test goes to another",
        before={
            TEST: "import pytest\n@pytest.mark.skip\ndef test_a():\n    assert f()\ndef test_b():\n    assert g()\n"
        },
        after={
            TEST: "import pytest\ndef test_a():\n    assert f()\n@pytest.mark.skip\ndef test_b():\n    assert g()\n"
        },
        told=("adds pytest.mark.skip to test_b",),
    ),
    Pair(
        name="what is not collected",
        before={"tests/conftest.py": "x = 1\n"},
        after={"tests/conftest.py": "collect_ignore = ['test_slow.py']\n"},
        told=("adds collect_ignore to test_slow.py",),
    ),
    Pair(
        name="rules of ruff",
        before=ruff('select = ["E", "F", "S"]\nignore = ["E501"]'),
        after=ruff('select = ["E", "F"]\nignore = ["E501", "F401"]'),
        told=("takes S out of ruff's select", "adds F401 to ruff's ignore"),
    ),
    Pair(
        name="rules of ruff, in some files",
        before=ruff('per-file-ignores = { "tests/*" = ["S101"] }'),
        after=ruff('per-file-ignores = { "tests/*" = ["S101"], "app/*" = ["S101"] }'),
        told=("adds S101 in app/* to ruff's per-file-ignores",),
    ),
    Pair(
        name="a file of ruff's own that puts all others out of force",
        before={},
        after={
            "ruff.toml": 'exclude = ["app"]\n[lint]\nselect = ["E4", "E7", "E9"]\n[lint.mccabe]\nmax-complexity = 90\n'
        },
        told=("adds app to ruff's exclude", "takes F out of ruff's select"),
    ),
    Pair(
        name="coverage counts less",
        before={".coveragerc": "[run]\nbranch = true\nomit = a\n[report]\nfail_under = 95\n"},
        after={".coveragerc": "[run]\nomit =\n    a\n    app/b.py\n[report]\nfail_under = 80\nexclude_also = raise\n"},
        told=(
            "switches coverage's branch off",
            "adds app/b.py to coverage's run.omit",
            "lowers coverage's fail_under from 95 to 80",
            "adds raise to coverage's report.exclude_also",
        ),
    ),
    Pair(
        name="coverage's own files, with its settings below another name",
        before={
            ".coveragerc": "[coverage:run]\nbranch = true\n",
            "api/.coveragerc.toml": "[run]\nbranch = true\n[report]\nfail_under = 90\n",
        },
        after={
            ".coveragerc": "[coverage:run]\nbranch = true\n[coverage:report]\nignore_errors = on\n",
            "api/.coveragerc.toml": "[tool.coverage.run]\nbranch = false\n[run]\nbranch = true\n",
        },
        told=(
            "switches coverage's ignore_errors on",
            "switches coverage's branch off",
            "takes coverage's fail_under away, which was 90",
        ),
    ),
    Pair(
        name="pytest runs less by a file of its own",
        before={"pytest.toml": "[pytest]\ntestpaths = ['a', 'b']\n", "api/pytest.ini": "[pytest]\naddopts = -q\n"},
        after={
            "pytest.toml": "[pytest]\ntestpaths = ['a']\n",
            "api/pytest.ini": "[pytest]\naddopts = -q --lf -knot_slow -m 'unclosed\n",
        },
        told=(
            "takes b out of pytest's testpaths",
            "adds --lf to pytest's addopts",
            "adds -k not_slow to pytest's addopts",
            "adds -m 'unclosed to pytest's addopts",
        ),
    ),
    Pair(
        name="a limit that rises, and one that is gone",
        before=ruff("mccabe.max-complexity = 10\npylint.max-args = 5"),
        after=ruff("mccabe.max-complexity = 20"),
        told=(
            "raises ruff's mccabe.max-complexity from 10 to 20",
            "takes ruff's pylint.max-args away, which was 5",
        ),
    ),
    Pair(
        name="coverage of fewer packages, and of no number of percent",
        before={
            ".coveragerc": "[run]\nsource = a,b\n",
            "pytest.ini": "[pytest]\naddopts = --cov-fail-under=90\n",
        },
        after={".coveragerc": "[run]\nsource = a\n", "pytest.ini": "[pytest]\naddopts = --cov-fail-under=x\n"},
        told=(
            "takes b out of coverage's run.source",
            "lowers --cov-fail-under in pytest's addopts from 90 to x",
        ),
    ),
    Pair(
        name="pytest runs less",
        before=pytest_options('addopts = "-q --strict-markers --cov-fail-under=90"\ntestpaths = ["tests", "more"]'),
        after=pytest_options(
            'addopts = "-q -k \'not slow\' --ignore=tests/b --cov-fail-under=50"\ntestpaths = ["tests"]'
        ),
        told=(
            "adds -k not slow to pytest's addopts",
            "adds --ignore tests/b to pytest's addopts",
            "lowers --cov-fail-under in pytest's addopts from 90 to 50",
            "switches pytest's strict_markers off",
            "takes more out of pytest's testpaths",
        ),
    ),
    Pair(
        name="pytest forgives more",
        before=pytest_options('xfail_strict = true\nfilterwarnings = ["error"]'),
        after=pytest_options('filterwarnings = ["error", "ignore::DeprecationWarning"]'),
        told=(
            "switches pytest's strict_xfail off",
            "adds ignore::DeprecationWarning to pytest's filterwarnings",
        ),
    ),
    Pair(
        name="inputs of the action",
        before=workflow(step="with: { coverage-threshold: 95, gates: 'lint, unit-tests, coverage' }"),
        after=workflow(step="with: { coverage-threshold: 80, gates: 'lint, coverage' }"),
        told=("takes unit-tests out of gates (input)", "lowers coverage.threshold from 95 to 80 (input)"),
    ),
    Pair(
        name="inputs of a job",
        before={PIPELINE: REUSED.format(inputs="coverage-threshold: 95")},
        after={PIPELINE: REUSED.format(inputs="coverage-threshold: 80, config-file: lenient.yml")},
        told=("changes the input config-file", "lowers coverage.threshold from 95 to 80 (input)"),
    ),
    Pair(
        name="a workflow that runs on fewer branches, and for less that becomes of a request",
        before={PIPELINE: "on: [pull_request, push]\njobs:\n  a:\n    uses: example/quality-gate@v1\n"},
        after={
            PIPELINE: "on:\n  pull_request: { types: [closed] }\n  push: { branches: [main] }\n"
            "jobs:\n  a:\n    uses: example/quality-gate@v1\n"
        },
        told=(
            "runs Quality Gate no longer on pull_request of the types opened, synchronize, reopened",
            "changes on which push Quality Gate runs (branches)",
        ),
    ),
    Pair(
        name="the input set",
        before=workflow(step="with: { set: 'policy=strict' }"),
        after=workflow(step="with: { set: 'policy=head' }"),
        told=("loosens policy from strict to head (input)",),
    ),
    Pair(
        name="a step that may fail",
        before=workflow(),
        after=workflow(step="continue-on-error: true"),
        told=("lets the job gate go on when Quality Gate fails (continue-on-error)",),
    ),
    Pair(
        name="a job that runs no more",
        before=workflow(),
        after=workflow(job="if: false"),
        told=("changes when Quality Gate runs in the job gate (if)",),
    ),
    Pair(
        name="a workflow that runs on fewer events",
        before=workflow(),
        after={PIPELINE: WORKFLOW.format(job="a: b", step="with: {}").replace("merge_group:", "workflow_dispatch:")},
        told=("runs Quality Gate no longer on merge_group",),
    ),
    Pair(
        name="a job that runs in other cases",
        before=workflow(job="if: github.actor != 'a'"),
        after=workflow(job="if: github.actor != 'b'"),
        told=("changes when Quality Gate runs in the job gate (if)",),
    ),
    Pair(
        name="a workflow that runs on one event, and then on another",
        before={PIPELINE: REUSED.format(inputs="")},
        after={PIPELINE: REUSED.format(inputs="").replace("on: pull_request", "on: push")},
        told=("runs Quality Gate no longer on pull_request",),
    ),
    Pair(
        name="another role",
        before={"access-policy.yml": "operations:\n  GET /a: role admin\n  GET /b: public\n"},
        after={"access-policy.yml": "operations:\n  GET /a: role clerk\n  GET /b: role clerk\n"},
        told=("opens GET /a from role admin to role clerk",),
    ),
    Pair(
        name="a workflow without the gate",
        before=workflow(),
        after={PIPELINE: "on: push\njobs:\n  gate:\n    steps:\n      - run: true\n"},
        told=("takes the use of Quality Gate out of the job gate",),
    ),
    Pair(
        name="the policy of access",
        before={"access-policy.yml": "operations:\n  GET /a: owner\n  GET /b:\n    who: role admin\n"},
        after={
            "access-policy.yml": "operations:\n  GET /a: public\n  GET /b:\n    who: shared\nwaivers:\n"
            "  - operation: GET /a\n    rule: other-user-reads\n    reason: nobody minds\n    expires: 2027-01-31\n"
        },
        told=(
            "opens GET /a from owner to public",
            "opens GET /b from role admin to shared",
            "waives other-user-reads at GET /a until 2027-01-31",
        ),
    ),
    Pair(
        name="a waiver that lasts longer, and operations of which nothing is said any more",
        before={
            "access-policy.yml": "operations:\n  GET /a: owner\n  GET /b: public\n  GET /c: role admin\nwaivers:\n"
            "  - {operation: GET /a, rule: other-user-reads, reason: x, expires: 2027-01-31}\n"
        },
        after={
            "access-policy.yml": "operations:\n  GET /d: owner\nwaivers:\n"
            "  - {operation: GET /a, rule: other-user-reads, reason: x, expires: 2027-06-30}\n"
        },
        told=(
            "takes GET /a out of the operations, which was for owner",
            "takes GET /c out of the operations, which was for role admin",
            "waives other-user-reads at GET /a longer, until 2027-06-30 instead of 2027-01-31",
        ),
    ),
    Pair(
        name="a policy that is gone",
        before={"access-policy.yml": "operations:\n  GET /a: owner\n"},
        after={},
        told=("takes GET /a out of the operations, which was for owner",),
    ),
    Pair(
        name="a deleted test that was skipped on another platform only",
        before={
            TEST: "import pytest\ndef test_a():\n    assert f()\n@pytest.mark.skipif(x, reason='')\ndef test_b():\n"
            "    assert go() == 7\n"
        },
        after={TEST: "import pytest\ndef test_a():\n    assert f()\n"},
        told=("deletes the test test_b (tests/test_a.py)",),
    ),
    Pair(
        name="a skip in a module that is skipped on another platform",
        before={TEST: "import pytest\npytestmark = pytest.mark.skipif(x, reason='')\ndef test_a():\n    assert f()\n"},
        after={
            TEST: "import pytest\npytestmark = pytest.mark.skipif(x, reason='')\n@pytest.mark.skip\ndef test_a():\n"
            "    assert f()\n"
        },
        told=("adds pytest.mark.skip to test_a",),
    ),
    Pair(
        name="the skip of one test goes to one of the same name in another file",
        before={
            TEST: "import pytest\n@pytest.mark.skip\ndef test_a():\n    assert f()\n",
            "tests/test_b.py": "import pytest\ndef test_a():\n    assert f()\n",
        },
        after={
            TEST: "import pytest\ndef test_a():\n    assert f()\n",
            "tests/test_b.py": "import pytest\n@pytest.mark.skip\ndef test_a():\n    assert f()\n",
        },
        told=("adds pytest.mark.skip to test_a",),
    ),
    Pair(
        name="a deleted test beside one of another file that is much alike and gets cases",
        before={
            TEST: "def test_c_two():\n    assert f(2) == 1\n    assert g()\n",
            "tests/test_b.py": CASES.format(cases="1") + "        assert g()\n",
        },
        after={TEST: "x = 1\n", "tests/test_b.py": CASES.format(cases="1, 2") + "        assert g()\n"},
        told=("deletes the test test_c_two (tests/test_a.py)",),
    ),
    Pair(
        name="more tests than there are cases of the one that takes their place",
        before={TEST: "".join(f"def test_{n}():\n    assert f({n}) == 1\n    assert g()\n" for n in (1, 2, 3))},
        after={
            TEST: "import pytest\n@pytest.mark.parametrize('x', [1, 2])\ndef test_1(x):\n    assert f(x) == 1\n"
            "    assert g()\n"
        },
        told=("deletes the test test_3 (tests/test_a.py)",),
    ),
    Pair(
        name="of all rules, then of one, and of another on another line",
        before={"a.py": "x = 1  # noqa\ny = 2\n"},
        after={"a.py": "x = 1  # noqa: E501\ny = 2  # noqa: S105\n"},
        told=('adds "# noqa: S105"',),
    ),
    Pair(
        name="of one rule, and then of all in the same comment",
        before={"a.py": "x = 1  # noqa: E501\n"},
        after={"a.py": "x = 1  # noqa: E501 # noqa\n"},
        told=('adds "# noqa"',),
    ),
    Pair(
        name="a file of settings that no tool looks for any more",
        before={"ruff.toml": 'lint.select = ["E4", "E7", "E9", "F", "S"]\n'},
        after={"ruff-old.toml": 'lint.select = ["E4", "E7", "E9", "F", "S"]\n'},
        renamed={"ruff-old.toml": "ruff.toml"},
        told=("takes S out of ruff's select",),
    ),
    Pair(
        name="a skip by the module in which unittest has it, and what is not collected at the root",
        before={TEST: "def test_a():\n    assert f()\n", "conftest.py": "x = 1\n"},
        after={
            TEST: "from unittest.case import skip\n@skip('x')\ndef test_a():\n    assert f()\n",
            "conftest.py": "collect_ignore = ['tests/slow']\n",
        },
        told=("adds unittest.skip to test_a", "adds collect_ignore to tests/slow"),
    ),
]

HARMLESS = [
    Pair(
        name="settings of two files that become one",
        before={"setup.cfg": "[coverage:run]\nomit = a\n", ".coveragerc": "[run]\nomit = b\n"},
        after={"setup.cfg": "", ".coveragerc": "[run]\nomit = a,b\n"},
    ),
    Pair(
        name="a condition that goes from the module to its test",
        before={TEST: "import pytest\npytestmark = pytest.mark.skipif(x, reason='')\ndef test_a():\n    assert f()\n"},
        after={TEST: "import pytest\n@pytest.mark.skipif(x, reason='')\ndef test_a():\n    assert f()\n"},
    ),
    Pair(
        name="a test that is called otherwise in another file",
        before={TEST: ONE_TEST},
        after={"tests/test_b.py": ONE_TEST.replace("test_one", "test_other_things")},
    ),
    Pair(
        name="two tests that are much alike and are both called otherwise",
        before={TEST: ALIKE.format(first="a", second="b", one="a() == 1", two="b() == 2\n        assert c() == 3")},
        after={TEST: ALIKE.format(first="m", second="n", one="b() == 2\n        assert c() == 3", two="a() == 1")},
    ),
    Pair(
        name="reformatted",
        before={"a.py": "x = f('a',  b)  # noqa: E501\n"},
        after={"a.py": 'x = f(\n    "a", b\n)  # noqa: E501\n'},
    ),
    Pair(
        name="moved to another file",
        before={"a.py": "x = 1  # noqa: E501\ny = 2\n", "b.py": ""},
        after={"a.py": "y = 2\n", "b.py": "x = 1  # noqa: E501\n"},
    ),
    Pair(
        name="a renamed file",
        before={"a.py": "x = 1  # noqa: E501\n"},
        after={"b.py": "x = 1  # noqa: E501\n"},
        renamed={"b.py": "a.py"},
    ),
    Pair(
        name="of all rules, then of one",
        before={"a.py": "x = 1  # noqa\n"},
        after={"a.py": "x = 1  # noqa: E501\n"},
    ),
    Pair(
        name="of two rules, then of one",
        before={"a.py": "x = 1  # type: ignore[a, b]\n"},
        after={"a.py": "x = 1  # type: ignore[b]\n"},
    ),
    Pair(name="written otherwise", before={"a.py": "x = 1 #NOQA:E501\n"}, after={"a.py": "x = 1  # noqa: E501\n"}),
    Pair(
        name="in a text", before={"a.py": "x = 1\n"}, after={"a.py": 'x = """\n# noqa\n"""\ny = "# pragma: no cover"\n'}
    ),
    Pair(name="one that is gone", before={"a.py": "x = 1  # noqa\n"}, after={"a.py": "x = 1\n"}),
    Pair(name="in a document", before={}, after={"README.md": "`# noqa` and pytest.mark.skip\n"}),
    Pair(
        name="a moved test",
        before={TEST: TWO_TESTS, "tests/test_b.py": "x = 1\n"},
        after={TEST: ONE_TEST, "tests/test_b.py": OTHER_TEST},
    ),
    Pair(
        name="a moved test that is skipped",
        before={TEST: SKIPPED, "tests/test_b.py": "x = 1\n"},
        after={TEST: "x = 1\n", "tests/test_b.py": SKIPPED},
    ),
    Pair(
        name="a renamed test that is skipped",
        before={TEST: SKIPPED},
        after={TEST: SKIPPED.replace("test_two", "test_what_is_not_there_is_told")},
    ),
    Pair(name="a renamed test", before={TEST: TWO_TESTS}, after={TEST: TWO_TESTS.replace("test_two", "test_missing")}),
    Pair(
        name="tests that move into a class",
        before={TEST: ONE_TEST},
        after={
            TEST: "class TestOne:\n    def test_one(self):\n        answer = client.get('/one')\n"
            '        assert answer.status_code == 200\n        assert answer.json() == {"a": 1}\n'
        },
    ),
    Pair(
        name="a renamed file of tests",
        before={TEST: TWO_TESTS},
        after={"tests/test_b.py": TWO_TESTS},
        renamed={"tests/test_b.py": TEST},
    ),
    Pair(
        name="a file of tests that is divided",
        before={TEST: TWO_TESTS},
        after={"tests/test_b.py": ONE_TEST, "tests/test_c.py": OTHER_TEST},
    ),
    Pair(
        name="other arguments, and cases that are not written there any more",
        before={
            TEST: CASES.format(cases="1, 2, 3"),
            "tests/test_b.py": CASES.format(cases="1, 2, 3"),
        },
        after={
            TEST: CASES.format(cases="'a'").replace("number", "word"),
            "tests/test_b.py": "def test_it():\n    for number in (1, 2, 3):\n        assert f(number) == g(number)\n",
        },
    ),
    Pair(
        name="a test that is edited, and moves to another class of another file",
        before={TEST: "class TestA:\n    def test_it(self):\n        one()\n        two()\n        assert three()\n"},
        after={
            "tests/test_b.py": "class TestB:\n    def test_it(self):\n        one()\n        six()\n        eight()\n"
            "        assert seven() == 5\n"
        },
    ),
    Pair(
        name="a class and a module that are skipped and move to another file",
        before={
            TEST: "import pytest\n@pytest.mark.skip\nclass TestIt:\n    def test_a(self):\n        assert f()\n",
            "tests/test_b.py": "import pytest\npytestmark = pytest.mark.skip\ndef test_b():\n    assert g()\n",
        },
        after={
            "tests/test_c.py": "import pytest\n@pytest.mark.skip\nclass TestIt:\n    def test_a(self):\n        assert f()\n",
            "tests/test_d.py": "import pytest\npytestmark = pytest.mark.skip\ndef test_b():\n    assert g()\n",
        },
    ),
    Pair(
        name="more cases",
        before={TEST: CASES.format(cases="1, 2")},
        after={TEST: CASES.format(cases="1, 2, 3, 4")},
    ),
    Pair(
        name="tests that become cases",
        before={
            TEST: "def test_a():\n    assert f(1) == 1\n    assert g()\ndef test_b():\n    assert f(2) == 1\n    assert g()\n"
        },
        after={
            TEST: "import pytest\n@pytest.mark.parametrize('x', [1, 2])\ndef test_a(x):\n    assert f(x) == 1\n    assert g()\n"
        },
    ),
    Pair(
        name="assertions that are joined",
        before=in_test('assert x["a"] == 1\nassert x["b"] == 2'),
        after=in_test('assert x == {"a": 1, "b": 2}'),
    ),
    Pair(
        name="assertions that are joined by and",
        before=in_test("assert f()\nassert g()"),
        after=in_test("assert f() and g()"),
    ),
    Pair(
        name="assertions that move into a function",
        before={TEST: "def test_it():\n    assert f() == 1\n    assert g() == 2\n"},
        after={TEST: "def agree():\n    assert f() == 1\n    assert g() == 2\ndef test_it():\n    agree()\n"},
    ),
    Pair(
        name="assertions that move into a function of another file",
        before={TEST: "def test_it():\n    assert f() == 1\n    assert g() == 2\n", "tests/steps.py": ""},
        after={
            TEST: "from tests.steps import agree\ndef test_it():\n    agree()\n",
            "tests/steps.py": "def agree():\n    assert f()\n    assert g()\n",
        },
    ),
    Pair(
        name="functions of the same name in files that have nothing to do with each other",
        before={
            TEST: "def answer():\n    return 1\ndef test_it():\n    assert answer()\n",
            "tests/test_b.py": "def answer():\n    assert f()\n    assert g()\ndef test_b():\n    answer()\n",
        },
        after={
            TEST: "def answer():\n    return 1\ndef test_it():\n    assert answer()\n    assert x.answer()\n",
            "tests/test_b.py": "def reply():\n    assert f()\n    assert g()\ndef test_b():\n    reply()\n",
        },
    ),
    Pair(
        name="assertions that move into a function that is there already",
        before=in_test("assert f() == 1\nassert g() == 2"),
        after=in_test("check_answer(f())"),
    ),
    Pair(
        name="unittest becomes pytest",
        before=in_test("self.assertEqual(f(), 1)\nself.assertTrue(g())"),
        after=in_test("assert f() == 1\nassert g()"),
    ),
    Pair(
        name="a test that never ran",
        before={
            TEST: TWO_TESTS.replace("    def test_two", "    @pytest.mark.skip\n    def test_two").replace(
                "\n    def test_one", "\n    import pytest\n    def test_one"
            )
        },
        after={TEST: ONE_TEST},
    ),
    Pair(
        name="a skip that goes from the module to its tests",
        before={
            TEST: "import pytest\npytestmark = pytest.mark.skip\ndef test_a():\n    assert f()\ndef test_b():\n    assert f()\n"
        },
        after={
            TEST: "import pytest\n@pytest.mark.skip\ndef test_a():\n    assert f()\ndef test_b():\n    assert f()\n"
        },
    ),
    Pair(
        name="a skip with another reason, and one that is gone",
        before={TEST: SKIPPED},
        after={TEST: SKIPPED.replace("slow", "still slow")},
    ),
    Pair(
        name="functions of the service that are called like tests",
        before={"app/probe.py": "def test_connection():\n    assert f()\n"},
        after={"app/probe.py": "x = 1\n"},
    ),
    Pair(
        name="a mark that skips nothing",
        before={TEST: OTHER_TEST},
        after={TEST: "import pytest\n@pytest.mark.slow\n" + dedent(OTHER_TEST).lstrip()},
    ),
    Pair(
        name="stricter tools",
        before=ruff('select = ["E", "F"]\nignore = ["E501", "S101"]'),
        after=ruff('select = ["ALL"]\nignore = ["S101"]'),
    ),
    Pair(
        name="settings that move to another file",
        before={"setup.cfg": "[coverage:report]\nfail_under = 90\nomit = a,b\n", "pyproject.toml": ""},
        after={"setup.cfg": "", "pyproject.toml": '[tool.coverage.report]\nfail_under = 90\nomit = ["a", "b"]\n'},
    ),
    Pair(
        name="what was asserted of an error is asked of pytest.raises",
        before=in_test(
            """
            with pytest.raises(Refused) as told:
                f()
            assert told.value.code == "x"
            """
        ),
        after=in_test(
            """
            with pytest.raises(Refused, check=lambda error: error.code == "x"):
                f()
            """
        ),
    ),
    Pair(
        name="an error caught by hand, then by pytest.raises",
        before=in_test(
            """
            try:
                f()
            except KeyError as error:
                assert str(error) == "no a"
            else:
                raise AssertionError("f() did not raise")
            """
        ),
        after=in_test(
            """
            with pytest.raises(KeyError, match="no a"):
                f()
            """
        ),
    ),
    Pair(
        name="assertions that are joined in a list of dictionaries",
        before=in_test(
            """
            assert errors[0]["type"] == "missing"
            assert errors[0]["loc"] == ("a",)
            assert errors[1]["type"] == "extra"
            assert errors[1]["loc"] == ("b",)
            """
        ),
        after=in_test(
            """
            assert errors == [{"type": "missing", "loc": ("a",)}, {"type": "extra", "loc": ("b",)}]
            """
        ),
    ),
    Pair(
        name="assertions that are joined in what a call is given",
        before=in_test(
            """
            assert parts["text"] == b"abc"
            assert parts["file"] == b"def"
            """
        ),
        after=in_test(
            """
            assert content == b"".join([b"abc", b"--", b"def"])
            """
        ),
    ),
    Pair(
        name="assertions that are joined in a text of several lines",
        before=in_test(
            """
            assert "one" in out
            assert "two" in out
            """
        ),
        after=in_test(
            """
            assert out == "one\\ntwo\\n"
            """
        ),
    ),
    Pair(
        name="a test that is moved and written anew under its telling name",
        before={
            TEST: """
                def test_multiple_of_int_is_valid():
                    class Model(BaseModel):
                        a: conint(multiple_of=5)
                    assert Model(a=10).a == 10
            """
        },
        after={
            "tests/types/test_int.py": """
                def test_multiple_of_int_is_valid():
                    assert FIVES.takes(10)
            """
        },
    ),
    Pair(
        name="cases that get a name",
        before={TEST: CASES.format(cases="1, 2")},
        after={TEST: CASES.replace("[{cases}]", "NUMBERS")},
    ),
    Pair(
        name="cases that a function gives",
        before={TEST: CASES.format(cases="1, 2")},
        after={TEST: CASES.replace('"number", [{cases}]', "**numbers()")},
    ),
    Pair(
        name="what was asserted twice of an error is asked at once",
        before=in_test(
            """
            with pytest.raises(Refused) as told:
                f()
            assert told.value.code == "x"
            assert told.value.message == "no"
            """
        ),
        after=in_test(
            """
            with pytest.raises(Refused, check=lambda error: error.code == "x" and error.message == "no"):
                f()
            """
        ),
    ),
    Pair(
        name="a test that is parted in two",
        before={
            TEST: """
                def test_factory():
                    first = make({"a": 1})
                    assert first.errors == ["a"]
                    assert first.calls == 1
                    second = make({"b": 2})
                    assert second.errors == ["b"]
                    assert second.calls == 2
            """
        },
        after={
            TEST: """
                def test_factory_of_a():
                    first = make({"a": 1})
                    assert first.errors == ["a"]
                    assert first.calls == 1

                def test_factory_of_b():
                    second = make({"b": 2})
                    assert second.errors == ["b"]
                    assert second.calls == 2
            """
        },
    ),
    Pair(
        name="a case that stood there twice",
        before={TEST: CASES.format(cases="1, 2, 1")},
        after={TEST: CASES.format(cases="1, 2")},
    ),
    Pair(
        name="two tests that become cases of one that is called much the same",
        before={
            TEST: """
                @pytest.mark.parametrize("name", ["a", "b"])
                def test_streams_deprecated(name):
                    with pytest.warns(DeprecationWarning, match=name):
                        getattr(package.streams, name)

                @pytest.mark.parametrize("name", ["c", "d"])
                def test_utilities_deprecated(name):
                    with pytest.warns(DeprecationWarning, match=name):
                        getattr(package.utils, name)
            """
        },
        after={
            TEST: """
                import pytest

                @pytest.mark.parametrize(
                    ("module", "name", "target"),
                    [(p.streams, "a", p.a), (p.streams, "b", p.b), (p.utils, "c", p.c), (p.utils, "d", p.d)],
                )
                def test_attribute_deprecated(module, name, target):
                    with pytest.warns(DeprecationWarning, match=name):
                        value = getattr(module, name)

                    assert value == target
            """
        },
    ),
    Pair(
        name="pytest's strict mode, which has all that was strict",
        before=pytest_options('xfail_strict = true\naddopts = "--strict-markers --strict-config"'),
        after={"pyproject.toml": "[tool.pytest]\nstrict = true\n"},
    ),
    Pair(
        name="what was strict, under its new name",
        before=pytest_options('xfail_strict = true\naddopts = "--strict-markers"'),
        after={"pyproject.toml": "[tool.pytest]\nstrict_xfail = true\nstrict_markers = true\n"},
    ),
    Pair(
        name="ruff's settings move below lint",
        before={"pyproject.toml": '[tool.ruff]\nselect = ["E", "F"]\nignore = ["E501"]\n'},
        after={"pyproject.toml": '[tool.ruff.lint]\nselect = ["E", "F"]\nextend-ignore = ["E501"]\n'},
    ),
    Pair(
        name="a threshold that rises",
        before=coverage("fail_under = 80"),
        after=coverage(
            "fail_under = 95\nskip_covered = true\n"
            r'exclude_lines = ["pragma: no cover", "# *(pragma|PRAGMA)[: ]?\\s*(no|NO)\\s*(cover|COVER)"]'
        ),
    ),
    Pair(
        name="options of pytest that hide nothing",
        before=pytest_options('addopts = "-q"\nfilterwarnings = ["ignore"]'),
        after=pytest_options(
            'addopts = "-ra --strict-markers -p pytester -W error"\nfilterwarnings = ["ignore", "once"]'
        ),
    ),
    Pair(
        name="other parts of the same file",
        before={"pyproject.toml": '[project]\nversion = "1"\n[tool.ruff.lint]\nignore = ["E501"]\n'},
        after={"pyproject.toml": '[project]\nversion = "2"\n[tool.ruff.lint]\nignore = [\n    "E501",\n]\n'},
    ),
    Pair(
        name="a stricter workflow",
        before=workflow(step="with: { coverage-threshold: 80 }"),
        after=workflow(step="continue-on-error: false\n            with: { coverage-threshold: 95, comment: never }"),
    ),
    Pair(
        name="a use that moves to another job and file",
        before=workflow(step="with: { coverage-threshold: 95 }"),
        after={
            ".github/workflows/gate.yml": "on:\n  pull_request:\njobs:\n  other:\n    steps:\n"
            "      - uses: example/quality-gate@v1\n        with: { coverage-threshold: 95 }\n"
        },
    ),
    Pair(
        name="inputs of which the run says what is wrong, and a workflow that runs on more",
        before={
            PIPELINE: REUSED.format(inputs="coverage-threshold: 95").replace(
                "on: pull_request", "on: {pull_request: {branches: [main]}}"
            )
        },
        after={
            PIPELINE: REUSED.format(inputs="coverage-threshold: much").replace(
                "on: pull_request", "on: {pull_request: {types: [labeled, opened, reopened, synchronize]}}"
            )
        },
    ),
    Pair(
        name="an operation that is called otherwise, and one that was for everybody",
        before={"access-policy.yml": "operations:\n  GET /a/{id}: owner\n  GET /b: public\n"},
        after={"access-policy.yml": "operations:\n  GET /a/{task_id}: owner\n"},
    ),
    Pair(
        name="a policy that is stricter",
        before={"access-policy.yml": "operations:\n  GET /a: public\n"},
        after={"access-policy.yml": "operations:\n  GET /a: owner\n  GET /b: public\n"},
    ),
]


@pytest.mark.parametrize("pair", WEAKER, ids=lambda pair: pair.name)
def test_what_is_weaker_is_told(pair: Pair) -> None:
    assert sorted(weakenings(pair)) == sorted(pair.told)


@pytest.mark.parametrize("pair", HARMLESS, ids=lambda pair: pair.name)
def test_what_is_harmless_weakens_nothing(pair: Pair) -> None:
    assert weakenings(pair) == {}


def test_each_thing_has_its_kind_and_its_place() -> None:
    before = {
        "access-policy.yml": "operations:\n  GET /a: owner\n  'GET /b': owner\n",
        "pytest.ini": "[pytest]\ntestpaths = a b\n",
        TEST: dedent(TWO_TESTS) + "def test_three():\n    assert f()\n",
        PIPELINE: WORKFLOW.format(job="a: b", step="with: {}"),
    }
    after = {
        "access-policy.yml": "operations:\n  GET /a: owner\n  'GET /b': public\nwaivers:\n"
        '  - rule: list-leaks\n    operation: "GET /c"\n    expires: 2027-01-31\n',
        "pytest.ini": "[pytest]\naddopts = -q\ntestpaths = a\n",
        TEST: "import pytest\n@pytest.mark.skip\n" + dedent(ONE_TEST).lstrip() + "def test_three():\n    f()  # noqa\n",
        PIPELINE: WORKFLOW.format(job="a: b", step="continue-on-error: true"),
    }
    files = [
        ChangedText(path=path, base_path=path, before=text, after=dedent(after[path])) for path, text in before.items()
    ]
    gates = {gate.id: gate.options for gate in GATES.values()}
    found = find_weakenings(files, gates=gates, chosen=CHOSEN_AUTOMATICALLY)
    assert sorted((one.kind.value, str(one.location)) for one in found) == [
        ("configuration", PIPELINE),
        ("configuration", "access-policy.yml:3"),
        ("configuration", "pytest.ini:3"),
        ("deleted-assertion", f"{TEST}:7"),
        ("deleted-test", TEST),
        ("skip", f"{TEST}:2"),
        ("suppression", f"{TEST}:8"),
        ("waiver", "access-policy.yml:6"),
    ]


def test_what_is_added_is_told_at_its_line() -> None:
    before = {"a.py": "x = 1  # noqa\ny = 2\nz = 3\n"}
    after = {"a.py": "x = 1  # noqa\ny = 2\nz = 3  # noqa\n"}
    assert weakenings(Pair(name="", before=before, after=after)) == {'adds "# noqa"': "a.py:3"}


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ("x = 1  # noqa", {"0.py": "x = 1  # noqa", "a.py": "x = 1  # noqa"}, "0.py:1"),
        ("x = 1  # noqa", {"a.py": "y = 2  # noqa", "b.py": "x = 1  # noqa"}, "a.py:1"),
        ("x = 1  # noqa", {"0.py": "y = 2  # noqa", "a.py": "x = 3  # noqa"}, "0.py:1"),
    ],
    ids=["copied", "moved, and another put in its place", "altered, and another put elsewhere"],
)
def test_of_suppressions_that_are_alike_the_one_is_told_that_is_new(
    before: str, after: dict[str, str], place: str
) -> None:
    assert weakenings(Pair(name="", before={"a.py": before}, after=after)) == {'adds "# noqa"': place}


def test_of_more_than_anybody_reads_the_first_are_told_in_their_order_and_then_how_many_there_are() -> None:
    lines = "".join(f"x = {at}  # noqa: E{at}\n" for at in range(1_003))
    found = weakenings(Pair(name="", before={"a.py": ""}, after={"a.py": lines}))
    assert [*found.values()] == [*(f"a.py:{at}" for at in range(1, 1_001)), "None"]
    assert [*found][-1] == "weakens the gate in 3 more places"

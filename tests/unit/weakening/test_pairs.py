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
        name="in a file that is no Python yet",
        before={"a.py": "x = 1\n"},
        after={"a.py": 'x = (1  # noqa: F821\ny = "# noqa: E501"\n'},
        told=('adds "# noqa: F821"',),
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
        name="pytest runs less",
        before=pytest_options('addopts = "-q --strict-markers --cov-fail-under=90"\ntestpaths = ["tests", "more"]'),
        after=pytest_options(
            'addopts = "-q -k \'not slow\' --ignore=tests/b --cov-fail-under=50"\ntestpaths = ["tests"]'
        ),
        told=(
            "adds -k not slow to pytest's addopts",
            "adds --ignore tests/b to pytest's addopts",
            "lowers --cov-fail-under in pytest's addopts from 90 to 50",
            "takes --strict-markers out of pytest's addopts",
            "takes more out of pytest's testpaths",
        ),
    ),
    Pair(
        name="pytest forgives more",
        before=pytest_options('xfail_strict = true\nfilterwarnings = ["error"]'),
        after=pytest_options('filterwarnings = ["error", "ignore::DeprecationWarning"]'),
        told=(
            "switches pytest's xfail_strict off",
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
]

HARMLESS = [
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
        after=workflow(step="with: { coverage-threshold: 95, comment: never }"),
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


def test_what_is_added_is_told_at_its_line() -> None:
    before = {"a.py": "x = 1  # noqa\ny = 2\nz = 3\n"}
    after = {"a.py": "x = 1  # noqa\ny = 2\nz = 3  # noqa\n"}
    assert weakenings(Pair(name="", before=before, after=after)) == {'adds "# noqa"': "a.py:3"}

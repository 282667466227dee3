"""Every workflow, action and example of this repository, as GitHub's own parser reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.testbed.leaving_out import part
from tests.testbed.workflow_parser import WorkflowParser, workflow_parser

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
FILES = {
    str(path.relative_to(ROOT)): path.read_text("utf-8")
    for pattern in ("action.yml", "*/action.yml", ".github/workflows/*.yml", "examples/*.yml")
    for path in sorted(ROOT.glob(pattern))
    if path.name != "gitlab-ci.yml"
}
JOB = "on: push\njobs:\n  one:\n    runs-on: ubuntu-latest\n"
BROKEN = {
    "expression.yml": JOB + '    steps:\n      - run: echo "${{ job.services.db.ports["5432"] }}"\n',
    "context.yml": JOB + "    env:\n      A: ${{ steps.one.outputs.a }}\n    steps:\n      - run: ls\n",
    "key.yml": JOB + "    retries: 3\n    steps:\n      - run: ls\n",
    "step.yml": JOB + "    steps:\n      - name: neither run nor uses\n",
    "needs.yml": JOB + "    needs: two\n    steps:\n      - run: ls\n",
    "permission.yml": JOB + "    permissions:\n      comments: write\n    steps:\n      - run: ls\n",
    "input.yml": "on: push\njobs:\n  one:\n    uses: $/.github/workflows/gate.yml\n    with:\n      no-such-input: a\n",
    "secret.yml": "on: push\njobs:\n  one:\n    uses: $/.github/workflows/gate.yml\n    secrets:\n      token: a\n",
    "folder/action.yml": "name: A\ndescription: A\nruns:\n  using: composite\n  steps:\n    - run: no shell\n",
}


@pytest.fixture(scope="module")
def parser() -> WorkflowParser:
    with part("workflow parser"):
        return workflow_parser()


def test_githubs_parser_accepts_every_file(parser: WorkflowParser) -> None:
    assert {"action.yml", "composite/action.yml", ".github/workflows/gate.yml", "examples/minimal.yml"} <= set(FILES)
    found = parser.mistakes(FILES)
    assert set(found) == set(FILES)
    assert {name: mistakes for name, mistakes in found.items() if mistakes} == {}


def test_githubs_parser_refuses_each_that_is_broken(parser: WorkflowParser) -> None:
    found = parser.mistakes({**BROKEN, ".github/workflows/gate.yml": FILES[".github/workflows/gate.yml"]})
    assert {name for name in BROKEN if not found[name]} == set()
    assert found[".github/workflows/gate.yml"] == []

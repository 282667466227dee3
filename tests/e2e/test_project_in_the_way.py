"""A project whose names and settings would get in the gate's way, were they ever imported by it."""

from __future__ import annotations

import pytest

from tests.e2e.service import FAILING, SMALL, Service, tell, use, workflow
from tests.fakes.github_api import FakeGitHub

pytestmark = pytest.mark.e2e

IN_THE_WAY = {
    **SMALL,
    "gate/__init__.py": "WIDTH = 3\n",
    "gate/__main__.py": 'raise SystemExit("this is the project\'s own gate")\n',
    "gate/cli.py": "def main():\n    return 0\n",
    "psutil.py": 'raise RuntimeError("the project\'s own psutil")\n',
    "conftest.py": "from gate import WIDTH\n\nassert WIDTH == 3\n",
    "tests/test_gate.py": "from gate import WIDTH\nfrom gate.cli import main\n\n\ndef test_own_gate():\n"
    "    assert (WIDTH, main()) == (3, 0)\n",
}
LOUD = 'import sys\n\nprint("::error::sitecustomize was imported")\nprint("noise", file=sys.stderr)\n'
RAISING = 'raise RuntimeError("sitecustomize was imported")\n'


def project(sitecustomize: str, more: str = "") -> dict[str, str]:
    files = workflow(
        use(),
        tell(verdict="${{ steps.gate.outputs.verdict }}", tests="${{ steps.gate.outputs.tests }}"),
        env={"PYTHONPATH": ".", "PYTHONSAFEPATH": "", "PIP_TARGET": "elsewhere", "UV_PROJECT_ENVIRONMENT": "elsewhere"},
    )
    tests = SMALL["tests/test_prices.py"] + more
    own = {"sitecustomize.py": sitecustomize, "tests/test_prices.py": tests, ".github/workflows/gate.yml": files}
    return {**IN_THE_WAY, **own}


def test_it_is_gated_rightly(service: Service, github: FakeGitHub) -> None:
    service.push(project(LOUD))
    green = service.run(run_id=1)
    assert green.exit_code == 0, green.log
    assert green.outputs["gate"]["after"] == {"verdict": "passed", "tests": "2"}
    assert [one for one in green.annotations if "sitecustomize" in one.message] == []

    service.push(project(RAISING, FAILING))
    red = service.run(run_id=2)
    assert red.exit_code != 0
    assert red.outputs["gate"]["after"] == {"verdict": "failed", "tests": "3"}, red.log
    [body] = github.bodies()
    assert "tests/test_prices.py#L10" in body

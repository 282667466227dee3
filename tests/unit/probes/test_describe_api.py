"""How the probe that generates a document ends, whatever the project's import has left behind."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROBE = Path(__file__).parents[3] / "gate" / "probes" / "describe_api.py"
MEASURING = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_PROCESS")}
APPLICATION = """
class Application:
    def openapi(self):
        return {"openapi": "3.1.0"}

    async def __call__(self, scope, receive, send): ...

app = Application()
"""
A_THREAD_THAT_NEVER_ENDS = "import threading\nthreading.Thread(target=threading.Event().wait).start()\n"
A_CHILD_THAT_FAILS = "import os\nif os.fork() == 0:\n    raise SystemExit('of the child')\n"
A_CHILD_THAT_FAILS_FIRST = f"{A_CHILD_THAT_FAILS}os.wait()\n"


def described(folder: Path, source: str, seconds: str = "60") -> tuple[int, dict[str, object], bool]:
    """Return the status, the announcement and whether there is a document."""
    (folder / "out").mkdir()
    (folder / "service.py").write_text(source)
    argv = (sys.executable, PROBE, "service:app", folder / "out", seconds)
    ended = subprocess.run(argv, cwd=folder, env={"PATH": os.defpath, **MEASURING}, check=False, timeout=30)
    announced = json.loads((folder / "out" / "announcement.json").read_text())
    return ended.returncode, announced, (folder / "out" / "document").exists()


@pytest.mark.parametrize("before", ["", A_THREAD_THAT_NEVER_ENDS, A_CHILD_THAT_FAILS, A_CHILD_THAT_FAILS_FIRST])
def test_what_an_import_leaves_running_holds_nothing_up_and_says_nothing(tmp_path: Path, before: str) -> None:
    status, announced, has_document = described(tmp_path, before + APPLICATION)
    assert (status, announced, has_document) == (0, {"state": "ready"}, True)


def test_a_failed_import_ends_too_when_it_has_started_a_thread(tmp_path: Path) -> None:
    status, announced, has_document = described(tmp_path, f"{A_THREAD_THAT_NEVER_ENDS}raise KeyError('SETTING')\n")
    assert (status, announced["state"], has_document) == (3, "failed", False)


def test_an_import_that_never_ends_is_killed_after_its_time(tmp_path: Path) -> None:
    status, announced, has_document = described(tmp_path, "import time\ntime.sleep(60)\n", seconds="1")
    assert (status, announced["state"], has_document) == (-14, "importing", False)

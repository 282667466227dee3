"""`release/publish`, the last step of a release, with a `gh` that writes down what it was asked."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
COMMIT = "1234567890" * 4
GH = f"""#!{sys.executable}
import json, os, sys
with open(os.environ["ASKED"], "a") as asked:
    notes = sys.stdin.read() if "--notes-file" in sys.argv else ""
    asked.write(json.dumps([sys.argv[1:], notes]) + "\\n")
missing = ["repos/{{owner}}/{{repo}}/git/ref/tags/v1", "view"] if os.environ["FIRST"] == "yes" else []
sys.exit(any(word in sys.argv for word in missing))
"""


@pytest.mark.parametrize(("first", "method"), [("yes", "POST"), ("no", "PATCH")])
def test_the_release_comes_first_and_the_floating_tag_last(tmp_path: Path, first: str, method: str) -> None:
    shutil.copytree(ROOT / "release", tmp_path / "release")
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## [1.2.3] - 2026-12-01\n\n- Something new.\n")
    gh = tmp_path / "bin" / "gh"
    gh.parent.mkdir()
    gh.write_text(GH)
    gh.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{gh.parent}:{os.environ['PATH']}",
        "ASKED": str(tmp_path / "asked"),
        "FIRST": first,
    }
    command = [str(tmp_path / "release" / "publish"), "v1.2.3", COMMIT]
    subprocess.run(command, env=environment, check=True, cwd=tmp_path, timeout=60)
    asked = [json.loads(line) for line in (tmp_path / "asked").read_text().splitlines()]
    made = [(words[:3], notes) for words, notes in asked if words[:2] == ["release", "create"]]
    assert made == ([(["release", "create", "v1.2.3"], "- Something new.\n")] if first == "yes" else [])
    last = asked[-1]
    assert last[0][:3] == ["api", "--method", method]
    assert f"sha={COMMIT}" in last[0]
    assert any("tags/v1" in word and "v1." not in word for word in last[0])

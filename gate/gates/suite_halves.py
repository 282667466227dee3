"""How one suite of pytest is parted into unit and integration tests, and how its plug-in is spoken to.

The plug-in itself runs in the project's interpreter: `gate/probes/pytest_plugin/`.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import gate.probes
from gate.context import Context

PLUGIN = "quality_gate_selection"
PLUGIN_FOLDER = Path(gate.probes.__file__).parent / "pytest_plugin"
PLUGIN_VARIABLE = "QUALITY_GATE_PYTEST"
_MARKER = re.compile(r"\bmark\.integration\b|add_marker\([^)\n]*integration")


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What the plug-in noted last: pytest's root, how many tests it set out to run, and one that was running.

    `left_out` are tests of the same kind that pytest's options or a conftest.py took away.
    """

    root: Path | None = None
    selected: int | None = None
    left_out: int = 0
    running: str = ""


def parse_progress(content: str | None) -> Progress:
    """Read the plug-in's note. The project's tests could have written it too: nothing in it is trusted."""
    try:
        state = json.loads(content or "{}")
    except (ValueError, RecursionError):
        return Progress()
    if not isinstance(state, dict):
        return Progress()
    root, selected, running = state.get("rootdir"), state.get("selected"), state.get("running")
    left_out = state.get("left_out")
    names = [name for name in running if isinstance(name, str)] if isinstance(running, list) else []
    return Progress(
        root=Path(root) if isinstance(root, str) and root and "\0" not in root else None,
        selected=selected if isinstance(selected, int) else None,
        left_out=left_out if isinstance(left_out, int) else 0,
        running=names[0] if names else "",
    )


def has_tests(ctx: Context) -> bool:
    """Tell whether any file looks like one of tests."""
    return any(_looks_like_test(path) for path in ctx.project.files)


def has_integration_path(ctx: Context) -> bool:
    """Tell whether `integration` stands in the path of any Python file."""
    return any("integration" in path.lower() and path.endswith(".py") for path in ctx.project.files)


def uses_marker(ctx: Context) -> bool:
    """Tell whether any file of tests uses the marker `integration`; if none does, half of them need not be imported."""
    python = [path for path in ctx.project.files if _looks_like_test(path) or path.endswith("conftest.py")]
    return any(_MARKER.search(content) for content in ctx.project_texts(*python).values())


def _looks_like_test(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.endswith(".py") and (name.startswith("test") or name.endswith(("_test.py", "tests.py")))

"""Reviews a copy of sample_service with a mutant in it, by the command itself."""

import json
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.mutation_api.mutant import Mutant
from tests.mutation_api.reading import Review, parse_review

SAMPLE = Path(__file__).parents[2] / "sample_service"
COMMAND = Path(sys.executable).with_name("quality-gate")
# Of a review, in seconds: the environment is kept from one to the next, so that the first alone takes longer.
_TIMEOUT = 240
_MOST_SHOWN = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """A mutant (None: the service as it is) with what the review made of it; `trouble` where there was no review."""

    mutant: Mutant | None
    seconds: float
    review: Review | None = None
    trouble: str = ""


def read_service() -> dict[str, str]:
    """Return the text of what mutants change, by path."""
    found = (path for folder in ("app", "migrations") for path in sorted((SAMPLE / folder).rglob("*.py")))
    return {path.relative_to(SAMPLE).as_posix(): path.read_text("utf-8") for path in found}


def review(mutant: Mutant | None, folder: Path, options: tuple[str, ...] = ()) -> Reviewed:
    """Review a mutant in a new folder; `options` are more of the command's own."""
    began = time.monotonic()
    service, out = folder / "service", folder / "report"
    ignored = shutil.ignore_patterns(".venv", "quality-gate-report", ".*_cache", ".coverage*", "__pycache__")
    shutil.copytree(SAMPLE, service, ignore=ignored)
    for path, text in mutant.applied(read_service()).items() if mutant else ():
        (service / path).write_text(text, "utf-8")
    command = (COMMAND, "run", service, "--gates", "access-review", "--postgres", "embedded", "--out", out)
    limit = ("--set", f"timeout={_TIMEOUT}")
    ended = subprocess.run((*command, *limit, *options), capture_output=True, text=True, check=False)
    seconds = time.monotonic() - began
    try:
        found = parse_review(json.loads((out / "report.json").read_text("utf-8")))
    except (OSError, KeyError, ValueError) as error:
        last = "\n".join((ended.stdout + ended.stderr).splitlines()[-_MOST_SHOWN:])
        return Reviewed(
            mutant=mutant, seconds=seconds, trouble=f"no review ({error!r}), status {ended.returncode}:\n{last}"
        )
    trouble = "" if found.ran else f"{found.outcome}: {found.reason}"
    return Reviewed(mutant=mutant, seconds=seconds, review=found, trouble=trouble)

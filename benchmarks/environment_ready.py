"""The project's environment ready, its packages cached: ours against bare uv doing the same installation.

Ours is the real `ProjectEnvironments`, each time with an empty folder of kept environments.
"""

import asyncio
import shlex
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from comparison import BIN, ROOT, Arguments, Result, compare, main, plain_environment, seconds_of
from sample_copy import copied

LIMIT = 1.3

sys.path.insert(0, str(ROOT))


def measure(arguments: Arguments) -> Sequence[Result]:
    """Compare pairs."""
    with tempfile.TemporaryDirectory(prefix="quality-gate-benchmark-", ignore_cleanup_errors=True) as scratch:
        place = Path(scratch)
        project = copied(place / "service")
        env = plain_environment()
        env["PATH"] = ":".join(part for part in env["PATH"].split(":") if Path(part) != BIN)

        def ours() -> float:
            shutil.rmtree(place / "kept", ignore_errors=True)
            return _made(project, place / "kept", place / "install.log", env)

        uv = BIN / "uv"
        python = place / "bare" / "bin" / "python"
        words = (
            (uv, "venv", "--quiet", "--python", "3.11", python.parents[1]),
            (
                uv,
                "pip",
                "install",
                "--quiet",
                "--python",
                python,
                "-r",
                "requirements.txt",
                "-r",
                "requirements-dev.txt",
            ),
            (uv, "pip", "install", "--quiet", "--python", python, "--no-deps", "-e", "."),
        )
        script = " && ".join(shlex.join(map(str, command)) for command in words)

        def theirs() -> float:
            shutil.rmtree(place / "bare", ignore_errors=True)
            return seconds_of(("/bin/sh", "-c", script), env=env | {"UV_NO_CONFIG": "1"}, cwd=project)

        return [compare("environment ready, packages cached, against bare uv", LIMIT, ours, theirs, arguments)]


def _made(project: Path, kept: Path, log: Path, env: dict[str, str]) -> float:
    from gate.adapters.environment import ProjectEnvironments
    from gate.adapters.processes import ProcessRunner
    from gate.adapters.project_files import read_project
    from gate.configuration import Sources, read_configuration
    from gate.gates import GATES

    found = read_project(project)
    gates = {gate.id: gate.options for gate in GATES.values()}
    config = read_configuration(Sources(folder=project, file=None, assignments=(), environment={}, gates=gates))

    async def ready() -> None:
        processes = ProcessRunner()
        environments = ProjectEnvironments(
            processes, project=found, config=config, environment=env, folder=kept, log=log
        )
        await environments.ready()

    start = time.perf_counter()
    asyncio.run(ready())
    return time.perf_counter() - start


if __name__ == "__main__":
    main(measure, runs=10)

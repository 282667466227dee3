"""Runs the benchmarks, each in a process of its own, and prints the table; exits with 1 where a limit is exceeded.

`--only start,report` runs some of them. `--quick` is for CI, whose machines are busy: few repetitions, only what is
quick, and limits twice as wide. Otherwise the table is kept in results.json, from which README.md has it.
"""

import argparse
import json
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SCRIPTS = (
    *("start", "environment_ready", "postgres_start", "report", "compare", "growth", "review_growth", "load_accuracy"),
    *("latency_verdict", "latency_false_alarms", "whole_run", "seed_steps", "page"),
)
QUICK = ("start", "environment_ready", "report")
_BEGIN, _END = "<!-- results -->\n", "<!-- end of results -->\n"


def measured(script: str, *, quick: bool) -> list[dict[str, Any]]:
    """Run a script and return its results."""
    command = [sys.executable, str(HERE / f"{script}.py"), "--json", *(["--quick"] if quick else [])]
    completed = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    results = [json.loads(line) for line in completed.stdout.splitlines() if line.startswith("{")]
    if not results:
        sys.exit(f"{script}.py measured nothing (exit status {completed.returncode})")
    return results


def row(result: dict[str, Any]) -> str:
    """Write a result as a row of the table."""
    unit = result.get("unit", "×")
    digits = 0 if unit == "MB" else 2
    cells = (
        result["name"],
        f"{result['ratio']:.{digits}f} {unit}",
        f"{result['limit']:g} {unit}",
        f"{result['ours_seconds']:.3f} s",
        f"{result['theirs_seconds']:.3f} s",
        str(result["runs"]),
        "kept" if result["passed"] else "**exceeded**",
    )
    return f"| {' | '.join(cells)} |\n"


def table(results: list[dict[str, Any]]) -> str:
    """Write all results."""
    head = "| what | measured | limit | ours | theirs | pairs | |\n|---|---|---|---|---|---|---|\n"
    return head + "".join(map(row, results))


def keep(results: list[dict[str, Any]]) -> None:
    """Write results.json and the table of README.md; of scripts that did not run, the older results stay."""
    path = HERE / "results.json"
    older = json.loads(path.read_text(encoding="utf-8"))["results"] if path.exists() else []
    by_name = {result["name"]: result for result in [*older, *results]}
    machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    kept = {"day": f"{datetime.now(UTC):%Y-%m-%d}", "machine": machine, "results": list(by_name.values())}
    path.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    readme = HERE / "README.md"
    before, _, rest = readme.read_text(encoding="utf-8").partition(_BEGIN)
    after = rest.partition(_END)[2]
    text = f"{before}{_BEGIN}\n{kept['day']}, {machine}\n\n{table(kept['results'])}\n{_END}{after}"
    readme.write_text(text, encoding="utf-8")


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--quick", action="store_true", help="few repetitions, limits twice as wide, nothing kept")
    parser.add_argument("--only", metavar="LIST", help=f"some of {', '.join(SCRIPTS)}")
    given = parser.parse_args()
    chosen = given.only.split(",") if given.only else (QUICK if given.quick else SCRIPTS)
    if unknown := set(chosen) - set(SCRIPTS):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(SCRIPTS)}")
    results = [result for script in chosen for result in measured(script, quick=given.quick)]
    if given.quick:
        results = [
            result | {"limit": 2 * result["limit"], "passed": result["ratio"] <= 2 * result["limit"]}
            for result in results
        ]
    else:
        keep(results)
    print(table(results))
    sys.exit(not all(result["passed"] for result in results))


if __name__ == "__main__":
    main()

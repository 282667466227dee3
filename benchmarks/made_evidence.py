"""Makes what tools would have written about a large project: JUnit, coverage and ruff files, the same every time.

Run as a script: `made_evidence.py FOLDER [TESTS] [FILES]`. Judges nothing.
"""

import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

TESTS, JUNIT_FILES, COVERED_FILES, FINDINGS = 100_000, 50, 2_000, 5_000
_CASES_A_FILE = 40
_TRACEBACK = """client = &lt;TestClient object at 0x7f&gt;

    def {name}(client):
        answer = client.post("/tasks", json={{"title": "x" * 300}})
&gt;       assert answer.status_code == 422
E       assert 201 == 422
E        +  where 201 = &lt;Response [201 Created]&gt;.status_code

{file}:{line}: AssertionError
----------------------------- Captured stdout call -----------------------------
{output}"""


def junit(number: int, tests: int, rng: random.Random) -> str:
    """Return a file as pytest writes it with `junit_family=xunit1`: 1 % of the tests fail, 2 % are skipped."""
    body = "".join(_case(number, at, rng) for at in range(tests))
    head = f'<testsuite name="pytest" errors="0" failures="{tests // 100}" skipped="{tests // 50}" tests="{tests}"'
    when = 'time="12.345" timestamp="2026-11-23T10:00:00.000000+00:00" hostname="runner"'
    return f'<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests">{head} {when}>{body}</testsuite></testsuites>'


def _case(number: int, at: int, rng: random.Random) -> str:
    module = f"test_area_{number}_{at // _CASES_A_FILE}"
    file, name, line = f"tests/unit/{module}.py", f"test_answers_{at}[{rng.choice('abc')}-{at % 7}]", 10 + at % 900
    classname = f"tests.unit.{module}" + (".TestTasks" if at % 3 else "")
    head = f'<testcase classname="{classname}" name="{name}" file="{file}" line="{line}" time="{rng.random() / 9:.3f}"'
    if at % 100 == 7:
        output = "\n".join(f"log line {n} of request {rng.random()}" for n in range(20))
        text = _TRACEBACK.format(name=name, file=file, line=line + 2, output=escape(output))
        message = quoteattr("assert 201 == 422\n +  where 201 = <Response [201 Created]>.status_code")
        return f"{head}><failure message={message}>{text}</failure></testcase>"
    if at % 50 == 3:
        return f'{head}><skipped type="pytest.skip" message="needs a printer">{file}:{line}: needs one</skipped></testcase>'
    return f"{head} />"


def coverage(files: int, rng: random.Random) -> dict[str, object]:
    """Return coverage.py's JSON (format 3), with its regions, of files of some 150 lines."""
    entries = {f"app/area_{n % 40}/module_{n}.py": _covered(rng) for n in range(files)}
    summaries = [entry["summary"] for entry in entries.values()]
    names = ("covered_lines", "num_statements", "missing_lines", "excluded_lines", "num_branches", "covered_branches")
    totals = {name: sum(summary[name] for summary in summaries) for name in names}
    meta = {"format": 3, "version": "7.17.3", "branch_coverage": True, "show_contexts": False}
    return {"meta": meta, "files": entries, "totals": totals}


def _covered(rng: random.Random) -> dict[str, object]:
    lines = sorted(rng.sample(range(1, 260), 150))
    functions = {f"function_{n}": _region(lines[n * 15 : n * 15 + 15], rng) for n in range(10)}
    return {**_region(lines, rng), "functions": functions, "classes": {"": _region(lines, rng)}}


def _region(lines: list[int], rng: random.Random) -> dict[str, object]:
    missing = [line for line in lines if rng.random() < 0.06]
    jumps = [[line, line + 4] for line in missing[::3]]
    branches = max(len(lines) // 5, len(jumps))
    return {
        "executed_lines": [line for line in lines if line not in missing],
        "summary": {
            "covered_lines": len(lines) - len(missing),
            "num_statements": len(lines),
            "percent_covered": 94.0,
            "percent_covered_display": "94",
            "missing_lines": len(missing),
            "excluded_lines": 0,
            "num_branches": branches,
            "num_partial_branches": len(jumps),
            "covered_branches": branches - len(jumps),
            "missing_branches": len(jumps),
        },
        "missing_lines": missing,
        "excluded_lines": [],
        "executed_branches": [[line, line + 1] for line in lines[::7]],
        "missing_branches": jumps,
    }


def violations(number: int, rng: random.Random) -> Iterator[dict[str, object]]:
    """Return what `ruff check --output-format=json` prints."""
    for at in range(number):
        row = rng.randrange(1, 250)
        yield {
            "cell": None,
            "code": rng.choice(("F401", "E501", "B008", "ANN201")),
            "end_location": {"column": 20, "row": row},
            "filename": f"/project/app/area_{at % 40}/module_{at % COVERED_FILES}.py",
            "fix": {
                "applicability": "safe",
                "edits": [
                    {
                        "content": "",
                        "end_location": {"column": 1, "row": row + 1},
                        "location": {"column": 1, "row": row},
                    }
                ],
                "message": "Remove it",
            },
            "location": {"column": 8, "row": row},
            "message": f"`module_{at}` imported but unused",
            "name": "unused-import",
            "noqa_row": row,
            "severity": "error",
            "url": "https://docs.astral.sh/ruff/rules/unused-import",
        }


def make(
    folder: Path, *, tests: int = TESTS, junit_files: int = JUNIT_FILES, files: int = COVERED_FILES, seed: int = 3
) -> None:
    """Write everything into `folder`: the same files every time, and others for another `seed`."""
    rng = random.Random(seed)  # noqa: S311 - nothing is kept secret by it
    (folder / "junit").mkdir(parents=True)
    for number in range(junit_files):
        (folder / "junit" / f"{number:03}.xml").write_text(junit(number, tests // junit_files, rng), encoding="utf-8")
    (folder / "coverage.json").write_text(json.dumps(coverage(files, rng)), encoding="utf-8")
    found = list(violations(FINDINGS, rng))
    (folder / "ruff.json").write_text(json.dumps(found, indent=2), encoding="utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1]), **dict(zip(("tests", "files"), map(int, sys.argv[2:]), strict=False)))

"""Combines coverage data and writes the reports, in the project's interpreter and with its configuration.

Run as a script with one argument, a JSON object: `files` (coverage data), `folder` (where reports go),
`combined` (the file for the combined data), `config_file` (or null for the project's own), `leave_out`
(patterns of test files, used only where the project configures no scope), `for_merge` (true in a shard: write the
JSON report alone), `changed` (a file that lists, as JSON, the files of the source that the change touches; null for
none), `told` (the file for what no report tells, as JSON: `unmeasured`, the lines of those of them that no data
mentions, and `unparsed`, a line and a reason for each file that coverage.py cannot parse and drops silently),
`folders` (in a merge: where the project lay when the data was measured; else null), `root` (in a
merge: the folder of the repository). A merge may hold a token: what the configuration says beside scope and figures,
and what lies outside the repository, is left out there. Must import nothing but the standard library and coverage, work
with Python 3.7 and coverage 5.0, and never judge. Prints one JSON object.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import re
import sys
import tempfile
import warnings
from typing import Any, Iterator

import coverage
from coverage import CoverageException

_SCOPE = ("run:omit", "run:include", "report:omit", "report:include")
# https://coverage.readthedocs.io/en/latest/messages.html#warning-couldnt-parse; not of sources that are gone.
_UNPARSED = (
    re.compile(r"Couldn't parse Python file '(.+)' \(couldnt-parse\)", re.DOTALL),
    re.compile(r"Couldn't parse '(.+?)': (?!No source for code)", re.DOTALL),
)


def write_reports(order: dict[str, Any]) -> dict[str, Any]:
    """Write every report; return what the project's configuration says of them."""
    cov = coverage.Coverage(data_file=order["combined"], config_file=order["config_file"] or True)
    cov.set_option("report:ignore_errors", True)
    cov.set_option("run:disable_warnings", [])
    left_out = [*order["leave_out"], *_not_the_projects()]
    if left_out:
        own: Any = cov.get_option("report:omit")
        cov.set_option("report:omit", [*left_out, *(own or ())])
    if order["folders"] is not None:
        _confine(cov)
        # Data of shards, each measured in a folder of its own; these are the same sources.
        own_paths: Any = cov.get_option("paths")
        cov.set_option("paths", {**(own_paths or {}), "quality-gate": [os.getcwd(), *order["folders"]]})
    # Before 5.5 it could not keep the files, which nothing else reads.
    keep = {"keep": True} if coverage.version_info >= (5, 5) else {}
    cov.combine(data_paths=order["files"], strict=True, **keep)
    if order["folders"] is not None:
        _leave_out_what_lies_outside(cov, os.path.realpath(order["root"]))
    cov.save()
    said: dict[str, Any] = {
        "version": coverage.__version__,
        "fail_under": cov.get_option("report:fail_under"),
        "precision": cov.get_option("report:precision"),
    }
    unmeasured: dict[str, list[int]] = {}
    with _warnings() as warned:
        if order["for_merge"]:
            _report_for_merge(cov, os.path.join(order["folder"], "coverage.json"))
        else:
            _report(cov, order["folder"])
        if order["changed"] is not None:
            # Last: it looks with another scope.
            with open(order["changed"], encoding="utf-8") as names:
                unmeasured = _unmeasured(cov, json.load(names))
    if order["changed"] is not None:
        with open(order["told"], "w", encoding="utf-8") as file:
            json.dump({"unmeasured": unmeasured, "unparsed": _unparsed(warned)}, file)
    return said


def _report(cov: coverage.Coverage, folder: str) -> None:
    cov.json_report(outfile=os.path.join(folder, "coverage.json"))
    cov.xml_report(outfile=os.path.join(folder, "coverage.xml"))
    cov.html_report(directory=os.path.join(folder, "html"))
    with open(os.path.join(folder, "coverage.txt"), "w", encoding="utf-8") as file:
        cov.report(file=file, show_missing=True)


def _unmeasured(cov: coverage.Coverage, paths: list[str]) -> dict[str, list[int]]:
    """Return the lines that can run of those files that the data never mentions and no setting leaves out."""
    measured = {os.path.realpath(path) for path in cov.get_data().measured_files()}
    unknown = [path for path in paths if os.path.realpath(path) not in measured]
    if not unknown:
        return {}
    options: dict[str, Any] = {name: cov.get_option(name) or [] for name in _SCOPE}
    omit = [*options["run:omit"], *options["report:omit"]]
    include = options["report:include"] or options["run:include"]
    with tempfile.TemporaryDirectory() as folder:
        outfile = os.path.join(folder, "unmeasured.json")
        try:
            cov.json_report(morfs=unknown, outfile=outfile, omit=omit or None, include=include or None)
        except CoverageException:
            # All of them are left out, or no Python.
            return {}
        with open(outfile, encoding="utf-8") as file:
            files = json.load(file)["files"]
    return {path: entry["missing_lines"] for path, entry in files.items()}


@contextlib.contextmanager
def _warnings() -> Iterator[list[str]]:
    """Give what is warned of within, each once. The environment cannot make errors of it, which would drop files."""
    said: list[str] = []
    # Before 6.0 coverage.py wrote its warnings itself.
    errors = io.StringIO()
    with warnings.catch_warnings(record=True) as warned, contextlib.redirect_stderr(errors):
        warnings.simplefilter("always")
        try:
            yield said
        finally:
            lines = [*errors.getvalue().splitlines(), *(str(warning.message) for warning in warned)]
            said.extend(dict.fromkeys(lines))
    sys.stderr.writelines(line + "\n" for line in said)


def _unparsed(warned: list[str]) -> dict[str, tuple[int, str]]:
    """Return the files that coverage.py cannot parse: the line on which Python stumbles (0: not told), and why."""
    here = os.path.realpath(os.getcwd())
    found = {}
    for line in warned:
        named = next(filter(None, (form.search(line) for form in _UNPARSED)), None)
        path = os.path.realpath(named.group(1)) if named else ""
        if os.path.isfile(path):
            found[os.path.relpath(path, here)] = _trouble(path)
    return found


def _trouble(path: str) -> tuple[int, str]:
    try:
        with open(path, "rb") as file:
            compile(file.read(), path, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    except SyntaxError as error:
        return error.lineno or 0, error.msg
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        return 0, str(error)
    return 0, ""


def _confine(cov: coverage.Coverage) -> None:
    """Forget what modules the configuration would have imported, and what other files read or written."""
    nothing: dict[str, Any] = {"run:plugins": [], "run:debug": [], "run:debug_file": None, "html:extra_css": None}
    for option, value in nothing.items():
        try:
            cov.set_option(option, value)
        except CoverageException:
            continue  # this version has no such option


def _leave_out_what_lies_outside(cov: coverage.Coverage, root: str) -> None:
    """Show no file of the merge's machine that hostile data or a link names: JSON, for one, reads as Python."""
    outside = set()
    for path in cov.get_data().measured_files():
        place = os.path.realpath(path)
        if not place.startswith(os.path.join(root, "")):
            outside |= {path, place}
    if outside:
        own: Any = cov.get_option("report:omit")
        cov.set_option("report:omit", [*(own or ()), *sorted(outside)])


def _report_for_merge(cov: coverage.Coverage, path: str) -> None:
    """Write the JSON report; of a part of the tests that runs nothing of the source, an empty one."""
    try:
        cov.json_report(outfile=path)
    except CoverageException as error:
        if not str(error).startswith("No data to report"):
            raise
        totals = dict.fromkeys(("covered_lines", "num_statements"), 0)
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"files": {}, "totals": totals}, file)


def _not_the_projects() -> list[str]:
    """Return the pattern of the gate's own files: where no source is named, coverage counts the plug-in too."""
    here = os.path.dirname(os.path.realpath(__file__))
    return [] if here.startswith(os.path.join(os.path.realpath(os.getcwd()), "")) else [os.path.join(here, "*")]


if __name__ == "__main__":
    try:
        print(json.dumps(write_reports(json.loads(sys.argv[1]))))
    except CoverageException as error:
        print(json.dumps({"error": str(error)}))
        sys.exit(1)

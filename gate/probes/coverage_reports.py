"""Combines coverage data and writes the reports, in the project's interpreter and with its configuration.

Run as a script with one argument, a JSON object: `files` (coverage data), `folder` (where reports go),
`combined` (the file for the combined data), `config_file` (or null for the project's own), `leave_out`
(patterns of test files, used only where the project configures no scope). Must import nothing but the standard
library and coverage, work with Python 3.7 and coverage 5.0, and never judge. Prints one JSON object.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import coverage
from coverage import CoverageException


def write_reports(order: dict[str, Any]) -> dict[str, Any]:
    """Write every report; return what the project's configuration says of them."""
    cov = coverage.Coverage(data_file=order["combined"], config_file=order["config_file"] or True)
    cov.set_option("report:ignore_errors", True)
    left_out = [*order["leave_out"], *_not_the_projects()]
    if left_out:
        own: Any = cov.get_option("report:omit")
        cov.set_option("report:omit", [*left_out, *(own or ())])
    # Before 5.5 it could not keep the files, which nothing else reads.
    keep = {"keep": True} if coverage.version_info >= (5, 5) else {}
    cov.combine(data_paths=order["files"], strict=True, **keep)
    cov.save()
    said = {
        "version": coverage.__version__,
        "fail_under": cov.get_option("report:fail_under"),
        "precision": cov.get_option("report:precision"),
    }
    folder = order["folder"]
    cov.json_report(outfile=os.path.join(folder, "coverage.json"))
    cov.xml_report(outfile=os.path.join(folder, "coverage.xml"))
    cov.html_report(directory=os.path.join(folder, "html"))
    with open(os.path.join(folder, "coverage.txt"), "w", encoding="utf-8") as file:
        cov.report(file=file, show_missing=True)
    return said


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

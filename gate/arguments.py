"""The arguments of the command `quality-gate`, verb by verb."""

import argparse

from gate import __version__

REPORT_FOLDER = "quality-gate-report"


def parser() -> argparse.ArgumentParser:
    """Return what reads the arguments, for who has to know the verb before it is run."""
    parser = argparse.ArgumentParser(
        prog="quality-gate",
        description="Decides whether a change to a Python service may ship.",
        epilog="exit status: 0 passed, 1 a gate failed, 2 configuration or usage, 3 a gate could not run, "
        "130 interrupted",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"quality-gate {__version__}")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, (purpose, add) in _VERBS.items():
        add(verbs.add_parser(name, help=purpose, allow_abbrev=False))
    return parser


def _add_path(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("path", nargs="?", default=".", metavar="PATH", help="the project's folder (default: this one)")


def _add_assignments(verb: argparse.ArgumentParser, example: str) -> None:
    verb.add_argument(
        "--set",
        dest="assignments",
        action="append",
        default=[],
        metavar="GATE.OPTION=VALUE",
        help=f"set an option, such as {example}; may be given again",
    )


def _add_out(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--out", metavar="DIR", help=f"where the report goes (default: {REPORT_FOLDER})")


def _add_in_action(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--in-action", action="store_true", help=argparse.SUPPRESS)


def _add_run(run: argparse.ArgumentParser) -> None:
    _add_path(run)
    run.add_argument("--gates", metavar="LIST", help="the gates to run, divided by commas")
    run.add_argument("--postgres", metavar="WHERE", help="auto, off, local, embedded, docker, or the URL of a server")
    run.add_argument(
        "--changed", action="store_true", help="only the fast gates, on what was changed: not the whole verdict"
    )
    run.add_argument("--shard", metavar="N/TOTAL", help="run only this part of the tests, such as 2/8")
    run.add_argument("--workers", metavar="N", help="auto, or how many processes share a suite, each with a database")
    _add_assignments(run, "coverage.threshold=95")
    _add_out(run)
    run.add_argument("--config", metavar="FILE", help="a configuration file instead of the project's own")
    run.add_argument("--fail-fast", action="store_true", help="stop the other gates at the first that fails")
    run.add_argument("--exit-zero", action="store_true", help="exit with 0 whatever the verdict is")
    _add_in_action(run)


def _add_checklist(checklist: argparse.ArgumentParser) -> None:
    checklist.add_argument("--report", metavar="DIR", help="tick it by what the report in this folder measured")


def _add_fetch_base(fetch: argparse.ArgumentParser) -> None:
    _add_path(fetch)
    fetch.add_argument("--out", metavar="DIR", help="where it goes (default: below RUNNER_TEMP)")


def _add_init(init: argparse.ArgumentParser) -> None:
    _add_path(init)
    init.add_argument("--dry-run", action="store_true", help="print what would be written")
    init.add_argument("--no-run", action="store_true", help="do not run the gates to see how the project stands today")


def _add_access_review(review: argparse.ArgumentParser) -> None:
    _add_path(review)
    review.add_argument(
        "--init",
        action="store_true",
        required=True,
        help="review the service, and write access-policy.yml where there is none; never overwrites one",
    )
    _add_assignments(review, "app=main:app")
    _add_out(review)


def _add_openapi(openapi: argparse.ArgumentParser) -> None:
    _add_path(openapi)
    openapi.add_argument(
        "--write",
        action="store_true",
        required=True,
        help="write it over the committed document, in the form that that has, or to a new openapi.json",
    )
    _add_assignments(openapi, "openapi.document=docs/openapi.yaml")


def _add_merge(merge: argparse.ArgumentParser) -> None:
    merge.add_argument(
        "folders", nargs="+", metavar="FOLDER", help="a folder that a shard's run has made, or a folder of such folders"
    )
    _add_out(merge)
    merge.add_argument(
        "--project",
        default=".",
        metavar="PATH",
        help="the project's folder, for coverage's report in HTML (default: this one)",
    )
    _add_in_action(merge)


def _add_render(page: argparse.ArgumentParser) -> None:
    page.add_argument(
        "--report",
        default=REPORT_FOLDER,
        metavar="PATH",
        help="a report.json, or the folder that it is in (default: %(default)s)",
    )
    page.add_argument("--out", metavar="FILE", help="where the page goes (default: report.html beside report.json)")


def _add_show(page: argparse.ArgumentParser) -> None:
    _add_render(page)
    page.add_argument("--no-open", action="store_true", help="only say where the page is")


def _add_publish(publish: argparse.ArgumentParser) -> None:
    publish.add_argument(
        "--comment", choices=("always", "on-failure", "on-change", "never"), help="when to comment (default: always)"
    )
    publish.add_argument(
        "--elsewhere",
        action="store_true",
        help="publish what other jobs left, in --report or in the run that the event names: comments and statuses only",
    )
    publish.add_argument("--report", metavar="DIR", help=f"the folder of the report (default: {REPORT_FOLDER})")


def _add_enforce(enforce: argparse.ArgumentParser) -> None:
    enforce.add_argument(
        "--report",
        default=REPORT_FOLDER,
        metavar="DIR",
        help="the folder of the report (default: %(default)s)",
    )
    enforce.add_argument(
        "--needs",
        action="store_true",
        help="hold instead that every job succeeded which QUALITY_GATE_NEEDS, GitHub's `needs` as JSON, names",
    )


# In the order of `quality-gate --help`: as one meets them, those for a laptop before those for a workflow.
_VERBS = {
    "init": ("write a workflow and the configuration that is found", _add_init),
    "run": ("run the gates on a project and write a report", _add_run),
    "show": ("make the page report.html and open it in a browser", _add_show),
    "render": ("make the page report.html from a report.json", _add_render),
    "checklist": ("print the checklist as Markdown, for the template of a pull request", _add_checklist),
    "access-review": ("draft who each operation is meant for", _add_access_review),
    "openapi": ("write the document that the service generates", _add_openapi),
    "merge": ("make one report of those of all shards", _add_merge),
    "fetch-base": ("fetch what GitHub has of the commit that a change is compared with", _add_fetch_base),
    "publish": ("write a report to the job summary and the pull request", _add_publish),
    "enforce": ("exit with the status of a report's verdict", _add_enforce),
}

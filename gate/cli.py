"""The command `quality-gate`: arguments, verbs, exit codes. Imports a verb's modules only when it is asked for."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

from gate import __version__

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

COULD_NOT_RUN = 3
INTERRUPTED = 130
_REPORT_FOLDER = "quality-gate-report"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status: 0 passed, 1 failed, 2 usage, 3 could not decide, 130 interrupted."""
    if (sys.argv[1:] if argv is None else argv) == ["--version"]:
        # To read arguments takes longer than Python takes to start.
        print(f"quality-gate {__version__}")
        return 0
    arguments = parser().parse_args(argv)
    from gate.adapters.standard_streams import forgive_deaf_streams

    forgive_deaf_streams()
    collect_rarely()
    try:
        return _VERBS[arguments.verb](arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception:  # noqa: BLE001 - our own fault must not look like the change's
        import traceback

        traceback.print_exc()
        print("quality-gate: internal error; please report it with the lines above", file=sys.stderr)
        return COULD_NOT_RUN


def collect_rarely() -> None:
    """Look for circular garbage less often: a large report is a million objects, and none of them garbage."""
    gc.set_threshold(1_000_000, 20, 20)


def _run(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from gate.compose import RunArguments, run

    return run(
        RunArguments(
            path=Path(arguments.path),
            out=Path(arguments.out) if arguments.out else None,
            config=Path(arguments.config) if arguments.config else None,
            assignments=(
                *arguments.assignments,
                *(f"{key}={value}" for key, value in _top_level(arguments).items() if value is not None),
            ),
            exit_zero=arguments.exit_zero,
            in_action=arguments.in_action,
            changed=arguments.changed,
        ),
        dict(os.environ),
    )


def _top_level(arguments: argparse.Namespace) -> dict[str, str | None]:
    return {
        "gates": arguments.gates,
        "postgres": arguments.postgres,
        "fail-fast": "true" if arguments.fail_fast else None,
        "shard": arguments.shard,
        "workers": arguments.workers,
    }


def _publish(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from gate.compose_publishing import publish, publish_elsewhere

    if arguments.elsewhere:
        folder = Path(arguments.report) if arguments.report else None
        return publish_elsewhere(folder, arguments.comment, dict(os.environ))
    folder = Path(_REPORT_FOLDER if arguments.report is None else arguments.report)
    return publish(folder, arguments.comment, dict(os.environ))


def _enforce(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from gate.compose import enforce, enforce_needs

    if arguments.needs:
        return enforce_needs(os.environ.get("QUALITY_GATE_NEEDS", ""))
    if not arguments.report:
        # What a step that came to nothing leaves as its output. As a folder it would be the checkout, whose
        # report.json anybody may have written.
        print("Quality Gate could not decide: the run left no report")
        return COULD_NOT_RUN
    return enforce(Path(arguments.report))


def _init(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from gate.init import InitArguments, init

    chosen = InitArguments(path=Path(arguments.path), dry_run=arguments.dry_run, run_gates=not arguments.no_run)
    return init(chosen, dict(os.environ))


def _merge(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from gate.compose_merge import MergeArguments, merge_shards

    return merge_shards(
        MergeArguments(
            folders=tuple(Path(folder) for folder in arguments.folders),
            project=Path(arguments.project),
            out=Path(arguments.out) if arguments.out else None,
            in_action=arguments.in_action,
        ),
        dict(os.environ),
    )


def _access_review(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from gate.policy_init import init_policy

    out = Path(arguments.out) if arguments.out else None
    return init_policy(Path(arguments.path), tuple(arguments.assignments), out, dict(os.environ))


def _openapi(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from gate.openapi_write import write_document

    return write_document(Path(arguments.path), tuple(arguments.assignments), dict(os.environ))


def _page(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from gate.compose_page import PageArguments, show_page

    chosen = PageArguments(
        report=Path(arguments.report),
        out=Path(arguments.out) if arguments.out else None,
        opens=arguments.verb == "show" and not arguments.no_open,
    )
    return show_page(chosen, dict(os.environ))


def _fetch_base(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from gate.compose_fetching import fetch_base

    return fetch_base(Path(arguments.path), Path(arguments.out) if arguments.out else None, dict(os.environ))


def _checklist(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from gate.checklist import checklist

    return checklist(Path(arguments.report) if arguments.report else None, print)


_VERBS = {
    "checklist": _checklist,
    "run": _run,
    "fetch-base": _fetch_base,
    "merge": _merge,
    "init": _init,
    "access-review": _access_review,
    "openapi": _openapi,
    "render": _page,
    "show": _page,
    "publish": _publish,
    "enforce": _enforce,
}


def parser() -> argparse.ArgumentParser:
    """Return what reads the arguments, for who has to know the verb before it is run."""
    import argparse

    parser = argparse.ArgumentParser(
        prog="quality-gate",
        description="Decides whether a change to a Python service may ship.",
        epilog="exit status: 0 passed, 1 a gate failed, 2 configuration or usage, 3 a gate could not run, "
        "130 interrupted",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"quality-gate {__version__}")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    _add_run(verbs.add_parser("run", help="run the gates on a project and write a report", allow_abbrev=False))
    checklist = verbs.add_parser(
        "checklist", help="print the checklist as Markdown, for the template of a pull request", allow_abbrev=False
    )
    checklist.add_argument("--report", metavar="DIR", help="tick it by what the report in this folder measured")
    fetch = verbs.add_parser(
        "fetch-base", help="fetch what GitHub has of the commit that a change is compared with", allow_abbrev=False
    )
    fetch.add_argument("path", nargs="?", default=".", metavar="PATH", help="the project's folder (default: this one)")
    fetch.add_argument("--out", metavar="DIR", help="where it goes (default: below RUNNER_TEMP)")
    init = verbs.add_parser("init", help="write a workflow and the configuration that is found", allow_abbrev=False)
    init.add_argument("path", nargs="?", default=".", metavar="PATH", help="the project's folder (default: this one)")
    init.add_argument("--dry-run", action="store_true", help="print what would be written")
    init.add_argument("--no-run", action="store_true", help="do not run the gates to see how the project stands today")
    _add_access_review(
        verbs.add_parser("access-review", help="draft who each operation is meant for", allow_abbrev=False)
    )
    _add_openapi(verbs.add_parser("openapi", help="write the document that the service generates", allow_abbrev=False))
    _add_merge(verbs.add_parser("merge", help="make one report of those of all shards", allow_abbrev=False))
    _add_page(verbs.add_parser("render", help="make the page report.html from a report.json", allow_abbrev=False))
    show = verbs.add_parser("show", help="make the page report.html and open it in a browser", allow_abbrev=False)
    _add_page(show)
    show.add_argument("--no-open", action="store_true", help="only say where the page is")
    publish = verbs.add_parser(
        "publish", help="write a report to the job summary and the pull request", allow_abbrev=False
    )
    publish.add_argument(
        "--comment", choices=("always", "on-failure", "on-change", "never"), help="when to comment (default: always)"
    )
    publish.add_argument(
        "--elsewhere",
        action="store_true",
        help="publish what other jobs left, in --report or in the run that the event names: comments and statuses only",
    )
    publish.add_argument("--report", metavar="DIR", help=f"the folder of the report (default: {_REPORT_FOLDER})")
    enforce = verbs.add_parser("enforce", help="exit with the status of a report's verdict", allow_abbrev=False)
    enforce.add_argument(
        "--report",
        default=_REPORT_FOLDER,
        metavar="DIR",
        help="the folder of the report (default: %(default)s)",
    )
    enforce.add_argument(
        "--needs",
        action="store_true",
        help="hold instead that every job succeeded which QUALITY_GATE_NEEDS, GitHub's `needs` as JSON, names",
    )
    return parser


def _add_page(page: argparse.ArgumentParser) -> None:
    page.add_argument(
        "--report",
        default=_REPORT_FOLDER,
        metavar="PATH",
        help="a report.json, or the folder that it is in (default: %(default)s)",
    )
    page.add_argument("--out", metavar="FILE", help="where the page goes (default: report.html beside report.json)")


def _add_access_review(review: argparse.ArgumentParser) -> None:
    review.add_argument("path", nargs="?", default=".", metavar="PATH", help="the project's folder (default: this one)")
    review.add_argument(
        "--init",
        action="store_true",
        required=True,
        help="review the service, and write access-policy.yml where there is none; never overwrites one",
    )
    review.add_argument(
        "--set",
        dest="assignments",
        action="append",
        default=[],
        metavar="GATE.OPTION=VALUE",
        help="set an option, such as app=main:app; may be given again",
    )
    review.add_argument("--out", metavar="DIR", help=f"where the report goes (default: {_REPORT_FOLDER})")


def _add_openapi(openapi: argparse.ArgumentParser) -> None:
    openapi.add_argument(
        "path", nargs="?", default=".", metavar="PATH", help="the project's folder (default: this one)"
    )
    openapi.add_argument(
        "--write",
        action="store_true",
        required=True,
        help="write it over the committed document, in the form that that has, or to a new openapi.json",
    )
    openapi.add_argument(
        "--set",
        dest="assignments",
        action="append",
        default=[],
        metavar="GATE.OPTION=VALUE",
        help="set an option, such as openapi.document=docs/openapi.yaml; may be given again",
    )


def _add_merge(merge: argparse.ArgumentParser) -> None:
    import argparse

    merge.add_argument(
        "folders", nargs="+", metavar="FOLDER", help="a folder that a shard's run has made, or a folder of such folders"
    )
    merge.add_argument("--out", metavar="DIR", help=f"where the report goes (default: {_REPORT_FOLDER})")
    merge.add_argument(
        "--project",
        default=".",
        metavar="PATH",
        help="the project's folder, for coverage's report in HTML (default: this one)",
    )
    merge.add_argument("--in-action", action="store_true", help=argparse.SUPPRESS)


def _add_run(run: argparse.ArgumentParser) -> None:
    import argparse

    run.add_argument("path", nargs="?", default=".", metavar="PATH", help="the project's folder (default: this one)")
    run.add_argument("--gates", metavar="LIST", help="the gates to run, divided by commas")
    run.add_argument("--postgres", metavar="WHERE", help="auto, off, local, embedded, docker, or the URL of a server")
    run.add_argument(
        "--changed", action="store_true", help="only the fast gates, on what was changed: not the whole verdict"
    )
    run.add_argument("--shard", metavar="N/TOTAL", help="run only this part of the tests, such as 2/8")
    run.add_argument("--workers", metavar="N", help="auto, or how many processes share a suite, each with a database")
    run.add_argument(
        "--set",
        dest="assignments",
        action="append",
        default=[],
        metavar="GATE.OPTION=VALUE",
        help="set an option, such as coverage.threshold=95; may be given again",
    )
    run.add_argument("--out", metavar="DIR", help="where the report goes (default: quality-gate-report)")
    run.add_argument("--config", metavar="FILE", help="a configuration file instead of the project's own")
    run.add_argument("--fail-fast", action="store_true", help="stop the other gates at the first that fails")
    run.add_argument("--exit-zero", action="store_true", help="exit with 0 whatever the verdict is")
    run.add_argument("--in-action", action="store_true", help=argparse.SUPPRESS)

"""The command `quality-gate`: verbs, exit codes. Imports a verb's modules only when it is asked for."""

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


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status: 0 passed, 1 failed, 2 usage, 3 could not decide, 130 interrupted."""
    if (sys.argv[1:] if argv is None else argv) == ["--version"]:
        # To read arguments takes longer than Python takes to start.
        print(f"quality-gate {__version__}")
        return 0
    from gate.arguments import parser

    arguments = parser().parse_args(argv)
    from gate.adapters.standard_streams import forgive_deaf_streams

    forgive_deaf_streams()
    collect_rarely()
    try:
        return _VERBS[arguments.verb](arguments)
    except KeyboardInterrupt:
        left = ": nothing was decided" if arguments.verb == "run" else " before it was done"
        print(f"quality-gate: {arguments.verb} was interrupted{left}", file=sys.stderr)
        return INTERRUPTED
    except Exception:  # noqa: BLE001 - our own fault must not look like the change's
        import traceback

        from gate.render.escape import console_line

        # The fault may tell what it met in a file of the change: of several lines, some a command to the runner.
        told = "\n".join(map(console_line, traceback.format_exc().splitlines()))
        print(told, "quality-gate: internal error; please report it with the lines above", sep="\n", file=sys.stderr)
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

    from gate.arguments import REPORT_FOLDER
    from gate.compose_publishing import publish, publish_elsewhere

    if arguments.elsewhere:
        folder = Path(arguments.report) if arguments.report else None
        return publish_elsewhere(folder, arguments.comment, dict(os.environ))
    folder = Path(REPORT_FOLDER if arguments.report is None else arguments.report)
    return publish(folder, arguments.comment, dict(os.environ))


def _enforce(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from gate.enforce import enforce, enforce_needs

    if arguments.needs:
        return enforce_needs(os.environ.get("QUALITY_GATE_NEEDS", ""), print)
    if not arguments.report:
        # What a step that came to nothing leaves as its output. As a folder it would be the checkout, whose
        # report.json anybody may have written.
        print("Quality Gate could not decide: the run left no report")
        return COULD_NOT_RUN
    return enforce(Path(arguments.report), print)


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

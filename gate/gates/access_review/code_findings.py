"""What ruff's rules `S` find in a service's source: findings beside those of the running service."""

import re

from gate.context import Context
from gate.domain.finding import Finding, Location, Severity
from gate.formats import UnreadableError
from gate.formats.ruff_output import Violation, check_options, parse_violations
from gate.gates.access_review.options import GATE_ID
from gate.ports import CannotRun, ProjectEnvironment

# Asserts, texts that look like passwords, and random numbers for no secret: each is right far more often than not.
_LEFT_OUT = "S101,S105,S106,S107,S311"
_ASIDE = "tests,test,migrations"
_TEST = re.compile(r"(^|/)(test_[^/]*|[^/]*_test|conftest)\.py$")


async def code_findings(ctx: Context, environment: ProjectEnvironment) -> tuple[Finding, ...]:
    """Return what is found, but for the tests; nothing where ruff cannot be had, which gate `lint` tells."""
    folder = ctx.scratch_folder(GATE_ID)
    out, log = folder / "security.json", folder / "security.log"
    only = ("--select", "S", "--ignore", _LEFT_OUT, "--isolated", "--exclude", _ASIDE)
    try:
        ruff = await ctx.tool("ruff", None)
        env = ctx.child_environment(environment, None)
        await ctx.run(str(ruff), "check", *check_options("", str(out)), *only, ".", env=env, log=log)
        violations = parse_violations(ctx.read_text(out) or "[]")
    except (CannotRun, UnreadableError):
        return ()
    return tuple(_finding(ctx, one) for one in violations if not _TEST.search(one.path))


def _finding(ctx: Context, violation: Violation) -> Finding:
    return Finding(
        gate=GATE_ID,
        rule_id=violation.rule,
        severity=Severity.WARNING,
        message=violation.message,
        location=Location(path=ctx.project.located(violation.path), line=violation.line, column=violation.column),
        help_url=violation.url,
    )

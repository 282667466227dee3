"""The deep stage: Schemathesis on the running service, with the checks that are right about a service nearly always.

Its others tell of undocumented status codes by the dozen on clean services, and its check of owners replays reading
requests only: what they are for, the review itself asks.
"""

from dataclasses import dataclass

from gate.context import Context
from gate.domain.finding import Finding, Severity
from gate.formats import UnreadableError
from gate.formats.schemathesis_report import parse_schemathesis_report
from gate.gates.access_review.caller import Credentials
from gate.gates.access_review.options import GATE_ID
from gate.ports import CannotRun, Command, ProjectEnvironment
from gate.service_ports import Service

VERSION = "4.32.5"
_CHECKS = "not_a_server_error,use_after_free"
_MOST_EXAMPLES = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepAsking:
    """In whose name is asked, and which operations are not: those that would end that user."""

    credentials: Credentials
    left_out: tuple[str, ...] = ()


async def deep_findings(
    ctx: Context, environment: ProjectEnvironment, service: Service, document: str, asking: DeepAsking
) -> tuple[Finding, ...]:
    """Fuzz the service in the name of a user of its own; what is found are warnings.

    Raises:
        CannotRun: Schemathesis cannot be installed, or did not come to an end.
    """
    program = await ctx.tool("schemathesis", VERSION)
    ctx.used("schemathesis", VERSION)
    folder = ctx.scratch_folder("deep")
    described, out = folder / "openapi.json", folder / "report.json"
    log = ctx.folder / "logs" / f"{GATE_ID}-deep.log"
    ctx.write_text(described, document)
    headers = [word for name, value in asking.credentials.headers for word in ("--header", f"{name}: {value}")]
    headers += [word for operation in asking.left_out for word in ("--exclude-name", operation)]
    limits = ("--max-examples", str(_MOST_EXAMPLES), "--request-timeout", "10")
    argv = (
        *(str(program), "run", str(described), "--url", service.origin, "--checks", _CHECKS, *headers, *limits),
        *("--report", "json", "--report-json-path", str(out), "--no-color", "--continue-on-failure", "--seed", "1"),
    )
    env = ctx.child_environment(environment, None)
    # It leaves notes for its next run where it runs: not in the checkout.
    completed = await ctx.processes.run(Command(argv=argv, cwd=folder, env=env, log=log))
    try:
        failures = parse_schemathesis_report(ctx.read_text(out) or "")
    except UnreadableError as error:
        raise CannotRun(f"the deep stage {completed.ended}: {error}", ctx.tail(log)) from None
    return tuple(
        Finding(
            gate=GATE_ID,
            rule_id=f"schemathesis-{failure.code.lower()}",
            severity=Severity.WARNING,
            message=f"{operation}: Schemathesis: {failure.title}; its log has the request",
            help_url="https://schemathesis.readthedocs.io/en/stable/reference/checks/",
        )
        for failure in failures
        for operation in failure.operations
    )

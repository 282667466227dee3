"""Gate `lint`: what ruff finds, with the project's ruff and its configuration. Never changes a file."""

import re
from dataclasses import dataclass

from gate.config.options import flag, option
from gate.context import Context
from gate.domain.finding import Finding, Location, Severity
from gate.domain.measure import Measure, Threshold
from gate.domain.result import Artifact, Judgement, Outcome
from gate.formats import UnreadableError
from gate.formats.ruff_output import Violation, found_no_file, parse_unformatted, parse_violations
from gate.ports import CannotRun, ProjectEnvironment

GATE_ID = "lint"
SARIF_PATH = "lint.sarif"
_PRE_COMMIT_CONFIG = ".pre-commit-config.yaml"
_PRE_COMMIT_PIN = re.compile(r"ruff-pre-commit[\"']?\s*\n(?:\s*#.*\n)*\s*rev:\s*[\"']?v?(\d+\.\d+\.\d+)")
_REQUIREMENT_PIN = re.compile(r"^ruff\s*==\s*(\d+\.\d+\.\d+)", re.MULTILINE)
_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock")
_LOCK_PIN = re.compile(r"^name = \"ruff\"\nversion = \"(\d+\.\d+\.\d+)\"", re.MULTILINE)
_HELP_URL = "https://docs.astral.sh/ruff/"


@dataclass(frozen=True, slots=True, kw_only=True)
class LintOptions:
    """Options of the gate."""

    format: bool = option(flag, default=False, help_text="also fail on files that `ruff format` would change")


@dataclass(frozen=True, slots=True, kw_only=True)
class LintEvidence:
    """What ruff found; `reason` is set instead where there was nothing to lint."""

    violations: tuple[Violation, ...] = ()
    unformatted: tuple[str, ...] = ()
    version: str = ""
    nothing: str = ""
    named: bool = False


class LintGate:
    """Runs ruff."""

    id = GATE_ID
    title = "lint"
    help_url = _HELP_URL
    requires: tuple[str, ...] = ()
    options = LintOptions

    async def collect(self, ctx: Context, options: LintOptions) -> LintEvidence:
        """Run `ruff check`, and `ruff format --check` where asked for."""
        if not any(path.endswith((".py", ".pyi", ".ipynb")) for path in ctx.project.files):
            return LintEvidence(nothing="there is no Python file", named=ctx.named)
        try:
            environment = await ctx.environment()
        except CannotRun:
            # Source can be read where the project cannot be installed; the gates that run it say what is wrong.
            environment = None
        ruff, version = await self._ruff(ctx, environment)
        ctx.used("ruff", version)
        env = ctx.child_environment(environment, None)
        env.pop("RUFF_OUTPUT_FORMAT", None)
        out = ctx.scratch_folder("lint") / "check.json"
        # `fix` and `fix-only` in a project's configuration would make ruff edit the sources.
        options_of_ours = ("--no-fix", "--no-fix-only", "--no-cache", "--output-format=json", f"--output-file={out}")
        completed = await ctx.run(ruff, "check", *options_of_ours, ".", env=env)
        if completed.returncode not in (0, 1):
            raise CannotRun(f"ruff {version} {completed.ended}", ctx.tail())
        try:
            violations = parse_violations(ctx.read_text(out) or "")
        except UnreadableError as error:
            raise CannotRun(str(error), ctx.tail()) from None
        if not violations and found_no_file(ctx.tail().text):
            return LintEvidence(nothing="ruff's configuration leaves out every Python file", named=ctx.named)
        unformatted = await self._unformatted(ctx, ruff, env, bool(violations)) if options.format else ()
        return LintEvidence(
            violations=tuple(_relocated(ctx, violation) for violation in violations),
            unformatted=tuple(ctx.project.located(path) for path in unformatted),
            version=version,
        )

    async def _ruff(self, ctx: Context, environment: ProjectEnvironment | None) -> tuple[str, str]:
        """Return ruff's program and version: the project's own, the one it pins, else ours."""
        if environment is not None and "ruff" in environment.packages:
            own = ctx.find_program("ruff", environment)
            if own:
                return str(own), environment.packages["ruff"]
        pins = [_LOCK_PIN.search(text) for text in ctx.project_texts(*_LOCKS).values()]
        pins += [_PRE_COMMIT_PIN.search(text) for text in ctx.project_texts(_PRE_COMMIT_CONFIG).values()]
        requirements = [path for path in ctx.project.files if _is_requirements(path)]
        pins += [_REQUIREMENT_PIN.search(text) for text in ctx.project_texts(*requirements).values()]
        pinned = next((pin[1] for pin in pins if pin), None)
        program = str(await ctx.tool("ruff", pinned))
        if pinned:
            return program, pinned
        log = ctx.scratch_folder("lint") / "version.txt"
        await ctx.run(program, "--version", env=ctx.child_environment(environment, None), log=log)
        return program, (ctx.read_text(log) or "").removeprefix("ruff").strip()

    async def _unformatted(self, ctx: Context, ruff: str, env: dict[str, str], red: bool) -> tuple[str, ...]:  # noqa: FBT001
        log = ctx.scratch_folder("lint") / "format.txt"
        completed = await ctx.run(ruff, "format", "--check", "--no-cache", ".", env=env, log=log)
        printed = ctx.read_text(log) or ""
        unformatted = parse_unformatted(printed)
        # A file that cannot be parsed ends the formatter, and is already a violation of `ruff check`.
        if completed.returncode == 0 or unformatted or red:
            return unformatted
        raise CannotRun(f"ruff format {completed.ended}", ctx.tail(log))

    def stuck_at(self, ctx: Context) -> str:
        """Nothing to tell: ruff is one step."""
        del ctx
        return ""

    def judge(self, evidence: LintEvidence, options: LintOptions) -> Judgement:
        """Fail on any finding."""
        del options
        if evidence.nothing:
            return (Judgement.errored if evidence.named else Judgement.skipped)(evidence.nothing)
        findings = tuple(_finding(violation) for violation in evidence.violations)
        findings += tuple(
            Finding(
                gate=GATE_ID,
                rule_id="format",
                severity=Severity.ERROR,
                message="ruff format would change this file",
                location=Location(path=path),
                help_url="https://docs.astral.sh/ruff/formatter/",
            )
            for path in evidence.unformatted
        )
        none = Threshold(value=Measure.count("none", 0).value, direction="at-most")
        return Judgement(
            outcome=Outcome.FAILED if findings else Outcome.PASSED,
            reason=f"ruff {evidence.version}",
            measures=(Measure.count("findings", len(findings), threshold=none),),
            findings=findings,
            artifacts=(Artifact(title="SARIF", path=SARIF_PATH),),
        )


def _is_requirements(path: str) -> bool:
    name = path.rpartition("/")[2]
    return "requirements" in path and name.endswith((".txt", ".in"))


def _relocated(ctx: Context, violation: Violation) -> Violation:
    return Violation(
        rule=violation.rule,
        message=violation.message,
        path=ctx.project.located(violation.path),
        line=violation.line,
        column=violation.column,
        end_line=violation.end_line,
        url=violation.url,
    )


def _finding(violation: Violation) -> Finding:
    return Finding(
        gate=GATE_ID,
        rule_id=violation.rule,
        severity=Severity.ERROR,
        message=violation.message,
        location=Location(
            path=violation.path, line=violation.line, end_line=violation.end_line, column=violation.column
        ),
        help_url=violation.url,
    )

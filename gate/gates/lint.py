"""Gate `lint`: what ruff finds, with the project's ruff and its configuration. Never changes a file."""

from dataclasses import dataclass, replace
from pathlib import Path

from gate.config.options import flag, option
from gate.config.weaker import turned_off
from gate.context import Context
from gate.domain.measure import Measure, Threshold
from gate.domain.result import Artifact, Judgement, Outcome
from gate.formats import UnreadableError
from gate.formats.requirement_files import FOLDERS
from gate.formats.ruff_output import (
    Violation,
    check_options,
    complaint,
    found_no_file,
    parse_unformatted,
    parse_violations,
    printed_report,
)
from gate.formats.ruff_pin import PIN_FILES, RuffPin, find_ruff_pin
from gate.gates.lint_base import Known, Ruff, known_in_base
from gate.gates.lint_findings import GATE_ID, findings_of, located
from gate.ports import CannotRun, ProjectEnvironment

SARIF_PATH = "lint.sarif"
_HELP_URL = "https://docs.astral.sh/ruff/"


@dataclass(frozen=True, slots=True, kw_only=True)
class LintOptions:
    """Options of the gate."""

    format: bool = option(
        flag, default=False, help_text="also fail on files that `ruff format` would change", weaker=turned_off
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LintEvidence:
    """What ruff found; `nothing` is set instead where there was nothing to lint.

    `in_base` says of each finding, in their order, whether the base has it too; `unknown` why that is not known, where
    it decides.
    """

    violations: tuple[Violation, ...] = ()
    unformatted: tuple[str, ...] = ()
    version: str = ""
    nothing: str = ""
    named: bool = False
    in_base: Known = ()
    unknown: str = ""


class LintGate:
    """Runs ruff."""

    id = GATE_ID
    title = "lint"
    help_url = _HELP_URL
    requires: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
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
        completed = await ctx.run(ruff, "check", *check_options(version, str(out)), ".", env=env)
        printed = ctx.read_text(ctx.log) or ""
        if completed.returncode not in (0, 1):
            why = complaint(printed)
            raise CannotRun(f"ruff {version} {completed.ended}{': ' if why else ''}{why}", ctx.tail())
        try:
            report = ctx.read_text(out)
            violations = parse_violations(printed_report(printed) if report is None else report)
        except UnreadableError as error:
            raise CannotRun(str(error), ctx.tail()) from None
        if not violations and found_no_file(printed):
            return LintEvidence(nothing="ruff's configuration leaves out every Python file", named=ctx.named)
        unformatted = await self._unformatted(ctx, ruff, env, bool(violations)) if options.format else ()
        violations = located(ctx.project, violations)
        unformatted = tuple(ctx.project.located(path) for path in unformatted)
        found = findings_of(violations, unformatted)
        in_base, unknown = await known_in_base(
            ctx, Ruff(program=ruff, version=version, env=env), found, formatting=options.format
        )
        return LintEvidence(
            violations=violations,
            unformatted=unformatted,
            version=version,
            in_base=in_base,
            unknown=unknown if ctx.config.fail_on == "new" else "",
        )

    async def _ruff(self, ctx: Context, environment: ProjectEnvironment | None) -> tuple[str, str]:
        """Return ruff's program and version: the project's own, the one it pins, else ours."""
        pin = _pin(ctx)
        own = ctx.find_program("ruff", environment) if environment is not None else None
        installed = environment.packages.get("ruff", "") if environment is not None else ""
        if own and installed and pin.version in ("", installed):
            return str(own), installed
        if pin.version:
            return str(await ctx.tool("ruff", pin.version)), pin.version
        try:
            program = str(await ctx.tool("ruff", pin.required or None))
        except CannotRun:
            program = str(await ctx.tool("ruff", None))  # which says itself that another is required
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
        findings = findings_of(evidence.violations, evidence.unformatted)
        if evidence.in_base:
            pairs = zip(findings, evidence.in_base, strict=True)
            findings = tuple(replace(finding, in_base=known) for finding, known in pairs)
        none = Threshold(value=Measure.count("none", 0).value, direction="at-most")
        return Judgement(
            outcome=Outcome.FAILED if findings else Outcome.PASSED,
            reason="; ".join(filter(None, (f"ruff {evidence.version}", evidence.unknown))),
            measures=(Measure.count("findings", len(findings), threshold=none),),
            findings=findings,
            artifacts=(Artifact(title="SARIF", path=SARIF_PATH),),
        )


def _pin(ctx: Context) -> RuffPin:
    """Read which ruff the project pins, in its own folder and in those above it."""
    root = ctx.project.root
    folders = [folder for folder in (ctx.project.folder, *ctx.project.folder.parents) if folder.is_relative_to(root)]
    paths = [folder / name for folder in folders for name in PIN_FILES]
    paths += [ctx.project.folder / path for path in ctx.project.files if _is_requirements(path)]
    texts = {path.relative_to(root).as_posix(): _text(ctx, path) for path in paths}
    return find_ruff_pin({path: text for path, text in texts.items() if text is not None}, ctx.project.place)


def _text(ctx: Context, path: Path) -> str | None:
    try:
        return ctx.read_text(path)
    except CannotRun:
        return None


def _is_requirements(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.endswith((".txt", ".in")) and any(word in path for word in FOLDERS)

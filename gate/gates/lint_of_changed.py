"""Gate `lint` where only some files are of interest: all are linted, for that is quick, and the others left out."""

from dataclasses import replace

from gate.context import Context
from gate.gates.lint import LintEvidence, LintGate, LintOptions


class LintOfChanged(LintGate):
    """Tells what is in `paths`, which are relative to the repository's root, and nothing else."""

    def __init__(self, paths: frozenset[str]) -> None:
        self._paths = paths

    async def collect(self, ctx: Context, options: LintOptions) -> LintEvidence:
        """Run ruff as ever, and leave out what is not asked for."""
        return self.narrowed(await super().collect(ctx, options))

    def narrowed(self, evidence: LintEvidence) -> LintEvidence:
        """Leave out what is of other files."""
        found = (*(violation.path for violation in evidence.violations), *evidence.unformatted)
        known = zip(found, evidence.in_base, strict=True) if evidence.in_base else ()
        return replace(
            evidence,
            violations=tuple(one for one in evidence.violations if one.path in self._paths),
            unformatted=tuple(path for path in evidence.unformatted if path in self._paths),
            in_base=tuple(in_base for path, in_base in known if path in self._paths),
        )

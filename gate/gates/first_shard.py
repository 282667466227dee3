"""Stands in for a gate whose work is not parted, in all shards but the first. Runs nothing."""

from dataclasses import dataclass

from gate.context import Context
from gate.domain.result import Judgement
from gate.gates.protocol import Gate


@dataclass(frozen=True, slots=True)
class InFirstShard:
    """Skipped here; `gate` is the one that runs in the first shard."""

    gate: Gate

    @property
    def id(self) -> str:
        """That of the gate."""
        return self.gate.id

    @property
    def title(self) -> str:
        """That of the gate."""
        return self.gate.title

    @property
    def help_url(self) -> str:
        """That of the gate."""
        return self.gate.help_url

    @property
    def requires(self) -> tuple[str, ...]:
        """Nothing is waited for."""
        return ()

    @property
    def after(self) -> tuple[str, ...]:
        """Nothing is waited for."""
        return ()

    @property
    def options(self) -> type:
        """Those of the gate."""
        return self.gate.options

    async def collect(self, ctx: Context, options: object) -> None:
        """Collect nothing."""

    def stuck_at(self, ctx: Context) -> str:
        """It cannot be stuck."""
        del ctx
        return ""

    def judge(self, evidence: None, options: object) -> Judgement:
        """Say where it runs."""
        del evidence, options
        return Judgement.skipped("runs in the first shard")

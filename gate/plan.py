"""Which gates a run has, in an order in which each comes after those it requires; and those of a shard."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from gate.config.model import Config
from gate.config.options import digest_of
from gate.config.resolve import ConfigurationError
from gate.domain.report import Problem
from gate.formats.shard_notes import RunNote
from gate.gates import CHOSEN_AUTOMATICALLY, IN_EVERY_SHARD
from gate.gates.coverage_judging import GATE_ID as COVERAGE
from gate.gates.coverage_options import CoverageOptions
from gate.gates.first_shard import InFirstShard
from gate.gates.protocol import Gate


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The gates of a run. `named`: the user asked for them, so that one with nothing to do is errored."""

    gates: tuple[Gate, ...]
    named: bool

    @property
    def ids(self) -> frozenset[str]:
        """The ids of the gates."""
        return frozenset(gate.id for gate in self.gates)


def plan_of(config: Config, registry: Mapping[str, Gate]) -> Plan:
    """Choose the gates.

    Raises:
        ConfigurationError: a gate is asked for whose evidence no other gate of the plan collects.
    """
    chosen = config.gates or CHOSEN_AUTOMATICALLY
    gates = tuple(gate for gate in registry.values() if gate.id in chosen)
    ids = {gate.id for gate in gates}
    for gate in gates:
        if gate.requires and ids.isdisjoint(gate.requires):
            raise ConfigurationError(
                [
                    Problem(
                        place="gates",
                        value=gate.id,
                        message=f"{gate.id} needs the evidence of another gate",
                        instead=f"add {' or '.join(gate.requires)}",
                    )
                ]
            )
    if config.shard is not None and not config.shard.is_first:
        gates = tuple(gate if gate.id in IN_EVERY_SHARD else InFirstShard(gate) for gate in gates)
    return Plan(gates=gates, named=config.gates is not None)


def digests_of(config: Config) -> Mapping[str, str]:
    """Return by gate what is the same for the same options."""
    return {gate: digest_of(options) for gate, options in config.options.items()}


def note_of(config: Config, plan: Plan, base: Config | None = None) -> RunNote:
    """Return what shards must agree on beside the tests, for the merge; `base` is the base's configuration, if known.

    Where PostgreSQL is, how long a gate may take and what the tests' variables hold may differ from job to job.
    """
    options = {gate.id: config.options[gate.id] for gate in plan.gates}
    compared = (config.fail_on, config.baseline, config.data_branch)
    running = (config.install, config.python_version, config.fail_fast, config.durations)
    telling = (sorted(plan.ids), options, *running, *compared)
    coverage = options.get(COVERAGE)
    return RunNote(
        configuration=hashlib.sha256(repr(telling).encode("utf-8", "surrogatepass")).hexdigest(),
        named=plan.named,
        threshold=coverage.threshold if isinstance(coverage, CoverageOptions) else None,
        patch_threshold=coverage.patch_threshold if isinstance(coverage, CoverageOptions) else None,
        patch_minimum=coverage.patch_minimum if isinstance(coverage, CoverageOptions) else None,
        max_fall=coverage.max_fall if isinstance(coverage, CoverageOptions) else None,
        error_path_threshold=coverage.error_path_threshold if isinstance(coverage, CoverageOptions) else None,
        fail_on="new" if config.fail_on == "new" else "all",
        baseline=config.baseline,
        data_branch=config.data_branch or "",
        base=tuple(sorted(digests_of(base or config).items())),
    )

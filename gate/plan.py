"""Which gates a run has, in an order in which each comes after those it requires."""

from collections.abc import Mapping
from dataclasses import dataclass

from gate.config.model import Config
from gate.config.resolve import ConfigurationError
from gate.domain.report import Problem
from gate.gates import CHOSEN_AUTOMATICALLY
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
    return Plan(gates=gates, named=config.gates is not None)

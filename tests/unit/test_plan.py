import pytest

from gate.config.model import Config
from gate.config.resolve import ConfigurationError
from gate.gates import GATES
from gate.plan import plan_of


def test_automatically_all_four_and_none_is_named() -> None:
    plan = plan_of(Config(), GATES)
    assert [gate.id for gate in plan.gates] == ["lint", "unit-tests", "integration-tests", "coverage"]
    assert not plan.named


def test_named_gates_in_the_registrys_order() -> None:
    plan = plan_of(Config(gates=("coverage", "unit-tests")), GATES)
    assert [gate.id for gate in plan.gates] == ["unit-tests", "coverage"]
    assert plan.named
    assert plan.ids == {"coverage", "unit-tests"}


def test_coverage_alone_would_have_nothing_to_measure() -> None:
    with pytest.raises(ConfigurationError) as caught:
        plan_of(Config(gates=("coverage", "lint")), GATES)
    (problem,) = caught.value.problems
    assert problem.instead == "add unit-tests or integration-tests"

from dataclasses import field, fields, make_dataclass
from fractions import Fraction

import pytest

from gate.config.model import Config
from gate.config.options import digest_of
from gate.config.resolve import ConfigurationError
from gate.domain.result import Outcome
from gate.domain.shard import Shard
from gate.gates import GATES
from gate.gates.coverage_options import CoverageOptions
from gate.gates.suite_options import UnitTestsOptions
from gate.plan import digests_of, note_of, plan_of


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


def test_what_cannot_be_parted_runs_in_the_first_shard() -> None:
    first, second = (plan_of(Config(shard=Shard(index=index, total=2)), GATES) for index in (1, 2))
    assert first.gates == plan_of(Config(), GATES).gates
    assert [gate.id for gate in second.gates] == [gate.id for gate in first.gates]
    judgement = second.gates[0].judge(None, None)
    assert (judgement.outcome, judgement.reason) == (Outcome.SKIPPED, "runs in the first shard")
    assert second.gates[1:] == first.gates[1:]


def test_shards_agree_whatever_differs_from_machine_to_machine() -> None:
    options = {gate.id: gate.options() for gate in GATES.values()}
    one = Config(options=options, shard=Shard(index=1, total=2), postgres="postgresql://u:p@a:5432/x", timeout=60)
    other = Config(options=options, shard=Shard(index=2, total=2), workers=4)
    assert note_of(one, plan_of(one, GATES)) == note_of(other, plan_of(other, GATES))
    paths = UnitTestsOptions(paths=("tests/some",))
    changed = Config(options=options | {"unit-tests": paths}, shard=Shard(index=2, total=2))
    assert note_of(changed, plan_of(changed, GATES)) != note_of(one, plan_of(one, GATES))


def test_all_that_coverage_is_judged_by_goes_to_the_merge() -> None:
    options = CoverageOptions(
        threshold=Fraction(90),
        max_fall=Fraction(1, 2),
        patch_threshold=Fraction(70),
        patch_minimum=5,
        error_path_threshold=Fraction(60),
    )
    config = Config(options={gate.id: gate.options() for gate in GATES.values()} | {"coverage": options})
    note = note_of(config, plan_of(config, GATES))
    told = {field.name: getattr(options, field.name) for field in fields(options)}
    assert {name: getattr(note, name) for name in told} == told


def test_the_same_options_have_the_same_digest_and_one_left_alone_counts_for_nothing() -> None:
    """So a version with more options than another finds the reports of that one comparable."""
    old = make_dataclass("Old", [("paths", tuple[str, ...], ())])
    new = make_dataclass(
        "New", [("paths", tuple[str, ...], ()), ("more", int, 7), ("waived", dict, field(default_factory=dict))]
    )
    assert digest_of(old()) == digest_of(new()) != digest_of(old(paths=("a",)))
    assert digest_of(old(paths=("a",))) == digest_of(new(paths=("a",))) != digest_of(new(paths=("a",), more=8))
    assert digest_of(new(waived={})) != digest_of(new(waived={"a": 1}))


def test_every_gate_has_a_digest_of_its_own_options() -> None:
    options = {gate.id: gate.options() for gate in GATES.values()}
    before = digests_of(Config(options=options))
    after = digests_of(Config(options=options | {"unit-tests": UnitTestsOptions(paths=("tests",))}, timeout=5))
    assert set(before) == set(GATES)
    assert {gate for gate in GATES if before[gate] != after[gate]} == {"unit-tests"}


def test_limits_of_coverage_make_no_other_measurement_of_it() -> None:
    """Another limit, given to one workflow and not to the other, would let `max-fall` be passed over."""
    options = CoverageOptions(
        threshold=Fraction(90),
        max_fall=Fraction(0),
        patch_threshold="off",
        patch_minimum=5,
        error_path_threshold=Fraction(60),
    )
    assert digest_of(options) == digest_of(CoverageOptions())

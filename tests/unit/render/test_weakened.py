"""What a change weakens is one sentence that a person reads to its end."""

from collections.abc import Iterable
from dataclasses import replace

from gate.domain.weakening import Policy, Weakening, WeakeningKind
from gate.render.weakened import weakened_words
from tests.unit.render.reports import green


def words(kind: WeakeningKind, messages: Iterable[str], *more: Weakening, policy: Policy = Policy.HEAD) -> str:
    weakenings = (*(Weakening(kind=kind, message=message) for message in messages), *more)
    return weakened_words(replace(green(), policy=policy, weakenings=weakenings))


def test_the_same_thing_is_counted_and_settings_stand_before_suppressions() -> None:
    setting = Weakening(kind=WeakeningKind.CONFIGURATION, message="lowers coverage.threshold from 95 to 80")
    assert words(WeakeningKind.SUPPRESSION, ['adds "# noqa"'] * 2, setting) == (
        'this change lowers coverage.threshold from 95 to 80 and adds 2 \u00d7 "# noqa"'
    )


def test_of_too_many_things_of_a_kind_the_number_of_the_others_is_said() -> None:
    def suppressions(number: int) -> str:
        return words(WeakeningKind.SUPPRESSION, (f'adds "# noqa: E{at}"' for at in range(number)))

    three = 'this change adds "# noqa: E0", adds "# noqa: E1", adds "# noqa: E2" and adds'
    assert suppressions(4) == f"{three} 1 more suppression"
    assert suppressions(9) == f"{three} 6 more suppressions"
    settings = words(WeakeningKind.CONFIGURATION, (f"sets a{at}" for at in range(9)))
    assert settings == "this change sets a0, sets a1, sets a2, sets a3, sets a4 and weakens 4 more settings"


def test_of_too_many_kinds_each_has_its_word_first_and_the_rest_is_counted() -> None:
    kinds = (WeakeningKind.CONFIGURATION, WeakeningKind.WAIVER, WeakeningKind.SUPPRESSION, WeakeningKind.SKIP)
    more = [Weakening(kind=kind, message=f"adds {kind} {at}") for at in (1, 2) for kind in kinds]
    assert words(WeakeningKind.SKIP, (), *more) == (
        "this change adds configuration 1, adds waiver 1, adds suppression 1, adds skip 1, adds configuration 2 "
        "and weakens the gate in 3 more ways"
    )


def test_deleted_tests_are_told_by_their_names_and_what_the_policy_does_not_allow_is_said() -> None:
    def deleted(number: int, policy: Policy) -> str:
        messages = (f"deletes the test test_{at} (tests/test_a.py)" for at in range(number))
        return words(WeakeningKind.DELETED_TEST, messages, policy=policy)

    assert deleted(1, Policy.HEAD) == "this change deletes the test test_0 (tests/test_a.py)"
    assert deleted(3, Policy.BASE) == "this change deletes 3 tests: test_0, test_1, test_2"
    assert deleted(4, Policy.STRICT) == (
        "this change deletes 4 tests: test_0, test_1, test_2, …, which the policy does not allow"
    )


def test_where_nothing_is_weakened_nothing_is_said() -> None:
    assert words(WeakeningKind.SKIP, (), policy=Policy.STRICT) == ""

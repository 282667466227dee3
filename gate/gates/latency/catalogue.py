"""The words for each rule: what it says, and what to do."""

from collections.abc import Mapping
from enum import StrEnum

from gate.domain.finding import RuleWords


class Rule(StrEnum):
    """The rules by which something is found."""

    OVER_LIMIT = "latency-over-limit"
    ERRORS = "latency-errors"
    INCONCLUSIVE = "latency-inconclusive"
    SLOWER_THAN_BASE = "latency-slower-than-base"
    UNUSED_LIMIT = "latency-limit-unused"
    N_PLUS_ONE = "n-plus-one"
    SEQUENTIAL_SCAN = "sequential-scan"
    LOCK_WAIT = "lock-wait"


CATALOGUE: Mapping[str, RuleWords] = {
    words.rule_id: words
    for words in (
        RuleWords(
            rule_id=Rule.OVER_LIMIT,
            title="the 95th percentile of the response time is over the limit",
            advice="Look at the cause named, and at the slowest statements: it is usually the database.",
            tags=("performance",),
        ),
        RuleWords(
            rule_id=Rule.ERRORS,
            title="too many requests fail under load",
            advice="Look for the first failure in the service's log: a pool without connections, a deadlock.",
            tags=("performance",),
        ),
        RuleWords(
            rule_id=Rule.INCONCLUSIVE,
            title="the measurement decides nothing",
            advice="Measure longer (`samples`), on a quieter machine, or set a limit that is not so near.",
            tags=("performance",),
        ),
        RuleWords(
            rule_id=Rule.SLOWER_THAN_BASE,
            title="slower than at the base commit",
            advice="Compare the statements of both: a request has become dearer.",
            tags=("performance",),
        ),
        RuleWords(
            rule_id=Rule.UNUSED_LIMIT,
            title="a limit is of an operation that was not measured",
            advice="Write the operation as the report names it, or remove its limit.",
        ),
        RuleWords(
            rule_id=Rule.N_PLUS_ONE,
            title="a request sends the same statement again and again",
            advice="Load what belongs together with one statement: a join, `IN`, `selectinload`, `prefetch_related`.",
            tags=("performance",),
        ),
        RuleWords(
            rule_id=Rule.SEQUENTIAL_SCAN,
            title="a statement reads a whole table for a few of its rows",
            advice="Make an index on the columns of the condition, or of the order.",
            tags=("performance",),
        ),
        RuleWords(
            rule_id=Rule.LOCK_WAIT,
            title="requests wait for each other's locks",
            advice="Keep transactions short, and lock rows rather than tables, always in the same order.",
            tags=("performance",),
        ),
    )
}

"""What several shards have of a gate is shown once."""

from datetime import UTC, datetime, timedelta

from gate.domain.exhibit import Matrix, MatrixRow
from gate.domain.finding import RuleWords
from gate.domain.joining import Part, join
from gate.domain.result import GateResult, Judgement, Outcome
from gate.domain.shard import Shard


def part(index: int, *labels: str) -> Part:
    rows = tuple(MatrixRow(label=label, cells=("passed",)) for label in labels)
    judgement = Judgement(
        outcome=Outcome.PASSED,
        rules=(RuleWords(rule_id="r", title="what it is"),),
        exhibits=(Matrix(title="m", columns=("thing", "held?"), rows=rows),),
    )
    now = datetime(2026, 11, 23, tzinfo=UTC)
    result = GateResult(gate="g", title="g", judgement=judgement, started_at=now, duration=timedelta())
    return Part(shard=Shard(index=index, total=2), result=result)


def test_the_rows_of_a_matrix_are_joined_and_those_that_two_shards_tell_are_told_once() -> None:
    joined = join([part(1, "a", "b"), part(2, "b", "c")])
    (matrix,) = joined.exhibits
    assert isinstance(matrix, Matrix)
    assert [row.label for row in matrix.rows] == ["a", "b", "c"]
    assert joined.judgement.rules == (RuleWords(rule_id="r", title="what it is"),)

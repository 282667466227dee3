"""What is measured while a load is played: a sample for each request, and a few whole answers. Sends nothing."""

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from gate.load_ports import Samples

MOST_SAMPLES = 5_000_000
"""So many samples are kept, of all operations; 18 bytes each."""
MOST_OF_AN_ANSWER = 64 * 1024
MOST_ANSWERS_A_PAIR = 5
MOST_ANSWERS = 1_000
MOST_OF_ANSWERS = 32 * 1024 * 1024
_LONGEST_TYPE = 200

Kept = tuple[str, int, str, bytes]


@dataclass(slots=True)
class _Columns:
    starts: "array[float]" = field(default_factory=lambda: array("d"))
    seconds: "array[float]" = field(default_factory=lambda: array("d"))
    statuses: "array[int]" = field(default_factory=lambda: array("H"))
    whole: int = 0


class Record:
    """Keeps what came of requests. `wanted`: how many samples each of the `measured` operations is to have."""

    def __init__(self, operations: Sequence[str], measured: int, wanted: int) -> None:
        self._operations = operations
        self._columns = [_Columns() for _ in range(measured)]
        self._wanted = wanted
        self._missing = measured
        self._room = MOST_SAMPLES
        self._pairs: Counter[tuple[int, int]] = Counter()
        self._answers: list[Kept] = []
        self._room_for_answers = MOST_OF_ANSWERS
        self.unanswered: Counter[str] = Counter()

    @property
    def is_enough(self) -> bool:
        """Whether every operation has the samples that are wanted."""
        return self._missing == 0

    @property
    def is_full(self) -> bool:
        """Whether no more samples can be kept."""
        return self._room <= 0

    def begin(self, number: int, start: float) -> int:
        """Note that a request is due; return its place among the samples of its operation."""
        columns = self._columns[number]
        columns.starts.append(start)
        columns.seconds.append(0.0)
        columns.statuses.append(0)
        self._room -= 1
        return len(columns.starts) - 1

    def end(self, number: int, place: int, seconds: float, status: int) -> None:
        """Note how it ended; nought where it had no answer."""
        columns = self._columns[number]
        columns.seconds[place] = seconds
        columns.statuses[place] = status
        columns.whole += 1
        if columns.whole == self._wanted:
            self._missing -= 1

    def wants_answer(self, number: int, status: int) -> bool:
        """Tell whether another answer of an operation and status is kept."""
        return self._pairs[number, status] < MOST_ANSWERS_A_PAIR and len(self._answers) < MOST_ANSWERS

    def keep_answer(self, number: int, status: int, media_type: str, body: bytes) -> None:
        """Keep a whole answer where there is room for it."""
        if len(body) > self._room_for_answers:
            return
        self._pairs[number, status] += 1
        self._room_for_answers -= len(body)
        text = media_type[:_LONGEST_TYPE].encode("utf-8", "replace").decode()
        self._answers.append((self._operations[number], status, text, body))

    @property
    def samples(self) -> tuple[Samples, ...]:
        """All samples, operation by operation."""
        return tuple(
            Samples(operation=name, starts=one.starts, seconds=one.seconds, statuses=one.statuses)
            for name, one in zip(self._operations, self._columns, strict=False)
        )

    @property
    def answers(self) -> tuple[Kept, ...]:
        """The answers that were kept."""
        return tuple(self._answers)

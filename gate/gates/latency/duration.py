"""How long a load takes, before it is played: what to tell whoever waits, and when to give up. In seconds. Pure."""

from gate.gates.latency.options import LatencyOptions

_SPARE = 60.0
_TIMES_THE_LIMIT = 4
_PLAIN_MINUTES = 2
# The shares of the gate's time that the first measurement, and both together, may take.
_FIRST = 0.6
_BOTH = 0.9
_SHORTEST = 30.0


def expected(options: LatencyOptions, operations: int, answer: float) -> float:
    """Return about how long the load takes; `answer` is how long one takes when nobody else asks.

    A service that has to compute for each answer gives no more of them than follow one after another.
    """
    if options.duration is not None:
        return options.warm_up + options.duration
    if options.rate is not None:
        return options.warm_up + options.samples * operations / options.rate
    every = max((options.think_time + answer) / options.users, answer)
    return options.warm_up + options.samples * operations * every


def longest(options: LatencyOptions, operations: int, answer: float, timeout: float) -> float:
    """Return after how long a load ends that has not its samples yet: time for a service that is far too slow.

    `timeout` is how long the gate may take in all.
    """
    if options.longest is not None:
        return options.longest
    if options.duration is not None:
        return options.warm_up + options.duration + _SPARE
    slow = max(answer, _TIMES_THE_LIMIT * options.limit / 1000)
    about = options.warm_up + options.samples * operations * (options.think_time + slow) / options.users
    return min(max(about, expected(options, operations, answer) * 2) + _SPARE, max(_FIRST * timeout, _SHORTEST))


def longest_of_all(options: LatencyOptions, timeout: float) -> float:
    """Return the same where nobody knows how long users think, or what they play."""
    if options.longest is not None:
        return options.longest
    if options.duration is not None:
        return options.duration + _SPARE
    return max(_FIRST * timeout, _SHORTEST)


def again(options: LatencyOptions, taken: float, timeout: float) -> float | None:
    """Return how long the same load may take once more, when it has `taken` so long; None where no time is left."""
    left = _BOTH * timeout - taken if options.longest is None else options.longest
    return left if left >= max(taken / 2, _SHORTEST) else None


def spoken(seconds: float) -> str:
    """Say a duration to who waits: `40 s`, `5 min`."""
    if seconds < _PLAIN_MINUTES * 60:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} min"

"""Runs publishers side by side, one call at a time, in an order that the test chooses.

Each runs in a thread of its own and stops ahead of every call until it is its turn: the same order of turns
always gives the same history.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

_WRITES = ("create_comment", "update_comment", "delete_comment")
_PATIENCE = 30.0


class Publisher:
    """One thread, stopped ahead of its next call."""

    def __init__(self, work: Callable[[Callable[[str], None]], None]) -> None:
        self.ahead_of = ""
        self.windows = 0  # how many times it was not between a look and the writes that follow from it
        self.waits_for: list[tuple[Publisher, int]] = []
        self.failure: BaseException | None = None
        self.done = False
        self._go = threading.Semaphore(0)
        self._stopped = threading.Semaphore(0)
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()
        self._await_stop()

    def before(self, call: str) -> None:
        self.ahead_of = call
        self._stopped.release()
        if not self._go.acquire(timeout=_PATIENCE):
            raise TimeoutError(call)

    def step(self) -> None:
        self._go.release()
        self._await_stop()

    def _await_stop(self) -> None:
        if not self._stopped.acquire(timeout=_PATIENCE):
            raise TimeoutError("a publisher does not come back")
        if self.done or self.ahead_of not in _WRITES:
            self.windows += 1

    def _run(self, work: Callable[[Callable[[str], None]], None]) -> None:
        try:
            work(self.before)
        except BaseException as failure:
            self.failure = failure
        finally:
            self.done = True
            self._stopped.release()


def play(works: list[Callable[[Callable[[str], None]], None]], turns: Iterator[int], *, settling: bool) -> None:
    """Give turns until everybody is done, and raise what any of them raised.

    With `settling`, a `settle` lasts until the writes have landed that others had under way when it began.
    """
    publishers = [Publisher(work) for work in works]
    while active := [one for one in publishers if not one.done]:
        ready = [one for one in active if not settling or _is_ready(one)]
        one = ready[next(turns) % len(ready)]
        one.waits_for = []
        one.step()
        if not one.done and one.ahead_of == "settle":
            one.waits_for = [(other, other.windows) for other in publishers if _is_writing(other) and other is not one]
    for one in publishers:
        if one.failure is not None:
            raise one.failure


def _is_writing(publisher: Publisher) -> bool:
    return not publisher.done and publisher.ahead_of in _WRITES


def _is_ready(publisher: Publisher) -> bool:
    return all(other.done or other.windows > windows for other, windows in publisher.waits_for)

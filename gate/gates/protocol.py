"""What a gate is. Collecting has effects, all through the context; judging is pure."""

from typing import Any, Protocol

from gate.context import Context
from gate.domain.result import Judgement


class Gate(Protocol):
    """A gate: it collects evidence and judges it.

    `requires` are gates whose results, where they are in the plan, must be there first, and of which one must be in
    it; `after` are such as only go first, however they end. `options` is the
    dataclass of its options, declared with `gate.config.options.option`.
    """

    @property
    def id(self) -> str:
        """Kebab-case, used everywhere a gate is named."""
        ...

    @property
    def title(self) -> str:
        """What a reader sees."""
        ...

    @property
    def help_url(self) -> str:
        """Where the gate's tool is described."""
        ...

    @property
    def requires(self) -> tuple[str, ...]:
        """Ids of gates that come first."""
        ...

    @property
    def after(self) -> tuple[str, ...]:
        """Ids of gates that come first where they are in the plan, which need not be."""
        ...

    @property
    def options(self) -> type:
        """The dataclass of options."""
        ...

    async def collect(self, ctx: Context, options: Any) -> Any:  # noqa: ANN401 - each gate has its own types
        """Run tools and keep what they say.

        Raises:
            CannotRun: something that the gate needs could not be had.
        """
        ...

    def stuck_at(self, ctx: Context) -> str:
        """Say what was running when the time was up, such as `in tests/test_a.py::test_b`; "" if unknown."""
        ...

    def judge(self, evidence: Any, options: Any) -> Judgement:  # noqa: ANN401
        """Conclude from the evidence alone."""
        ...

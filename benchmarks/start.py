"""The start of the command: `quality-gate --version`, as installed, against a Python that does nothing."""

from collections.abc import Sequence

from comparison import BIN, PYTHON, Arguments, Result, compare, main, seconds_of

LIMIT = 3.0


def measure(arguments: Arguments) -> Sequence[Result]:
    """Compare pairs."""

    def ours() -> float:
        return seconds_of((BIN / "quality-gate", "--version"))

    def theirs() -> float:
        return seconds_of((PYTHON, "-c", "pass"))

    return [compare("start: quality-gate --version", LIMIT, ours, theirs, arguments)]


if __name__ == "__main__":
    main(measure, runs=40, quick_runs=10)

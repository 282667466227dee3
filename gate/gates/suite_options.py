"""The options of the two gates that run tests."""

from dataclasses import dataclass

from gate.config import options as kinds
from gate.config.options import option
from gate.config.weaker import along, higher, narrower

MOST_RETRIES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class FlakyOptions:
    """Options of both: what becomes of tests that fail."""

    retries: int = option(
        kinds.whole(0, MOST_RETRIES, "retries"), 0, "how many times failed tests are tried again", weaker=higher
    )
    flaky: str = option(
        kinds.one_of("pass", "fail"),
        "pass",
        "what a test is that passes only when it is tried again",
        weaker=along("pass", "fail"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitTestsOptions(FlakyOptions):
    """Options of `unit-tests`."""

    paths: tuple[str, ...] = option(
        kinds.paths, (), "where the tests are; default: as pytest is configured", weaker=narrower
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationTestsOptions(FlakyOptions):
    """Options of `integration-tests`."""

    paths: tuple[str, ...] = option(
        kinds.paths,
        (),
        "where they are; default: marker `integration`, or `integration` in a part of the path",
        weaker=narrower,
    )
    schema: tuple[str, ...] = option(
        kinds.paths, (), "files of SQL that make the schema, in their order; default: found"
    )
    migrate: str | None = option(kinds.text, None, "the command that makes the schema; default: found")

"""The options of the two gates that run tests."""

from dataclasses import dataclass

from gate.config import options as kinds
from gate.config.options import option


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitTestsOptions:
    """Options of `unit-tests`."""

    paths: tuple[str, ...] = option(kinds.paths, (), "where the tests are; default: as pytest is configured")


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationTestsOptions:
    """Options of `integration-tests`."""

    paths: tuple[str, ...] = option(
        kinds.paths, (), "where they are; default: marker `integration`, or `integration` in a part of the path"
    )
    schema: tuple[str, ...] = option(
        kinds.paths, (), "files of SQL that make the schema, in their order; default: found"
    )
    migrate: str | None = option(kinds.text, None, "the command that makes the schema; default: found")

"""The testbed's own tests use its fixtures."""

from tests.testbed.fixtures import *  # noqa: F403

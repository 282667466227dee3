"""Contract tests use the real parts of the testbed."""

from tests.testbed.fixtures import *  # noqa: F403

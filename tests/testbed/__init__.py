"""The testbed: real parts (a workflow runner, an API emulator, a Docker engine, a browser) for tests.

Nothing here knows the package under test. What each part does and does not do is in README.md.
"""

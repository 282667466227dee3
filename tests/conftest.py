"""For every test: properties have no deadline. How long an example takes depends on what else the machine does."""

from hypothesis import settings

settings.register_profile("quality-gate", deadline=None)
settings.load_profile("quality-gate")

"""For every test: how many examples a property is tried on. How long one takes depends on what else the machine does."""

import os

from hypothesis import HealthCheck, settings

# How fast examples are made is the machine's matter, too.
_PATIENT = (HealthCheck.too_slow,)
# Few on every run, which is made again and again; `make campaign` tries many.
settings.register_profile("quick", deadline=None, suppress_health_check=_PATIENT, max_examples=12, database=None)
settings.register_profile("thorough", deadline=None, suppress_health_check=_PATIENT, max_examples=1_000)
settings.load_profile(os.environ.get("QUALITY_GATE_EXAMPLES", "quick"))

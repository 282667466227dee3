"""The project's environment: found or made with uv, never Quality Gate's own.

It changes nothing in the checkout or in an environment of the user. What is made lies in a folder of ours.
"""

from gate.adapters.environment.environments import ProjectEnvironments

__all__ = ["ProjectEnvironments"]

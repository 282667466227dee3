"""Starts the project's service and speaks to it. Judges nothing that it answers."""

from gate.adapters.service.services import LocalServices as LocalServices

"""Runs programs so that none outlives the run. Interprets nothing that they print."""

from gate.adapters.processes.runner import ProcessRunner as ProcessRunner
from gate.adapters.processes.runner import uninterrupted as uninterrupted
from gate.adapters.processes.running import Account as Account
from gate.adapters.processes.running import Running as Running

"""PostgreSQL for the gates: a server that is given, found, brought along or run by Docker.

Never decides whether a gate needs a database, and never touches what it did not make.
"""

from gate.adapters.postgres.composition import ProjectSchema as ProjectSchema
from gate.adapters.postgres.composition import postgres_databases as postgres_databases
from gate.adapters.postgres.insight import PostgresInsights as PostgresInsights
from gate.adapters.postgres.provider import Machine as Machine
from gate.adapters.postgres.provider import Wanted as Wanted

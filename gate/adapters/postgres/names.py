"""Names of what is made on a server, and the sentences that name what it would need. Pure."""

import re

_PREFIX = "quality_gate"
# https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
_LONGEST = 63


def name_for(token: str, purpose: str, number: int = 1) -> str:
    """Return the name of what is made for `purpose`, the `number`th time: `quality_gate_1f2e_unit_tests`."""
    plain = re.sub(r"[^a-z0-9]+", "_", purpose.lower()).strip("_") or "gate"
    ending = f"_{number}" if number > 1 else ""
    return f"{beginning_for(token)}{plain}"[: _LONGEST - len(ending)] + ending


def beginning_for(token: str) -> str:
    """Return how the names of all that a run makes begin."""
    return f"{_PREFIX}_{token}_"


def quoted(identifier: str) -> str:
    """Return a name as SQL writes it."""
    return '"' + identifier.replace('"', '""') + '"'


def rights_to_grant(role: str, database: str) -> str:
    """Return the statements of which either lets `role` have databases of a run's own."""
    return (
        f"ALTER ROLE {quoted(role)} CREATEDB; or, for drivers that are built on libpq, "
        f"GRANT CREATE ON DATABASE {quoted(database)} TO {quoted(role)};"
    )

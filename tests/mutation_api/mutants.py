"""Every mutant of sample_service, by name."""

from tests.mutation_api.mutant import Mutant
from tests.mutation_api.of_bounds import OF_BOUNDS
from tests.mutation_api.of_exposure import OF_EXPOSURE
from tests.mutation_api.of_fields import OF_FIELDS
from tests.mutation_api.of_logins import OF_LOGINS
from tests.mutation_api.of_owners import OF_OWNERS
from tests.mutation_api.of_roles import OF_ROLES
from tests.mutation_api.of_tokens import OF_TOKENS

KINDS: tuple[tuple[Mutant, ...], ...] = (
    OF_OWNERS,
    OF_LOGINS,
    OF_ROLES,
    OF_BOUNDS,
    OF_FIELDS,
    OF_TOKENS,
    OF_EXPOSURE,
)
MUTANTS = {mutant.name: mutant for kind in KINDS for mutant in kind}


def sampled(count: int) -> tuple[Mutant, ...]:
    """Return so many mutants, of as many kinds as can be: always the same."""
    turns = max(map(len, KINDS))
    in_turn = [kind[turn] for turn in range(turns) for kind in KINDS if turn < len(kind)]
    return tuple(in_turn[:count])

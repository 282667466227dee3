"""What each operation of a session costs the database: a few users play it side by side, one request at a time."""

from collections.abc import Iterable
from contextlib import suppress

from gate.database_ports import Insight, OperationCost
from gate.formats import UnreadableError
from gate.gates.latency.costs import operation_costs, statements_at_rest
from gate.gates.latency.session_playing import Overheard, Player
from gate.load_ports import LoadStep, LoadUser
from gate.service_ports import HttpClient, Unanswered

_REQUESTS = 5
"""How many requests of an operation its cost is told by."""


async def session_costs(http: HttpClient, insight: Insight, user: LoadUser) -> tuple[OperationCost, ...]:
    """Measure what each operation of a user's session costs, up to the first that does not work."""
    players = [Player(values=dict(user.values)) for _ in range(_REQUESTS)]
    costs: dict[str, OperationCost] = {}
    with suppress(Unanswered, UnreadableError):
        for step in user.before:
            await _played(http, step, players)
        at_rest = await statements_at_rest(http, insight)
        for step in user.steps:
            if step.operation in costs:
                await _played(http, step, players)
                continue
            overheard = Overheard(http)
            requests = [player.request(step) for player in players]
            for cost in await operation_costs(overheard, insight, {step.operation: tuple(requests)}, at_rest):
                costs[cost.operation] = cost
            for player, request in zip(players, requests, strict=True):
                player.learn(step, await overheard.answer(request))
    return tuple(costs.values())


async def _played(http: HttpClient, step: LoadStep, players: Iterable[Player]) -> None:
    for player in players:
        player.learn(step, await http.send(player.request(step)))

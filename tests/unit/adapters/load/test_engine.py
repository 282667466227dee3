"""The process that plays, called here as a function: what it does with a plan that is too large for the machine."""

from pathlib import Path

import pytest

from gate.adapters.load import engine
from gate.adapters.load.exchange import write_plan
from gate.load_ports import LoadPlan, LoadStep, LoadUser

STEP = LoadStep(operation="GET /a", method="GET", target="/a")


def test_more_users_than_connections_are_refused_with_both_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = LoadUser(steps=(STEP,))
    plan = LoadPlan(origin="http://127.0.0.1:1", users=(user,) * 1_001, think_time=1, samples=1, longest=1)
    write_plan(tmp_path, plan)
    monkeypatch.setattr(engine, "connections", lambda: 1_000)  # as many as the machine allows, which differs
    with pytest.raises(SystemExit, match="^1,001 users need as many connections; this machine allows 1,000$"):
        engine.main(tmp_path)


def test_this_machine_allows_some_connections() -> None:
    assert 100 < engine.connections() <= 65_536

"""The review writes to what the service can reach: what is on another machine is somebody's."""

from pathlib import Path
from typing import Any

import pytest

from gate.gates.access_review.reach import assignments_of, far_stores
from gate.gates.described_service import refuse_far_stores
from gate.ports import CannotRun
from tests.unit.gates.access_review.reviewing import context_in

FAR = "postgresql+asyncpg://app:p@ss:word@db.example.com:5432/app?sslmode=require"


@pytest.mark.parametrize(
    ("address", "host"),
    [
        (FAR, "db.example.com"),
        ("redis://10.1.2.3:6379/0", "10.1.2.3"),
        ("mongodb+srv://u:p@cluster0.example.net/app", "cluster0.example.net"),
        ("mysql://u:p@localhost,db.example.com/app", "db.example.com"),
        ("postgres://127.0.0.1.evil.example/app", "127.0.0.1.evil.example"),
        ("postgres://[2001:db8::1]/app", "2001:db8::1"),
        ("postgres://u@localhost/app", ""),
        ("postgres://u@127.0.0.1:5432/app", ""),
        ("postgres://[::1]:5432/app", ""),
        ("postgres:///app", ""),
        ("redis://redis:6379", ""),
        ("sqlite:////tmp/app.db", ""),
        ("https://sentry.example.com/1", ""),
        ("postgres", ""),
    ],
)
def test_a_store_on_another_machine_is_known_by_its_address(address: str, host: str) -> None:
    assert far_stores({"URL": address}) == ((("URL", host),) if host else ())


def test_a_file_of_variables_is_read_line_by_line() -> None:
    text = "# A=1\nexport A = 'x'\nB=\"redis://a.b\"\n\x00\n C =\n" + "D" * 100_000
    assert assignments_of(text) == {"A": "'x'", "B": '"redis://a.b"', "C": ""}


@pytest.mark.parametrize(("caller", "dotenv"), [({"STORE": FAR}, ""), ({}, f'STORE="{FAR}"\n')])
def test_a_service_that_is_led_to_somebodys_database_is_not_started(
    tmp_path: Path, caller: dict[str, Any], dotenv: str
) -> None:
    (tmp_path / ".env").write_text(dotenv)
    ctx = context_in(tmp_path, caller_environment=caller)
    with pytest.raises(CannotRun) as failure:
        refuse_far_stores(ctx, caller)
    assert failure.value.reason.startswith("STORE leads the service to db.example.com, and the gate writes")
    assert "word" not in failure.value.reason
    refuse_far_stores(ctx, {"STORE": "postgresql://localhost/of-the-gate"})

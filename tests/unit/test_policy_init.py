"""The verb `access-review --init`: writes the draft once, and never over what is there."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from gate import policy_init
from gate.cli import main
from gate.compose import RunArguments
from gate.gates.access_review.judging import DRAFT_PATH

DRAFT = "operations:\n  GET /tasks: owner\n  GET /health: public\n"


@pytest.fixture
def service(tmp_path: Path) -> Path:
    folder = tmp_path / "service"
    folder.mkdir()
    (folder / "main.py").write_text("app = None\n")
    (folder / "requirements.txt").write_text("fastapi\n")
    return folder


def drafting(monkeypatch: pytest.MonkeyPatch, draft: str | None, status: int = 1) -> list[RunArguments]:
    """Put a run in the place of `run` that leaves this draft: a real one is proven by the tests with a service."""
    asked: list[RunArguments] = []

    def run(arguments: RunArguments, environment: Mapping[str, str]) -> int:
        del environment
        asked.append(arguments)
        if draft is not None and arguments.out is not None:
            target = arguments.out / DRAFT_PATH
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(draft)
        return status

    monkeypatch.setattr(policy_init, "run", run)
    return asked


def init(service: Path, *more: str) -> int:
    return main(["access-review", "--init", str(service), "--out", str(service.parent / "report"), *more])


def test_a_draft_is_written_though_the_review_found_flaws(
    service: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = drafting(monkeypatch, DRAFT)
    assert init(service, "--set", "app=main:app") == 0
    assert (service / "access-policy.yml").read_text() == DRAFT
    assert "wrote access-policy.yml" in capsys.readouterr().out
    assert asked[0].assignments == ("app=main:app", "gates=access-review")


def test_a_policy_that_is_there_stays_and_what_it_lacks_is_told(
    service: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own = "operations:\n  GET /health: shared\n  GET /old: owner\n"
    (service / "access-policy.yml").write_text(own)
    drafting(monkeypatch, DRAFT)
    assert init(service) == 0
    assert (service / "access-policy.yml").read_text() == own
    printed = capsys.readouterr().out
    assert "not in access-policy.yml: GET /tasks: owner" in printed
    assert "not served, or not decided: GET /old: owner" in printed
    assert "/health" not in printed


def test_a_policy_of_another_name_is_written_where_it_is_configured(
    service: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafting(monkeypatch, DRAFT)
    assert init(service, "--set", "access-review.policy=who.yml") == 0
    assert (service / "who.yml").read_text() == DRAFT


@pytest.mark.parametrize(
    ("draft", "status", "exit_status"), [(None, 3, 3), (None, 0, 3), (DRAFT, 2, 2), (DRAFT, 130, 130)]
)
def test_a_review_that_did_not_run_drafts_nothing(
    service: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    draft: str | None,
    status: int,
    exit_status: int,
) -> None:
    drafting(monkeypatch, draft, status)
    assert init(service) == exit_status
    assert not (service / "access-policy.yml").exists()
    assert "could not run" in capsys.readouterr().err

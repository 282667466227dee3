"""Reviews a service in memory, as the gate does it, and tells what came of it."""

import asyncio
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, cast

from gate.adapters.project_files import read_project
from gate.config.model import Config
from gate.context import Context
from gate.discovery.model import Discovery
from gate.formats.openapi_document import parse_document
from gate.formats.service_inventory import Inventory
from gate.gates.access_review.convening import Convening
from gate.gates.access_review.evidence import Asked, Reviewed, ReviewEvidence
from gate.gates.access_review.hooks import Hooks
from gate.gates.access_review.operations import subjects_of
from gate.gates.access_review.options import AccessReviewOptions, IdentityHook
from gate.gates.access_review.policy import Intent, Policy
from gate.gates.access_review.questions import Cell, Question
from gate.ports import ProjectEnvironment
from tests.unit.gates.access_review.notes_service import KEY, NotesService

TODAY = date(2026, 11, 23)
ENVIRONMENT = ProjectEnvironment(python=Path("python"), path=(), source="", python_version="3.11.7")


def context_in(folder: Path, **parts: Any) -> Context:
    """Return what a gate is given, in a folder; nothing of it starts a process unless `parts` says so."""
    return Context(
        **{
            "gate": "access-review",
            "named": True,
            "planned": frozenset(),
            "results": {},
            "project": read_project(folder),
            "config": Config(),
            "folder": folder / "report",
            "scratch": folder / "scratch",
            "caller_environment": {},
            "processes": cast("Any", None),
            "environments": cast("Any", None),
            "databases": None,
            "setting_up": lambda _: nullcontext(),
            "used": lambda *_: None,
            "discovery": Discovery(),
            **parts,
        }
    )


@dataclass(frozen=True)
class Outcome:
    """What a review found."""

    evidence: ReviewEvidence
    service: NotesService

    @property
    def flaws(self) -> set[tuple[str, str, str]]:
        """Operation, question and rule of each flaw that fails the gate."""
        return {
            (one.operation, flaw.question.value, flaw.rule.value)
            for one in self.evidence.operations
            for flaw in one.flaws
            if flaw.severity is None or flaw.severity == "error"
        }

    @property
    def warnings(self) -> set[tuple[str, str]]:
        """Operation and rule of each flaw that only warns."""
        return {
            (one.operation, flaw.rule.value)
            for one in self.evidence.operations
            for flaw in one.flaws
            if flaw.severity is not None and flaw.severity != "error"
        }

    def of(self, operation: str) -> Reviewed:
        """Return an operation's end."""
        return next(one for one in self.evidence.operations if one.operation == operation)

    def asked(self, operation: str, question: Question) -> Asked:
        """Return how a question to an operation ended."""
        return next(one for one in self.of(operation).asked if one.question is question)

    @property
    def not_exercised(self) -> dict[str, str]:
        """Return the reasons by operation."""
        return {
            one.operation: asked.reason
            for one in self.evidence.operations
            for asked in one.asked
            if asked.cell is Cell.NOT_EXERCISED
        }


def policy_of(**operations: str) -> Policy:
    """Return a policy; `GET /a` is written as `GET__a` is not: give a mapping by `**{...}`."""
    return Policy(operations={key: Intent(who=who) for key, who in operations.items()})


def review(
    folder: Path,
    *flaws: str,
    service: NotesService | None = None,
    policy: Policy | None = None,
    inventory: Inventory | None = None,
    **options: Any,
) -> Outcome:
    """Review a service with flaws; the administrator's token comes from given headers, if one is asked for."""
    service = service or NotesService(flaws=frozenset(flaws))
    if options.pop("administrator", False):
        header = ("Authorization", f"Bearer {service.administrator()}")
        options["identities"] = {**options.get("identities", {}), "admin": IdentityHook(headers=(header,))}
    ctx = context_in(folder)
    document = parse_document(service.document())
    convening = Convening(
        ctx=ctx,
        options=replace(AccessReviewOptions(), **options),
        http=service,
        document=document,
        subjects=subjects_of(document, inventory),
        policy=policy,
        hooks=Hooks(ctx=ctx, environment=ENVIRONMENT, env={}),
        env={"SECRET_KEY": KEY},
        today=TODAY,
    )
    return Outcome(evidence=asyncio.run(convening.evidence()), service=service)

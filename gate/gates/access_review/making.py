"""What makes users and objects in a service, put together for each gate that needs some. Makes nothing by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gate.formats.openapi_document import Document
from gate.gates.access_review.caller import Caller
from gate.gates.access_review.entrances import log_ins
from gate.gates.access_review.hooks import Hooks
from gate.gates.access_review.identities import Accounts
from gate.gates.access_review.objects import Workshop
from gate.gates.access_review.operations import Login, Subject
from gate.gates.access_review.options import IdentityHook
from gate.service_ports import HttpClient


def base_path_of(document: Document, subjects: tuple[Subject, ...]) -> str:
    """Return what stands before every path of a request.

    A path that the application itself tells needs no prefix: that is of whatever stands before it elsewhere.
    """
    told = any(one.route is not None for one in subjects)
    return "" if told else document.base_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """Somebody who calls, who makes users, and who makes objects of theirs."""

    caller: Caller
    accounts: Accounts
    workshop: Workshop


def knows_users(accounts: Accounts) -> bool:
    """Tell whether the service asks anybody who they are, as far as it can be told."""
    asks = any(one.login is not Login.NOT_TOLD for one in accounts.subjects)
    return asks or bool(accounts.hooks) or bool(log_ins(accounts.subjects, accounts.document))


def making(
    http: HttpClient,
    document: Document,
    subjects: tuple[Subject, ...],
    hooks: Hooks,
    *,
    identities: Mapping[str, IdentityHook],
    examples: Mapping[str, Any],
) -> Making:
    """Put together what makes users and objects.

    Raises:
        CannotRun: the headers of an identity name a variable that the service may not be given.
    """
    caller = Caller(http, base_path_of(document, subjects))
    accounts = Accounts(
        caller=caller,
        document=document,
        subjects=subjects,
        hooks={name: hooks.with_headers(hook) for name, hook in identities.items()},
        run_hook=hooks.run,
        examples=examples,
    )
    workshop = Workshop(caller=caller, document=document, subjects=subjects, accounts=accounts, examples=examples)
    return Making(caller=caller, accounts=accounts, workshop=workshop)

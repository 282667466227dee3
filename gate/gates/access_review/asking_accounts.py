"""Asks whether who signs up chooses what they may do, and whether another user sets one's password.

Neither is seen in an answer of the operation itself: the first shows where the new account is shown, the second where
its owner logs in.
"""

from collections.abc import Mapping
from typing import Any

from gate.gates.access_review.answers import Json, is_success, json_of, nodes, plain_members
from gate.gates.access_review.asking_access import Fresh
from gate.gates.access_review.entrances import secret_fields
from gate.gates.access_review.evidence import Exchange
from gate.gates.access_review.identities import NoIdentity
from gate.gates.access_review.operations import Subject
from gate.gates.access_review.panel import Panel, Sheet
from gate.gates.access_review.people import Identity
from gate.gates.access_review.questions import Question, Rule
from gate.gates.access_review.words import PRIVILEGES, plain_name

_MOST_READERS = 2
_MOST_FIELDS = 3


async def ask_new_account(panel: Panel, subject: Subject, sheet: Sheet) -> None:
    """Sign up with fields that the service shows of an account, and look whether the account then has them."""
    for reader in [one for one in panel.subjects if one.shows_asker][:_MOST_READERS]:
        call = panel.workshop.lists.call(reader, {})
        own = await panel.caller.call(panel.owner.name, "reads its account", call, panel.owner.credentials)
        shown = plain_members(json_of(own.answer)) if is_success(own.answer) else {}
        for name, value in _worth_having(shown)[:_MOST_FIELDS]:
            start = len(panel.caller.exchanges)
            try:
                new = await panel.accounts.make("newcomer", extra={name: value})
            except NoIdentity:
                continue
            look = await panel.caller.call(new.name, "reads its account", call, new.credentials)
            if is_success(look.answer) and plain_members(json_of(look.answer)).get(name) == value:
                signed_up = _sign_up_in(panel.caller.exchanges[start:], subject)
                message = f"who signs up sets `{name}`, which only the service may: it became {str(value)[:40]!r}"
                sheet.flaw(Question.MASS_ASSIGNMENT, Rule.MASS_ASSIGNMENT, message, *signed_up, look)
                return


def _worth_having(shown: Mapping[str, Any]) -> list[tuple[str, object]]:
    """Return the privileges that an account shows, with the value that it does not have."""
    wanted = {plain_name(name): value for name, value in PRIVILEGES}
    return [
        (name, wanted[plain_name(name)])
        for name, value in shown.items()
        if plain_name(name) in wanted
        and type(value) is type(wanted[plain_name(name)])
        and value != wanted[plain_name(name)]
    ]


def _sign_up_in(exchanges: list[Exchange], subject: Subject) -> list[Exchange]:
    wanted = [one for one in exchanges if one.purpose == "signs up" and one.request.method == subject.method]
    return wanted[-1:]


async def sets_password(panel: Panel, subject: Subject, victim: Identity, sent: Json) -> tuple[Exchange, ...]:
    """Return what proves that somebody's password has become another, () where they log in as before."""
    old = victim.facts.get("password")
    fields = {plain_name(name.rpartition(".")[2]) for name in secret_fields(panel.document, subject.operation)}
    new = next((inner for path, inner in nodes(sent) if path and plain_name(path[-1]) in fields), None)
    if not isinstance(new, str) or not old or new == old:
        return ()
    start = len(panel.caller.exchanges)
    if await panel.accounts.lets_in(victim, str(old)) or not await panel.accounts.lets_in(victim, new):
        return ()
    return tuple(one for one in panel.caller.exchanges[start:] if one.purpose == "logs in")


async def ask_password(
    panel: Panel, subject: Subject, sheet: Sheet, start: Fresh, attempt: Exchange, sent: Json
) -> bool:
    """Ask whether what another user was let do to an account set its password; tell whether it did."""
    if not any(one.is_identity for one in start.arranged.owned):
        return False
    proof = await sets_password(panel, subject, start.who, sent)
    if proof:
        message = "another user sets the owner's password: the old one lets nobody in any more, the new one does"
        sheet.flaw(Question.OWNER, Rule.OTHER_CHANGES, message, attempt, *proof)
    return bool(proof)

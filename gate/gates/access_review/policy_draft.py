"""A review -> the `access-policy.yml` that says what was deduced, for a person to correct. Writes no file."""

import re
from collections.abc import Iterable

from gate.gates.access_review.curl import one_line
from gate.gates.access_review.evidence import Reviewed, ReviewEvidence
from gate.gates.access_review.masking import without_secrets
from gate.gates.access_review.policy import OPERATION, Policy, access_of
from gate.gates.access_review.questions import Rule

_HEAD = """\
# Who each operation is meant for, by the review of Quality Gate. Read it like a table, correct it, commit it.
#   public: anybody, also without credentials      shared: any user that is logged in
#   owner:  who made the object, and nobody else   role NAME: who has the role
operations:
"""
_WAIVERS = """
# Flaws that are known and borne for a while, each with its reason and its last day.
waivers:
"""
# What YAML reads as the plain text that it is, whatever stands around it.
_PLAIN = re.compile(r"[A-Z]+ /[A-Za-z0-9_./{}-]*")
_WIDEST = 60
_MOST_OF_A_REMARK = 200
_ESCAPED = {'"': '\\"', "\\": "\\\\"}
# YAML takes a longer word for no key.
_LONGEST_KEY = 1_000
_UNDECIDED = (Rule.PUBLIC_UNLISTED,)


def render_policy(evidence: ReviewEvidence) -> str:
    """Write the policy; what is not known, and what is public though nobody said so, is left for a person to decide.

    Notes and waivers of the project's own policy are kept, in their order.
    """
    evidence = without_secrets(evidence)
    keys = {reviewed.operation: _scalar(reviewed.operation) for reviewed in evidence.operations}
    width = min(max(map(len, keys.values()), default=0), _WIDEST) + 1
    lines = [
        _line(reviewed, keys[reviewed.operation], width, evidence)
        for reviewed in {one.operation: one for one in evidence.operations}.values()
    ]
    return _HEAD + "".join(lines) + "".join(_waivers(evidence))


def differences(own: Policy, draft: Policy) -> tuple[str, ...]:
    """Say in a line each what a draft has that the project's policy has not, and the other way round."""
    new = [f"{key}: {intent.who}" for key, intent in draft.operations.items() if key not in own.operations]
    gone = [f"{key}: {intent.who}" for key, intent in own.operations.items() if key not in draft.operations]
    return (*(f"not in {own.path}: {line}" for line in new), *(f"not served, or not decided: {line}" for line in gone))


def _line(reviewed: Reviewed, key: str, width: int, evidence: ReviewEvidence) -> str:
    intent = evidence.policy.operations.get(reviewed.operation) if evidence.policy is not None else None
    if intent is not None:
        who = intent.who if not intent.note else f"{{who: {intent.who}, note: {_quoted(intent.note)}}}"
        return f"  {f'{key}:':{width}} {who}\n"
    remark = one_line(reviewed.origin, _MOST_OF_A_REMARK)
    if len(key) > _LONGEST_KEY or not OPERATION.fullmatch(reviewed.operation):
        return f"  # {one_line(key, _MOST_OF_A_REMARK)}: its name can stand in no policy\n"
    known = access_of(reviewed.access)
    if not known or any(flaw.rule in _UNDECIDED for flaw in reviewed.flaws):
        doubt = f"{known}: is that meant?" if known else "who is it meant for?"
        return f"  # {f'{key}:':{width}} {known or '…'}  # {doubt} {remark}".rstrip() + "\n"
    return f"  {f'{key}:':{width}} {known:8}  # {remark}".rstrip(" #") + "\n"


def _waivers(evidence: ReviewEvidence) -> Iterable[str]:
    waivers = evidence.policy.waivers if evidence.policy is not None else ()
    if waivers:
        yield _WAIVERS
    for waiver in waivers:
        yield f"  - operation: {_scalar(waiver.operation)}\n"
        yield f"    rule: {waiver.rule}\n"
        yield f"    reason: {_quoted(waiver.reason)}\n"
        yield f"    expires: {waiver.expires}\n"


def _scalar(word: str) -> str:
    """Write a word so that YAML reads it back as it is."""
    return word if _PLAIN.fullmatch(word) or re.fullmatch(r"[a-z]+( [A-Za-z][A-Za-z0-9_.-]*)?", word) else _quoted(word)


def _quoted(text: str) -> str:
    """Write a text in double quotes; what YAML does not take as it is, by its number."""
    return '"' + "".join(_ESCAPED.get(char) or _character(char) for char in text) + '"'


def _character(char: str) -> str:
    return char if char.isascii() and char.isprintable() else f"\\U{ord(char):08X}"

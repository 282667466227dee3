"""A difference between two OpenAPI documents, for whoever reads the changelog of an API."""

from dataclasses import dataclass
from enum import StrEnum


class Impact(StrEnum):
    """What a change does to clients of the base: breaks them, may break some of them, or is told to readers only."""

    BREAKING = "breaking"
    RISKY = "risky"
    HARMLESS = "harmless"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference, at one operation (`GET /tasks`), or at the document as a whole where that is "".

    `rule_id` is stable, and named as in oasdiff where the rule is the same
    (https://github.com/oasdiff/oasdiff/blob/main/docs/BREAKING-CHANGES.md). `message` is a sentence that names what
    changed, from what and to what. `pointer` is the JSON pointer in the head's document where the change shows; of what
    was removed, the nearest place that is left. `request` tells whether it concerns what clients send.
    """

    rule_id: str
    impact: Impact
    operation: str
    message: str
    pointer: str = ""
    request: bool | None = None

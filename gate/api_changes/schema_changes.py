"""What differs between two schemas of an API, seen from the side that its direction puts at risk.

Formats: https://spec.openapis.org/oas/v3.0.4.html#schema-object and https://json-schema.org/draft/2020-12
"""

from gate.api_changes.change import Change
from gate.api_changes.schema_place import Direction, Place, Sides, View
from gate.api_changes.schema_walk import walk_of

__all__ = ["Direction", "Place", "Sides", "schema_changes"]


def schema_changes(sides: Sides, base: object, head: object, place: Place) -> tuple[Change, ...]:
    """Return the differences between two schemas; bounded in work, and `()` where both mean the same.

    Each two schemas are compared once, where they are nearest to the place. A rule is named as in oasdiff where it is
    the same (https://github.com/oasdiff/oasdiff/blob/main/docs/BREAKING-CHANGES.md).
    """
    view = View(asks=place.direction is Direction.REQUEST, textual=place.textual or not place.subject.endswith("-body"))
    return tuple(walk_of(sides, view).changes(base, head, place))

"""`access-policy.yml` on both sides -> operations that are open to more, and new waivers. Judges no policy.

The format is docs/gates/access-review.md's; a policy that it does not allow is refused by the gate.
"""

import re
from collections.abc import Iterator, Mapping

from gate.config.weaker import shown
from gate.domain.finding import Location
from gate.domain.weakening import Weakening, WeakeningKind
from gate.formats.yaml_document import items, parse_documents, table, text_of
from gate.weakening.changed_text import ChangedText

# From the widest to the narrowest; a role is as narrow as an owner, and another role is another thing.
_WIDTH = {"public": 0, "shared": 1}
_NARROW = 2
_MOST = 2_000
_PARAMETER = re.compile(r"\{[^{}]*\}")


def weaker_policy(file: ChangedText) -> Iterator[Weakening]:
    """Yield what the policy allows now, and did not."""
    before, after = (_document(text) for text in (file.before, file.after))
    for kind, message in (*_operations(before, after), *_waivers(before, after)):
        yield Weakening(kind=kind, message=message, location=Location(path=file.path, line=_line(file, message)))


def _document(text: str | None) -> Mapping[str, object]:
    documents = parse_documents(text or "")
    return documents[0] if documents else {}


def _operations(before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[tuple[WeakeningKind, str]]:
    old, new = table(before.get("operations")), table(after.get("operations"))
    kept = {(_shape(name), _who(value)) for name, value in new.items()}
    for name, value in list(old.items())[:_MOST]:
        was, now = _who(value), _who(new.get(name, ""))
        if name not in new and was and _width(was) and (_shape(name), was) not in kept:
            message = f"takes {shown(name)} out of the operations, which was for {shown(was)}"
            yield WeakeningKind.CONFIGURATION, message
        elif now and was and now != was and (_width(now) < _width(was) or _width(now) == _width(was) == _NARROW):
            yield WeakeningKind.CONFIGURATION, f"opens {shown(name)} from {shown(was)} to {shown(now)}"


def _shape(operation: str) -> str:
    """Return an operation without what its parameters are called."""
    return _PARAMETER.sub("{}", operation)


def _who(value: object) -> str:
    return text_of(value if isinstance(value, str) else table(value).get("who")).strip()


def _width(who: str) -> int:
    return _WIDTH.get(who, _NARROW)


def _waivers(before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[tuple[WeakeningKind, str]]:
    known = _by_what(before)
    for (operation, rule), expires in _by_what(after).items():
        what = f"{shown(rule)} at {shown(operation)}"
        if (operation, rule) not in known:
            yield WeakeningKind.WAIVER, f"waives {what} until {shown(expires)}"
        elif expires > known[operation, rule]:
            was = known[operation, rule]
            yield WeakeningKind.WAIVER, f"waives {what} longer, until {shown(expires)} instead of {shown(was)}"


def _by_what(document: Mapping[str, object]) -> dict[tuple[str, str], str]:
    """Return the last day of each waiver; days are written so that they sort as texts."""
    waivers = [table(one) for one in items(document.get("waivers"))[:_MOST]]
    return {
        (text_of(one.get("operation")), text_of(one.get("rule"))): text_of(one.get("expires")) for one in waivers if one
    }


def _line(file: ChangedText, message: str) -> int | None:
    """Find the first line that names the operation."""
    lines = enumerate((file.after or "").splitlines(), 1)
    named = ((number, line.strip(" -\"'").removeprefix("operation:").strip(" \"'")) for number, line in lines)
    return next((number for number, words in named if words and words.partition(":")[0].strip("\"'") in message), None)

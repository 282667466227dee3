"""Two configurations -> what of the second is weaker, by what each option says of itself. Knows no option by name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from gate.config.model import Config
from gate.config.options import specs_of
from gate.domain.weakening import WeakeningKind


@dataclass(frozen=True, slots=True, kw_only=True)
class WeakerOption:
    """An option (`coverage.threshold`) whose value is weaker, in words."""

    key: str
    kind: WeakeningKind
    message: str


def weaker_configuration(
    before: Config, after: Config, gates: Mapping[str, type], chosen: tuple[str, ...]
) -> Iterator[WeakerOption]:
    """Yield every option that is weaker; `chosen` are the gates of a configuration that names none.

    Options of a gate that runs on neither side are passed over.
    """
    before, after = (replace(one, gates=one.gates or chosen) for one in (before, after))
    yield from _of("", Config, before, after)
    for gate, kind in gates.items():
        if gate in (before.gates or ()) or gate in (after.gates or ()):
            yield from _of(f"{gate}.", kind, before.options[gate], after.options[gate])


def _of(prefix: str, kind: type, before: object, after: object) -> Iterator[WeakerOption]:
    for name, spec in specs_of(kind).items():
        field = name.replace("-", "_")
        if spec.weaker is not None:
            for message in spec.weaker(prefix + name, getattr(before, field), getattr(after, field)):
                yield WeakerOption(key=prefix + name, kind=spec.weakens, message=message)

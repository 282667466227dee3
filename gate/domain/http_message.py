"""A request that is sent to a service, and what came back. Sends nothing."""

from dataclasses import dataclass, field

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """A request. `target` is the path with its query, percent-encoded already, and begins with a slash."""

    method: str
    target: str
    headers: Headers = ()
    body: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """An answer: its whole body, or its first bytes where it is `cut` for its size or because it did not end."""

    status: int
    headers: Headers = ()
    body: bytes = b""
    cut: bool = False
    seconds: float = field(default=0.0, compare=False)

    def header(self, name: str) -> str:
        """Return the first header of this name, "" where there is none. Names know no case."""
        wanted = name.lower()
        return next((value for one, value in self.headers if one.lower() == wanted), "")

    def all_of(self, name: str) -> tuple[str, ...]:
        """Return every header of this name, in their order."""
        wanted = name.lower()
        return tuple(value for one, value in self.headers if one.lower() == wanted)

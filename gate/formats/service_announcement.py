"""How far a service has come with its start, and why it is not served. Text from the change: nothing in it is trusted.

The format is ours: `gate/probes/serve.py` writes it. Decides nothing, and reads no file.
"""

import re
from dataclasses import dataclass

from gate.domain.untrusted_json import InvalidReport, parse_untrusted
from gate.domain.wording import clipped
from gate.formats import UnreadableError

_MOST_OF_A_SENTENCE = 600
_STAGES = {
    "importing": "the service cannot be imported",
    "finding": "the service cannot be found",
    "uvicorn": "the service cannot be served",
    "starting": "the service cannot start",
    "describing": "the service's OpenAPI document cannot be generated",
}
# https://docs.python.org/3/library/faulthandler.html#faulthandler.dump_traceback_later
_DUMP = re.compile(r"^Timeout \([0-9:.]{1,40}\)!$", re.MULTILINE)
_FRAME = re.compile(r'^  File "(?P<path>[^"\n]{1,400})", line (?P<line>\d{1,9}) in ', re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """`state` is `importing`, `starting`, `ready` or `failed`; `port` is there when it is ready.

    What failed has a `stage`, the `error`'s name and `message`, and the place `where` the project's code raised it.
    """

    state: str
    port: int = 0
    stage: str = ""
    error: str = ""
    message: str = ""
    where: str = ""

    def reason(self, app: str) -> str:
        """Say why the service `app` failed, in a sentence."""
        place = f" ({self.where})" if self.where else ""
        if self.stage == "finding":
            return _sentence(f"{_STAGES['finding']}: {self.message}; {wanted_app(app)}")
        message = f"{self.error}: {self.message}" if self.message else self.error
        return _sentence(f"{_STAGES.get(self.stage, 'the service failed')}: {message}{place}")


def wanted_app(app: str) -> str:
    """Say what to write where `app` was not it; "" where nothing was found."""
    tried = f'{app} was tried: write app = "module:attribute"' if app else 'write app = "module:attribute"'
    return f'{tried}, such as app = "app.main:app" or "app.main:create_app()"'


def parse_announcement(text: str) -> Announcement:
    """Return what a service announces.

    Raises:
        UnreadableError: it is none.
    """
    try:
        node = parse_untrusted(text)
        return Announcement(
            state=node.member("state").word("importing", "starting", "ready", "failed"),
            port=node.whole_of("port", 1, 65_535) or 0,
            stage=node.text_of("stage"),
            error=node.text_of("error"),
            message=node.text_of("message"),
            where=node.text_of("where"),
        )
    except InvalidReport as invalid:
        raise UnreadableError(
            f"the service's announcement cannot be read: {invalid.pointer or 'it'} {invalid.problem}"
        ) from None


def place_of_hang(printed: str, folder: str) -> str:
    """Return the place in `folder` where a service hung, out of the stacks that it printed; "" where none tells."""
    dump = printed[found[-1].end() :] if (found := list(_DUMP.finditer(printed))) else ""
    start = folder.rstrip("/") + "/"
    for frame in _FRAME.finditer(dump):
        path = frame["path"]
        if path.startswith(start) and "site-packages" not in path:
            return f"{path.removeprefix(start)}:{frame['line']}"
    return ""


def _sentence(text: str) -> str:
    return clipped(" ".join(text.split()), _MOST_OF_A_SENTENCE)

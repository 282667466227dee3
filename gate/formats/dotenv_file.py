"""A `.env` file -> its variables. Expands nothing, sets nothing.

Source: https://saurabh-kumar.com/python-dotenv/#file-format, which the settings classes of most projects read by.
"""

import re

_LARGEST = 256 * 1024
_LINE = re.compile(
    r"""^[ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z_]\w*)[ \t]*=[ \t]*
    (?:'(?P<single>[^'\n]*)'|"(?P<double>[^"\n]*)"|(?P<bare>[^\n]*?))[ \t]*(?:[ \t]\#[^\n]*)?\r?$""",
    re.VERBOSE | re.MULTILINE,
)


def parse_dotenv(text: str) -> dict[str, str]:
    """Return the variables; what is no line of the form `NAME=value` is left out, as is a file that is too long."""
    if len(text) > _LARGEST:
        return {}
    found = {}
    for line in text.splitlines():
        match = _LINE.match(line[:2_000])
        if match:
            found[match["name"]] = next((match[kind] for kind in ("single", "double", "bare") if match[kind]), "")
    # A reference to another variable says nothing here.
    return {name: value for name, value in found.items() if "${" not in value and not value.startswith("$")}

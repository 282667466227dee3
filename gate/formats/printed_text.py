"""What pytest has printed or written, without what must not be shown: colours, and values of the environment.

pytest writes out what it compared. Where that was `os.environ`, the variables' values would stand in the report.
"""

import re

# In XML pytest writes the escape character as `#x1B`.
_COLOUR = re.compile(r"(?:#x1B|\x1b)\[[0-9;]{0,20}m")
_ENVIRON = re.compile(r"\benviron\(\{(?:[^\n]*\}\)|[^\n]*)")
_SHORTENED = "environ({...})"
# How pytest explains where a value came from.
_WHERE = re.compile(r"(?:E {2,40})?\s{0,40}\+ {1,8}(?:where|and) ")


def presentable(text: str) -> str:
    """Return the text without colours, the environment's values replaced by `environ({...})`."""
    if "\x1b[" in text or "#x1B[" in text:
        text = _COLOUR.sub("", text)
    return _ENVIRON.sub(_SHORTENED, text) if "environ({" in text else text


def first_told(details: str) -> str:
    """Return the first line of the last exception that a traceback of pytest tells, "" where it tells none.

    Of a failed assertion that is what it says itself, never the explanation of the values it compared.
    """
    lines = details.splitlines()
    end = next((at for at in range(len(lines) - 1, -1, -1) if is_told(lines[at])), None)
    if end is None:
        return ""
    start = end
    while start and is_told(lines[start - 1]):
        start -= 1
    told = [line[1:].strip() for line in lines[start : end + 1] if not _WHERE.match(line)]
    return next(filter(None, told), "")


def is_told(line: str) -> bool:
    """Tell a line in which pytest tells an exception."""
    return line == "E" or line.startswith("E ")

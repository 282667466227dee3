"""A Dockerfile -> the variables that it sets to a literal. Builds nothing.

Source: https://docs.docker.com/reference/dockerfile/
"""

import re

_LARGEST = 256 * 1024
_INSTRUCTION = re.compile(r"[ \t]*(FROM|ENV|ARG)[ \t]+(.*)", re.IGNORECASE)
# The official image sets PYTHON_VERSION to the whole version: https://hub.docker.com/_/python
_PYTHON = re.compile(r"(?:--platform=\S+\s+)?(?:docker\.io/)?(?:library/)?python:(\d+\.\d+(?:\.\d+)?)\b")
_PAIR = re.compile(r"([A-Za-z_]\w*)=(?:\"([^\"]*)\"|'([^']*)'|(\S*))")


def parse_dockerfile(text: str) -> dict[str, str]:
    """Return the variables of `ENV` and `ARG` with a literal value, each the last; none where the file is too long."""
    found: dict[str, str] = {}
    if len(text) > _LARGEST:
        return found
    for line in re.sub(r"\\[ \t\r]*\n", " ", text).splitlines():
        match = _INSTRUCTION.match(line)
        if match is None:
            continue
        word, rest = match[1].upper(), match[2]
        if word == "FROM":
            if version := _PYTHON.match(rest):
                found["PYTHON_VERSION"] = version[1]
            continue
        old = rest.split(None, 1)
        if word == "ENV" and len(old) == 2 and "=" not in old[0]:
            found[old[0]] = old[1].strip()
        else:
            found |= {name: double or single or bare for name, double, single, bare in _PAIR.findall(rest)}
    return {name: value for name, value in found.items() if value and "$" not in value}

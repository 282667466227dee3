"""A lock's names of wheels -> the Pythons that it was made for. Knows no machine, and installs nothing."""

import re

_LARGEST = 8 * 1024 * 1024
# https://packaging.python.org/en/latest/specifications/binary-distribution-format/#file-name-convention
_WHEEL = re.compile(
    r"[/\"](?P<name>[A-Za-z0-9_.]{1,80}-[0-9][A-Za-z0-9_.!+%]{0,60})(?:-[0-9][A-Za-z0-9_]{0,20})?"
    r"-(?:cp(?P<python>3[0-9]{1,2})-cp3[0-9]{1,2}m?-many|(?P<any>[a-z0-9.]{2,40}-(?:none|abi3)-))[a-z0-9_.]{1,200}\.whl\""
)


def wheel_pythons(lock: str) -> tuple[str, ...]:
    """Return the versions (`3.12`), newest first, for which most of a lock's compiled packages have a wheel.

    A lock is as old as its packages: for a Python that came later they would be built from source, if they can be.
    Not all, but most: some packages are for old Pythons alone, and only what asks for them says so. A package that
    has one wheel for many Pythons tells nothing.
    """
    found: dict[str, set[str]] = {}
    for_many: set[str] = set()
    for wheel in _WHEEL.finditer(lock[:_LARGEST]):
        if wheel["python"]:
            found.setdefault(wheel["name"], set()).add(wheel["python"])
        else:
            for_many.add(wheel["name"])
    compiled = [pythons for name, pythons in found.items() if name not in for_many]
    known = {python for pythons in compiled for python in pythons}
    most = [python for python in known if 2 * sum(python in pythons for pythons in compiled) > len(compiled)]
    return tuple(f"3.{python[1:]}" for python in sorted(most, key=lambda python: -int(python[1:])))

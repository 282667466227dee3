"""A service that is only there to be tested."""


def answer():
    return 42

"""Pure parsers of what tools print and projects write. Nothing here opens a file or judges."""


class UnreadableError(ValueError):
    """A tool's output, or a project's file, is not what its format says: the message tells why."""

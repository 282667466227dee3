"""Quality Gate: decides whether a change to a Python service may ship."""

__version__ = "1.0.0"

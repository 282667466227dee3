"""A service for tasks and their comments, each seen by its owner only."""

__version__ = "1.0.0"

"""Plays loads against a service, in a process of its own. Judges nothing that it measures.

Nothing is imported here: the process that plays starts with this package, and must start quickly.
"""

"""The outside world: processes, environments, PostgreSQL, GitHub, terminals. The only place that has effects.

Adapters answer the ports and decide nothing about a change; gates and verbs never import them.
"""

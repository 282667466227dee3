"""Report -> text, one module a surface.

Nothing here writes, asks the clock, or knows a gate: renderers know measures, findings and exhibits by kind.
Every word that comes from a report is hostile and passes through `escape`.
"""

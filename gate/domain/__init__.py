"""What a gate found and what it means: values without effects, and their wire format.

Nothing here reads a file, starts a process, asks the clock or knows a tool.
"""

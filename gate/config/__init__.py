"""Configuration, pure: (command line, environment, file, option specs of the gates) -> Config.

Reads no file and no environment itself; gathers every mistake before it reports any.
"""

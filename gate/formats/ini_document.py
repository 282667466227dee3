"""Reads INI files of a project, which may be hostile. Knows no section of any tool."""

import configparser


def readable_ini(text: str, *, allow_no_value: bool = False) -> configparser.RawConfigParser:
    """Return the sections of a file, none where it cannot be read: whose file it is will say what is wrong with it."""
    parser = configparser.RawConfigParser(strict=False, allow_no_value=allow_no_value)
    try:
        parser.read_string(text)
    except (configparser.Error, ValueError):
        return configparser.RawConfigParser()
    return parser

"""Python source -> its syntax tree, also where it is written for a newer Python than the one that reads. Runs nothing.

Source: https://peps.python.org/pep-0695/, which Python knows since 3.12.
"""

import ast
import re

_PARAMETERS = re.compile(
    r"^([ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+\w+)\[[^\[\]\n]{0,500}(?:\[[^\[\]\n]{0,200}\][^\[\]\n]{0,200})?\]",
    re.MULTILINE,
)
_ALIAS = re.compile(r"^([ \t]*)type[ \t]+(\w+)(?:\[[^\[\]\n]{0,500}\])?[ \t]*=", re.MULTILINE)


def parse_tree(text: str) -> ast.Module:
    """Return the tree of a module; of parameters of types, nothing is left in it where they are not understood.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: it is no Python, or too deep.
    """
    try:
        return ast.parse(text)
    except SyntaxError:
        plain = _ALIAS.sub(r"\1\2 =", _PARAMETERS.sub(r"\1", text))
        if plain == text:
            raise
        return ast.parse(plain)

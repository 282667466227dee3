import ast

import pytest

from gate.formats.python_tree import parse_tree
from tests.unit.growth import STEEP, growth


def test_parameters_of_types_do_not_hide_a_module_from_an_older_python() -> None:
    source = (
        "type Pair[T] = tuple[T, T]\nasync def load[E: Base[int], *Ts](kind: type[E]) -> E:\n  return x[0]\n"
        "class Box[T](Base[T]):\n  a: list[int]\n"
    )
    names = [getattr(node, "name", "") for node in parse_tree(source).body]
    assert names[1:] == ["load", "Box"]
    assert "list[int]" in ast.unparse(parse_tree(source))


def test_what_is_no_python_is_refused_in_a_short_time() -> None:
    def refuse(size: int) -> None:
        for source in ("def a[" * size, "class A" + "[" * size, "type a" + " " * size + "(", "def ("):
            with pytest.raises((SyntaxError, MemoryError, RecursionError)):
                parse_tree(source)

    assert growth(refuse, 10_000) < STEEP

"""The parts of the serving probe that need no framework."""

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

import gate

PARTS = Path(gate.__file__).parent / "probes" / "serving"
NAMES = ("quality_gate_application", "quality_gate_dependencies", "quality_gate_functions")


@pytest.fixture
def part(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Any]]:
    monkeypatch.syspath_prepend(str(PARTS))
    before = set(sys.modules)
    yield importlib.import_module
    for name in set(sys.modules) - before:
        if name.startswith(("quality_gate_", "project_")):
            del sys.modules[name]


class Asgi:
    async def __call__(self, scope: object, receive: object, send: object) -> None: ...


class Lenient:
    async def __call__(self, scope: object, receive: object = None, send: object = None) -> None: ...


class Wsgi:
    def __call__(self, environ: object, start_response: object) -> None: ...


async def asgi(scope: object, receive: object, send: object) -> None: ...
def wsgi(environ: object, start_response: object) -> None: ...
def three(one: object, two: object, and_three: object) -> None: ...
def two(user: object, password: object) -> None: ...
def factory(settings: object = None) -> None: ...


@pytest.mark.parametrize(
    ("found", "interface"),
    [
        *((one, "asgi3") for one in (Asgi(), Lenient(), asgi)),
        *((one, "wsgi") for one in (Wsgi(), wsgi)),
        *((one, "") for one in (Asgi, three, two, factory, 1, None, print, sys)),
    ],
)
def test_an_application_is_told_from_what_is_none(part: Callable[[str], Any], found: object, interface: str) -> None:
    assert part("quality_gate_application").interface_of(found) == interface


def test_an_application_is_found_inside_its_middlewares_and_a_ring_of_them_ends(part: Callable[[str], Any]) -> None:
    inner = Asgi()
    outer, ring = Wsgi(), Wsgi()
    vars(outer)["app"] = Wsgi()
    vars(outer)["app"].other_asgi_app = inner
    vars(ring)["app"] = ring
    innermost = part("quality_gate_application").innermost
    assert innermost(outer, lambda one: isinstance(one, Asgi)) is inner
    assert innermost(ring, lambda one: isinstance(one, Asgi)) is None


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ("project_a.b:things.app", "project_a/b.py"),
        ("project_a:things.app", "src/project_a/__init__.py"),
        ("project_a:make()", "project_a.py"),
        ("project_a:make", "src/project_a.py"),
        ("some-where/project_a:make", "some-where/project_a.py"),
    ],
)
def test_the_application_is_found_from_the_folder_of_the_project_or_its_src(
    part: Callable[[str], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: str, path: str
) -> None:
    file = tmp_path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    source = """
        class App:
            async def __call__(self, scope, receive, send): ...
        class things:
            app = App()
        def make(): return App()
        """
    file.write_text(dedent(source))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    assert type(part("quality_gate_application").load(wanted)).__name__ == "App"


FUNCTIONS = '''
import functools

def deco(function):
    @functools.wraps(function)
    def inner(*args): return function(*args)
    return inner

@deco
@deco
def handler(
    user, other, _=None,
):
    """user"""
    return [other for _ in ()]

def all_of_them(user): return locals()

class Callable:
    def __call__(self, user): return user
'''


def test_where_a_function_is_and_what_it_never_names(
    part: Callable[[str], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "project_f.py").write_text(FUNCTIONS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    described = part("quality_gate_functions").described
    module = importlib.import_module("project_f")

    told = described(module.handler, ["user", "other", "_"])
    assert told == {"function": "project_f.handler", "file": "project_f.py", "line": 11, "unused": ["user"]}
    assert described(module.all_of_them, ["user"])["unused"] == []
    assert described(module.Callable(), ["user"])["line"] == 20
    assert described(Path.cwd, [])["file"] == "", "it lies elsewhere"
    assert described(print, [])["file"] == ""


def test_where_code_was_imported_from_is_told_of_every_module(
    part: Callable[[str], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "src" / "project_p" / "inner").mkdir(parents=True)
    (tmp_path / "src" / "project_p" / "inner" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path / "src"))
    importlib.import_module("project_p.inner")
    monkeypatch.setitem(sys.modules, "project_alias.of.it", sys.modules["project_p.inner"])
    monkeypatch.setitem(sys.modules, "project_none", None)

    told = part("quality_gate_imports").imported("src/project_p.inner:app")
    assert told["app_file"] == str(tmp_path / "src" / "project_p" / "inner" / "__init__.py")
    roots = [root for root in told["import_roots"] if root.startswith(str(tmp_path))]
    assert roots == [str(tmp_path / "src"), str(tmp_path / "src" / "project_p" / "inner")]
    assert str(Path(gate.__file__).parents[1]) in told["import_roots"]
    assert part("quality_gate_imports").imported("nothing:app")["app_file"] == ""


def test_what_was_installed_as_a_copy_of_a_folder_is_told_where_it_is_imported(
    part: Callable[[str], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, editable in (("project_copied", False), ("project_unused", False), ("project_linked", True)):
        about = tmp_path / f"{name}-1.dist-info"
        about.mkdir()
        (tmp_path / f"{name}.py").touch()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
        (about / "RECORD").write_text(f"{name}.py,,\n")
        direct = {"url": f"file:///src/{name}", "dir_info": {"editable": editable}}
        (about / "direct_url.json").write_text(json.dumps(direct))
    (tmp_path / "project_broken-1.dist-info").mkdir()
    (tmp_path / "project_broken-1.dist-info" / "direct_url.json").write_text("{")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.import_module("project_copied")
    importlib.import_module("project_linked")

    copied = part("quality_gate_imports").imported("nothing:app")["copied_from"]
    assert [url for url in copied if "project_" in url] == ["file:///src/project_copied"]

"""Which lines are there for errors only, which of them ran, and what test would reach the others."""

from collections.abc import Iterable
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.domain.exhibit import ErrorPathKind, FileCoverage
from gate.formats.coverage_json import parse_coverage
from gate.formats.error_paths import LARGEST_SOURCE, ErrorPaths, parse_error_paths

SAMPLES = Path(__file__).parents[2] / "samples" / "coverage"


def read(source: str, *, ran: Iterable[int] = (), missing: Iterable[int] | None = None, jumps: Iterable[tuple[int, int]] = ()) -> ErrorPaths:  # fmt: skip
    """Read a source of which these lines ran, and all others did not where nothing else is said."""
    source = dedent(source).lstrip("\n")
    executed = set(ran)
    lines = set(range(1, source.count("\n") + 2)) - executed if missing is None else set(missing)
    file = FileCoverage(
        path="a.py", covered=0, total=1, missing_lines=tuple(sorted(lines)), missing_branches=tuple(jumps)
    )
    return parse_error_paths(source, file, executed, has_branches=True)


def told(source: str) -> list[str]:
    """Tell the paths of a source of which nothing ran: lines, kind, and the test in words."""
    return [f"{path.line}-{path.end_line} {path.kind} {path.test}" for path in read(source).missing]


# Each source begins at line 1; beside it is what is for errors in it, and nothing else is.
SNIPPETS = {
    "a raise is told with the block that it ends": (
        """
        def delete_comment(comment, user):
            if comment.owner_id != user.id:
                log.warning("no")
                raise Forbidden(
                    comment.id,
                )
            comment.delete()
        """,
        ["3-6 raise `comment.owner_id != user.id` in delete_comment"],
    ),
    "else that raises": (
        """
        def pick(kind):
            if kind == "a":
                return 1
            elif kind == "b":
                return 2
            else:
                raise ValueError(kind)
        """,
        ['7-7 raise neither `kind == "a"` nor `kind == "b"` is true in pick'],
    ),
    "what is left behind conditions that return": (
        """
        class Reader:
            def read(self, x):
                if x is A: return 1
                name = "x"
                if x is B: return 2
                if x is C: return 3
                raise TypeError(name)
        """,
        ["7-7 raise none of 3 conditions is true, the last `x is C` in Reader.read"],
    ),
    "a loop that finds nothing": (
        """
        def find(rows, key):
            for row in rows:
                if row.key == key:
                    return row
            raise KeyError(key)

        def found(rows, key):
            for row in rows:
                if row.key == key:
                    break
            else:
                raise KeyError(key)
        """,
        [
            "5-5 raise no turn of `for row in rows` returns in find",
            "12-12 raise no turn of `for row in rows` ends in `break` in found",
        ],
    ),
    "a handler tells which error comes from which call": (
        """
        async def create(session):
            try:
                await session.commit()
            except IntegrityError as error:
                log.info("taken")
                raise Taken from error
            except (OSError, TimeoutError):
                return None
            except Exception:
                pass
        """,
        [
            "4-6 except `session.commit()` raises IntegrityError in create",
            "7-8 except `session.commit()` raises OSError or TimeoutError in create",
            "9-10 except `session.commit()` raises an error in create",
        ],
    ),
    "the end of an iteration that is an error": (
        """
        def first(rows):
            try:
                return next(rows)
            except StopIteration:
                raise Empty from None
        """,
        ["4-5 except `next(rows)` raises StopIteration in first"],
    ),
    "a group of exceptions": (
        """
        try:
            run(a)
            run(b)
            run(c)
        except* ValueError:
            stop()
        """,
        ["5-6 except one of the lines 2 to 4 raises ValueError"],
    ),
    "a log of it is not what fails": (
        """
        try:
            log.info("going")
            go(1)
            go(2)
        except OSError:
            return
        """,
        ["5-6 except `go(1)` or `go(2)` raises OSError"],
    ),
    "a raise that other ways lead past": (
        """
        def a(x):
            if x:
                return 1
            try:
                return go(x)
            finally:
                stop()
            raise Odd(x)
        """,
        ["8-8 raise `raise Odd(x)` is reached in a"],
    ),
    "what is looked up raises KeyError, and what is assigned does not": (
        """
        def of(names, key):
            try:
                seen[key] = names[key]
            except KeyError:
                return 0
        """,
        ["4-5 except `names[key]` raises KeyError in of"],
    ),
    "answers of HTTP, with their status": (
        """
        def a(x):
            if x == 1:
                raise HTTPException(404, "no")
            if x == 2:
                raise HTTPException(status_code=status.HTTP_409_CONFLICT)
            if x == 3:
                abort(403)
            if x == 4:
                return JSONResponse({}, status_code=422)
            if x == 5:
                return {"error": "gone"}, HTTPStatus.GONE
            if x == 6:
                return jsonify({}), 400
            if x == 7:
                return HttpResponseBadRequest("no")
            if x == 8:
                raise web.HTTPNotFound
            if x == 9:
                raise HTTPException(x)
            if x == 10:
                raise Http404("no")
            if x == 11:
                abort(make_response("no"))
            if x == 12:
                return make_response(jsonify({}), 418)
            return JSONResponse({})
        """,
        [
            "3-3 http-error `x == 1` in a, answered with 404",
            "5-5 http-error `x == 2` in a, answered with 409",
            "7-7 http-error `x == 3` in a, answered with 403",
            "9-9 http-error `x == 4` in a, answered with 422",
            "11-11 http-error `x == 5` in a, answered with 410",
            "13-13 http-error `x == 6` in a, answered with 400",
            "15-15 http-error `x == 7` in a, answered with 400",
            "17-17 http-error `x == 8` in a, answered with 404",
            "19-19 http-error `x == 9` in a",
            "21-21 http-error `x == 10` in a, answered with 404",
            "23-23 http-error `x == 11` in a",
            "25-25 http-error `x == 12` in a, answered with 418",
        ],
    ),
    "answers that are no errors": (
        """
        def a(x):
            if x == 1:
                raise HTTPException(status_code=303)
            if x == 2:
                raise web.HTTPFound("/login")
            if x == 3:
                return JSONResponse({}, status_code=201)
            if x == 4:
                return width, 600
            if x == 5:
                return width, 480
            if x == 6:
                return {"a": 1}, 200
            if x == 7:
                transaction.abort()
            if x == 8:
                raise StopIteration
            if x == 9:
                raise SystemExit(0)
            if x == 10:
                sys.exit()
            if x == 11:
                return math.inf, HTTPStatus.OK
            return 1
        """,
        [],
    ),
    "a program that ends badly": (
        """
        def main(arguments):
            if not arguments:
                sys.exit("nothing to do")
            if arguments.wrong:
                raise typer.Exit(code=2)
        """,
        ["3-3 raise `not arguments` in main", "5-5 raise `arguments.wrong` in main"],
    ),
    "guards leave early for what is wanting": (
        """
        def sizes(names, seen):
            if not names:
                log.debug("none")
                return []
            if names is BAD:
                return None, None
            for name in names:
                if name is None:
                    continue
                if name.size < 0:
                    break
                count(name)
            return 1
        """,
        [
            "3-4 guard `not names` in sizes",
            "6-6 guard `names is BAD` in sizes",
            "9-9 guard `name is None` in sizes",
            "11-11 guard `name.size < 0` in sizes",
        ],
    ),
    "what only chooses is no guard": (
        """
        def a(x, rows):
            if x in CACHE:
                return CACHE[x]
            if x == 1:
                return True
            if x == 2:
                y = work(x)
                return None
            for row in rows:
                if row in CACHE:
                    continue
                if row.name == "x":
                    break
                if row.bad:
                    y = row
                    break
                CACHE[row] = 1
            while True:
                if not read():
                    break
                more()
            if x == 3:
                go(x)
            elif not x:
                return None
            if x:
                return None
        """,
        [],
    ),
    "an else or a case": (
        """
        def a(x):
            match x.kind:
                case "a" if x.ready:
                    return 1
                case "b" | "c":
                    raise Unready(x)
                case _:
                    raise ValueError(x)
        """,
        ['6-6 raise `x.kind` matches `"b" | "c"` in a', "8-8 raise `x.kind` matches no other case in a"],
    ),
    "what lies in a path is told with it": (
        """
        def a(x):
            try:
                go(x)
            except Gone as gone:
                if gone.forever:
                    raise
                try:
                    again(x)
                except Gone:
                    raise HTTPException(410)
        """,
        ["4-10 except `go(x)` raises Gone in a"],
    ),
    "what may end well is not for the error alone": (
        """
        def a(x):
            if x.many:
                for y in x.many:
                    if y.ok:
                        return y
                raise Empty(x)
            return x
        """,
        ["6-6 raise no turn of `for y in x.many` returns in a"],
    ),
    "conditions, loops and cases of every kind": (
        """
        def a(x):
            if x:
                y = 1
            else:
                raise A
            while x:
                if x.ok:
                    break
            else:
                raise B
            match x:
                case [b, c] if b > c:
                    raise C
            if (x is None
                    or x.y):
                raise D
            if x.z:
                return 1
            for y in x:
                go(y)
            if x.b:
                return 2
            go(x)
            raise E

        def b(x):
            if x.c:
                return 1
            if x.d:
                return 2
            raise F

        def c(x):
            if x.d:
                return 1
            elif x.e:
                return 2
            elif x.f:
                return 3
            else:
                raise G
        """,
        [
            "5-5 raise `x` is false in a",
            "10-10 raise no turn of `while x` ends in `break` in a",
            "13-13 raise `x` matches `[b, c] if b > c` in a",
            "16-16 raise `x is None or x.y` in a",
            "24-24 raise `x.b` is false in a",
            "31-31 raise neither `x.c` nor `x.d` is true in b",
            "41-41 raise none of 3 conditions is true, the last `x.f` in c",
        ],
    ),
    "an except of everything": (
        """
        def a(x):
            try:
                one(x)
                two(x)
                three(x)
            except:
                return 1
            try:
                y = x
            except:
                return 2
        """,
        ["6-7 except one of the lines 3 to 5 raises an error in a", "10-11 except line 9 raises an error in a"],
    ),
    "guards that return something empty": (
        """
        def a(x):
            if x.a:
                return {}
            if x.b:
                return list()
            if x.c:
                return dict(a=1)
            if x.d:
                return NotImplemented
            if x.e:
                return {1: 2}
            for y in x:
                if y.a or not y.b:
                    continue
                go(y)
            return 1
        """,
        [
            "3-3 guard `x.a` in a",
            "5-5 guard `x.b` in a",
            "9-9 guard `x.d` in a",
            "14-14 guard `y.a or not y.b` in a",
        ],
    ),
    "what stands before a raise, and may end well or not": (
        """
        def a(x):
            if x:
                def b():
                    return 1
                go(b)
                raise A
            if x.y:
                yield 1
                raise B
            try:
                go()
            except E:
                @decorated
                def c():
                    pass
                return c
            for y in x: raise C
        """,
        [
            "3-6 raise `x` in a",
            "9-9 raise `raise B` is reached in a",
            "12-16 except `go()` raises E in a",
            "17-17 raise `raise C` is reached in a",
        ],
    ),
    "answers that are awaited, or whose status is taken from a name": (
        """
        async def a(x):
            if x:
                return Response(status=HTTPStatus.GONE.value)
            if x.b:
                return {"a": 1}, 404, {"B": "c"}
            if x.c:
                raise web.HTTPError(503)
            if x.d:
                raise Odd(404)
            return await Response(404)
        """,
        [
            "3-3 http-error `x` in a, answered with 410",
            "5-5 http-error `x.b` in a, answered with 404",
            "7-7 http-error `x.c` in a, answered with 503",
            "9-9 raise `x.d` in a",
            "10-10 http-error none of 4 conditions is true, the last `x.d` in a, answered with 404",
        ],
    ),
    "functions that do nothing else": (
        """
        class Base:
            def run(self):
                \"\"\"Run it.\"\"\"
                raise NotImplementedError

            def post(self):
                raise HTTPException(405)
        """,
        ["7-7 http-error `Base.post()` is called, answered with 405"],
    ),
    "what no test decides": (
        """
        try:
            import tomllib
        except ImportError:
            import tomli as tomllib
        if TYPE_CHECKING:
            raise Never
        if __name__ == "__main__":
            raise SystemExit(1)
        def a(x):
            assert x
            try:
                return next(x)
            except StopIteration:
                return 0
            finally:
                close()
        """,
        [],
    ),
    "names of functions in functions, and code of the module": (
        """
        if not READY:
            raise RuntimeError
        class A:
            def b(self):
                def c(x):
                    if not x:
                        raise KeyError
        """,
        ["2-2 raise `not READY`", "7-7 raise `not x` in A.b.c"],
    ),
}


@pytest.mark.parametrize(("source", "paths"), SNIPPETS.values(), ids=SNIPPETS)
def test_what_is_for_errors_only_is_told_with_the_test_that_reaches_it(source: str, paths: list[str]) -> None:
    assert told(source) == paths


def test_a_path_of_which_a_line_ran_is_not_told_but_what_did_not_run_in_it_is() -> None:
    source = """
        def a(x):
            try:
                go(x)
            except Gone as gone:
                if gone.forever:
                    raise
                return None
        """
    found = read(source, ran=[1, 2, 3, 4, 5, 7])
    assert [(path.line, path.end_line) for path in found.missing] == [(6, 6)]
    assert (found.ran, found.total) == (1, 2)


def test_an_except_that_was_asked_for_another_error_is_no_part_of_what_did_not_run() -> None:
    source = """
        try:
            go()
        except KeyError:
            stop()
        except ValueError:
            stop()
        """
    found = read(source, ran=[1, 2, 3, 5, 6])
    assert [(path.line, path.end_line) for path in found.missing] == [(4, 4)]


def test_what_is_left_out_of_coverage_does_not_count() -> None:
    assert read("if a:\n    raise B\n", ran=[1], missing=[]) == ErrorPaths()


@pytest.mark.parametrize(
    ("ran", "missing", "jumps", "state"),
    [
        ([1, 2, 3], [], [(2, -1)], (0, 1, [2])),
        ([1, 2, 3], [], [(2, 3)], (1, 1, [])),
        ([1, 2, 3], [], [], (1, 1, [])),
        ([1], [2, 3], [], (0, 1, [2])),
    ],
)
def test_a_guard_on_one_line_is_told_by_its_branch(
    ran: list[int], missing: list[int], jumps: list[tuple[int, int]], state: tuple[int, int, list[int]]
) -> None:
    found = read("def a(x):\n    if not x: return\n    go(x)\n", ran=ran, missing=missing, jumps=jumps)
    assert (found.ran, found.total, [path.line for path in found.missing]) == state


def test_an_error_on_one_line_with_an_else_ran_if_the_else_is_what_did_not() -> None:
    source = "def a(x):\n    if not x: raise A\n    else:\n        y = 1\n    go(x)\n"
    found = read(source, ran=[1, 2, 5], missing=[4], jumps=[(2, 4)])
    assert (found.ran, found.total) == (1, 1)


def test_of_an_error_that_begins_on_the_line_of_its_condition_as_much_is_told_as_did_not_run() -> None:
    source = "def a(x):\n    if x: raise A(\n        1)\n    go(x)\n"
    (reached,) = read(source, ran=[1, 2, 4], missing=[], jumps=[(2, 3)]).missing
    (never,) = read(source, ran=[1]).missing
    assert [(path.line, path.end_line, path.function) for path in (reached, never)] == [(2, 2, "a"), (2, 3, "a")]


def test_a_mark_of_the_encoding_is_no_part_of_the_source_and_what_is_no_python_is_said() -> None:
    assert read("\ufeffif a:\n    raise B\n").total == 1
    assert not read("def (:\n").readable


def test_without_branches_a_guard_on_one_line_is_not_known() -> None:
    file = FileCoverage(path="a.py", covered=1, total=1)
    source = "def a(x):\n    if not x: return\n    go(x)\n"
    assert parse_error_paths(source, file, [1, 2, 3], has_branches=False) == ErrorPaths()


def test_what_coverage_tells_of_a_service() -> None:
    report = parse_coverage((SAMPLES / "error-paths-7.17.3.json").read_text("utf-8"))
    file = next(file for file in report.files if file.path == "app/comments.py")
    source = (SAMPLES / "comments.py.txt").read_text("utf-8")
    found = parse_error_paths(source, file, report.executed[file.path], has_branches=True)
    assert (found.ran, found.total) == (1, 9)
    assert [(path.line, path.end_line, path.kind, path.test) for path in found.missing] == [
        (24, 25, ErrorPathKind.HTTP_ERROR, "`TASKS[task_id]` raises KeyError in Comments.__init__, answered with 404"),
        (29, 29, ErrorPathKind.RAISE, '`number in self.task["comments"]` in Comments.add'),
        (34, 34, ErrorPathKind.GUARD, "`not text.strip()` in Comments.cut"),
        (41, 41, ErrorPathKind.GUARD, "`not word` in Comments.matching"),
        (
            *(54, 57, ErrorPathKind.HTTP_ERROR),
            "`json.loads(await request.body())` raises ValueError in create_comment, answered with 400",
        ),
        (61, 61, ErrorPathKind.HTTP_ERROR, "`not isinstance(text, str)` in create_comment, answered with 422"),
        (74, 75, ErrorPathKind.HTTP_ERROR, '`comments.task["owner"] != user` in delete_comment, answered with 403'),
        (
            *(80, 80, ErrorPathKind.HTTP_ERROR),
            '`comments.task["comments"].pop(number, None)` matches no other case in delete_comment, answered with 404',
        ),
    ]


def test_what_coverage_tells_of_errors_on_one_line() -> None:
    report = parse_coverage((SAMPLES / "one-line-7.17.3.json").read_text("utf-8"))
    (file,) = report.files
    source = (SAMPLES / "one-line.py.txt").read_text("utf-8")
    found = parse_error_paths(source, file, report.executed[file.path], has_branches=True)
    assert (found.ran, found.total) == (0, 10)
    assert [path.line for path in found.missing] == [2, 4, 6, 8, 11, 14, 16, 21, 24, 30]


def test_words_are_one_short_line_whatever_the_source_says() -> None:
    condition = " and \\\n    ".join(f'names["`{at}\u202e"] is not None' for at in range(200))
    name = "f" * 5_000
    found = read(f"def {name}():\n  if {condition}:\n    raise HTTPException(404)\n")
    (path,) = found.missing
    assert len(path.test) <= 160
    assert "\n" not in path.test
    assert path.test.count("`") == 2
    assert path.test.endswith("…, answered with 404")


def test_of_two_long_conditions_each_is_told_in_part() -> None:
    first, second = (" and ".join(f"{name}[{at}] is None" for at in range(20)) for name in ("names", "places"))
    found = read(f"def a():\n  if {first}:\n    go()\n  elif {second}:\n    go()\n  else:\n    raise A\n")
    (path,) = found.missing
    assert len(path.test) <= 160
    assert path.test.startswith("neither `names[0] is None and")
    assert "…` nor `places[0] is None and" in path.test
    assert path.test.endswith("…` is true in a")


@pytest.mark.parametrize(
    "source",
    [
        "def (:\n",
        "\0",
        "x = " + "(" * 100_000,
        "x = " + "-" * 100_000 + "1",
        "if a: pass\n" + "elif b: pass\n" * 50_000,
        "x = " + "a." * 50_000 + "b\n",
        "#" * (LARGEST_SOURCE + 1),
        'f"{a!r:{"x"}}" if' + " x" * 1_000,
    ],
)
def test_what_is_no_python_or_too_deep_or_too_large_has_none(source: str) -> None:
    assert read(source) in (ErrorPaths(), ErrorPaths(readable=False))


def test_a_source_of_thousands_of_handlers_is_read_in_time() -> None:
    body = "".join(f"    call_{at}(x)\n" for at in range(3_000))
    handlers = "".join(f"except E{at}:\n    raise F\n" for at in range(3_000))
    assert read(f"try:\n{body}{handlers}").total == 3_000


PIECES = st.sampled_from(
    [
        *("if x: raise A", "if x:", "else:", "elif y:", "for a in b:", "while x:", "try:", "except A:", "except* B:"),
        *("finally:", "raise", "raise HTTPException(404)", "return", "return None", "continue", "break", "def f():"),
        *("class C:", "match x:", "case _:", "case [A(), *b]:", "abort(404)", "sys.exit(1)", "pass", "call(x)[0]"),
        *('return {"a": "`"}, 404', "with a:", "yield 1", "\ufeff", "é = '\u2028'", "if (x\n):", "#\f", "\r"),
    ]
)


@st.composite
def sources(draw: st.DrawFn) -> str:
    """Draw lines that look like Python, most of them indented so that some are."""
    lines, depth = [], 0
    for piece in draw(st.lists(PIECES, max_size=25)):
        lines.append("  " * depth + piece)
        depth = depth + 1 if piece.endswith(":") else max(0, depth - draw(st.integers(0, 1)))
    if lines and lines[-1].endswith(":"):
        lines.append("  " * depth + "pass")
    return "\n".join(lines)


@given(
    source=st.one_of(sources(), st.text(max_size=200)),
    numbers=st.lists(st.tuples(st.integers(-3, 40), st.integers(-3, 40)), max_size=20),
    has_branches=st.booleans(),
)
def test_whatever_is_read_no_line_that_ran_is_told_and_each_path_lies_in_the_file(
    source: str, numbers: list[tuple[int, int]], has_branches: bool
) -> None:
    executed = {line for line, _ in numbers if line > 0}
    missing = tuple(line for line in range(1, source.count("\n") + 2) if line not in executed)
    file = FileCoverage(path="a.py", covered=0, total=1, missing_lines=missing, missing_branches=tuple(numbers))
    found = parse_error_paths(source, file, executed, has_branches=has_branches)
    assert 0 <= found.ran <= found.total
    assert len(found.missing) <= found.total - found.ran
    end = 0
    for path in found.missing:
        assert end < path.line <= path.end_line <= len(source.splitlines()) + source.count("\r") + 1
        end = path.end_line
        lines = set(range(path.line, path.end_line + 1))
        # Of a line that ran, a branch may be what did not.
        assert not lines & executed or (path.line == path.end_line and path.line in dict(numbers))
        assert len(path.test) <= 160
        assert "\n" not in path.test

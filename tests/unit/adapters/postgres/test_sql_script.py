"""Where in a script an error is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.adapters.postgres.sql_script import line_at, statement_lines, without_restrict

STATEMENTS = (
    "SELECT 1",
    "SELECT 'a;b'",
    "SELECT 'it''s; fine'",
    "SELECT E'it\\'s; fine'",
    'CREATE TABLE "a;b" (c int)',
    "DO $$ BEGIN PERFORM 1; PERFORM 2; END $$",
    "DO $body$ BEGIN PERFORM '$$;'; END $body$",
    "SELECT foo$bar FROM x$1",
    "SELECT 1 -- not; the end\n + 1",
    "SELECT /* not; /* nested; */ the; end */ 1",
    "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END",
    "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2)",
    "SELECT CASE WHEN true THEN 1 END",
    "BEGIN",
    "END",
)
SPACE = st.sampled_from(["", "\n", "  \n\n", "-- a comment; with a semicolon\n", "/* ; */", "\t", ";", "\n;\n"])


@given(st.lists(st.tuples(SPACE, st.sampled_from(STATEMENTS)), max_size=8), SPACE)
def test_each_statement_is_found_on_its_line(parts: list[tuple[str, str]], ending: str) -> None:
    script = ""
    lines = []
    for space, statement in parts:
        script += space
        lines.append(script.count("\n") + 1)
        script += statement + ";"
    assert statement_lines(script + ending) == lines


@given(st.text(alphabet="ab;'\"$/*-\\\n ()E", max_size=60))
def test_any_text_is_read_to_its_end(text: str) -> None:
    lines = statement_lines(text)
    assert lines == sorted(lines)
    assert all(1 <= line <= text.count("\n") + 1 for line in lines)


@pytest.mark.parametrize("text", ["SELECT 'open;\n;", "SELECT $$open;\n;", "SELECT 1 /* open;\n;", "SELECT (1;\n;"])
def test_what_is_not_closed_goes_to_the_end(text: str) -> None:
    assert statement_lines(text) == [1]


def test_a_last_statement_needs_no_semicolon() -> None:
    assert statement_lines("SELECT 1;\nSELECT 2") == [1, 2]


@pytest.mark.parametrize(("position", "line"), [(1, 1), (3, 1), (4, 2), (5, 3), (99, 3), (0, 1)])
def test_positions_count_characters_from_one(position: int, line: int) -> None:
    assert line_at("äb\n\nc", position) == line


def test_what_pg_dump_writes_for_psql_is_no_statement() -> None:
    script = "\\restrict AbC\nSELECT '\\restrict';\n\\unrestrict AbC\n\\connect x\n"
    clean = without_restrict(script)
    assert clean == "--restrict AbC\nSELECT '\\restrict';\n--unrestrict AbC\n\\connect x\n"
    assert statement_lines(clean) == [2, 4]

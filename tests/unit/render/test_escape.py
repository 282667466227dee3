"""Whatever stands in a text, GitHub's own Markdown engine shows it as that text and nothing else."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.render import escape
from tests.unit.render.github_page import NASTY, Page, hostile_texts, shown

IN_CONTEXTS = {
    "paragraph": "{}",
    "within words": "a {} b",
    "heading": "### {}",
    "list item": "- {}",
    "numbered item": "1. {}",
    "table cell": "| a | b |\n| --- | --- |\n| {} | c |",
    "table heading": "| {} | b |\n| --- | --- |\n| a | c |",
    "second line": "a\n{}",
    "details": "<details><summary>s</summary>\n\n{}\n\n</details>",
    "summary": "<details><summary>{}</summary>\n\nb\n\n</details>",
    "sub": "<sub>{} · b</sub>",
    "strong": "<strong>{}</strong> b",
}
REFERENCES = re.compile(
    r"@\w|#\d|\bgh-\d|://|www\.|:[a-z0-9_+-]+:|(?<![0-9A-Za-z_])[0-9a-f]{7,40}(?![0-9A-Za-z_])", re.IGNORECASE
)
contexts = st.sampled_from(sorted(IN_CONTEXTS.values()))


def tags_of(context: str, words: str = "x") -> list[str]:
    return shown(context.format("x" if escape.visible(words) else "")).tags


def without_breaks(words: str) -> str:
    return words.replace(escape.ZERO_WIDTH_SPACE, "")


@given(hostile_texts, contexts)
def test_text_is_shown_as_it_is_and_makes_no_markup(words: str, context: str) -> None:
    page = shown(context.format(escape.text(words)))
    assert [tag for tag in page.tags if tag != "span"] == tags_of(context, words)
    assert page.attributes == []
    assert page.others == []
    assert escape.visible(words) in without_breaks(page.text)


@pytest.mark.parametrize("context", IN_CONTEXTS.values(), ids=IN_CONTEXTS)
@pytest.mark.parametrize("around", ["{}", "a {} b", "a{}b", "{0}{0}", " {}"])
def test_every_fragment_is_text_everywhere(context: str, around: str) -> None:
    for fragment in NASTY:
        words = around.format(fragment)
        page = shown(context.format(escape.text(words)))
        assert [tag for tag in page.tags if tag != "span"] == tags_of(context, words), words
        assert page.attributes == []
        assert escape.visible(words) in without_breaks(page.text)
        assert REFERENCES.search(page.prose) is None, words


@given(hostile_texts)
def test_text_mentions_refers_and_links_to_nothing(words: str) -> None:
    prose = shown(escape.text(words)).prose
    found = REFERENCES.search(prose)
    assert found is None, found


@given(hostile_texts, contexts)
def test_code_is_shown_as_it_is_and_makes_no_markup(words: str, context: str) -> None:
    page = shown(context.format(escape.code(words)))
    assert [tag for tag in page.tags if tag not in ("wbr", "code")] == tags_of(context)
    assert page.tags.count("code") == 1
    assert page.attributes == []
    assert page.others == []
    assert escape.visible(words) in page.text


@given(hostile_texts)
def test_code_has_no_punctuation_that_markdown_could_read(words: str) -> None:
    inner = escape.code(words).removeprefix("<code>").removesuffix("</code>").replace("<wbr>", "")
    assert re.fullmatch(r"(&#[0-9]+;|[^!-/:-@\[-`{-~])*", inner)


@given(hostile_texts, st.sampled_from(["{}", "<details><summary>s</summary>\n\n{}\n\n</details>", "a\n\n{}\n\nb"]))
def test_preformatted_text_keeps_its_lines_and_ends_only_at_its_end(words: str, context: str) -> None:
    page = shown(context.format(escape.pre(words)))
    assert sorted(page.tags) == sorted([*shown(context.format("")).tags, "pre"])
    assert page.attributes == []
    assert page.others == []
    assert escape.visible(words.strip("\n").replace("\r\n", "\n"), keep="\n\t").strip("\n") in page.text


def test_preformatted_text_may_hold_blank_lines_and_what_looks_like_its_end() -> None:
    page = shown(escape.pre("first\n\n\n</pre>\n\n# no heading\n"))
    assert page.tags == ["pre"]
    assert page.text.strip() == "first\n\n\n</pre>\n\n# no heading"


def test_preformatted_text_starts_where_its_first_line_starts() -> None:
    assert escape.pre("\n\n  first\nlast\n\n") == "<pre>  first\nlast</pre>", (
        "a browser drops the first line break only"
    )


@given(hostile_texts, hostile_texts, contexts)
def test_a_link_leads_to_the_web_or_nowhere(label: str, url: str, context: str) -> None:
    for made in (escape.link(f"x{label}", url), escape.code_link(label, url)):
        page = shown(context.format(made))
        assert [tag for tag in page.tags if tag not in ("a", "span", "code", "wbr")] == tags_of(context)
        assert {name for name, _ in page.attributes} <= {"href"}
        assert all(re.fullmatch(r"https?://[A-Za-z0-9.\-\[]+[!-~]*", value or "") for _, value in page.attributes)
        assert page.others == []


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example/x",
        "https://github.com@evil.example/",
        "https://github.com\\@evil.example/",
        "https://github。com/",
        "https:///x",
        "https://[::1",
        "mailto:a@b.example",
        "",
    ],
)
def test_an_address_that_is_not_plainly_on_the_web_is_not_linked(url: str) -> None:
    assert escape.link("words", url) == "words"


@pytest.mark.parametrize(
    ("url", "href"),
    [
        ("https://a.example/x y?q=<b>&r=1#f", "https://a.example/x%20y?q=%3Cb%3E&r=1#f"),
        ("HTTP://a.example:8080/50%", "http://a.example:8080/50%25"),
        ("https://a.example/a%20b|c`d\"e'f", "https://a.example/a%20b%7Cc%60d%22e%27f"),
        ("https://[::1]:80/é", "https://[::1]:80/%C3%A9"),
    ],
)
def test_an_address_is_percent_encoded_once(url: str, href: str) -> None:
    assert shown(escape.link("a", url)).attributes == [("href", href)]


@pytest.mark.parametrize(
    ("hidden", "spelled"),
    [
        ("a\u202eb", r"a\u202eb"),
        ("a\u200bb", r"a\u200bb"),
        ("a\0b\x1b[2Jc", r"a\x00b\x1b[2Jc"),
        ("a\nb\tc\rd", r"a\nb\tc\rd"),
        ("\ufeffa\xadb\u2028", r"\ufeffa\xadb\u2028"),
        ("a\u3164b\u2800", r"a\u3164b\u2800"),
        ("a\ufe0fb\u200dc", r"a\ufe0fb\u200dc"),
        ("\ud800", r"\ud800"),
        ("\U000e0041", r"\U000e0041"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("⚠️ 👩‍💻 日本 é", "⚠️ 👩‍💻 日本 é"),
        ("e" + "\u0301" * 6, "e" + "\u0301" * 4 + r"\u0301\u0301"),
    ],
)
def test_what_cannot_be_seen_is_spelled_out(hidden: str, spelled: str) -> None:
    assert escape.visible(hidden) == spelled


@given(hostile_texts)
def test_nothing_invisible_is_left(words: str) -> None:
    spelled = escape.visible(words)
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff]", spelled)
    spelled.encode()


@given(hostile_texts)
def test_html_is_text(words: str) -> None:
    page = Page(f'<p title="{escape.html(words)}">{escape.html(words)}</p>')
    expected = escape.visible(words.replace("\r\n", "\n"), keep="\n\t")
    assert page.tags == ["p"]
    assert page.attributes == [("title", expected)]
    assert page.text == expected


def parsed_by_the_runner(line: str) -> tuple[str, dict[str, str], str] | None:
    """Parse a line as actions/runner does (ActionCommand.TryParseV2)."""
    line = line.lstrip()
    if not line.startswith("::") or "::" not in line[2:]:
        return None
    head, _, data = line[2:].partition("::")
    name, _, listed = head.partition(" ")
    properties = dict(pair.split("=", 1) for pair in listed.strip().split(",") if "=" in pair)

    def unescaped(value: str, *codes: tuple[str, str]) -> str:
        for code, char in (("%0D", "\r"), ("%0A", "\n"), *codes, ("%25", "%")):
            value = value.replace(code, char)
        return value

    read = {key: unescaped(value, ("%3A", ":"), ("%2C", ",")) for key, value in properties.items()}
    return name, read, unescaped(data)


def drawn_by_the_runner(words: str) -> str:
    return escape.visible(words.replace("\r\n", "\n"), keep="\n").replace("##[", r"##\[")


@given(hostile_texts, hostile_texts)
def test_the_runner_reads_back_what_a_command_says(title: str, message: str) -> None:
    line = f"::error title={escape.command_property('t' + title)},line=3::{escape.command_data(message)}"
    read = parsed_by_the_runner(line)
    assert read is not None
    name, properties, data = read
    assert len(line.splitlines()) == 1
    assert name == "error"
    assert properties["line"] == "3"
    assert properties["title"] == drawn_by_the_runner("t" + title)
    assert data == drawn_by_the_runner(message)


@given(hostile_texts)
def test_a_console_line_is_one_line_and_no_command(words: str) -> None:
    line = escape.console_line(words)
    assert len(line.splitlines()) <= 1
    assert parsed_by_the_runner(line) is None
    assert "##[" not in line
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", line)


def test_a_console_line_still_says_what_stood_there() -> None:
    assert escape.console_line("  ::add-mask::x ##[error]y\n") == r"  \::add-mask::x ##\[error]y"


def test_plain_words_stay_readable_in_the_source() -> None:
    assert escape.text("expected 422, got 500 on PostgreSQL 16.4 (see a/b)") == (
        "expected 422, got 500 on PostgreSQL 16.4 (see a/b)"
    )

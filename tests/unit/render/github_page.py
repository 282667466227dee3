"""GitHub's Markdown engine and a reading of its pages, and texts made to break them."""

from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options
from hypothesis import strategies as st

NASTY = (
    *"*_`~|<>[](){}!#@$:\\&-+=.;\"'/ \t\n\r\0\x0b\x0c\x1b\x7f\x85\xa0\xad",
    "\u200b", "\u200d", "\u202e", "\u2028", "\u2066", "\ufeff", "\ufe0f", "\u3164", "\ud800", "\udfff", "\U000e0041",
    "<!--", "-->", "</pre>", "</details>", "</code>", "<script>", "<b onclick=x>", "<?", "<![CDATA[", "&lt;", "&#60;",
    "http://a.example", "https://a.example/?q=1", "www.a.example", "ftp://a.example", "mailto:a@b.example",
    "xmpp:a@b.example", "a@b.example", "@octocat", "@acme/team", "#1", "GH-1", "gh-2", "acme/repo#3", "acme/repo@abc",
    ":tada:", "$x$", "$$", "$`x`$", "1. ", "- ", "+ ", "* ", "> ", "# ", "===", "---", "```", "~~~", "    ", "|-|",
    "1) ", "2)", "[^1]", "[^1]: x", "[x]: //a.example", "[!NOTE]", "- [ ] ", "3f2c1ab", "3f2c1ab94e0d5b7c8a6f1e2d3c4b5a69788f0e1d",
    "\x1b[31m", "\x1b]0;t\x07", "::error::", "##[error]", "%0A", "%", "é", "日本", "👩‍💻", "⚠️", "e\u0301\u0301\u0301\u0301\u0301\u0301",
)  # fmt: skip
hostile_texts = st.lists(
    st.one_of(st.sampled_from(NASTY), st.text(max_size=4), st.characters(exclude_categories=())), max_size=12
).map("".join)


class Page(HTMLParser):
    """The tags, attributes and text of a page, as a browser sees them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.prose = ""
        self.others: list[str] = []
        self._inside: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag != "wbr":
            self._inside.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self._inside.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if not {"code", "pre", "a"} & set(self._inside):
            self.prose += data

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_decl(self, decl: str) -> None:
        self.others.append(decl)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)


def shown(markdown: str) -> Page:
    """Render as GitHub does for a comment: line breaks are hard, and its own HTML passes."""
    options = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_HARDBREAKS | Options.CMARK_OPT_FOOTNOTES
    return Page(cmarkgfm.github_flavored_markdown_to_html(markdown, options=options))

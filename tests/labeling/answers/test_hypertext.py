"""Requesters' markup: what is left of it, and the texts in it that answers point into."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.answers import hypertext, parse
from labeling.answers.hypertext import clean, document

HOSTILE = [
    "<script>alert(1)</script>x",
    "<img src=x onerror=alert(1)>x",
    "<a href='javascript:alert(1)'>x</a>",
    "<p onclick=alert(1) style='position:fixed'>x</p>",
    "<iframe src='https://elsewhere.example'></iframe>x",
    "<svg><script>alert(1)</script></svg>x",
    "<math><mtext><table><mglyph><style><!--</style>"
    "<img title='--&gt;&lt;img src=1 onerror=1&gt;'>x",
    "<form action='https://elsewhere.example'><input name=password>x</form>",
    "<link rel=stylesheet href='https://elsewhere.example/a.css'>x",
    "<meta http-equiv=refresh content='0;url=https://elsewhere.example'>x",
    "<base href='https://elsewhere.example'>x",
    "<p id=location name=forms>x</p>",
    "<style>body { display: none }</style>x",
]


@pytest.mark.parametrize("markup", HOSTILE)
def test_nothing_runs_and_nothing_is_fetched(markup):
    shown = clean(markup)

    assert shown in {"x", "<p>x</p>", "<a>x</a>", ""}


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("<p>One<p>two", "<p>One</p><p>two</p>"),
        ("<P DIR=rtl>مرحبا</P>", '<p dir="rtl">مرحبا</p>'),
        ("a &lt; b &amp; c", "a &lt; b &amp; c"),
        ("<article><p>in</p></article>", "<p>in</p>"),
        ("<p>a<!-- no -->b</p>", "<p>ab</p>"),
        ("  \n<p>a</p> ", "<p>a</p> "),
        (
            "<table><tr><td colspan=2>a</table>",
            '<table><tbody><tr><td colspan="2">a</td></tr></tbody></table>',
        ),
        ("<p><object><div>x</div></object></p>", "<p></p><div>x</div><p></p>"),
        ("<pre>\n\n\na</pre>", "<pre>a</pre>"),
    ],
)
def test_by_example(markup, shown):
    assert clean(markup) == shown


PIECES = [
    *("<p>", "</p>", "<b>", "</b>", "<table>", "<tr>", "<td>", "</table>", "<li>", "<ul>", "<br>"),
    *("<a>", "</a>", "<pre>", "\n", "<div>", "</div>", "<h1>", "<svg>", "<object>", "<select>"),
    *("a", "🚲", "&amp;", "&lt;b&gt;", "<!--", "-->", "<x y=1>", "<script>", "</script>", " "),
]
MARKUP = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)


@given(MARKUP)
def test_what_is_shown_reads_the_same_when_it_is_read_again(markup):
    shown = clean(markup)

    assert clean(shown) == shown
    assert document(shown) == document(markup)


@given(MARKUP)
def test_every_place_is_told_in_two_ways(markup):
    found = document(markup)

    for node in found.nodes:
        assert found.text[node.start : node.start + len(node.text)] == node.text
        assert found.place(node.path, 0) == node.start
        assert found.place(node.path, len(node.text)) == node.start + len(node.text)
        assert found.place(node.path, len(node.text) + 1) is None
    assert len({node.path for node in found.nodes}) == len(found.nodes)


def test_paths_count_their_like():
    found = document("<p>a<b>b</b>c<br>d<b>e</b></p><p>f</p>g")

    assert [(node.path, node.start, node.text) for node in found.nodes] == [
        ("/p[1]/text()[1]", 0, "a"),
        ("/p[1]/b[1]/text()[1]", 1, "b"),
        ("/p[1]/text()[2]", 2, "c"),
        ("/p[1]/text()[3]", 4, "d"),
        ("/p[1]/b[2]/text()[1]", 5, "e"),
        ("/p[2]/text()[1]", 6, "f"),
        ("/text()[1]", 7, "g"),
    ]
    assert found.text == "abc\ndefg"


def test_only_markup_is_cleaned():
    config = parse(
        '<View><Text name="t" value="$t"/><HyperText name="h" value="$h"/>'
        '<Choices name="c" toName="t"><Choice value="A"/></Choices></View>'
    )
    data = {"t": "<b onclick=x>", "h": "<b onclick=x>y</b>", "other": "<script>"}

    assert config.has_markup
    assert config.shown(data, str) == {**data, "h": "<b>y</b>"}
    assert not parse(
        '<View><Text name="t" value="$t"/><Rating name="r" toName="t"/></View>'
    ).has_markup


def test_the_lists_of_tags_and_attributes_hold_nothing_that_loads_or_runs():
    dangerous = {
        "img",
        "script",
        "style",
        "iframe",
        "object",
        "embed",
        "form",
        "input",
        "svg",
        "math",
    }
    every = set().union(*hypertext.ATTRIBUTES.values())

    assert not dangerous & hypertext.TAGS
    assert not {"href", "src", "style", "class", "id", "name"} & every

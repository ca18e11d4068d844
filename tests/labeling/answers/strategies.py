"""Answers to every control, drawn at random: what the room's properties are held against."""

from datetime import datetime
from itertools import accumulate

from hypothesis import strategies as st

from labeling.answers import parse
from labeling.answers.regions.hypertexts import Marked
from labeling.answers.regions.paragraphs import Passage
from labeling.answers.regions.polygons import Polygon
from labeling.answers.regions.segments import SECOND, Segment
from labeling.answers.regions.shapes import PERCENT, Box, Point
from labeling.answers.regions.spans import Span

CONFIG = parse(
    """<View>
    <Text name="t" value="$t"/><Image name="i" value="$i"/><Audio name="a" value="$a"/>
    <Paragraphs name="p" value="$p"/><HyperText name="h" value="$h"/><List name="l" value="$l"/>
    <Choices name="one" toName="t"><Choice value="A"/><Choice value="B" alias="b"/></Choices>
    <Choices name="many" toName="t" choice="multiple"><Choice value="X"/><Choice value="Y"/>
    <Choice value="Z"/></Choices>
    <Taxonomy name="tree" toName="t"><Choice value="A"><Choice value="B"><Choice value="C"/>
    </Choice><Choice value="D"/></Choice><Choice value="B"/></Taxonomy>
    <Taxonomy name="leaf" toName="t" leafsOnly="true" maxUsages="1"><Choice value="A">
    <Choice value="B"/><Choice value="C"/></Choice><Choice value="D"/></Taxonomy>
    <TextArea name="words" toName="t" maxSubmissions="2"/>
    <Number name="number" toName="t" min="-10" max="10" step="0.5"/>
    <Number name="any" toName="t"/>
    <Rating name="stars" toName="t"/>
    <DateTime name="moment" toName="t"/><DateTime name="day" toName="t" only="date"/>
    <DateTime name="time" toName="t" only="time"/>
    <DateTime name="month" toName="t" only="month,year" format="%m/%Y"/>
    <DateTime name="year" toName="t" only="year"/>
    <Pairwise name="pair" toName="t,h"/>
    <Ranker name="rank" toName="l"/>
    <Ranker name="sorted" toName="l"><Bucket name="good"/><Bucket name="bad"/></Ranker>
    <Ranker name="all" toName="l"><Bucket name="new" default="true"/><Bucket name="old"/></Ranker>
    <Labels name="spans" toName="t"><Label value="P"/><Label value="Q"/></Labels>
    <Labels name="segments" toName="a"><Label value="P"/><Label value="Q"/></Labels>
    <RectangleLabels name="boxes" toName="i"><Label value="P"/><Label value="Q"/></RectangleLabels>
    <PolygonLabels name="areas" toName="i"><Label value="P"/><Label value="Q"/></PolygonLabels>
    <KeyPointLabels name="points" toName="i"><Label value="P"/><Label value="Q"/></KeyPointLabels>
    <ParagraphLabels name="passages" toName="p"><Label value="P"/><Label value="Q"/>
    </ParagraphLabels>
    <HyperTextLabels name="marked" toName="h"><Label value="P"/><Label value="Q"/></HyperTextLabels>
    </View>"""
)
TEXT = "Ada 👩🏽‍🔬 met Zoë in Łódź."
TURNS = ("Hi 👋", "How\nare you?", "", "Fine.")
NODES = [
    ("/p[1]/text()[1]", "One "),
    ("/p[1]/b[1]/text()[1]", "🚲 two"),
    ("/p[1]/text()[2]", " three"),
    ("/p[2]/text()[1]", "four"),
    ("", "\n"),
    ("/p[2]/text()[2]", "five"),
]
MARKUP = "<p>One <b>🚲 two</b> three</p><p>four<br>five</p>"
WHOLE = "".join(text for _, text in NODES)
IDS = ("a", "b", "c", "d")
DATA = {
    "t": TEXT,
    "i": "/i.png",
    "a": "/a.wav",
    "h": MARKUP,
    "p": [{"author": "x", "text": text} for text in TURNS],
    "l": [{"id": one, "title": one} for one in IDS],
}

labels = st.sampled_from("PQ")
texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20).filter(
    str.strip
)


def subset(control, *, most=None):
    """Some of a control's paths, at least one, in order."""
    paths = CONFIG.controls[control].paths
    chosen = st.sets(st.sampled_from(paths), min_size=1, max_size=most)
    return chosen.map(lambda found: tuple(path for path in paths if path in found))


def columns(draw, names, *, rest):
    """The items in some columns."""
    order = draw(st.permutations(IDS))
    cuts = sorted(draw(st.integers(0, len(IDS))) for _ in names[1:])
    parts = zip([0, *cuts], [*cuts, len(IDS)], strict=True)
    found = [(name, tuple(order[a:b])) for name, (a, b) in zip(names, parts, strict=True)]
    return tuple(found if rest else found[1:])


@st.composite
def span(draw):
    start = draw(st.integers(0, len(TEXT) - 1))
    end = draw(st.integers(start + 1, min(start + 8, len(TEXT))))
    return Span(start, end, draw(labels), TEXT[start:end])


@st.composite
def segment(draw):
    start, length = draw(st.integers(0, 9 * SECOND)), draw(st.integers(1, 5 * SECOND))
    end, told = start + length, draw(st.sampled_from([0, 15 * SECOND]))
    return Segment(start, end, draw(labels), draw(st.integers(0, 1)), told)


@st.composite
def box(draw):
    left, top = draw(st.integers(0, 8)), draw(st.integers(0, 8))
    right, bottom = draw(st.integers(left + 1, 10)), draw(st.integers(top + 1, 10))
    edges = [10 * PERCENT * one for one in (left, top, right, bottom)]
    return Box(*edges, draw(labels))


@st.composite
def polygon(draw):
    """Three to six corners on a grid, of which the first three are no line."""
    corner = st.tuples(*[st.integers(0, 10).map(lambda step: step * 10 * PERCENT)] * 2)
    corners = draw(st.lists(corner, min_size=3, max_size=6))
    return Polygon(tuple(corners), draw(labels), draw(st.sampled_from([(0, 0), (300, 200)])))


def has_area(one):
    return one.shape.size > PERCENT


@st.composite
def point(draw):
    x, y = draw(st.integers(0, 100 * PERCENT)), draw(st.integers(0, 100 * PERCENT))
    return Point(x, y, draw(labels), draw(st.integers(0, PERCENT)))


@st.composite
def passage(draw):
    places = [(turn, at) for turn, text in enumerate(TURNS) for at in range(len(text) + 1)]
    start, end = sorted(
        draw(st.lists(st.sampled_from(places), min_size=2, max_size=2, unique=True))
    )
    text = "\n".join(TURNS)
    offsets = [0, *accumulate(len(one) + 1 for one in TURNS)]
    quote = text[offsets[start[0]] + start[1] : offsets[end[0]] + end[1]]
    return Passage(start, end, draw(labels), quote)


@st.composite
def marked(draw):
    places = []
    for number, (path, text) in enumerate(NODES):
        before = sum(len(one) for _, one in NODES[:number])
        places += [(before + at, path, at) for at in range(len(text) + 1) if path]
    pairs = st.tuples(st.sampled_from(places), st.sampled_from(places))
    first, last = draw(pairs.filter(lambda pair: pair[0][0] < pair[1][0]))
    quote = WHOLE[first[0] : last[0]]
    return Marked(first[0], last[0], draw(labels), quote, first[1:], last[1:])


def several(region):
    """Up to four regions in order, none of them twice in one place with one label."""
    found = st.lists(region, max_size=4, unique_by=lambda one: (one.label, one.place))
    return found.map(lambda chosen: tuple(sorted(chosen)))


moments = st.datetimes(min_value=datetime(1000, 1, 1))
ANSWERS = {
    "one": st.sampled_from("Ab").map(lambda choice: (choice,)),
    "many": st.sets(st.sampled_from("XYZ"), min_size=1).map(lambda some: tuple(sorted(some))),
    "tree": subset("tree"),
    "leaf": subset("leaf", most=1),
    "words": st.lists(texts, min_size=1, max_size=2).map(tuple),
    "number": st.integers(-20, 20).map(lambda half: half // 2 if half % 2 == 0 else half / 2),
    "any": st.integers(-(2**53), 2**53) | st.floats(-1e6, 1e6).filter(lambda x: x != int(x)),
    "stars": st.integers(1, 5),
    "moment": moments.map(lambda when: when.strftime("%Y-%m-%dT%H:%M")),
    "day": moments.map(lambda when: when.strftime("%Y-%m-%d")),
    "time": moments.map(lambda when: when.strftime("%H:%M")),
    "month": moments.map(lambda when: when.strftime("%m/%Y")),
    "year": moments.map(lambda when: when.strftime("%Y-01-01")),
    "pair": st.sampled_from(["left", "right"]),
    "rank": st.permutations(IDS).map(lambda order: (("rank", tuple(order)),)),
    "sorted": st.composite(columns)(("_", "good", "bad"), rest=True)
    | st.composite(columns)(("_", "good", "bad"), rest=False),
    "all": st.composite(columns)(("new", "old"), rest=True),
    "spans": several(span()),
    "segments": several(segment()),
    "boxes": several(box()),
    "areas": several(polygon().filter(has_area)),
    "points": several(point()),
    "passages": several(passage()),
    "marked": several(marked()),
}

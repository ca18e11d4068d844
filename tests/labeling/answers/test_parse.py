import pytest

from labeling.answers import parse
from labeling.errors import MalformedConfig, UnknownControl

TEXT = '<Text name="t" value="$text"/>'
CHOICES = '<Choices name="c" toName="t"><Choice value="A"/><Choice value="B"/></Choices>'


def test_a_config_names_what_it_shows_and_asks():
    config = parse(
        f'<View><Header value="Hi"/>{TEXT}<Image name="i" value="$url"/>'
        '<View><Choices name="c" toName="i" choice="multiple" required="true">'
        '<Choice value="A"/><Choice value="B"/></Choices></View>'
        '<TextArea name="w" toName="t" maxSubmissions="3"/>'
        '<Rating name="r" toName="t" maxRating="7"/></View>'
    )

    assert [shown.field for shown in config.objects.values()] == ["text", "url"]
    assert list(config.controls) == ["c", "w", "r"]
    assert config.controls["c"].choices == ("A", "B")
    assert config.controls["c"].multiple
    assert config.controls["c"].required
    assert config.controls["w"].submissions_limit == 3
    assert config.controls["r"].stars == 7


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "   ",
        "not xml",
        "<View>",
        f"<Root>{TEXT}{CHOICES}</Root>",
        f"<View>{TEXT}</View>",
        "<View>" + CHOICES + "</View>",
        f'<View>{TEXT}<Choices name="c" toName="nothing"><Choice value="A"/></Choices></View>',
        f'<View>{TEXT}<Choices name="c" toName="t"/></View>',
        f'<View>{TEXT}<Choices name="c" toName="t"><Choice/></Choices></View>',
        f"<View>{TEXT}{CHOICES.replace('B', 'A')}</View>",
        "<View>" + TEXT + CHOICES.replace("name=", 'choice="many" name=') + "</View>",
        "<View>" + TEXT + CHOICES.replace("name=", 'required="yes" name=') + "</View>",
        f"<View>{TEXT}{CHOICES}{CHOICES}</View>",
        f"<View>{TEXT}{TEXT}{CHOICES}</View>",
        "<View>" + TEXT + CHOICES.replace('"c"', '"t"') + "</View>",
        f'<View><Text name="t" value="text"/>{CHOICES}</View>',
        f'<View><Text name="t"/>{CHOICES}</View>',
        f'<View><Text name="" value="$text"/>{CHOICES}</View>',
        f'<View>{TEXT}<Rating name="r" toName="t" maxRating="0"/></View>',
        f'<View>{TEXT}<Rating name="r" toName="t" maxRating="9999999999999"/></View>',
        f'<View>{TEXT}<TextArea name="w" toName="t" maxSubmissions="some"/></View>',
        "<View>" * 30 + TEXT + CHOICES + "</View>" * 30,
        f"<View>{TEXT}{CHOICES}<!-- {'x' * 50_000} --></View>",
    ],
)
def test_a_malformed_config_is_refused(xml):
    with pytest.raises(MalformedConfig) as refused:
        parse(xml)

    assert refused.value.code == "malformed_config"


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE View>",
        '<!DOCTYPE View SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE View [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
    ],
)
def test_a_doctype_is_refused(doctype):
    with pytest.raises(MalformedConfig):
        parse(f"{doctype}<View>{TEXT}{CHOICES}</View>")


@pytest.mark.parametrize(
    ("xml", "tag"),
    [
        (f'<View>{TEXT}{CHOICES}<Magic name="m" toName="t"/></View>', "Magic"),
        (f"<View>{TEXT}{CHOICES}<script>alert(1)</script></View>", "script"),
        (f'<View>{TEXT}<Choices name="c" toName="t"><Label value="A"/></Choices></View>', "Label"),
    ],
)
def test_an_unknown_tag_is_named(xml, tag):
    with pytest.raises(UnknownControl) as refused:
        parse(xml)

    assert refused.value.code == "unknown_control"
    assert refused.value.data["tag"] == tag


@pytest.mark.parametrize(
    "tag",
    [
        '<Choices name="c" toName="t" perItem="true"><Choice value="A"/></Choices>',
        '<Choices name="c" toName="t" allowNested="true"><Choice value="A"/></Choices>',
        '<Choices name="c" toName="t"><Choice value="A" alias="x"/><Choice value="x"/></Choices>',
        '<Taxonomy name="c" toName="t" labeling="true"><Choice value="A"/></Taxonomy>',
        '<Taxonomy name="c" toName="t" allowAddLabels="true"><Choice value="A"/></Taxonomy>',
        '<Taxonomy name="c" toName="t" maxUsages="0"><Choice value="A"/></Taxonomy>',
        '<Labels name="c" toName="t" maxUsages="1"><Label value="A"/></Labels>',
        '<Labels name="c" toName="t" allowEmpty="true"><Label value="A"/></Labels>',
        '<Number name="c" toName="t" min="little"/>',
        '<Number name="c" toName="t" max="Infinity"/>',
        '<Number name="c" toName="t" step="-1"/>',
        '<DateTime name="c" toName="t" only="month"/>',
        '<DateTime name="c" toName="t" only="time,year"/>',
        '<DateTime name="c" toName="t" only="date" format="%d.%m."/>',
        '<DateTime name="c" toName="t" min="yesterday"/>',
        '<DateTime name="c" toName="t" only="time" max="25:00"/>',
        '<Pairwise name="c" toName="t,x"/>',
        '<Pairwise name="c" toName="t,u" perRegion="true"/>',
        '<Rating name="c" toName="t,u"/>',
        '<HyperTextLabels name="c" toName="t"><Label value="A"/></HyperTextLabels>',
        '<ParagraphLabels name="c" toName="t"><Label value="A"/></ParagraphLabels>',
        '<Ranker name="c" toName="l"><Bucket name="_"/></Ranker>',
        '<Ranker name="c" toName="l"><Bucket name="a" default="true"/>'
        '<Bucket name="b" default="true"/></Ranker>',
        '<HyperText name="c" value="$text"/><Rating name="r" toName="c"/>',
    ],
)
def test_attributes_that_cannot_be_are_refused(tag):
    xml = f'<View>{TEXT}<Text name="u" value="$u"/><List name="l" value="$l"/>{tag}</View>'

    with pytest.raises(MalformedConfig):
        parse(xml)


def test_what_only_looks_is_ignored():
    config = parse(
        '<View style="x" className="y" idAttr="z"><Style>.y { color: red }</Style>'
        f'<Header value="$title" size="2" underline="true"/>{TEXT}'
        '<Choices name="c" toName="t" showInline="true" layout="select" fillColor="red">'
        '<Choice value="A" hotkey="a" hint="x" html="&lt;b&gt;" selected="true"/></Choices></View>'
    )

    assert config.controls["c"].choices == ("A",)
    assert config.validate_data({"text": "x"}) is None


def test_labels_mark_what_they_are_about():
    config = parse(
        '<View><Text name="t" value="$t"/><Audio name="a" value="$a"/>'
        '<HyperText name="h" value="$h"/>'
        + "".join(
            f'<Labels name="on-{name}" toName="{name}"><Label value="A"/></Labels>'
            for name in "tah"
        )
        + "</View>"
    )

    assert [type(one).__name__ for one in config.controls.values()] == [
        "Labels",
        "AudioLabels",
        "HyperTextSpans",
    ]
    assert {one.type for one in config.controls.values()} == {"labels"}

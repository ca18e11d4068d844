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

"""What is said to people is marked, translated, and laid out for either direction of writing."""

import re
from pathlib import Path

import pytest

from launcher.words import checking, extraction, unmarked
from launcher.words.catalogues import SCRIPTS, SERVER

ROOT = Path(__file__).resolve().parents[2]
SKINS = [path for path in sorted(ROOT.glob("*/static/**/*.css")) if "vendor" not in path.parts]
ONE_SIDE = re.compile(
    r"(?<![-\w])(?:left|right)\s*:|(?:margin|padding|border)-(?:left|right)\b"
    r"|border-(?:top|bottom)-(?:left|right)-radius|(?:text-align|float|clear)\s*:\s*(?:left|right)"
)
NO_LANGUAGES = re.compile(r"\|(?:date|time|floatformat|intcomma|localize)\b")
COUNTING = re.compile(r"\{% blocktranslate (?:[^%]* )?count (\w+)=([^{]*.*?)\{% endblock", re.S)
OF_THE_DEVICE = re.compile(r"\.toLocale\w*String\(|new Intl\.(?:NumberFormat|DateTimeFormat)\(")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def found(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    return [f"{named(path)}: {one}" for path in paths for one in pattern.findall(path.read_text())]


def test_every_sentence_is_translated_into_every_language():
    assert list(checking.problems()) == []


def test_nothing_is_said_unmarked():
    assert list(unmarked.everywhere()) == []


def test_the_skins_know_where_lines_begin_not_left_and_right():
    assert SKINS
    assert found(ONE_SIDE, SKINS) == []


@pytest.mark.parametrize(
    "line",
    ["margin-left: 0", "a { left: 1px }", "text-align: right", "border-right-color: red"],
)
def test_a_side_is_seen(line):
    assert ONE_SIDE.search(line)


@pytest.mark.parametrize(
    "line", ["margin-inline: 0", "--left: 1px", "text-align: end", "left-over"]
)
def test_a_direction_of_reading_is_no_side(line):
    assert not ONE_SIDE.search(line)


def test_pages_write_numbers_and_times_as_the_reader_does():
    pages = [path for path in extraction.sources(SERVER) if "templates" in path.parts]

    assert found(NO_LANGUAGES, pages) == []


def test_counts_in_sentences_are_written_as_the_reader_does():
    pages = [path for path in extraction.sources(SERVER) if "templates" in path.parts]
    counting = [(page, *one) for page in pages for one in COUNTING.findall(page.read_text())]

    assert counting
    assert [
        (named(page), said) for page, name, said in counting if f"{{{{ {name} }}}}" in said
    ] == []


def test_scripts_write_numbers_and_times_in_one_place():
    others = [path for path in extraction.sources(SCRIPTS) if path.name != "words.js"]

    assert found(OF_THE_DEVICE, others) == []


def test_every_page_leads_to_the_languages():
    pages = [path for path in extraction.sources(SERVER) if path.suffix == ".html"]
    without = [
        named(page)
        for page in pages
        if "{% block footer %}" in (text := page.read_text())
        and "languages" not in text.partition("{% block footer %}")[2]
    ]

    assert without == ["labeling/templates/labeling/offline.html"]  # it could not be sent

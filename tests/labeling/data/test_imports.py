"""Data comes in: all of it or nothing, and the same content once."""

import csv
import io
import json
import tracemalloc

import pytest

from labeling.content import contents
from labeling.data import imports
from labeling.errors import (
    FileTooLarge,
    InvalidSettings,
    MalformedFile,
    MissingField,
    ProjectClosed,
)
from labeling.models import Load, Task
from labeling.orders import projects
from tests.labeling import house, school

pytestmark = pytest.mark.django_db


def load(made, text, kind):
    return imports.load_file(made, stream=io.BytesIO(text.encode()), kind=kind)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("json", '[{"text": "a"}, {"data": {"text": "b"}}]'),
        ("json", ' [ {"text":"a"} , {"text":"b"} ] \n'),
        ("jsonl", '{"text": "a"}\n\n{"text": "b"}\n'),
        ("csv", "text\na\nb\n"),
        ("csv", '\ufefftext\r\na\r\n"b"\r\n'),
    ],
)
def test_every_kind_of_file_is_the_same_tasks(kind, text):
    made = house.project()

    loaded = load(made, text, kind)

    assert (loaded.load.added_count, loaded.tasks_count) == (2, 2)
    assert [task.data for task in Task.objects.order_by("id")] == [{"text": "a"}, {"text": "b"}]
    assert set(Task.objects.values_list("state", flat=True)) == {"LOADED"}


def test_the_same_content_is_one_task():
    made = house.project()
    load(made, '[{"text": "a", "n": 1}, {"n": 1, "text": "a"}]', "json")

    again = load(made, '{"n": 1, "text": "a"}\n{"text": "b"}', "jsonl")

    assert (again.load.added_count, again.load.duplicates_count, again.tasks_count) == (1, 1, 2)


def test_the_same_content_in_another_project_is_another_task():
    for _ in range(2):
        assert load(house.project(), '[{"text": "a"}]', "json").load.added_count == 1


@pytest.mark.parametrize(
    ("kind", "text", "error"),
    [
        ("json", '[{"text": "a"}, {"txt": "b"}]', MissingField),
        ("jsonl", '{"text": "a"}\n{"text": ', MalformedFile),
        ("json", '[{"text": "a"}, 5]', MalformedFile),
        ("json", '[{"text": "a"}', MalformedFile),
        ("json", '[{"text": "a"}] trailing', MalformedFile),
        ("json", "null", MalformedFile),
        ("json", '[{"text": "a\\u0000b"}]', MalformedFile),
        ("json", '[{"text": NaN}]', MalformedFile),
        ("json", '[{"text": "a", "n": 1e999}]', MalformedFile),
        ("jsonl", '{"text": "a", "n": 1e999}', MalformedFile),
        ("json", '[{"text": "a", "n": 1e300}]', MalformedFile),
        ("json", '[{"text": "a", "n": 123456789012345678901234567890}]', MalformedFile),
        ("json", "[]", MalformedFile),
        ("jsonl", "", MalformedFile),
        ("csv", "text,text\na,b\n", MalformedFile),
        ("jsonl", "\xff", MalformedFile),
        ("csv", "other\na\n", MissingField),
        ("yaml", "- text: a", MalformedFile),
    ],
)
def test_a_bad_file_loads_nothing(kind, text, error):
    made = house.project()
    house.load(made, tasks=1)

    with pytest.raises(error):
        load(made, text, kind)

    assert (Task.objects.count(), Load.objects.count()) == (1, 1)


def test_the_row_that_lacks_the_field_is_named():
    with pytest.raises(MissingField) as refused:
        load(house.project(), '[{"text": "a"}, {"text": "b"}, {}]', "json")

    assert refused.value.code == "missing_field"
    assert refused.value.data["row"] == 3


def test_what_is_too_large_is_refused(settings):
    settings.STIPEND_IMPORT_BYTES, settings.STIPEND_TASK_BYTES = 200, 60
    made = house.project()

    for rows in ([{"text": "x" * 100}], [{"text": f"text {number}"} for number in range(50)]):
        with pytest.raises(FileTooLarge):
            load(made, json.dumps(rows), "json")

    assert not Task.objects.exists()


def test_one_endless_line_of_csv_is_refused(settings):
    settings.STIPEND_TASK_BYTES = 1000

    with pytest.raises(FileTooLarge):
        load(house.project(), "text\n" + "," * 100_000, "csv")

    assert not Task.objects.exists()


def test_the_row_of_a_csv_file_that_is_too_large_is_counted_behind_the_head(settings):
    settings.STIPEND_TASK_BYTES = 100

    with pytest.raises(FileTooLarge) as refused:
        load(house.project(), 'text\na\n"b\nb"\n' + "c" * 200, "csv")

    assert refused.value.data["row"] == 3


def test_a_row_of_csv_with_many_cells_of_many_lines_takes_no_more_memory_than_a_row():
    names = ",".join(f"c{number}" for number in range(300))
    cell = '"' + "\n".join(["x" * 1000] * 60) + '"'
    content = f"text,{names}\na,{','.join([cell] * 300)}\n".encode()
    made = house.project()
    tracemalloc.start()

    with pytest.raises(FileTooLarge) as refused:
        imports.load_file(made, stream=io.BytesIO(content), kind="csv")

    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused.value.data["row"] == 1
    assert peak_bytes < len(content) / 3


TEXTS = {"quotes": '"' * 90, "breaks": "\n" * 90, "returns": "\r\n" * 45}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_row_of_csv_may_have_all_the_characters_that_data_may(settings, text):
    settings.STIPEND_TASK_BYTES = len(contents.canonical({"text": text, "": ""}))
    blank, file = "\r\n" * 300, io.StringIO()
    table = csv.writer(file, quoting=csv.QUOTE_ALL)
    table.writerows([["text", ""], [text, ""], [text[:-1] + "b", ""]])

    loaded = load(house.project(), blank + file.getvalue() + blank + '"a",""', "csv")

    assert loaded.load.added_count == 3
    assert Task.objects.order_by("id")[0].data == {"text": text, "": ""}


def test_a_number_of_thousands_of_digits_is_refused_in_words_about_the_file():
    with pytest.raises(MalformedFile, match=r"^Row 1 is not JSON: 9{20} is too large a number.$"):
        load(house.project(), '[{"text": "a", "n": ' + "9" * 5000 + "}]", "json")


@pytest.mark.parametrize("kind", ["json", "jsonl"])
def test_a_row_that_is_nested_too_deeply_is_refused_for_that(kind):
    row = '{"text": "a", "x": ' + "[" * 300 + "]" * 300 + "}"

    with pytest.raises(MalformedFile, match=r"^The row is nested too deeply\.$"):
        load(house.project(), row, kind)


def test_what_takes_no_rows_is_refused_before_they_are_read():
    closed = house.project()
    projects.close(closed)
    granted = school.skill()
    test = house.project(granted.owner, kind="test", skill=granted, quota=1, overlap=9)

    for made, error in [(closed, ProjectClosed), (test, InvalidSettings)]:
        rows = iter([{"text": "one"}])
        with pytest.raises(error):
            imports.load(made, rows=rows)
        assert next(rows) == {"text": "one"}


def test_statements_do_not_grow_with_the_rows(django_assert_max_num_queries):
    made = house.project()

    with django_assert_max_num_queries(20):
        imports.load(made, rows=({"text": f"text {number}"} for number in range(3000)))

    assert Task.objects.count() == 3000

"""One spelling for equal content, and the database gives back the content whose spelling it was."""

import json
from math import nextafter

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labeling.content import contents, gold
from labeling.data import gold_loads
from labeling.errors import MalformedFile
from labeling.models import Task
from labeling.orders import projects
from tests.labeling import house

pytestmark = pytest.mark.django_db
LIMIT = 2.0**63

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
floats = st.floats(-nextafter(LIMIT, 0), nextafter(LIMIT, 0))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | floats | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


def kept(data):
    """The data as the database gives it back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::jsonb::text", [contents.canonical(data).decode()])
        return json.loads(cursor.fetchone()[0])


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(texts, values, max_size=4))
def test_what_comes_back_is_spelled_as_it_went_in(data):
    assert contents.canonical(kept(data)) == contents.canonical(data)


@pytest.mark.parametrize(
    ("number", "spelled"),
    [
        (1e16, "10000000000000000"),
        (-1.5e17, "-150000000000000000"),
        (nextafter(LIMIT, 0), "9223372036854774784"),
        (nextafter(1e16, 0), "9999999999999998.0"),
        (-0.0, "0.0"),
        (1e-7, "1e-7"),
        (2**64 - 1, "18446744073709551615"),
    ],
)
def test_numbers_at_the_edges(number, spelled):
    data = {"rows": [{"n": number}], "text": "1e16 and -0.0 in words"}

    content = contents.canonical(data)

    assert content.decode() == f'{{"rows":[{{"n":{spelled}}}],"text":"1e16 and -0.0 in words"}}'
    assert contents.canonical(kept(data)) == content


@pytest.mark.parametrize("number", [LIMIT, -LIMIT, 1e300, float(2**64), 2**64])
def test_numbers_that_programs_would_disagree_on_are_refused(number):
    with pytest.raises(MalformedFile):
        contents.canonical({"n": number})


@pytest.mark.parametrize("number", [1e16, 4.25e18, -3e17, -0.0])
def test_the_proof_of_gold_with_such_a_number_shows_the_data_that_was_committed(number):
    made = house.project(gold_percent=50)
    rows = [{"data": {"text": "gold", "n": number}, "expected": house.answer()}]
    gold_loads.load(made, rows=rows)
    house.load(made, tasks=1)
    house.fund(made, amount_units=10_000_000)
    projects.open_tasks(made)

    known = Task.objects.get(expected__isnull=False)

    assert contents.hashed(known.data) == bytes(known.content_hash)
    assert json.loads(gold.entry(known))["data_hash"] == contents.hashed(known.data).hex()

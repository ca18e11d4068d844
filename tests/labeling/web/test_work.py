"""The labeling page as it is sent: the first tasks inside, and no more scripts than they need."""

import json
import re

import pytest

from labeling.models import Assignment
from labeling.web import families
from tests.labeling import house

pytestmark = pytest.mark.django_db
SETUP = re.compile(r'<script id="work-setup" type="application/json">(.*?)</script>', re.DOTALL)
BOXES = (
    '<View><Image name="i" value="$i"/><RectangleLabels name="l" toName="i">'
    '<Label value="A"/></RectangleLabels></View>'
)


def setup_of(client, made) -> dict:
    """What the page's script is told."""
    answer = client.get(f"/projects/{made.pk}/work/")
    assert answer.status_code == 200
    found = SETUP.search(answer.content.decode())
    assert found is not None
    return json.loads(found[1])


def test_the_page_brings_the_first_tasks_along(client):
    made = house.opened(tasks=5)
    client.force_login(house.labeler())

    setup = setup_of(client, made)

    texts = [one["data"]["text"] for one in setup["held"]]
    assert texts == ["text 0", "text 1", "text 2"]
    assert {one["config"] for one in setup["held"]} == {house.CHOICES}
    assert Assignment.objects.live().count() == 3
    assert setup_of(client, made)["held"] == setup["held"]


def test_texts_of_a_task_end_no_script(client):
    made = house.project(title="Hostile")
    row = {"text": "</script><script>alert(1)</script><!--"}
    house.imports.load(made, rows=[row])
    house.fund(made, amount_units=made.cost_per_task_units)
    house.projects.open_tasks(made)
    client.force_login(house.labeler())

    answer = client.get(f"/projects/{made.pk}/work/")

    assert b"<script>alert" not in answer.content
    assert setup_of(client, made)["held"][0]["data"] == row


def test_what_keeps_somebody_out_is_told(client):
    made = house.opened(tasks=1)
    client.force_login(made.owner)

    setup = setup_of(client, made)

    assert setup["held"] == []
    assert setup["problem"]["code"] == "own_project"


def test_a_page_of_texts_loads_nothing_for_images(client):
    made = house.opened(tasks=1)
    client.force_login(house.labeler())

    sent = client.get(f"/projects/{made.pk}/work/").content.decode()

    assert re.search(r"labeling/form/choices(\.\w+)?\.js", sent)
    assert not re.search(r"labeling/form/(shapes|regions)(\.\w+)?\.js", sent)


def test_marks_need_the_module_of_their_object():
    wanted = families.scripts(BOXES)

    assert {"labeling/form/regions.js", "labeling/form/shapes.js"} <= set(wanted)
    assert "labeling/form/spans.js" not in wanted


def test_conditions_come_where_something_is_asked_at_times():
    asked = BOXES.replace('toName="i"', 'toName="i" visibleWhen="no-region-selected"')

    assert "labeling/form/conditions.js" in families.scripts(asked)
    assert "labeling/form/conditions.js" not in families.scripts(BOXES)


def test_every_script_is_there(settings):
    folder = settings.BASE_DIR / "labeling" / "static" / "labeling" / "form"
    named = {
        name for names in [*families.TAGS.values(), *families.SURFACES.values()] for name in names
    }

    assert {name for name in named if not (folder / f"{name}.js").exists()} == set()

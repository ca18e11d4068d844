"""Gold, flagged and paused tasks are found in the admin, and dealt with by the API's own verbs."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db.models import F
from django.test import Client

from labeling.content import gold
from labeling.models import Task
from people.models import User
from tests.labeling.content.test_gold import opened
from tests.labeling.handout.test_reports import paused
from tests.labeling.house import COST_UNITS
from tests.labeling.review.test_cases import purse

pytestmark = pytest.mark.django_db
LIST = "/admin/labeling/task/"
ASKED = {"_form_submitted": "True"}


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    return client


def found(admin: Client, query: str) -> set[int]:
    """The tasks of the list under these filters."""
    return {one.pk for one in admin.get(f"{LIST}?{query}").context["cl"].queryset}


def act(admin: Client, action: str, *tasks: Task, **more: str) -> str:
    chosen = {"action": action, "_selected_action": [one.pk for one in tasks], **more}
    return admin.post(LIST, chosen, follow=True).content.decode()


def test_gold_and_what_pauses_it_are_found(admin):
    opened(tasks=1, gold_tasks=2)
    flagged, retired = Task.objects.filter(expected__isnull=False)
    gold.retire(retired.project, task_id=retired.pk)
    why = f"4 of 5 {gold.MISSED}"
    Task.objects.filter(pk=flagged.pk).update(
        state="PAUSED", paused_for=why, free_count=0, spare_count=F("free_count")
    )
    common, reported = Task.objects.get(expected__isnull=True), paused().tasks.get()

    page = admin.get(LIST).content.decode()

    assert why in page
    assert found(admin, "gold=1") == {flagged.pk, retired.pk}
    assert found(admin, "gold=0") == {common.pk, reported.pk}
    assert found(admin, "paused=flagged") == {flagged.pk}
    assert found(admin, "paused=retired") == {retired.pk}
    assert found(admin, "paused=reported") == {reported.pk}
    assert found(admin, "paused=dropped") == found(admin, "gold=1&state=OPEN") == set()


def test_gold_is_retired_and_asked_again(admin):
    opened(tasks=1, gold_tasks=1)
    task, common = Task.objects.get(lane=10), Task.objects.get(lane=0)

    page = act(admin, "retire_chosen", task, common)
    assert f"Task {task.pk}: Taken out." in page
    assert f"Task {common.pk}: There is no such gold in this project." in page
    task.refresh_from_db()
    assert (task.state, task.paused_for) == ("PAUSED", gold.RETIRED)

    admin.post(f"{LIST}{task.pk}/resume/", ASKED)
    task.refresh_from_db()
    assert (task.state, task.free_count) == ("OPEN", 1)
    admin.post(f"{LIST}{task.pk}/retire/", ASKED)
    task.refresh_from_db()
    assert task.state == "PAUSED"
    said = [one.get_change_message() for one in LogEntry.objects.order_by("pk")]
    assert said == ["Taken out.", "Offered again.", "Taken out."]


def test_a_task_is_dropped_when_the_question_is_answered(admin):
    made = paused()
    task = made.tasks.get()

    page = act(admin, "drop_chosen", task)
    assert "0.1575" in page
    task.refresh_from_db()
    assert (task.state, purse(made)) == ("PAUSED", (0, 3 * COST_UNITS))
    act(admin, "drop_chosen", task, confirmed="1")

    task.refresh_from_db()
    assert task.state == "CLOSED"
    assert purse(made) == (3 * COST_UNITS, 0)
    again = act(admin, "drop_chosen", task, confirmed="1")
    assert f"Task {task.pk}: " in again
    assert purse(made) == (3 * COST_UNITS, 0)


def test_one_paused_task_is_dropped_behind_a_question(admin):
    made = paused()
    address = f"{LIST}{made.tasks.get().pk}/drop/"

    assert "goes back" in admin.get(address).content.decode()
    assert made.tasks.get().state == "PAUSED"
    admin.post(address, ASKED)

    assert made.tasks.get().state == "CLOSED"
    assert purse(made) == (3 * COST_UNITS, 0)
    assert admin.post(address, ASKED).status_code == 403


def test_who_may_only_look_has_no_such_verbs():
    made = paused()
    client = Client()
    client.force_login(User.objects.create_user("clerk", is_staff=True))

    assert client.post(f"{LIST}{made.tasks.get().pk}/drop/", ASKED).status_code == 403
    client.post(LIST, {"action": "resume_chosen", "_selected_action": made.tasks.get().pk})

    assert made.tasks.get().state == "PAUSED"

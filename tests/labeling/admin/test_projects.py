"""Project settings in the admin: the same rules as through the API."""

from typing import Any

import pytest
from django.test import Client

from labeling.admin.project_form import LISTS
from labeling.api import projects as api
from labeling.api.projects import SettingsSerializer
from labeling.crowd import skills
from labeling.models import Project
from labeling.orders import projects, rules
from people.models import User
from tests.labeling import house, school

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    return client


def address(made: Project) -> str:
    return f"/admin/labeling/project/{made.pk}/change/"


def filled(admin: Client, made: Project, **changes: Any) -> dict[str, Any]:
    """The form as the page shows it, changed."""
    form = admin.get(address(made)).context["adminform"].form
    shown = {name: form[name].value() for name in form.fields}
    plain = {name: "" if value is None else value for name, value in shown.items()}
    lists = {name: ",".join(plain[name]) for name in LISTS if isinstance(plain[name], list)}
    return {**plain, **lists, **changes}


def test_settings_are_changed_through_the_room(admin):
    made = house.opened()

    answer = admin.post(
        address(made), filled(admin, made, review_hours="24", languages="fr,sw", quota="7")
    )

    assert answer.status_code == 302, answer.context and answer.context["errors"]
    before_version, made = made.admission_version, Project.objects.get(pk=made.pk)
    assert (made.review_hours, made.languages, made.quota) == (24, ["fr", "sw"], 7)
    assert (made.is_restricted, made.admission_version) == (True, before_version + 1)
    assert (made.price_units, made.overlap) == (house.PRICE_UNITS, 1)


def test_the_model_and_the_signals_are_chosen(admin):
    made = house.opened()
    assert (made.aggregation, made.signals) == ("auto", ["too_fast", "constant", "copied"])

    for signals in (["copied"], []):
        wanted = filled(admin, made, aggregation="dawid_skene", signals=signals)
        answer = admin.post(address(made), wanted)

        assert answer.status_code == 302, answer.context and answer.context["errors"]
        made.refresh_from_db()
        assert (made.aggregation, made.signals) == ("dawid_skene", signals)


def test_from_where_on_a_signal_is_one_is_chosen_or_left_to_the_deployment(admin):
    made = house.opened()
    limits = {"too_fast_seconds": "1.5", "constant_answers": "9", "copied_characters": "0"}

    answer = admin.post(address(made), filled(admin, made, **limits))

    assert answer.status_code == 302, answer.context and answer.context["errors"]
    made.refresh_from_db()
    chosen = (made.too_fast_seconds, made.too_fast_characters)
    assert (*chosen, made.constant_answers, made.copied_characters) == (1.5, None, 9, 0)
    page = admin.get(address(made)).content.decode()
    assert "A second, that nobody reads. Empty: the deployment's, 50." in page
    admin.post(address(made), filled(admin, made, too_fast_seconds="", constant_answers=""))
    made.refresh_from_db()
    assert (made.too_fast_seconds, made.constant_answers, made.copied_characters) == (None, None, 0)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"review_hours": "169"}, "less than or equal to 168"),
        ({"countries_only": "FR", "countries_except": "FR"}, "both asked for and left out"),
        ({"requirements": "french >"}, ""),
        ({"gold_percent": "51"}, "less than or equal to 50"),
        ({"accept_score": "1.5"}, "less than or equal to 1"),
        ({"lease_minutes": "0"}, "greater than or equal to 1"),
        ({"signals": ["too_slow"]}, "Select a valid choice"),
        ({"aggregation": "magic"}, "Select a valid choice"),
        ({"pass_percent": "101"}, "less than or equal to 100"),
        ({"constant_answers": "1"}, "greater than or equal to 2"),
        ({"too_fast_seconds": "-1"}, "greater than or equal to 0"),
        ({"quota": "0"}, "greater than or equal to 1"),
        ({"requirements": "frnch"}, "There is no skill frnch."),
    ],
)
def test_what_the_api_refuses_is_refused(admin, changes, said):
    made = house.opened()

    answer = admin.post(address(made), filled(admin, made, **changes))

    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert answer.context["errors"]
    unchanged = Project.objects.get(pk=made.pk)
    assert (unchanged.review_hours, unchanged.gold_percent) == (72, 5)
    assert (unchanged.countries_only, unchanged.requirements) == ([], "")
    assert (unchanged.pass_percent, unchanged.quota) == (80, None)


def test_an_admin_is_told_what_keeps_everybody_out(admin):
    french = school.skill(slug="french")
    made = house.opened()

    answer = admin.post(
        address(made), filled(admin, made, requirements="french >= 80"), follow=True
    )

    said = "Nobody meets the requirements yet."
    assert said in answer.content.decode()
    assert said in admin.get(address(made)).content.decode()
    skills.grant(french, labeler=house.labeler())
    assert said not in admin.get(address(made)).content.decode()


def test_the_form_has_every_setting_that_the_api_has_with_the_same_limits(admin):
    made = house.project()
    form = admin.get(address(made)).context["adminform"].form
    fields = SettingsSerializer().fields

    assert set(form.fields) == set(fields)
    shown = api.shown([made])[0]
    for name in sorted(rules.CHANGEABLE):
        value = form[name].value()
        assert (value or None) == (shown[name] or None), name
    for name, most in {"pass_percent": 100, "gold_percent": 50, "review_hours": 168}.items():
        for refused in (most + 1, -1):
            wanted = SettingsSerializer(data={name: refused}, partial=True)
            answer = admin.post(address(made), filled(admin, made, **{name: str(refused)}))
            assert not wanted.is_valid()
            assert answer.status_code == 200, (name, refused)


def test_a_closed_project_is_only_looked_at(admin):
    made = house.opened()
    projects.close(made)

    answer = admin.post(address(made), {"title": "Another"})

    assert answer.status_code == 403
    assert Project.objects.get(pk=made.pk).title == "Moods"


def test_who_may_only_look_changes_nothing(admin):
    made = house.opened()
    who = User.objects.create_user("looker", is_staff=True)
    client = Client()
    client.force_login(who)

    answer = client.post(address(made), {"title": "Another"})

    assert answer.status_code == 403
    assert Project.objects.get(pk=made.pk).title == "Moods"

"""What admins do about rejections: overturn them, and let go of a requester's brake."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.models import Case, Judgement, Standing
from labeling.review import standings
from people.models import User
from tests.labeling import house
from tests.labeling.review.test_cases import PRICE, SEAT, answered, earned, reject

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    user = User.objects.create_superuser("admin")
    client.force_login(user)
    return user


def read(client, path: str) -> str:
    return client.get(path).content.decode()


def act(client, path: str, action: str, row, **more: str) -> str:
    chosen = {"action": action, "_selected_action": [row.pk], **more}
    return client.post(path, chosen, follow=True).content.decode()


def test_an_admin_overturns_a_rejection_in_their_own_name(client, admin):
    made, who = answered(funds=5 * SEAT)
    case = reject(made)

    asked = act(client, "/admin/labeling/case/", "overturn", case)
    assert "Overturn these rejections" in asked
    assert (Case.objects.get().state, earned(who)) == ("STANDING", 0)
    page = act(client, "/admin/labeling/case/", "overturn", case, confirmed="1")

    assert "is overturned" in page
    assert (Case.objects.get().state, earned(who)) == ("OVERTURNED", PRICE)
    judgement = Judgement.objects.get(verdict="ACCEPTED")
    assert (judgement.by, judgement.judge) == ("admin", admin)


def test_what_a_jury_looks_at_is_left_to_it(client, admin):
    made, who = answered(funds=5 * SEAT)
    case = reject(made)
    Case.objects.update(state="APPEALED")

    page = act(client, "/admin/labeling/case/", "overturn", case, confirmed="1")

    assert "A jury looks at this case" in page
    assert (Case.objects.get().state, earned(who)) == ("APPEALED", 0)
    Case.objects.update(state="STANDING")  # so that the book is as the work says


def test_an_admin_looks_and_lets_a_requester_reject_again(client, admin):
    owner = house.requester()
    standings.freeze(owner.pk, why="30 of 30 answers rejected within a day.")
    assert "30 of 30" in client.get("/admin/labeling/standing/").content.decode()

    act(client, "/admin/labeling/standing/", "thaw", Standing.objects.get())

    standing = Standing.objects.get()
    assert (standing.frozen_at, standing.thawed_by) == (None, admin)


def test_the_front_page_says_who_was_stopped_and_which_appeals_wait(client, admin):
    made, _ = answered(funds=5 * SEAT)
    case = reject(made)
    quiet = read(client, "/admin/")
    standings.freeze(made.owner_id, why="30 of 30 answers rejected within a day.")
    Case.objects.update(state="APPEALED", appealed_at=timezone.now() - timedelta(days=4))

    page = read(client, "/admin/")

    assert not [one for one in ("rejected so much", "for a jury") if one in quiet]
    assert "1 requester rejected so much that rejections wait" in page
    assert "1 appeal waits long for a jury." in page
    standing = "/admin/labeling/standing/?frozen_at__isempty="
    assert ["30 of 30" in read(client, f"{standing}{no}") for no in (0, 1)] == [True, False]
    assert str(case.pk) in read(client, "/admin/labeling/case/?state__exact=APPEALED")
    Case.objects.update(state="STANDING")  # so that the book is as the work says


def test_who_may_only_look_has_no_such_verbs(client):
    made, _ = answered(funds=5 * SEAT)
    case = reject(made)
    client.force_login(User.objects.create_user("clerk", is_staff=True))

    assert client.get("/admin/labeling/case/").status_code == 403
    assert "Nothing needs an admin" not in read(client, "/admin/")
    act(client, "/admin/labeling/case/", "overturn", case, confirmed="1")

    assert Case.objects.get().state == "STANDING"

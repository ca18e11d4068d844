"""Who may review a project, and who lets them."""

import pytest

from labeling.errors import AlreadyJudged, NotFound, OwnProject, TooManyReviewers
from labeling.models import Reviewer
from labeling.review import reviewers, reviews
from people.models import User
from tests.labeling import house
from tests.labeling.queue import answered
from tests.labeling.review.test_cases import SEAT
from tests.labeling.review.test_cases import answered as worked
from tests.labeling.review.test_reviews import share_a_mail

pytestmark = pytest.mark.django_db


def test_the_owner_and_whoever_was_asked_review():
    made, asked, stranger = house.project(), house.labeler(), house.labeler()
    other = house.project()

    added = reviewers.add(made, username=asked.username)

    assert added == reviewers.add(made, username=asked.username)
    assert list(reviewers.of_project(made)) == [added]
    assert [reviewers.may_review(made, who) for who in (made.owner, asked, stranger)] == [
        *(True, True, False)
    ]
    assert not reviewers.may_review(other, asked)
    assert list(reviewers.reviewed_by(asked)) == [made]
    assert list(reviewers.reviewed_by(made.owner)) == [made]
    assert (reviewers.is_reviewer(asked), reviewers.is_reviewer(made.owner)) == (True, False)
    with pytest.raises(NotFound):
        reviewers.project_of(made.pk, reviewer=stranger)


def test_who_is_removed_reviews_no_longer():
    made, asked = house.project(), house.labeler()
    reviewers.add(made, username=asked.username)

    reviewers.remove(made, username=asked.username)

    assert not reviewers.may_review(made, asked)
    with pytest.raises(NotFound):
        reviewers.remove(made, username=asked.username)


def test_what_is_counted_for_a_reviewer_is_what_they_are_shown():
    made, (second_name, _) = answered("Good", "Bad", tasks=2)
    reviewer = house.labeler()
    reviewers.add(made, username=reviewer.username)
    share_a_mail(reviewer, second_name)

    assert reviews.waiting(made, reviewer=reviewer, limit=10) == 2
    assert len(reviews.queue(made, reviewer=reviewer).rows) == 2
    share_a_mail(made.owner, second_name)
    assert reviews.waiting(made, reviewer=made.owner, limit=10) == 4  # they spend their own money


def test_nobody_is_added_who_cannot_be(settings):
    settings.STIPEND_REVIEWERS = 1
    made, gone, first, second = house.project(), *(house.labeler() for _ in range(3))
    gone.is_active = False
    gone.save()
    reviewers.add(made, username=first.username)

    for username, error in [
        ("nobody", NotFound),
        (gone.username, NotFound),
        (made.owner.username, OwnProject),
        (second.username, TooManyReviewers),
    ]:
        with pytest.raises(error):
            reviewers.add(made, username=username)

    assert list(Reviewer.objects.values_list("user", flat=True)) == [first.pk]


def test_an_admin_removes_a_reviewer_and_changes_nothing_else(client):
    made, asked = house.project(), house.labeler()
    added = reviewers.add(made, username=asked.username)
    client.force_login(User.objects.create_superuser("admin"))
    path = "/admin/labeling/reviewer/"
    assert asked.username in client.get(path).content.decode()

    assert client.post(f"{path}add/").status_code == 403
    assert client.post(f"{path}{added.pk}/delete/").status_code == 403
    client.post(path, {"action": "remove", "_selected_action": [added.pk]})

    assert not Reviewer.objects.exists()
    assert client.get("/admin/labeling/signal/").status_code == 200


def test_a_reviewer_takes_back_their_own_rejection_and_nobody_elses():
    made, _ = worked(tasks=3, funds=20 * SEAT)
    first, second, third = made.submissions.order_by("id").values_list("pk", flat=True)
    one, other = house.labeler(), house.labeler()
    for who in (one, other):
        reviewers.add(made, username=who.username)
    why = {"reason": "wrong", "note": "No."}
    reviews.reject(first, reviewer=made.owner, **why)
    reviews.reject(second, reviewer=one, **why)
    reviews.reject(third, reviewer=one, **why)

    for submission_id, who in [(first, one), (second, other)]:
        with pytest.raises(AlreadyJudged):
            reviews.accept(submission_id, reviewer=who)

    assert reviews.accept(second, reviewer=one).state == "ACCEPTED"
    assert reviews.accept(second, reviewer=other).state == "ACCEPTED"
    assert reviews.accept(third, reviewer=made.owner).state == "ACCEPTED"
    assert made.submissions.get(pk=first).state == "REJECTED"

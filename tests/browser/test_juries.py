"""A juror sees marks where they were made, each answer by itself."""

import pytest
from playwright.sync_api import Page, expect

from labeling.models import Vote
from labeling.review import appeals, cases, precedents
from people.models import User
from tests.browser.people import signed_in
from tests.labeling import house, school
from tests.labeling.web.test_reviews import answer_again, waiting

pytestmark = pytest.mark.broken_book  # its money was never on the chain


@pytest.mark.parametrize("name", ["boxes", "region-conditions", "audio-segments"])
def test_each_answer_is_drawn_and_judged(transactional_db, page: Page, live_server, name: str):
    skill, juror = school.skill(), house.labeler()
    made, _ = waiting(name, skill=skill)
    known = made.submissions.get()
    one = answer_again(made, name)
    school.passed(skill, juror)
    precedents.put(known.pk, is_acceptable=True, admin=User.objects.create_superuser("root"))
    (case,) = cases.open_cases(made, [one.pk], reason="wrong", note="No.", judge=made.owner)
    appeals.appeal(case.pk, labeler_id=one.labeler_id, note="It is right.")
    signed_in(page, juror, at=live_server.url)

    page.goto("/jury/")

    expect(page.locator("[data-drawn]")).to_have_count(2)
    for number in range(2):
        expect(
            page.locator("[data-drawn]").nth(number).locator(".regions li").first
        ).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    for position in (1, 2):
        page.locator(f"[name=answer-{position}][value=yes]").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Thank you.")).to_be_visible()
    assert list(Vote.objects.values_list("is_acceptable", flat=True)) == [True, True]

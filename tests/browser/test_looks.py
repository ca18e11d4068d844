"""Every page at phone and desktop width: nothing sticks out, and a picture of each is kept.

The pictures are in the git-ignored folder `screenshots/`, to be looked at.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from labeling import quality, submissions
from people.models import User
from tests.labeling import house
from tests.payments.house import ask

FOLDER = Path(__file__).resolve().parents[2] / "screenshots"
WIDTHS = {375: 740, 1280: 800}
PASSWORD = "quiet-river-42"


@pytest.fixture
def amina(transactional_db, chain) -> User:
    """A labeler, requester and admin with something earned, on its way, and still to do."""
    user = User.objects.create_superuser("amina", password=PASSWORD)
    made = house.opened(
        tasks=4, title="Moods of the day", instructions="Read the sentence. How does it sound?"
    )
    for _ in range(3):
        lease = house.take(made, user)
        submissions.submit(lease.id, labeler_id=user.pk, result=house.answer())
    quality.judge()
    ask(f"person:{user.pk}", 50_000)
    return user


PAGES = {
    "offers": "/",
    "join": "/join/",
    "sign-in": "/sign-in/",
    "offer": "/projects/{project}/",
    "work": "/projects/{project}/work/",
    "earnings": "/earnings/",
    "account": "/account/",
    "admin": "/admin/",
    "admin-payouts": "/admin/payments/payout/",
    "api": "/api/v1/docs/",
}
SIGNED_IN = {"work", "earnings", "account", "admin", "admin-payouts"}


def sign_in(page: Page) -> None:
    page.goto("/sign-in/")
    page.get_by_label("Name").fill("amina")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")


@pytest.mark.broken_book  # its money was never on the chain
def test_every_page_fits_and_is_pictured(page: Page, amina: User):
    FOLDER.mkdir(exist_ok=True)
    project = house.Project.objects.get().pk
    names = sorted(PAGES, key=lambda name: name in SIGNED_IN)
    first_signed_in = next(name for name in names if name in SIGNED_IN)

    for name in names:
        if name == first_signed_in:
            sign_in(page)
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            page.goto(PAGES[name].format(project=project))
            page.wait_for_load_state("networkidle")
            page.screenshot(path=FOLDER / f"{name}-{width}.png")
            if not name.startswith("admin"):
                assert page.evaluate("document.documentElement.scrollWidth") <= width, name

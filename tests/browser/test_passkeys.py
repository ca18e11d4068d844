"""Passkeys on a phone whose screen lock is always right: Chromium's virtual authenticator."""

import re
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import CDPSession, Page, expect

from people.models import User
from tests.people import house

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def device(page: Page) -> Iterator["Device"]:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    yield Device(session, made["authenticatorId"])
    session.detach()


class Device:
    """The phone's own side."""

    def __init__(self, session: CDPSession, authenticator_id: str) -> None:
        self.session, self.id = session, authenticator_id

    def set(self, verb: str, **facts: object) -> None:
        self.session.send(f"WebAuthn.{verb}", {"authenticatorId": self.id, **facts})

    def knows_its_owner(self, does: bool) -> None:
        self.set("setUserVerified", isUserVerified=does)


@pytest.fixture
def amina(transactional_db) -> User:
    return house.joined("amina")


def sign_in(page: Page, goal: str) -> None:
    page.goto(f"/sign-in/?next={goal}")
    page.get_by_label("Name").fill("amina")
    page.get_by_label("Password").fill(house.PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{goal}")


def sign_out(page: Page) -> None:
    page.goto("/account/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile("signed-out"))


BROKEN = """() => {
    navigator.credentials.create = () => Promise.reject(new Error("out of order"));
}"""
NARROW = {"width": 320, "height": 640}
NAME_PX = 100  # so much of a passkey's name is seen


def test_a_passkeys_name_is_read_beside_its_buttons(page: Page, device, amina: User):
    page.set_viewport_size(NARROW)
    sign_in(page, "/account/sign-in/")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("The passkey is kept.")).to_be_visible()
    User.objects.update(language="uk")  # where to rename is a long word

    page.reload()

    box = page.locator(".rows input[name=name]").bounding_box()
    assert box is not None
    assert box["width"] > NAME_PX


def test_a_person_joins_and_signs_in_with_a_passkey(page: Page, device, transactional_db):
    page.goto("/join/?next=/account/")
    page.get_by_label("Name").fill("amina")
    page.get_by_role("button", name="Join with a passkey").click()
    expect(page.get_by_role("heading", name="amina")).to_be_visible()
    user = User.objects.get()
    assert not user.has_usable_password()
    assert Authenticator.objects.get().user == user

    sign_out(page)
    page.goto("/sign-in/?next=/account/sign-in/")
    page.get_by_role("button", name="Use a passkey").click()

    page.wait_for_url("**/account/sign-in/")
    expect(page.get_by_label("Name of the passkey")).to_have_value("Passkey")


def test_a_taken_name_is_told_before_the_device_is_asked(page: Page, device, amina: User):
    page.goto("/join/")
    page.get_by_label("Name").fill("Amina")
    page.get_by_role("button", name="Join with a passkey").click()

    expect(page.get_by_text("This name is taken.")).to_be_visible()
    assert User.objects.count() == 1


def test_a_device_that_does_not_know_its_owner_makes_no_account(
    page: Page, device, transactional_db
):
    device.knows_its_owner(False)
    page.goto("/join/")
    page.get_by_label("Name").fill("amina")
    page.get_by_role("button", name="Join with a passkey").click()

    expect(page.get_by_text("Nothing was done")).to_be_visible()
    assert User.objects.count() == 0

    page.evaluate(BROKEN)
    page.get_by_role("button", name="Join with a passkey").click()
    expect(page.get_by_text("This browser could not do it: out of order")).to_be_visible()


def test_a_passkey_is_added_named_used_as_second_step_and_removed(page: Page, device, amina: User):
    sign_in(page, "/account/sign-in/")
    page.get_by_label("Name of the device").fill("My phone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_label("Name of the passkey")).to_have_value("My phone")
    page.get_by_role("button", name="Turn it on with my passkeys").click()
    expect(page.locator(".codes li")).to_have_count(10)

    sign_out(page)
    page.goto("/sign-in/?next=/account/sign-in/")
    page.get_by_label("Name").fill("amina")
    page.get_by_label("Password").fill(house.PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/account/sign-in/")

    page.get_by_label("Name of the passkey").fill("Old phone")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_label("Name of the passkey")).to_have_value("Old phone")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("The passkey is removed.")).to_be_visible()
    amina.refresh_from_db()
    assert (amina.two_step, Authenticator.objects.count()) == (False, 0)


def test_a_passkey_opens_the_admin(page: Page, device, amina: User, settings):
    settings.STIPEND_ADMIN_TWO_FACTOR = True
    User.objects.update(is_staff=True, is_superuser=True)
    page.goto("/admin/")
    page.get_by_label("Name").fill("amina")
    page.get_by_label("Password").fill(house.PASSWORD)
    page.locator("#login-form [type=submit]").click()
    expect(page.get_by_text("Admins need a second step.")).to_be_visible()

    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_label("Name of the passkey")).to_be_visible()
    sign_out(page)
    page.goto("/sign-in/?next=/admin/")
    page.get_by_role("button", name="Use a passkey").click()

    page.wait_for_url("**/admin/")


def test_a_passkey_confirms(page: Page, device, amina: User):
    sign_in(page, "/account/sign-in/")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_label("Name of the passkey")).to_be_visible()

    page.goto("/account/confirm/?next=/wallet/")
    page.get_by_role("button", name="Use a passkey").click()

    page.wait_for_url("**/wallet/")


def test_a_passkey_of_nobody_signs_nobody_in(page: Page, device, amina: User):
    sign_in(page, "/account/sign-in/")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_label("Name of the passkey")).to_be_visible()
    Authenticator.objects.all().delete()
    sign_out(page)

    page.goto("/sign-in/")
    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_text("This passkey was not accepted.")).to_be_visible()


def test_at_an_address_that_is_a_number_the_page_says_why_not(page: Page, live_server, settings):
    settings.ALLOWED_HOSTS = ["*"]
    page.goto(live_server.url.replace("localhost", "127.0.0.1") + "/sign-in/")

    said = page.get_by_text("Passkeys need an address with a name.")
    expect(said).to_be_visible()
    expect(said).to_have_class("muted")  # nothing is wrong
    expect(said).to_contain_text(f"{live_server.url}/sign-in/ instead")
    expect(page.get_by_role("button", name="Use a passkey")).to_be_hidden()

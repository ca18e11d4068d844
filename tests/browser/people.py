"""Who looks at a page."""

from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from people.models import User


def signed_in(page: Page, who: User | None, *, at: str) -> None:
    """The browser is signed in as this person, or as nobody, on the server at this address."""
    page.context.clear_cookies()
    if who is not None:
        client, cookie = Client(), settings.SESSION_COOKIE_NAME
        client.force_login(who)
        value = client.cookies[cookie].value
        page.context.add_cookies([{"name": cookie, "value": value, "url": at}])

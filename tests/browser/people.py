"""Who looks at a page."""

import time

from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from people.models import User


def signed_in(page: Page, who: User | None, *, at: str) -> None:
    """The browser is signed in as this person, or as nobody, on the server at this address.

    They have just shown who they are.
    """
    page.context.clear_cookies()
    if who is not None:
        client, cookie = Client(), settings.SESSION_COOKIE_NAME
        client.force_login(who)
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
        session["account_authentication_methods_user"] = str(who.pk)
        session.save()
        value = client.cookies[cookie].value
        page.context.add_cookies([{"name": cookie, "value": value, "url": at}])

"""People as the tests need them: signed in by the front door, with an app, with a wallet's key."""

import time
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client
from eth_account import Account as Key
from eth_account.messages import encode_defunct

from people import two_step
from people.models import User

PASSWORD = "quiet-river-42"


def joined(name: str = "ana", **fields: Any) -> User:
    """Somebody with an account."""
    return User.objects.create_user(name, password=PASSWORD, **fields)


def sign_in(client: Client, name: str = "ana", password: str = PASSWORD) -> Any:
    """The answer of the sign-in page."""
    return client.post("/sign-in/", {"username": name, "password": password})


def with_app(user: User) -> tuple[str, list[str]]:
    """The person's second step is on: what their app knows, and their codes for emergencies."""
    secret = generate_totp_secret()
    return secret, two_step.turn_on(user, secret=secret)


def app_code(secret: str, *, later: int = 0) -> str:
    """What the app shows now, or some periods later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))


def signed(key: Any, message: str) -> str:
    """What a wallet makes of a message."""
    return "0x" + key.sign_message(encode_defunct(text=message)).signature.hex()


def key(number: int = 1) -> Any:
    """A wallet's key, always the same for a number."""
    return Key.from_key(number.to_bytes(32, "big"))


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session

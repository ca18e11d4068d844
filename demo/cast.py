"""The people of the demo: accounts that are made once and found again by the next run."""

from django.db import connection

from demo import labelers
from demo.labelers import Labeler
from demo.wire import Client
from payments.chain.wallet import Wallet
from people import tokens
from people.models import ApiToken, User

TOKEN_NAME = "demo"
REQUESTER = "demo-requester"
FIRST_WALLET = 10  # of the well-known development mnemonic
STAGE_LOCK = 0x64656D6F  # "demo"


def enter_stage() -> bool:
    """True if no other demo is on: their people would share wallets. Held as long as we live."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [STAGE_LOCK])
        return bool(cursor.fetchone()[0])


def requester(url: str) -> Client:
    """The requester's program, signed in."""
    user, _ = User.objects.get_or_create(
        username=REQUESTER, defaults={"is_requester": True, "is_labeler": False}
    )
    return Client(url, token=_token(user))


def cast(url: str, *, count: int) -> list[Labeler]:
    """So many labelers, signed in, each with a wallet and an error rate of their own."""
    people = []
    for position in range(count):
        username = f"demo-labeler-{position + 1:02}"
        user, _ = User.objects.get_or_create(username=username, defaults={"is_agent": True})
        people.append(
            Labeler(
                username=username,
                pseudonym=user.pseudonym,
                error_rate=labelers.error_rate(position),
                address=Wallet(FIRST_WALLET + position).address,
                client=Client(url, token=_token(user)),
            )
        )
    return people


def leave() -> None:
    """The demo's tokens open nothing any more."""
    ApiToken.objects.filter(name=TOKEN_NAME, user__username__startswith="demo-").delete()


def _token(user: User) -> str:
    ApiToken.objects.filter(name=TOKEN_NAME, user=user).delete()  # of a run that was killed
    return tokens.issue(user, name=TOKEN_NAME)

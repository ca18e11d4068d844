"""People of the stories: each asks over HTTP with a token of their own; jobs run when told to."""

from decimal import Decimal
from itertools import count
from typing import Any

import httpx
from django.conf import settings

from labeling.jobs import decide_cases, judge
from payments.chain.wallet import Wallet
from payments.jobs import pump_payouts, scan_deposits
from people import tokens
from people.models import User

CONFIG = (
    '<View><Text name="text" value="$text"/><Choices name="mood" toName="text" required="true">'
    '<Choice value="Good"/><Choice value="Bad"/></Choices></View>'
)
ROUNDS_LIMIT = 20
REQUESTERS_WALLET = 2
FIRST_WALLET = 10

_numbers = count(1)


class Person:
    """Somebody with an account, a token and a wallet."""

    def __init__(self, url: str, **roles: Any) -> None:
        number = next(_numbers)
        self.user = User.objects.create_user(f"person-{number}", **roles)
        self.wallet = Wallet(FIRST_WALLET + number)
        self.address = self.wallet.address
        headers = {"Authorization": f"Token {tokens.issue(self.user)}"}
        self.http = httpx.Client(base_url=f"{url}/api/v1", headers=headers, timeout=30)

    def ask(self, method: str, path: str, body: Any = None, *, status: int | None = None) -> Any:
        """The decoded answer, which must have this status, or any 2xx."""
        answer = self.http.request(method, path, json=body)
        is_right = answer.is_success if status is None else answer.status_code == status
        assert is_right, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json() if answer.content else None

    def post(self, path: str, body: Any = None, **wanted: Any) -> Any:
        return self.ask("POST", path, body, **wanted)

    def get(self, path: str) -> Any:
        return self.ask("GET", path)

    def balances(self) -> dict[str, str]:
        """The labeler's own, as the statement says them."""
        said = self.get("/statement/")["balances"]
        return {kind: said[kind] for kind in ("earned", "leaving", "paid")}

    def tokens_units(self) -> int:
        """In the wallet, on chain."""
        return Wallet.token_balance(self.address)

    def label(self, project_id: int, choices: dict[str, str]) -> dict[str, int]:
        """The submissions for these texts, by text; whatever comes first is answered first."""
        held = self.post(f"/projects/{project_id}/next/", status=200)
        given = {}
        for _ in choices:
            text = held["data"]["text"]
            path = f"/assignments/{held['id']}/submit/?next=1"
            brought = self.post(path, {"result": answer(choices[text])}, status=201)
            given[text] = brought["submission"]["id"]
            held = brought["next"]
        return given


def answer(choice: str) -> list[dict[str, Any]]:
    value = {"choices": [choice]}
    return [{"from_name": "mood", "to_name": "text", "type": "choices", "value": value}]


def deposit(project: dict[str, Any], amount: str, mine: Any) -> str:
    """Test dollars from the requester's wallet into the project's purse, confirmed and booked."""
    wallet = Wallet(REQUESTERS_WALLET)
    units = int(Decimal(amount) * 10**6)
    wallet.mint(units)
    tx_hash = wallet.deposit(project["deposit"]["purse"], units)
    mine(settings.CHAIN_CONFIRMATIONS + 1)
    scan_deposits()
    return tx_hash


def pay_out(person: Person, amount: str, address: str | None = None) -> dict[str, Any]:
    """A payout that was asked for."""
    wanted = {"amount": amount, "address": address or person.address}
    return person.post("/payouts/", wanted, status=201)


def settle(person: Person, payout: dict[str, Any], mine: Any) -> dict[str, Any]:
    """The payout, paid or returned: jobs run and blocks come until it is."""
    for _ in range(ROUNDS_LIMIT):
        pump_payouts()
        found = person.get(f"/payouts/{payout['id']}/")
        if found["state"] in {"PAID", "RETURNED"}:
            return found
        mine(1)
    raise AssertionError(f"The payout is still {found['state']}.")


def quality_control() -> None:
    """The jobs that the beat would start."""
    judge()
    decide_cases()

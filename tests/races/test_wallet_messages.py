"""One signature brought twice at once. The twin looks first and deletes later."""

import pytest

from people import wallets
from people.errors import MessageUsed
from people.models import WalletMessage
from tests.people import house
from tests.races import work

pytestmark = pytest.mark.django_db(transaction=True)

KEY = house.key()
HERE = {"purpose": WalletMessage.Purpose.SIGN_IN, "browser": "this one"}


def one_signature_twice():
    """The ends of two proofs by one message, which met at its row."""
    text = wallets.ask(KEY.address, origin="https://stipend.test", chain_id=1, **HERE)
    signature = house.signed(KEY, text)

    def prove():
        return wallets.proved(text, signature, domain="stipend.test", **HERE)

    return work.behind("SELECT FROM people_walletmessage FOR UPDATE", prove, prove)


def test_a_signature_opens_once():
    ends = one_signature_twice()

    assert [one for one in ends if one == KEY.address] == [KEY.address]
    assert [type(one) for one in ends if one != KEY.address] == [MessageUsed]


def test_looking_first_would_let_both_in(monkeypatch):
    def careless(message, *, purpose, browser):
        found = WalletMessage.objects.filter(nonce=message.nonce)
        if not found.exists():
            raise MessageUsed
        found.delete()

    monkeypatch.setattr(wallets, "_use", careless)

    assert one_signature_twice() == [KEY.address, KEY.address]

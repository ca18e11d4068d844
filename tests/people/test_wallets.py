"""Wallets: proved once, by their own key, to this site; and signing in with them."""

import pytest
from django.core.cache import cache
from django.test import Client

from people import attempts, wallets
from people.errors import NoWallet, TooManyWallets, WalletTaken
from people.models import ProvedWallet, User, WalletMessage
from tests.people import house

pytestmark = pytest.mark.django_db

KEY, OTHER = house.key(1), house.key(2)


@pytest.fixture(autouse=True)
def _nothing_counted_yet():
    cache.clear()


@pytest.fixture
def ana():
    return house.joined()


@pytest.fixture
def client(ana):
    client = Client()
    house.sign_in(client)
    return client


def asked(client, url="/wallet/message/", *, address=KEY.address, **headers):
    return client.post(url, {"address": address}, **headers).json()["message"]


def prove(client, message, *, key=KEY, signature=None, **headers):
    fields = {"message": message, "signature": signature or house.signed(key, message)}
    return client.post("/wallet/prove/", fields, **headers)


def enter(client, message, *, key=KEY, **fields):
    fields = {"message": message, "signature": house.signed(key, message)} | fields
    return client.post("/sign-in/wallet/", fields, follow=True)


def refusal(answer):
    return answer.status_code, answer.json()["code"]


def test_a_person_proves_a_wallet_and_signs_in_with_it(client, ana):
    message = asked(client)
    answer = prove(client, message)

    assert answer.json() == {"address": KEY.address, "explorer_url": None}
    assert list(ana.wallets.values_list("address", flat=True)) == [KEY.address]
    assert message.startswith("testserver wants you to sign in with your Ethereum account:")
    assert "This costs nothing and moves no money." in message
    assert "Chain ID: 31337" in message

    fresh = Client()
    message = asked(fresh, "/sign-in/wallet/message/", address=KEY.address.lower())
    done = enter(fresh, message, next="/account/")

    assert done.redirect_chain == [("/account/", 302)]
    assert house.is_signed_in(fresh)
    assert ProvedWallet.objects.get().used_at is not None


def test_a_signature_opens_once(client, ana):
    message = asked(client)
    wallets.keep(ana, KEY.address)
    sign_in = asked(fresh := Client(), "/sign-in/wallet/message/")

    answers = [prove(client, message), prove(client, message)]
    enter(fresh, sign_in)
    fresh.post("/sign-out/")
    again = enter(fresh, sign_in)

    assert answers[0].status_code == 200
    assert refusal(answers[1]) == (401, "message_used")
    assert "used before" in again.content.decode()
    assert not house.is_signed_in(fresh)


def test_a_message_signed_for_one_browser_opens_no_other(ana):
    wallets.keep(ana, KEY.address)
    one, other = Client(), Client()
    message = asked(one, "/sign-in/wallet/message/")
    asked(other, "/sign-in/wallet/message/")

    refused = enter(other, message)

    assert "never asked for here" in refused.content.decode()
    assert not house.is_signed_in(other)
    enter(one, message)
    assert house.is_signed_in(one)


def test_a_message_for_one_purpose_serves_no_other(client):
    message = asked(client, "/sign-in/wallet/message/")

    assert refusal(prove(client, message)) == (401, "message_used")
    assert ProvedWallet.objects.count() == 0


def test_a_message_for_another_site_is_refused(client, settings):
    settings.ALLOWED_HOSTS = ["testserver", "evil.example"]
    elsewhere = asked(client, HTTP_HOST="evil.example")

    assert refusal(prove(client, elsewhere)) == (401, "wrong_domain")
    assert WalletMessage.objects.count() == 1


def test_an_old_message_is_refused(client, monkeypatch):
    monkeypatch.setattr(wallets, "MESSAGE_MINUTES", 0)
    message = asked(client)

    assert refusal(prove(client, message)) == (401, "message_expired")


def test_a_message_with_another_end_than_ours_is_refused(client):
    message = asked(client)
    ours = message.partition("Expiration Time: ")[2].splitlines()[0]
    longer = message.replace(ours, "2099-01-01T00:00:00Z")

    assert refusal(prove(client, longer)) == (401, "message_used")


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("Nonce: ", "Nonce: a"),
        lambda text: text.replace("Show Stipend", "Give Mallory"),
        lambda text: text.replace("http://testserver", "http://evil.example"),
        lambda text: text.replace("31337", "1"),
        lambda text: "Pay me.",
        lambda text: "",
        lambda text: text * 50,
    ],
)
def test_only_messages_of_ours_are_taken(client, change):
    assert refusal(prove(client, change(asked(client)))) == (401, "message_used")
    assert ProvedWallet.objects.count() == 0


def test_somebody_elses_signature_is_refused_and_uses_the_message_up(client):
    message = asked(client)

    assert refusal(prove(client, message, key=OTHER)) == (401, "wrong_signature")
    assert refusal(prove(client, message)) == (401, "message_used")
    assert ProvedWallet.objects.count() == 0


@pytest.mark.parametrize("signature", ["0x12", "zz", "0x" + "00" * 65, "0x" + "ff" * 65])
def test_what_is_no_signature_is_refused(client, signature):
    answer = prove(client, asked(client), signature=signature)

    assert refusal(answer) == (401, "wrong_signature")


@pytest.mark.parametrize("signature", ["0x", "0x" + "11" * 130, "0x" + "64" * 600])
def test_signatures_of_contracts_are_refused_with_a_clear_word(client, signature):
    answer = prove(client, asked(client), signature=signature)

    assert refusal(answer) == (401, "contract_signature")
    assert "contract wallet" in answer.json()["message"]
    assert "paste its address" in answer.json()["message"]


@pytest.mark.parametrize(
    "address", ["", "0x12", "not", KEY.address[2:], KEY.address[:-1] + "g", "0xABcD" + "e" * 36]
)
def test_what_is_no_address_is_asked_nothing(client, address):
    answer = client.post("/wallet/message/", {"address": address})

    assert refusal(answer) == (400, "no_wallet_address")
    assert WalletMessage.objects.count() == 0


def test_a_wallet_is_one_persons(client, ana):
    ben = house.joined("ben")
    wallets.keep(ben, KEY.address)

    assert refusal(prove(client, asked(client))) == (409, "wallet_taken")
    assert wallets.keep(ben, KEY.address).user == ben
    with pytest.raises(WalletTaken):
        wallets.keep(ana, KEY.address)


def test_wallets_of_one_person_are_limited(ana, monkeypatch):
    monkeypatch.setattr(wallets, "WALLETS_LIMIT", 1)
    wallets.keep(ana, KEY.address)

    with pytest.raises(TooManyWallets):
        wallets.keep(ana, OTHER.address)


def test_an_unknown_wallet_is_shown_the_way_to_join(client):
    fresh = Client()
    answer = enter(fresh, asked(fresh, "/sign-in/wallet/message/"))

    assert "No account has this wallet yet" in answer.content.decode()
    assert not house.is_signed_in(fresh)


def test_a_person_joins_with_a_wallet_and_no_password():
    client = Client()
    message = asked(client, "/sign-in/wallet/message/")
    fields = {"username": "mina", "is_labeler": "on", "message": message}
    answer = client.post("/join/", fields | {"signature": house.signed(KEY, message)})

    user = User.objects.get(username="mina")
    assert answer["Location"] == "/"
    assert house.is_signed_in(client)
    assert not user.has_usable_password()
    assert user.wallets.get().address == KEY.address


def test_joining_with_a_bad_proof_makes_no_account(ana):
    wallets.keep(ana, KEY.address)
    client = Client()
    for key in (KEY, OTHER):
        message = asked(client, "/sign-in/wallet/message/")
        fields = {"username": "mina", "is_labeler": "on", "message": message}
        client.post("/join/", fields | {"signature": house.signed(key, message)})

    assert User.objects.count() == 1
    assert not house.is_signed_in(client)


def test_a_wallet_is_followed_by_the_second_step_too(ana):
    wallets.keep(ana, KEY.address)
    house.with_app(ana)
    client = Client()

    answer = enter(client, asked(client, "/sign-in/wallet/message/"))

    assert answer.redirect_chain[-1] == ("/sign-in/second-step/", 302)
    assert not house.is_signed_in(client)


def test_a_wallet_can_be_forgotten_unless_it_is_the_only_way_in(client, ana):
    wallets.keep(ana, KEY.address)
    client.post(f"/wallet/{KEY.address}/forget/")
    gone = ana.wallets.count()
    wallets.keep(ana, KEY.address)
    User.objects.filter(pk=ana.pk).update(password="!")

    fresh = Client()
    enter(fresh, asked(fresh, "/sign-in/wallet/message/"))
    answer = fresh.post(f"/wallet/{KEY.address}/forget/", follow=True)

    assert gone == 0
    assert "only way to sign in" in answer.content.decode()
    assert ana.wallets.count() == 1


def test_nobody_forgets_the_wallet_of_another(client):
    wallets.keep(house.joined("ben"), KEY.address)

    client.post(f"/wallet/{KEY.address}/forget/")

    assert ProvedWallet.objects.count() == 1


def test_messages_are_limited_by_address(client, monkeypatch):
    few = attempts.Limit("wallet-messages", count=1, seconds=600)
    monkeypatch.setattr(attempts, "WALLET_MESSAGES", few)
    asked(client)

    answer = client.post("/wallet/message/", {"address": KEY.address})

    assert refusal(answer) == (429, "too_many_attempts")


def test_old_messages_are_swept_away(client):
    asked(client)
    WalletMessage.objects.update(expires_at="2026-01-01T00:00:00Z")

    asked(client, address=OTHER.address)

    assert WalletMessage.objects.get().address == OTHER.address


@pytest.mark.parametrize(
    "path", ["/wallet/message/", "/wallet/prove/", "/sign-in/wallet/", "/sign-in/wallet/message/"]
)
def test_another_sites_form_is_refused(ana, path):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)

    assert client.post(path, {"address": KEY.address}).status_code == 403
    assert WalletMessage.objects.count() == 0


def test_a_banned_person_is_signed_in_by_no_wallet(ana):
    wallets.keep(ana, KEY.address)
    User.objects.filter(pk=ana.pk).update(is_active=False)
    client = Client()

    enter(client, asked(client, "/sign-in/wallet/message/"))

    assert not house.is_signed_in(client)


def test_an_address_keeps_its_checksum():
    assert wallets.parse(f" {KEY.address.lower()} ") == KEY.address
    with pytest.raises(NoWallet):
        wallets.parse(KEY.address.swapcase())


def test_lines_may_end_as_browsers_end_them(client):
    message = asked(client)
    signature = house.signed(KEY, message)

    answer = prove(client, message.replace("\n", "\r\n"), signature=signature)

    assert answer.json() == {"address": KEY.address, "explorer_url": None}

"""Leaving: asked for, thought over, carried out; what is gone, what stays, and who may do it."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from people import departures, letters, mails, tokens, wallets
from people.errors import CannotLeave, UnknownClaim
from people.models import Departure, Letter, MailCode, ProvedWallet, User
from people.web import left
from tests.people import house
from tests.people.test_security import grow_stale

pytestmark = pytest.mark.django_db

State = Departure.State
LATER = timedelta(days=7, seconds=1)


@pytest.fixture
def ana():
    cache.clear()
    return house.joined(
        email="ana@example.org",
        mail_proved_at="2026-01-01T00:00:00Z",
        first_name="Ana",
        country="SN",
        languages=["fr", "wo"],
        language="fr",
    )


@pytest.fixture
def client(ana):
    client = Client()
    house.sign_in(client)
    return client


def grow_due() -> None:
    """As if the days to think it over had passed."""
    Departure.objects.update(due_at=timezone.now())


def gone(user: User) -> str:
    """The code of somebody who has left."""
    code = departures.ask(user).code
    grow_due()
    assert departures.carry_out() == 1
    return code


def shown_code(page: str) -> str:
    return re.search(r'id="claim"[^>]*>([0-9A-Z-]+)<', page)[1]


def outbox() -> list[tuple[str, str]]:
    letters.carry()
    return [(one.to[0], one.body) for one in mail.outbox]


def programs(key: str) -> APIClient:
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Token {key}")
    return api


# --- Asked for ------------------------------------------------------------------------------------


def test_asking_ends_tokens_and_other_sessions_at_once_and_deletes_in_a_week(client, ana):
    key, elsewhere = tokens.issue(ana), Client()
    house.sign_in(elsewhere)

    page = client.post("/account/leave/")

    departure = Departure.objects.get()
    assert departure.state == State.ASKED
    assert timedelta(days=6) < departure.due_at - timezone.now() <= timedelta(days=7)
    assert programs(key).get("/api/v1/me/").status_code == 401
    assert elsewhere.get("/account/").status_code == 302
    assert client.get("/account/").status_code == 200
    assert re.fullmatch(r"([2-9A-Z]{4}-){4}[2-9A-Z]{4}", shown_code(page.content.decode()))
    assert 'id="claim"' not in client.get("/account/leave/").content.decode()
    ((to, _),) = outbox()
    assert to == "ana@example.org"


def test_only_who_has_shown_lately_who_they_are_may_ask(client, ana):
    grow_stale(client)

    asked = client.post("/account/leave/")

    assert asked["Location"].startswith("/account/confirm/")
    assert Departure.objects.count() == 0


def test_a_form_from_another_site_is_refused(ana):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ana)

    assert strict.post("/account/leave/").status_code == 403
    assert Departure.objects.count() == 0


def test_nothing_happens_before_the_time_is_over(ana):
    departures.ask(ana)

    assert departures.carry_out() == 0
    ana.refresh_from_db()
    assert (ana.username, ana.is_active) == ("ana", True)


def test_asked_again_the_day_stays_and_the_code_is_another(ana):
    first, again = departures.ask(ana), departures.ask(ana)
    grow_due()
    departures.carry_out()

    assert again.departure.due_at == first.departure.due_at
    assert departures.by_code(again.code) == [ana.pk]
    with pytest.raises(UnknownClaim):
        departures.by_code(first.code)


def test_whoever_signs_in_again_can_stay(client, ana):
    departures.ask(ana)
    back = Client()
    landed = house.sign_in(back)
    page = back.get("/account/leave/").content.decode()
    stayed = back.post("/account/stay/")
    grow_due()

    assert landed["Location"] == "/account/leave/"
    assert "Votre compte" in page or "Keep my account" in page
    assert stayed["Location"] == "/account/"
    assert departures.carry_out() == 0
    assert Departure.objects.count() == 0
    assert [to for to, _ in outbox()] == ["ana@example.org"] * 2


def test_an_admin_hands_over_first():
    root = User.objects.create_superuser("root", password=house.PASSWORD)

    with pytest.raises(CannotLeave) as refused:
        departures.ask(root)

    assert [one["code"] for one in refused.value.data["reasons"]] == ["is_admin"]
    assert Departure.objects.count() == 0


def test_who_became_an_admin_meanwhile_is_not_deleted(ana):
    departures.ask(ana)
    User.objects.update(is_staff=True)
    grow_due()

    assert departures.carry_out() == 0
    ana.refresh_from_db()
    assert (ana.username, ana.is_active) == ("ana", True)
    assert Departure.objects.get().due_at > timezone.now()  # tried again later


# --- Carried out ----------------------------------------------------------------------------------


def test_nothing_is_left_that_says_who_it_was(client, ana):
    house.with_app(ana)
    wallets.keep(ana, house.key(7).address)
    mails.ask_proof(ana, "ana@example.net")
    tokens.issue(ana)
    LogEntry.objects.log_actions(ana.pk, [ana], 2, "changed", single_object=True)
    letters.carry()
    pseudonym, joined_at = ana.pseudonym, ana.date_joined

    gone(ana)

    left_row = User.objects.get()
    assert left_row.pk == ana.pk
    assert (left_row.pseudonym, left_row.date_joined) == (pseudonym, joined_at)
    assert re.fullmatch("left-[0-9a-f]{16}", left_row.username)
    told = [left_row.first_name, left_row.last_name, left_row.email, left_row.country]
    assert [*told, left_row.language] == [""] * 5
    assert (left_row.languages, left_row.mail_proved_at, left_row.last_login) == ([], None, None)
    assert (left_row.two_step, left_row.is_active) == (False, False)
    assert not left_row.has_usable_password()
    for model in (Authenticator, UserSession, MailCode, ProvedWallet):
        assert model.objects.count() == 0, model
    assert left_row.api_tokens.count() == 0
    assert LogEntry.objects.get().object_repr == pseudonym
    assert Departure.objects.get().wallets == [house.key(7).address]


def test_the_wallet_that_signed_in_last_is_the_first_to_be_paid(ana):
    for number in (7, 8, 9):
        wallets.keep(ana, house.key(number).address)
    wallets.owner(house.key(8).address)

    gone(ana)

    assert Departure.objects.get().wallets == [house.key(number).address for number in (8, 9, 7)]


def test_the_last_letter_is_forgotten_once_it_is_sent(ana):
    gone(ana)

    assert [to for to, _ in outbox()] == ["ana@example.org"]
    departures.carry_out()

    assert Letter.objects.count() == 0


def test_who_has_left_cannot_sign_in_and_the_name_is_free(ana):
    key = tokens.issue(ana)
    gone(ana)

    assert b"wrong" in house.sign_in(Client()).content
    assert programs(key).get("/api/v1/me/").status_code == 401
    asked = mails.ask_reset("ana@example.org")
    assert asked.user is None
    house.joined("ana")


def test_twice_is_once(ana):
    gone(ana)
    ended = Departure.objects.get()

    assert departures.carry_out() == 0
    with pytest.raises(CannotLeave):
        departures.ask(User.objects.get(pk=ana.pk))
    assert departures.take_back(ana) is False
    assert Departure.objects.get().ended_at == ended.ended_at


def test_a_step_that_fails_is_tried_again_and_keeps_nobody_waiting(ana, monkeypatch, settings):
    ben = house.joined("ben")
    for one in (ana, ben):
        departures.ask(one)
    grow_due()
    taken, take = [], departures._take

    def failing(paths, departure):
        taken.append(departure.user_id)
        if departure.user_id == ana.pk and len(taken) < 3:
            raise RuntimeError("the lights went out")
        take(paths, departure)

    monkeypatch.setattr(departures, "_take", failing)

    assert departures.carry_out() == 1
    halfway = Departure.objects.get(user=ana)
    assert (halfway.state, User.objects.get(pk=ana.pk).is_active) == (State.BEGUN, False)
    assert departures.take_back(ana) is False
    Departure.objects.update(due_at=timezone.now())
    assert departures.carry_out() == 1
    assert set(Departure.objects.values_list("state", flat=True)) == {State.ENDED}


# --- The way to the rest --------------------------------------------------------------------------


def sign(client: Client, path: str, key) -> object:
    asked = client.post("/sign-in/wallet/message/", {"address": key.address}).json()
    signed = house.signed(key, asked["message"])
    return client.post(path, {"message": asked["message"], "signature": signed})


@pytest.mark.parametrize("path", ["/sign-in/wallet/", "/left/"])
def test_a_wallet_that_was_proved_opens_the_rest_and_nothing_else(ana, path):
    wallets.keep(ana, house.key(7).address)
    gone(ana)
    client = Client()

    opened = sign(client, path, house.key(7))

    assert opened["Location"] == "/left/"
    assert not house.is_signed_in(client)
    assert "What is still yours" in client.get("/left/").content.decode()
    client.post("/left/close/")
    assert "What is still yours" not in client.get("/left/").content.decode()


def test_another_wallet_opens_nothing(ana):
    wallets.keep(ana, house.key(7).address)
    gone(ana)
    client = Client()

    refused = sign(client, "/left/", house.key(8))

    assert refused.status_code == 400
    assert left.OPENED not in client.session


def test_a_wallet_opens_nothing_of_who_has_not_left(ana):
    wallets.keep(ana, house.key(7).address)
    departures.ask(ana)
    client = Client()

    assert sign(client, "/left/", house.key(7)).status_code == 400
    assert sign(client, "/sign-in/wallet/", house.key(7))["Location"] == "/account/leave/"


def test_who_comes_back_joins_with_the_same_wallet_and_still_reaches_the_rest(ana):
    wallets.keep(ana, house.key(7).address)
    gone(ana)
    again = wallets.join(User(username="ana"), house.key(7).address)
    signed_in, at_the_rest = Client(), Client()

    sign(signed_in, "/sign-in/wallet/", house.key(7))
    sign(at_the_rest, "/left/", house.key(7))

    assert signed_in.session["_auth_user_id"] == str(again.pk)
    assert at_the_rest.session[left.OPENED]["people"] == [ana.pk]


def test_the_code_opens_the_rest_however_it_is_written(ana):
    code = gone(ana)
    client = Client()

    opened = client.post("/left/", {"claim": code.lower().replace("-", " ")})

    assert opened["Location"] == "/left/"
    assert client.session[left.OPENED]["people"] == [ana.pk]


def test_the_rest_closes_by_itself(ana, monkeypatch):
    client = Client()
    client.post("/left/", {"claim": gone(ana)})
    kept = client.session
    kept[left.OPENED] = {**kept[left.OPENED], "until": 0}
    kept.save()

    assert "What is still yours" not in client.get("/left/").content.decode()


def test_codes_cannot_be_guessed_for_long(ana):
    code = gone(ana)
    client = Client()
    for _ in range(10):
        client.post("/left/", {"claim": "AAAA"})

    refused = client.post("/left/", {"claim": code})

    assert refused.status_code == 400
    assert "This was too often in a short time." in refused.content.decode()
    assert left.OPENED not in client.session


# --- By program -----------------------------------------------------------------------------------


def test_a_program_asks_with_the_password_and_is_out_at_once(ana):
    api = programs(tokens.issue(ana))
    before = api.get("/api/v1/me/departure/").json()

    asked = api.post("/api/v1/me/departure/", {"password": house.PASSWORD})

    assert before == {"state": None, "due_at": None, "refusals": []}
    assert asked.status_code == 201
    assert asked.json()["state"] == "ASKED"
    assert api.get("/api/v1/me/").status_code == 401
    again = programs(tokens.issue(ana))
    assert again.get("/api/v1/me/departure/").json()["state"] == "ASKED"
    assert again.delete("/api/v1/me/departure/").status_code == 204
    assert again.delete("/api/v1/me/departure/").json()["code"] == "not_leaving"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 403, "confirmation_needed"),
        ({"password": ""}, 403, "confirmation_needed"),
        ({"password": "wrong"}, 401, "wrong_password"),
    ],
)
def test_a_program_that_cannot_show_who_it_is_asks_in_vain(ana, body, status, code):
    api = programs(tokens.issue(ana))

    refused = api.post("/api/v1/me/departure/", body)

    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert Departure.objects.count() == 0
    assert api.get("/api/v1/me/").status_code == 200


def test_the_second_step_is_asked_for_as_well(ana):
    secret, _ = house.with_app(ana)
    api = programs(tokens.issue(ana))

    refused = api.post("/api/v1/me/departure/", {"password": house.PASSWORD})
    given = {"password": house.PASSWORD, "code": house.app_code(secret)}
    asked = api.post("/api/v1/me/departure/", given)

    assert refused.json()["code"] == "second_step_needed"
    assert asked.status_code == 201


def test_a_browsers_session_has_to_be_fresh_for_the_api_too(client, ana):
    csrf = {"HTTP_X_CSRFTOKEN": "x"}
    fresh = client.get("/api/v1/me/data/")
    grow_stale(client)

    stale = client.post("/api/v1/me/departure/", **csrf)

    assert fresh.status_code == 200
    assert (stale.status_code, stale.json()["code"]) == (403, "confirmation_needed")
    assert client.get("/api/v1/me/data/").json()["code"] == "confirmation_needed"
    assert Departure.objects.count() == 0


def test_strangers_reach_nobodys_rest():
    cache.clear()
    api = APIClient()

    assert api.post("/api/v1/left/", {"claim": "ABCD"}).json()["code"] == "unknown_claim"
    assert api.get("/api/v1/me/departure/").status_code == 401
    assert api.get("/api/v1/me/data/").status_code == 401


# --- By letter ------------------------------------------------------------------------------------


@pytest.fixture
def admin(db):
    root = User.objects.create_superuser("root", password=house.PASSWORD)
    client = Client()
    client.force_login(root)
    return client


def test_an_admin_deletes_and_copies_for_who_wrote_a_letter(admin, ana):
    page = admin.get(f"/admin/people/user/{ana.pk}/change/").content.decode()
    copied = admin.get(f"/admin/people/user/{ana.pk}/copy/")
    asked = admin.post(
        f"/admin/people/user/{ana.pk}/leave/", {"_form_submitted": "on"}, follow=True
    )

    assert f"/admin/people/user/{ana.pk}/leave" in page
    assert b'"username":"ana"' in b"".join(copied.streaming_content)
    departure = Departure.objects.get()
    assert (departure.user, departure.asked_by.username) == (ana, "root")
    code = re.search(r"([2-9A-Z]{4}-){4}[2-9A-Z]{4}", asked.content.decode())[0]
    grow_due()
    departures.carry_out()
    assert departures.by_code(code) == [ana.pk]


def test_an_admin_takes_it_back(admin, ana):
    departures.ask(ana)

    admin.post(f"/admin/people/user/{ana.pk}/stay/", {"_form_submitted": "on"})

    assert Departure.objects.count() == 0


def test_nobody_is_deleted_in_another_way(admin, ana):
    assert admin.post(f"/admin/people/user/{ana.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=ana.pk).exists()


def test_an_admin_without_the_right_does_neither(ana):
    helper = house.joined("helper", is_staff=True)
    client = Client()
    client.force_login(helper)

    for verb in ("copy", "leave"):
        client.post(f"/admin/people/user/{ana.pk}/{verb}/", {"_form_submitted": "on"})

    assert Departure.objects.count() == 0
    assert client.get(f"/admin/people/user/{ana.pk}/copy/").status_code in (302, 403)

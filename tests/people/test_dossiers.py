"""Everything held about one person, for that person: complete, without secrets, nobody else's."""

import json

import pytest
from django.apps import apps
from django.core.cache import cache
from django.test import Client

from people import attempts, choices, dossiers, tokens, wallets
from people.models import Notice, User
from tests.people import house
from tests.people.test_security import grow_stale

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    cache.clear()
    return house.joined(email="ana@example.org", country="SN", languages=["fr"])


@pytest.fixture
def client(ana):
    client = Client()
    house.sign_in(client)
    return client


def read(response) -> dict:
    return json.loads(b"".join(response.streaming_content))


def test_the_file_tells_what_is_held(client, ana):
    wallets.keep(ana, house.key(7).address)
    secret, codes = house.with_app(ana)
    key = tokens.issue(ana, name="my script")

    answer = client.get("/account/data/")

    told = read(answer)
    assert answer["Content-Disposition"] == f'attachment; filename="stipend-{ana.pseudonym}.json"'
    assert (told["format"], told["pseudonym"]) == ("stipend-person-1", ana.pseudonym)
    (account,) = told["account"]
    assert (account["username"], account["country"], account["languages"]) == ("ana", "SN", ["fr"])
    assert told["mail_addresses"] == [{"address": "ana@example.org", "proved_at": None}]
    assert [one["way"] for one in told["ways_to_sign_in"]] == ["password", "totp", "recovery_codes"]
    assert told["ways_to_sign_in"][2]["codes_left"] == 10
    assert [one["address"] for one in told["wallets"]] == [house.key(7).address]
    assert [one["name"] for one in told["api_tokens"]] == ["my script"]
    assert [one["ip"] for one in told["sessions"]] == ["127.0.0.1"]
    assert told["balances"] == [
        dict.fromkeys(("earned", "staked", "leaving", "paid", "funds"), "0.00")
    ]
    assert told["answers"] == told["payouts"] == told["statement"] == []
    whole = json.dumps(told)
    assert not [one for one in (ana.password, key, secret, *codes) if one in whole]


# What names a person, by the section that tells it, or in parentheses why none does.
NAMES = {
    "admin.LogEntry.user": "(an admin's doings at work)",
    "knox.AuthToken.user": "(not used: people.ApiToken is)",
    "account.EmailAddress.user": "mail_addresses",
    "mfa.Authenticator.user": "ways_to_sign_in",
    "usersessions.UserSession.user": "sessions",
    "people.ApiToken.user": "api_tokens",
    "people.ProvedWallet.user": "wallets",
    "people.MailCode.user": "(a secret, for minutes)",
    "people.Letter.user": "letters",
    "people.Notice.user": "notices",
    "people.Departure.user": "departure",
    "people.Departure.asked_by": "(an admin's doings at work)",
    "labeling.Skill.owner": "skills_made",
    "labeling.Grant.labeler": "skills",
    "labeling.Project.owner": "projects",
    "labeling.Assignment.labeler": "tasks_held",
    "labeling.Case.labeler": "rejections",
    "labeling.Case.judge": "rejections_given",
    "labeling.Seat.juror": "juries",
    "labeling.Submission.labeler": "answers",
    "labeling.Judgement.judge": "verdicts_given",
    "labeling.Membership.labeler": "projects_joined",
    "labeling.Report.labeler": "tasks_reported",
    "labeling.Reputation.labeler": "reputation",
    "labeling.ReputationEvent.labeler": "reputation_events",
    "labeling.Standing.requester": "standing_as_requester",
    "labeling.Standing.thawed_by": "(an admin's doings at work)",
    "labeling.Reviewer.user": "projects_reviewed",
    "labeling.Untold.labeler": "(for seconds: then it is a notice)",
    "payments.Correction.proposed_by": "(an admin's doings at work)",
    "labeling.Precedent.set_by": "(an admin's doings at work)",
    "payments.Correction.decided_by": "(an admin's doings at work)",
    "payments.Approval.admin": "(an admin's doings at work)",
}


def test_all_that_names_a_person_is_told(ana):
    names = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.fields
        if field.related_model is User
    }

    assert names == set(NAMES)
    told = {section for section in NAMES.values() if not section.startswith("(")}
    assert told <= {name for name, _ in dossiers.sections(ana)}


def test_what_somebody_wants_to_hear_of_is_told(client, ana):
    choices.change(ana, Notice.Kind.PAID, mail=False)

    assert read(client.get("/account/data/"))["account"][0]["muted"] == ["mail:paid"]


def test_every_section_is_there_and_read_when_it_is_written(ana):
    names = [name for name, _ in dossiers.sections(ana)]

    assert len(names) == len(set(names))
    assert {"account", "sessions", "answers", "reputation_events", "statement"} <= set(names)


def test_nobody_reads_the_file_of_another(client, ana):
    ben = house.joined("ben", email="ben@example.org")

    told = json.dumps(read(client.get(f"/account/data/?person={ben.pk}")))

    assert "ben" not in told
    assert Client().get("/account/data/").status_code == 302


def test_only_who_has_shown_lately_who_they_are_gets_it(client):
    grow_stale(client)

    assert client.get("/account/data/")["Location"].startswith("/account/confirm/")


def test_copies_are_limited(client, monkeypatch):
    monkeypatch.setattr(attempts, "DOSSIERS", attempts.Limit("dossiers", count=1, seconds=3600))

    first, second = client.get("/account/data/"), client.get("/account/data/")

    assert (first.status_code, second["Location"]) == (200, "/account/")


def test_a_long_file_comes_in_pieces(ana, settings):
    settings.STIPEND_DOSSIERS = ["tests.people.test_dossiers.many"]

    pieces = list(dossiers.written(ana))

    assert len(json.loads(b"".join(pieces))["many"]) == 5000
    assert len(pieces) > 10
    assert max(len(piece) for piece in pieces) < 2 * dossiers.CHUNK_BYTES


def many(person_id: int):
    yield "many", ({"number": number, "text": "x" * 200} for number in range(5000))

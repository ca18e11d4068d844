"""The REST API from a project to its end: shapes that other programs rely on."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from labeling.models import Project
from people.codes import LANGUAGES
from people.models import User
from tests.labeling import house

pytestmark = pytest.mark.django_db


def signed_in(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def owner():
    return house.requester()


@pytest.fixture
def requester(owner):
    return signed_in(owner)


@pytest.fixture
def labeler():
    return signed_in(house.labeler())


def wanted(**changes):
    return {"title": "Moods", "config": house.CHOICES, "price": "0.05", "overlap": 2, **changes}


def make(requester, **changes):
    answer = requester.post("/api/v1/projects/", wanted(**changes))
    assert answer.status_code == 201, answer.content
    return answer.json()


def opened(requester, owner, *, tasks=1, **changes):
    made = make(requester, **changes)
    rows = [{"text": f"text {number}"} for number in range(tasks)]
    requester.post(f"/api/v1/projects/{made['id']}/tasks/", rows)
    house.fund(owner.projects.get(pk=made["id"]), amount_units=10_000_000)
    assert requester.post(f"/api/v1/projects/{made['id']}/open/").status_code == 200
    return made["id"]


SETTINGS = {
    "kind": "labeling",
    "skill": None,
    "examples": [],
    "overlap_max": 3,
    "confidence": None,
    "review_hours": 72,
    "accept_score": 0.5,
    "gold_percent": 5,
    "gold_floor_percent": 60,
    "pass_percent": 80,
    "aggregation": "auto",
    "signals": ["too_fast", "constant", "copied"],
    "too_fast_seconds": None,
    "too_fast_characters": None,
    "constant_answers": None,
    "copied_characters": None,
    "requirements": "",
    "languages": [],
    "countries_only": [],
    "countries_except": [],
    "minimum_reputation": None,
    "producers": "anyone",
    "quota": None,
}


def test_a_project_says_what_it_costs_and_where_money_goes(requester):
    made = make(requester, instructions="Look.", overlap=3)

    assert made == {
        "id": made["id"],
        "title": "Moods",
        "instructions": "Look.",
        "config": house.CHOICES,
        "price": "0.05",
        "overlap": 3,
        "lease_minutes": 15,
        "review": "consensus",
        **SETTINGS,
        "state": "DRAFT",
        "purse": {"id": made["purse"]["id"], "funds": "0.00", "held": "0.00", "fees": "0.00"},
        "deposit": made["deposit"],
        "cost_per_task": "0.1575",
        "cost_to_open": "0.00",
        "warnings": [],
        "counts": dict.fromkeys(
            [
                *("tasks", "loaded", "open", "done", "paused", "gold"),
                *("submissions", "accepted", "rejected"),
            ],
            0,
        ),
        **{key: made[key] for key in made.keys() & {"created_at"}},
    }
    urls = {"vault_url", "token_url"}
    assert set(made["deposit"]) == {"vault", "token", "purse", "chain_id"} | urls
    assert requester.get(f"/api/v1/projects/{made['id']}/").json() == made
    assert requester.get("/api/v1/projects/").json()["results"] == [made]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"config": "<View"}, "malformed_config"),
        ({"config": '<!DOCTYPE x><View><Text name="t" value="$t"/></View>'}, "malformed_config"),
        (
            {"config": '<View><Text name="t" value="$t"/><Mind name="m" toName="t"/></View>'},
            "unknown_control",
        ),
        ({"price": "-0.05"}, "invalid_amount"),
        ({"price": "0.0000001"}, "invalid_amount"),
        ({"price": "1e3"}, "invalid_amount"),
        ({"price": "0"}, "invalid_amount"),
        ({"price": "999999999999"}, "invalid_amount"),
        ({"overlap": 0}, "validation_failed"),
        ({"overlap": "many"}, "validation_failed"),
        ({"lease_minutes": -1}, "validation_failed"),
        ({"review": "never"}, "validation_failed"),
        ({"title": ""}, "validation_failed"),
        ({"title": None}, "validation_failed"),
    ],
)
def test_a_bad_project_is_named_and_not_made(requester, owner, changes, code):
    answer = requester.post("/api/v1/projects/", wanted(**changes))

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert set(answer.json()) == {"code", "message", "data"}
    assert not owner.projects.exists()


def test_tasks_come_as_a_list_or_as_a_file(requester):
    path = f"/api/v1/projects/{make(requester)['id']}/tasks/"

    answers = [
        requester.post(path, [{"text": "a"}, {"text": "b"}]),
        requester.post(
            path, {"file": SimpleUploadedFile("x.csv", b"text\nb\nc\n")}, format="multipart"
        ),
        requester.generic("POST", path, b'{"text": "d"}\n', content_type="application/x-ndjson"),
    ]

    assert [answer.status_code for answer in answers] == [201] * 3
    counts = [(one["added"], one["duplicates"], one["tasks"]) for one in map(body, answers)]
    assert counts == [(2, 0, 2), (1, 1, 3), (1, 0, 4)]


def body(answer):
    return answer.json()


def test_bad_data_is_named_and_not_loaded(requester, settings):
    settings.STIPEND_IMPORT_BYTES = 300
    made = make(requester)
    path = f"/api/v1/projects/{made['id']}/tasks/"

    missing = requester.post(path, [{"text": "a"}, {"txt": "b"}])
    large = requester.post(path, [{"text": "x" * 400}])
    broken = requester.generic("POST", path, b"[{", content_type="application/json")

    assert (missing.status_code, missing.json()["code"]) == (400, "missing_field")
    assert missing.json()["data"]["row"] == 2
    assert (large.status_code, large.json()["code"]) == (413, "file_too_large")
    assert (broken.status_code, broken.json()["code"]) == (400, "malformed_file")
    assert requester.get(f"/api/v1/projects/{made['id']}/").json()["counts"]["tasks"] == 0


def test_opening_without_money_says_how_much_is_missing(requester):
    made = make(requester)
    requester.post(f"/api/v1/projects/{made['id']}/tasks/", [{"text": "a"}])

    answer = requester.post(f"/api/v1/projects/{made['id']}/open/")

    assert (answer.status_code, answer.json()["code"]) == (409, "insufficient_funds")
    assert answer.json()["data"] == {"needed": "0.105", "available": "0.00"}


def test_a_labeler_takes_answers_and_gets_the_next(requester, owner, labeler):
    project_id = opened(requester, owner, tasks=2)

    first = labeler.post(f"/api/v1/projects/{project_id}/next/").json()
    path = f"/api/v1/assignments/{first['id']}/submit/"
    submitted = labeler.post(f"{path}?next=1", {"result": house.answer()})
    again = labeler.post(path, {"result": house.answer()})
    other = labeler.post(path, {"result": house.answer("Bad")})
    second = submitted.json()["next"]
    last = labeler.post(
        f"/api/v1/assignments/{second['id']}/submit/?next=1", {"result": house.answer()}
    )

    keys = {"id", "project", "data", "config", "instructions", "leased_until"}
    assert set(first) == set(second) == keys
    assert (first["data"], second["data"]) == ({"text": "text 0"}, {"text": "text 1"})
    assert submitted.status_code == 201
    assert set(submitted.json()["submission"]) == {"id", "assignment", "state", "submitted_at"}
    assert (again.status_code, again.json()["submission"]) == (200, submitted.json()["submission"])
    assert "next" not in again.json()
    assert (other.status_code, other.json()["code"]) == (409, "already_submitted")
    assert last.json()["next"] is None
    assert labeler.post(f"/api/v1/projects/{project_id}/next/").status_code == 204


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"result": house.answer("Ugly")}, "answer_outside_choices"),
        ({"result": []}, "malformed_answer"),
        ({"result": "Good"}, "malformed_answer"),
        ({"answer": house.answer()}, "malformed_answer"),
        ([], "malformed_answer"),
    ],
)
def test_a_bad_answer_is_named_and_the_lease_runs_on(requester, owner, labeler, sent, code):
    project_id = opened(requester, owner)
    held = labeler.post(f"/api/v1/projects/{project_id}/next/").json()

    answer = labeler.post(f"/api/v1/assignments/{held['id']}/submit/", sent)

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert labeler.post(f"/api/v1/projects/{project_id}/next/").json() == held


def test_an_assignment_is_its_holders_alone(requester, owner, labeler):
    project_id = opened(requester, owner)
    held = labeler.post(f"/api/v1/projects/{project_id}/next/").json()
    thief = signed_in(house.labeler())

    answers = [
        thief.post(f"/api/v1/assignments/{held['id']}/submit/", {"result": house.answer()}),
        thief.post(f"/api/v1/assignments/{held['id']}/return/"),
    ]

    assert [(one.status_code, one.json()["code"]) for one in answers] == [
        (403, "not_your_assignment")
    ] * 2


def test_a_task_is_given_back(requester, owner, labeler):
    project_id = opened(requester, owner, overlap=1)
    held = labeler.post(f"/api/v1/projects/{project_id}/next/").json()

    answer = labeler.post(f"/api/v1/assignments/{held['id']}/return/")

    assert answer.status_code == 204
    other = signed_in(house.labeler()).post(f"/api/v1/projects/{project_id}/next/").json()
    assert other["data"] == held["data"]


def test_what_is_not_open_hands_out_nothing(requester, labeler):
    made = make(requester)

    draft = labeler.post(f"/api/v1/projects/{made['id']}/next/")
    nowhere = labeler.post("/api/v1/projects/0/next/")

    assert (draft.status_code, draft.json()["code"]) == (409, "project_not_open")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "not_found")


def test_a_requester_decides(requester, owner, labeler):
    project_id = opened(requester, owner, tasks=2, overlap=1, review="manual")
    for _ in range(2):
        held = labeler.post(f"/api/v1/projects/{project_id}/next/").json()
        labeler.post(f"/api/v1/assignments/{held['id']}/submit/", {"result": house.answer()})
    rows = requester.get(f"/api/v1/projects/{project_id}/submissions/").json()["results"]
    first, second = (row["id"] for row in rows)

    accepted = requester.post(f"/api/v1/submissions/{first}/accept/")
    silent = requester.post(f"/api/v1/submissions/{second}/reject/", {"reason": ""})
    why = {"reason": "off_instructions", "note": "Off topic."}
    rejected = requester.post(f"/api/v1/submissions/{second}/reject/", why)
    stranger = signed_in(house.requester()).post(f"/api/v1/submissions/{second}/accept/")

    assert (accepted.status_code, accepted.json()["state"]) == (200, "ACCEPTED")
    assert (silent.status_code, silent.json()["code"]) == (400, "reason_missing")
    assert rejected.json()["state"] == "REJECTED"
    assert (stranger.status_code, stranger.json()["code"]) == (404, "not_found")
    listed = requester.get(f"/api/v1/projects/{project_id}/submissions/?state=REJECTED").json()
    assert [row["id"] for row in listed["results"]] == [second]


def test_a_closed_project_refunds(requester, owner):
    project_id = opened(requester, owner, tasks=2)

    closed = requester.post(f"/api/v1/projects/{project_id}/close/").json()

    assert closed["state"] == "CLOSED"
    assert (closed["purse"]["funds"], closed["purse"]["held"]) == ("10.00", "0.00")


@pytest.mark.parametrize("path", ["", "tasks/", "open/", "close/", "export/", "submissions/"])
def test_projects_are_their_owners_alone(requester, path):
    made = make(requester)
    stranger = signed_in(house.requester())
    method = "get" if path in {"", "export/", "submissions/"} else "post"

    answer = getattr(stranger, method)(f"/api/v1/projects/{made['id']}/{path}")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_roles_are_kept_apart(labeler):
    only_requests = house.requester()
    User.objects.filter(pk=only_requests.pk).update(is_labeler=False)
    only_requests.refresh_from_db()

    answers = [
        labeler.post("/api/v1/projects/", wanted()),
        signed_in(only_requests).post("/api/v1/projects/1/next/"),
    ]

    assert [(one.status_code, one.json()["code"]) for one in answers] == [
        (403, "permission_denied")
    ] * 2
    assert APIClient().post("/api/v1/projects/", wanted()).status_code == 401


WALLET = "0x90F79bf6EB2c4f870365E785982E1f101E93b906"


def test_what_is_not_needed_goes_back_to_a_wallet(requester, owner):
    project_id = opened(requester, owner, tasks=2)  # 10.00 came, 0.21 is held
    path = f"/api/v1/projects/{project_id}/withdrawals/"
    wanted = {"amount": "9.79", "address": WALLET}

    first, again = (
        requester.post(path, wanted, headers={"Idempotency-Key": "k"}) for _ in range(2)
    )
    more = requester.post(path, wanted)

    assert (first.status_code, first.json()["state"]) == (201, "REQUESTED")
    assert first.json() == again.json()
    assert (more.status_code, more.json()["code"]) == (409, "insufficient_funds")
    assert requester.get(path).json()["results"] == [first.json()]
    purse = requester.get(f"/api/v1/projects/{project_id}/").json()["purse"]
    assert (purse["funds"], purse["held"]) == ("0.00", "0.21")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"amount": "-1"}, 400, "invalid_amount"),
        ({"amount": "0.001"}, 400, "below_minimum"),
        ({"address": "0x12"}, 400, "malformed_address"),
        ({"amount": None}, 400, "validation_failed"),
    ],
)
def test_a_bad_withdrawal_moves_nothing(requester, owner, changes, status, code):
    project_id = opened(requester, owner)
    path = f"/api/v1/projects/{project_id}/withdrawals/"

    answer = requester.post(path, {"amount": "1.00", "address": WALLET, **changes})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert requester.get(path).json()["results"] == []
    stranger = signed_in(house.requester())
    assert stranger.post(path, {"amount": "1.00", "address": WALLET}).status_code == 404


def test_languages_and_countries_are_spelt_as_peoples_own(requester):
    said = {"languages": ["FR", "fr", " wo"], "countries_only": ["sn"], "countries_except": ["ml"]}
    everything = {"languages": sorted(LANGUAGES)}

    made = make(requester, **said)

    assert {name: made[name] for name in said} == {
        "languages": ["fr", "wo"],
        "countries_only": ["SN"],
        "countries_except": ["ML"],
    }
    address = f"/api/v1/projects/{made['id']}/"
    assert requester.patch(address, everything).json()["languages"] == everything["languages"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"languages": ["french"]}, "unknown_language"),
        ({"languages": [1]}, "unknown_language"),
        ({"countries_only": ["ZZ"]}, "unknown_country"),
        ({"countries_except": ["UK"]}, "unknown_country"),
    ],
)
def test_a_code_that_nobody_can_have_is_refused(requester, changes, code):
    made = make(requester)

    created = requester.post("/api/v1/projects/", wanted(**changes))
    changed = requester.patch(f"/api/v1/projects/{made['id']}/", changes)

    assert (created.status_code, created.json()["code"]) == (400, code)
    assert (changed.status_code, changed.json()["code"]) == (400, code)
    assert Project.objects.get().is_restricted is False


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"confidence": 0}, "confidence is more than 0 and less than 1."),
        ({"confidence": 1}, "confidence is more than 0 and less than 1."),
        ({"minimum_reputation": 0}, "minimum_reputation is more than 0 and less than 1."),
        (
            {"confidence": 0.9, "overlap": 3, "overlap_max": 2},
            "overlap_max is at least the overlap.",
        ),
    ],
)
def test_numbers_that_make_no_sense_are_refused_in_words(requester, settings, sentence):
    answer = requester.post("/api/v1/projects/", wanted(**settings))

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_settings")
    assert answer.json()["message"] == sentence
    assert not Project.objects.exists()


@pytest.mark.parametrize("name", ["confidence", "accept_score", "too_fast_seconds"])
@pytest.mark.parametrize("value", ["nan", "inf"])
def test_what_is_no_number_is_refused(requester, name, value):
    answer = requester.post("/api/v1/projects/", wanted(**{name: value}))

    assert answer.status_code == 400
    assert answer.json()["code"] in {"validation_failed", "invalid_settings"}
    assert not Project.objects.exists()


def test_a_setting_that_is_none_is_not_lost_without_a_word(requester):
    answer = requester.post("/api/v1/projects/", wanted(gold_percnt=9, overlaps=3))

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_settings")
    assert answer.json()["data"]["names"] == ["gold_percnt", "overlaps"]
    assert not Project.objects.exists()


def test_the_model_and_the_signals_are_chosen_for_each_project(requester):
    made = make(requester, aggregation="one_coin", signals=["copied", "copied"])
    address = f"/api/v1/projects/{made['id']}/"
    assert (made["aggregation"], made["signals"]) == ("one_coin", ["copied"])

    changed = requester.patch(address, {"aggregation": "majority", "signals": []}).json()

    assert (changed["aggregation"], changed["signals"]) == ("majority", [])
    for senseless in ({"aggregation": "magic"}, {"signals": ["too_slow"]}, {"signals": None}):
        refused = requester.patch(address, senseless)
        assert (refused.status_code, refused.json()["code"]) == (400, "validation_failed")
    plain = make(requester)
    assert plain["aggregation"] == "auto"
    assert plain["signals"] == ["too_fast", "constant", "copied"]


def test_settings_are_changed_and_what_people_agreed_to_is_not(requester):
    made = make(requester)
    address = f"/api/v1/projects/{made['id']}/"

    changed = requester.patch(address, {"review": "manual", "quota": 5, "languages": ["sw"]})
    refused = requester.patch(address, {"price": "9.00"})
    senseless = requester.patch(address, {"accept_score": 7})

    assert changed.status_code == 200, changed.json()
    assert {name: changed.json()[name] for name in ("review", "quota", "languages")} == {
        "review": "manual",
        "quota": 5,
        "languages": ["sw"],
    }
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_settings")
    assert (senseless.status_code, senseless.json()["code"]) == (400, "validation_failed")
    project = Project.objects.get()
    assert (project.price_units, project.is_restricted, project.admission_version) == (
        50_000,
        True,
        2,
    )

"""People in the admin: seen by admins alone."""

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from people import letters, mails, tokens
from people.models import User
from tests.people import house

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    client = Client()
    client.force_login(User.objects.create_superuser("root", password="quiet-river-42"))
    return client


@pytest.mark.parametrize("path", ["", "people/user/", "people/user/add/", "people/apitoken/"])
def test_an_admin_sees_people(admin, path):
    assert admin.get(f"/admin/{path}").status_code == 200


def test_an_admin_opens_a_person_and_revokes_a_token(admin):
    ana = User.objects.create_user("ana", password="quiet-river-42")
    tokens.issue(ana, name="laptop")
    digest = ana.api_tokens.get().pk

    assert admin.get(f"/admin/people/user/{ana.pk}/change/").status_code == 200
    assert admin.get("/admin/people/apitoken/add/").status_code == 403
    admin.post(f"/admin/people/apitoken/{digest}/delete/", {"post": "yes"})
    assert ana.api_tokens.count() == 0


def change(admin, user, **fields):
    """The answer to a person's form, as it is but for these fields."""
    page = f"/admin/people/user/{user.pk}/change/"
    form = admin.get(page).context["adminform"].form
    shown = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    said = {name: value for name, value in shown.items() if value not in (None, False)}
    return admin.post(page, {**said, **fields})


@pytest.fixture
def ana():
    known = {"email": "ana@example.org", "mail_proved_at": timezone.now(), "language": "es"}
    return house.joined(**known)


def letters_sent():
    letters.carry()
    return [(one.to, one.body.partition("\n")[0]) for one in mail.outbox]


def test_an_address_that_an_admin_writes_is_nobodys_until_proved_and_the_old_one_is_told(
    admin, ana
):
    mails.ask_proof(ana, "else@example.org")
    ana.letters.all().delete()

    assert change(admin, ana, email="new@example.org").status_code == 302

    ana.refresh_from_db()
    assert (ana.email, ana.mail_proved_at) == ("new@example.org", None)
    assert ana.mail_codes.count() == 0
    told = "El correo de tu cuenta de Stipend cambió a new@example.org."
    assert letters_sent() == [(["ana@example.org"], told)]


def test_an_address_that_an_admin_takes_off_is_told(admin, ana):
    change(admin, ana, email="")

    ana.refresh_from_db()
    assert (ana.email, ana.mail_proved_at) == ("", None)
    ((to, _said),) = letters_sent()
    assert to == ["ana@example.org"]


def test_who_keeps_their_address_keeps_it_proved_and_hears_nothing(admin, ana):
    for fields in ({"username": "ana2"}, {"email": "Ana@example.org"}):
        change(admin, ana, **fields)

    ana.refresh_from_db()
    assert ana.username == "ana2"
    assert ana.mail_proved_at is not None
    assert letters_sent() == []


def test_an_address_that_was_never_proved_is_told_nothing(admin, ana):
    User.objects.filter(pk=ana.pk).update(mail_proved_at=None)

    change(admin, ana, email="new@example.org")

    assert letters_sent() == []


def test_whose_password_an_admin_changes_is_told(admin, ana):
    page = f"/admin/people/user/{ana.pk}/password/"
    weak = {"password1": "1", "password2": "1", "usable_password": "true"}
    strong = {"password1": "calm-lake-43", "password2": "calm-lake-43", "usable_password": "true"}

    admin.post(page, weak)
    assert letters_sent() == []
    assert admin.post(page, strong).status_code == 302

    ((to, _said),) = letters_sent()
    assert to == ["ana@example.org"]
    ana.refresh_from_db()
    assert ana.check_password("calm-lake-43")


def test_others_do_not():
    client = Client()
    client.force_login(User.objects.create_user("ana", password="quiet-river-42"))

    assert client.get("/admin/people/user/").status_code == 302


def test_an_admin_does_not_read_the_code_in_a_letter(admin, ana):
    mails.ask_reset(ana.email)
    letter = ana.letters.get()
    code = "".join(one for one in letter.subject if one.isdecimal())
    assert len(code) == 8

    for path in ("", f"{letter.pk}/change/"):
        page = admin.get(f"/admin/people/letter/{path}").content.decode()
        assert letter.subject not in page
        assert f"{code[:4]} {code[4:]}" not in page

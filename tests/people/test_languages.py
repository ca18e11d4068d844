"""Each reader is spoken to in their own language."""

import gzip
import re

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from people import languages
from people.models import User
from people.web import languages as pages
from people.web.forms import ProfileForm
from tests.people import house

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return User.objects.create_user("ana", password="long-enough")


@pytest.fixture
def spanish(tmp_path, settings):
    """A script with what our scripts say in Spanish."""
    settings.LOCALE_PATHS = [tmp_path]
    (tmp_path / "es").mkdir()
    (tmp_path / "es" / "words.js").write_text("globalThis.words={};")
    pages.words_of.cache_clear()
    yield pages.words_address("es")
    pages.words_of.cache_clear()


def head(page) -> str:
    return page.content.decode().partition("<head>")[0]


def test_the_device_says_which_language_is_read(client):
    page = client.get("/", headers={"Accept-Language": "uk,en;q=0.5"})

    assert '<html lang="uk" dir="ltr">' in head(page)
    assert page["Content-Language"] == "uk"


def test_arabic_is_written_from_the_right(client):
    page = client.get("/", headers={"Accept-Language": "ar"})

    assert '<html lang="ar" dir="rtl">' in head(page)


def test_an_unknown_language_is_answered_in_english(client):
    page = client.get("/", headers={"Accept-Language": "fi"})

    assert '<html lang="en" dir="ltr">' in head(page)


def test_the_choice_stays_on_the_device(client):
    answer = client.post("/language/", {"language": "hi", "next": "/join/?next=/skills/"})

    assert answer.status_code == 302
    assert answer["Location"] == "/join/?next=/skills/"
    page = client.get("/", headers={"Accept-Language": "es"})
    assert '<html lang="hi"' in head(page)


def test_the_choice_follows_the_person_to_another_device(client, ana):
    client.force_login(ana)

    client.post("/language/", {"language": "sw", "next": "/"})

    ana.refresh_from_db()
    assert ana.language == "sw"
    other = Client()
    other.force_login(ana)
    assert '<html lang="sw"' in head(other.get("/", headers={"Accept-Language": "es"}))


def test_english_can_be_chosen_too(client, ana):
    client.force_login(ana)
    client.post("/language/", {"language": "en"})

    assert '<html lang="en"' in head(client.get("/", headers={"Accept-Language": "es"}))


@pytest.mark.parametrize("language", ["tlh", "", "../../etc"])
def test_a_language_we_do_not_speak_changes_nothing(client, ana, language):
    client.force_login(ana)

    answer = client.post("/language/", {"language": language})

    ana.refresh_from_db()
    assert answer.status_code == 302
    assert ana.language == ""
    assert "django_language" not in answer.cookies


def test_the_switch_leads_nowhere_else(client):
    answer = client.post("/language/", {"language": "es", "next": "https://evil.example/"})

    assert answer["Location"] == "/"


def test_the_switch_is_no_link(client):
    assert client.get("/language/").status_code == 405


def test_the_switch_needs_our_own_page():
    answer = Client(enforce_csrf_checks=True).post("/language/", {"language": "es"})

    assert answer.status_code == 403


def test_the_page_offers_all_languages_by_their_own_names(client):
    text = client.get("/").content.decode()

    for name in ("English", "Español", "Français", "हिन्दी", "العربية", "Kiswahili"):
        assert f">{name}</button>" in text


def test_who_joins_on_a_page_has_chosen_its_language():
    with translation.override("vi"):
        linh = User.objects.create_user("linh")

    assert linh.language == "vi"


def test_mails_speak_the_persons_language(ana):
    ana.language = "ar"

    with languages.spoken_to(ana):
        assert translation.get_language() == "ar"

    ana.language = ""
    with translation.override("fr"), languages.spoken_to(ana):
        assert translation.get_language() == "en"


def test_words_come_before_the_modules_that_say_them(client, spanish):
    page = client.get("/join/", headers={"Accept-Language": "es"}).content.decode()

    assert page.index(f'<script defer src="{spanish}"></script>') < page.index('type="module"')


def test_words_are_loaded_only_where_they_are_said(client, spanish):
    in_english = client.get("/join/").content.decode()
    without_modules = client.get("/", headers={"Accept-Language": "es"}).content.decode()

    assert "/words/" not in in_english
    assert "/words/" not in without_modules


def test_words_are_kept_by_whoever_has_them(client, spanish):
    answer = client.get(spanish, headers={"Accept-Encoding": "gzip"})

    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    text = gzip.decompress(answer.content) if answer.has_header("Content-Encoding") else None
    assert (text or answer.content) == b"globalThis.words={};"


def test_an_old_address_gives_the_new_words_unkept(client, spanish):
    answer = client.get("/words/es.000000000000.js")

    assert answer.content == b"globalThis.words={};"
    assert answer["Cache-Control"] == "no-cache"


def test_there_are_no_words_in_a_language_we_do_not_speak(client, spanish):
    assert client.get("/words/tlh.000000000000.js").status_code == 404


def test_countries_and_languages_are_named_and_ordered_as_the_reader_does():
    fields = ProfileForm().fields

    with translation.override("ar"):
        assert ("KE", "كينيا") in list(fields["country"].choices)
    with translation.override("uk"):
        assert ("fr", "французька") in list(fields["languages"].choices)
        assert list(fields["country"].choices)[1][1].startswith("А")


@pytest.fixture(params=[code for code, _ in configured.LANGUAGES if code != "en"])
def foreign(request, client):
    """A browser whose reader speaks another language than English."""
    cache.clear()
    client.cookies[configured.LANGUAGE_COOKIE_NAME] = request.param
    return client


def test_the_rules_of_passwords_are_told_in_the_readers_language(foreign, ana):
    foreign.force_login(ana)

    page = foreign.get("/account/password/").content.decode()

    assert "password" not in re.sub(r"<[^>]*>", " ", page).lower()


def test_a_wrong_code_is_told_in_the_readers_language(foreign, ana):
    house.with_app(ana)
    foreign.post("/sign-in/", {"username": "ana", "password": "long-enough"})

    pages = [foreign.post("/sign-in/second-step/", {"code": "000000"}) for _ in range(12)]

    said = {one for page in pages for one in page.context["form"].errors.get("code", [])}
    said |= {one for page in pages for one in page.context["form"].non_field_errors()}
    assert len(said) == 2
    assert not any("code" in one or "login" in one for one in said)

"""The catalogues of translations: found in the code, kept, compiled and checked."""

import gettext
import subprocess

import pytest
from babel.messages.catalog import Catalog

from launcher.words import catalogues, checking, extraction, unmarked


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A house of one room, whose catalogues are kept beside it."""
    monkeypatch.setattr("launcher.folders.ROOT", tmp_path)
    extraction.errors.cache_clear()
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path / "locale")

    def write(**files: str) -> None:
        extraction.errors.cache_clear()
        for name, text in files.items():
            room, suffix = name.split("_")
            folder = {"html": "people/templates", "js": "people/static"}.get(suffix, "people")
            (tmp_path / folder).mkdir(parents=True, exist_ok=True)
            (tmp_path / folder / f"{room}.{suffix}").write_text(text)

    yield write
    extraction.errors.cache_clear()


def said(domain: str = catalogues.SERVER) -> dict:
    return {one.id: one.context for one in extraction.catalogue(domain) if one.id}


def test_python_is_read(house):
    house(
        a_py='_("One"); translation.gettext_lazy("Two" " words"); pgettext("verb", "Open")\n'
        'ngettext("%(count)s day", "%(count)s days", count); other("Not this")'
    )

    assert said() == {
        "One": None,
        "Two words": None,
        "Open": "verb",
        ("%(count)s day", "%(count)s days"): None,
    }


def test_the_sentences_of_errors_are_read(house):
    house(
        errors_py='class Gone(Exception):\n    message = "It is gone."',
        a_py='Gone("%(name)s is gone.", name=1); Gone(said); Gone(); Other("Not this")',
    )

    assert said() == {"It is gone.": None, "%(name)s is gone.": None}


def test_pages_are_read(house):
    house(
        a_html="""<p>{% translate "Hello" %}</p>
    <p>It's text {{ name|default:_("nobody") }}</p>
  {% blocktranslate count count=n trimmed %}
    {{ count }} day at {{ rate }} %
  {% plural %}
    {{ count }} days at {{ rate }} %
  {% endblocktranslate %}{# a comment #}
{% translate "Open" context "verb" %}"""
    )

    days = ("%(count)s day at %(rate)s %%", "%(count)s days at %(rate)s %%")
    assert said() == {"Hello": None, "nobody": None, days: None, "Open": "verb"}


def test_scripts_are_read(house):
    house(a_js='f(`${_("In it")}`); plural("%(count)s left", "%(count)s are left", n); g("No");')

    assert said(catalogues.SCRIPTS) == {
        "In it": None,
        ("%(count)s left", "%(count)s are left"): None,
    }
    assert said() == {}


@pytest.mark.parametrize("code", ['_(f"{name} is gone")', "_(name)", 'ngettext("one", n)'])
def test_what_nobody_could_translate_is_refused(house, code):
    house(a_py=code)

    with pytest.raises(extraction.Unreadable):
        said()


def test_translations_survive_and_what_is_gone_is_dropped(house):
    house(a_py='_("Stays"); _("Goes")')
    for domain in catalogues.DOMAINS:
        catalogues.update("es", domain, extraction.catalogue(domain))
    kept = catalogues.read("es", catalogues.SERVER)
    kept.get("Stays").string, kept.get("Goes").string = "Queda", "Va"
    catalogues.write("es", catalogues.SERVER, kept)
    house(a_py='_("Comes"); _("Stays")')

    catalogues.update("es", catalogues.SERVER, extraction.catalogue(catalogues.SERVER))

    file = catalogues.path("es", catalogues.SERVER)
    texts = {one.id: one.string for one in catalogues.read("es", catalogues.SERVER) if one.id}
    assert texts == {"Comes": "", "Stays": "Queda"}
    assert "Goes" not in file.read_text()
    assert "2026" not in file.read_text()


def test_compiled_once_and_again_when_it_changed(house):
    catalogue = Catalog(locale="es")
    catalogue.add("Work", "Trabajo")
    catalogue.add(("%(count)s left", "%(count)s are left"), ("queda %(count)s", "quedan %(count)s"))
    catalogues.write("es", catalogues.SERVER, catalogue)
    catalogues.write("es", catalogues.SCRIPTS, catalogue)

    first, second = catalogues.compile_all(), catalogues.compile_all()

    assert (first, second) == (["es/django", "es/djangojs"], [])
    with catalogues.path("es", catalogues.SERVER).with_suffix(".mo").open("rb") as file:
        spoken = gettext.GNUTranslations(file)
    assert spoken.gettext("Work") == "Trabajo"
    assert spoken.ngettext("%(count)s left", "%(count)s are left", 1) == "queda %(count)s"
    script = (catalogues.FOLDER / "es" / "words.js").read_text()
    assert script == (
        'globalThis.words={form:n=>Number((n != 1)),said:{"Work":"Trabajo",'
        '"%(count)s left":["queda %(count)s","quedan %(count)s"]}};\n'
    )


WRONG = {
    "": "'%(name)s left' is not translated",
    "queda": "'%(name)s left' has other placeholders or tags in 'queda'",
    "queda %(nombre)s": "'%(name)s left' has other placeholders or tags in 'queda %(nombre)s'",
    "queda <b>%(name)s</b>": (
        "'%(name)s left' has other placeholders or tags in 'queda <b>%(name)s</b>'"
    ),
}


@pytest.mark.parametrize(("translation", "problem"), WRONG.items())
def test_what_is_wrong_with_a_translation_is_said(translation, problem):
    said, kept = Catalog(), Catalog(locale="es")
    said.add("%(name)s left")
    kept.add("%(name)s left", translation)

    assert list(checking.of_catalogue(kept, said)) == [problem]


def test_what_is_missing_left_over_or_fuzzy_is_said():
    said, kept = Catalog(), Catalog(locale="es")
    said.add("New")
    said.add("Vague")
    kept.add("Old", "Viejo")
    kept.add("Vague", "Vago", flags=["fuzzy"])

    assert list(checking.of_catalogue(kept, said)) == [
        "'New' is not in the catalogue",
        "'Vague' is marked fuzzy",
        "'Old' is said nowhere any more",
    ]


def test_a_form_for_one_count_alone_may_leave_it_unsaid():
    english = ("%(count)s day", "%(count)s days")
    said = Catalog()
    said.add(english)
    arabic = catalogues.read("ar", "none")
    few = ["%(count)s أيام", "%(count)s يومًا", "%(count)s يوم"]
    arabic.add(english, ["لا أيام", "يوم واحد", "يومان", *few])
    english_left = ("%(left)s code", "%(left)s codes")  # the only number is the count
    said.add(english_left)
    arabic.add(english_left, ["لا رموز", "رمز واحد", "رمزان", *["%(left)s رمز"] * 3])
    french = catalogues.read("fr", "none")
    french.add(english, ["un jour", "%(count)s jours"])
    french.add(english_left, ["%(left)s code", "%(left)s codes"])

    assert list(checking.of_catalogue(arabic, said)) == []
    assert list(checking.of_catalogue(french, said)) == [
        "'%(count)s day' has other placeholders or tags in 'un jour'"
    ]


def test_every_plural_form_is_needed():
    english = ("%(count)s day", "%(count)s days")
    said = Catalog()
    said.add(english)
    ukrainian = catalogues.read("uk", "none")
    ukrainian.add(english, ["%(count)s день", "%(count)s дні"])

    assert list(checking.of_catalogue(ukrainian, said)) == ["'%(count)s day' has 2 forms"]


def test_compiled_catalogues_are_not_kept_with_the_code():
    made = ["locale/es/LC_MESSAGES/django.mo", "locale/es/words.js"]

    ignored = subprocess.run(["git", "check-ignore", *made], capture_output=True, text=True)

    assert ignored.stdout.split() == made


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ('<p class="big">{% translate "Hello" %} <b>you</b></p>', ["you"]),
        ("{% blocktranslate %}Hello <b>{{ name }}</b>{% endblocktranslate %}", []),
        ('<img alt="A cat" src="a.png"><input placeholder="0x…">', ["A cat"]),
        ('<a title="{% translate "Go" %}" href="/work/">·</a> 50 %', []),
        ('{{ name|default:"Nobody here" }}{{ name|default:_("Nobody") }}', ["Nobody here"]),
        ("answer{{ count|pluralize }}", ["answer", "count|pluralize"]),
        ('{% include "a.html" with label="Save it" kind="big" %}', ["Save it"]),
        ("{% block title %}Work{% endblock %} · Stipend", ["Work"]),
        ("{% block body_class %}working{% endblock %}", []),
        ("{# a remark #}{% comment %}{% endcomment %}", []),
    ],
)
def test_a_page_says_nothing_unmarked(page, said):
    assert list(unmarked.of_page(page)) == said


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ('forms.CharField(label="Your name", help_text=_("Anything"))', ["'Your name'"]),
        ('messages.success(request, "Saved.")', ["'Saved.'"]),
        ('messages.success(request, _("Saved."))', []),
        ('form.add_error(None, f"{name} is taken.")', ["f'{name} is taken.'"]),
        ('raise LabelingError(f"{name} is gone.")', ["LabelingError(f'{name} is gone.')"]),
        ('raise LabelingError("%(name)s is gone.", name=name)', []),
        ('raise LabelingError(_("%(name)s is gone.") % {"name": name})', []),
        ('class State(models.TextChoices):\n    OPEN = "open", "It is open."', ["'It is open.'"]),
        ('class State(models.TextChoices):\n    OPEN = "open", _("It is open.")', []),
        ('class IsX(Base):\n    message = "This needs a role."', ["'This needs a role.'"]),
        ('class IsX(Base):\n    message = _("This needs a role.")', []),
        ('def why(): return "It is too late."', ["'It is too late.'"]),
        ('def why(): return None if ok else ("late", f"{x} is too late.")', []),
        ('def why(): return None if ok else ("late", "It is late.")', ["'It is late.'"]),
        ('def why(): return f"It is {hour} now."', ["f'It is {hour} now.'"]),
        ('def why(): return _("It is too late.") or "SELECT a FROM b"', []),
        ('WHY = {"late": "It is too late.", "key": "some-value"}', ["'It is too late.'"]),
        ('WHY = {"late": _("It is too late.")}', []),
        ('NO = "No such token."\nraise AuthenticationFailed(NO)', ["'No such token.'"]),
        ('NO = _("No such token.")\nraise AuthenticationFailed(NO)', []),
    ],
)
def test_code_shows_nothing_unmarked(code, said):
    assert list(unmarked.of_python(code)) == said


def test_the_schema_may_explain_itself_in_english():
    code = (
        'serializers.CharField(help_text="A decimal string.")\nHELP = {"price": "Of one answer."}'
    )
    refusal = 'class IsX(Base):\n    message = "This needs a role."'

    assert list(unmarked.of_python(code, for_programs=True)) == []
    assert list(unmarked.of_python(refusal, for_programs=True)) == ["'This needs a role.'"]


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ('complain("Answer first.");', ["Answer first."]),
        ('complain(_("Answer first."), plural("%(count)s left", "%(count)s left", n));', []),
        ('button.textContent = hidden ? "Hide" : _("Show");', ["Hide"]),
        ('complain(message, { text: "Sign in" });', ["Sign in"]),
        ('node.setAttribute("aria-label", "Close");', ["Close"]),
        ("sent.textContent = `${count} sent`;", ["${count} sent"]),
        ("run(`The answer was ${answer}: checked.`);", ["The answer was ${answer}: checked."]),
        ('if (event.key === "Enter") find("button, a, summary").click();', []),
        ("fetch(`/api/v1/projects/${id}/next/`, { method: 'POST' }); // Not said.", []),
        ('svg.setAttribute("viewBox", `0 0 ${width} ${height}`);', []),
        ('const allowed = ["title", "dir", "width"];', []),
        ('make("p", {}, "Hello");', ["Hello"]),
        ('make("p", { text: _("Hello") }, make("b", { dir: "auto" }), _("you"));', []),
        ('make("li", {}, make("b", {}, isNew ? "New" : ""));', ["New"]),
        ("list.append(name, `for ${days} days`);", ["for ${days} days"]),
        ('list.append(make("option", { value: "one" }), form.elementOf("name"));', []),
    ],
)
def test_a_script_says_nothing_unmarked(script, said):
    assert list(unmarked.of_script(script)) == said

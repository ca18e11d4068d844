"""The catalogues in `locale/`: written from the code, compiled for the running product.

`<language>/LC_MESSAGES/<domain>.po` is kept with the code. What is made of it is not: `.mo` for
Django, and `words.js`, one small script a language with what our scripts say.
"""

import io
import json
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from launcher import folders
from launcher.errors import CannotRun

FOLDER = folders.ROOT / "locale"
SERVER, SCRIPTS = "django", "djangojs"
DOMAINS = (SERVER, SCRIPTS)
TEENS = "n%100<10 || n%100>=20"
SCRIPT_NAME = "words.js"
PLURAL_FORMS = {  # how many there are, and which one a count takes
    "ar": (6, "n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5"),
    "es": (2, "n != 1"),
    "fr": (2, "n > 1"),
    "hi": (2, "n != 1"),
    "id": (1, "0"),
    "pt": (2, "n != 1"),
    "sw": (2, "n != 1"),
    "uk": (3, f"n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && ({TEENS}) ? 1 : 2"),
    "vi": (1, "0"),
}
# No dates: they would change with every run, and conflict with everybody else's.
HEAD = """msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals={forms}; plural=({form});\\n"
"""


def path(language: str, domain: str) -> Path:
    """Where a catalogue is kept."""
    return FOLDER / language / "LC_MESSAGES" / f"{domain}.po"


def languages() -> list[str]:
    """Those that the code is translated to: all but English, its own."""
    return list(PLURAL_FORMS)


def read(language: str, domain: str) -> Catalog:
    """The catalogue as it is kept, empty if there is none yet."""
    file = path(language, domain)
    text = file.read_bytes() if file.exists() else b""
    kept = read_po(io.BytesIO(text), locale=language, domain=domain)
    count, form = PLURAL_FORMS[language]
    kept.mime_headers = [("Plural-Forms", f"nplurals={count}; plural=({form});")]
    kept.fuzzy = False
    return kept


def update(language: str, domain: str, template: Catalog) -> Catalog:
    """The catalogue has what the code says now: translations kept, what is gone dropped."""
    kept = read(language, domain)
    kept.update(template, no_fuzzy_matching=True)
    kept.obsolete.clear()
    write(language, domain, kept)
    return kept


def write(language: str, domain: str, catalogue: Catalog) -> None:
    """The catalogue is kept, page by page, without line numbers and dates."""
    file = path(language, domain)
    file.parent.mkdir(parents=True, exist_ok=True)
    stream = io.BytesIO()
    write_po(
        stream, catalogue, width=100, omit_header=False, sort_by_file=True, include_lineno=False
    )
    _, _, messages = stream.getvalue().decode().partition("\n\n")
    count, form = PLURAL_FORMS[language]
    head = HEAD.format(language=language, forms=count, form=form)
    folders.write(file, f"{head}\n{messages}" if messages else head, mode=0o644)


def compile_all() -> list[str]:
    """What was compiled: each catalogue that is newer than what was made of it."""
    try:
        return [name for language in languages() for name in _compile(language)]
    except OSError as error:
        raise CannotRun(f"Translations cannot be compiled into {FOLDER} ({error.strerror}).")


def _compile(language: str) -> Iterator[str]:
    for domain, made in _made(language).items():
        source = path(language, domain)
        if not source.exists() or _is_fresh(made, source):
            continue
        catalogue = read(language, domain)
        raw = _script(catalogue) if domain == SCRIPTS else _binary(catalogue)
        folders.write(made, raw, mode=0o644)
        yield f"{language}/{domain}"


def _made(language: str) -> dict[str, Path]:
    return {
        SERVER: path(language, SERVER).with_suffix(".mo"),
        SCRIPTS: FOLDER / language / SCRIPT_NAME,
    }


def _is_fresh(made: Path, source: Path) -> bool:
    newest = max(one.stat().st_mtime_ns for one in (source, Path(__file__)))
    return made.exists() and made.stat().st_mtime_ns >= newest


def _binary(catalogue: Catalog) -> bytes:
    stream = io.BytesIO()
    write_mo(stream, catalogue)
    return stream.getvalue()


def _script(catalogue: Catalog) -> str:
    """`globalThis.words`: what is said, by its English, and which plural form a count takes."""
    sentences = {}
    for message in catalogue:
        if message.id and message.string and not message.fuzzy:
            english = message.id[0] if message.pluralizable else message.id
            sentences[english] = message.string
    said = json.dumps(sentences, ensure_ascii=False, separators=(",", ":"))
    return f"globalThis.words={{form:n=>Number({catalogue.plural_expr}),said:{said}}};\n"

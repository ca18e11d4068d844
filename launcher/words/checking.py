"""What is wrong with the catalogues, a sentence each: it stops `words --check` and the tests."""

import re
from collections import Counter
from collections.abc import Iterator
from gettext import c2py

from babel.messages.catalog import Catalog, Message

from launcher.words import catalogues, extraction

FIXED = re.compile(r"%\((\w+)\)[sd]|%[sd%]|</?\w[^>]*>")  # placeholders and tags
COUNTS_TRIED = range(1_000)
COUNTS = {"count", "shown"}  # how many, and the same as the reader's language writes it


def problems() -> Iterator[str]:
    """Of every catalogue of every language, compared with what the code says now."""
    for domain in catalogues.DOMAINS:
        said = extraction.catalogue(domain)
        for language in catalogues.languages():
            for problem in of_catalogue(catalogues.read(language, domain), said):
                yield f"{language}/{domain}: {problem}"


def of_catalogue(catalogue: Catalog, said: Catalog) -> Iterator[str]:
    """What is missing, left over or wrong in one catalogue."""
    once = _once(catalogue)
    for message in said:
        if message.id:
            kept = catalogue.get(message.id, context=message.context)
            if kept is None:
                yield f"{_named(message)} is not in the catalogue"
            else:
                yield from of_message(kept, once=once, forms_count=catalogue.num_plurals)
    for message in catalogue:
        if message.id and said.get(message.id, context=message.context) is None:
            yield f"{_named(message)} is said nowhere any more"


def of_message(message: Message, *, once: set[int], forms_count: int) -> Iterator[str]:
    """What is wrong with one translation; the forms `once` stand for one count each."""
    forms = _forms(message.string)
    if message.fuzzy:
        yield f"{_named(message)} is marked fuzzy"
    if not all(form.strip() for form in forms):
        yield f"{_named(message)} is not translated"
    elif len(forms) != (forms_count if message.pluralizable else 1):
        yield f"{_named(message)} has {len(forms)} forms"
    else:
        wanted = _fixed(_forms(message.id)[-1])
        counts = COUNTS | (set(wanted) if len(wanted) == 1 else set())
        for number, form in enumerate(forms):
            may_lack = counts if message.pluralizable and number in once else set()
            has = _fixed(form)
            if any(has[name] != wanted[name] for name in (has | wanted).keys() - may_lack):
                yield f"{_named(message)} has other placeholders or tags in {form!r}"


def _forms(said: object) -> list[str]:
    """A sentence's plural forms, or the one form it has."""
    given = said if isinstance(said, list | tuple) else [said]
    return [str(form or "") for form in given]


def _fixed(sentence: str) -> Counter[str]:
    """What no translation may change: the names of placeholders, and the tags."""
    return Counter(found[1] or found[0] for found in FIXED.finditer(sentence))


def _named(message: Message) -> str:
    return repr(_forms(message.id)[0])


def _once(catalogue: Catalog) -> set[int]:
    """The forms that only one count takes, such as the Arabic dual: they may leave it unsaid."""
    form_of = c2py(catalogue.plural_expr)
    used = Counter(form_of(count) for count in COUNTS_TRIED)
    return {form for form, times in used.items() if times == 1}

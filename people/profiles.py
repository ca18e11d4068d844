"""What people say of themselves: where they are, what they speak, whether they are a program.

Nothing of it is proved, nor asked before somebody starts; projects may ask for it.
"""

from collections.abc import Iterable

from people import codes
from people.errors import TooManyLanguages, UnknownCountry, UnknownLanguage
from people.models import User

LANGUAGES_LIMIT = 20  # of one person


def change(
    user: User,
    *,
    country: str | None = None,
    languages: Iterable[str] | None = None,
    is_agent: bool | None = None,
) -> User:
    """The person with what they say of themselves now; None leaves a thing as it was.

    Raises UnknownCountry, UnknownLanguage, TooManyLanguages.
    """
    if country is not None:
        user.country = country_code(country)
    if languages is not None:
        user.languages = language_codes(languages)
    if is_agent is not None:
        user.is_agent = is_agent
    user.save(update_fields=["country", "languages", "is_agent"])
    return user


def country_code(written: str) -> str:
    """ISO 3166-1 alpha-2 in capitals, or nothing for who would rather not say."""
    code = written.strip().upper()
    if code and code not in codes.COUNTRIES:
        raise UnknownCountry(country=written)
    return code


def language_codes(written: Iterable[str], *, limit: int = LANGUAGES_LIMIT) -> list[str]:
    """ISO 639-1 in small letters, each once, in the order given."""
    found = list(dict.fromkeys(code.strip().lower() for code in written))
    if unknown := [code for code in found if code not in codes.LANGUAGES]:
        raise UnknownLanguage(languages=unknown)
    if len(found) > limit:
        raise TooManyLanguages(limit=limit)
    return found

"""What can go wrong at the front door."""

from typing import Any

from django.utils.translation import gettext as translate


class PeopleError(Exception):
    """Carries a stable code for programs and a sentence for people.

    The sentence is plain English, and the data fill its holes: `%(name)s is taken.` As text the
    error speaks the reader's language.
    """

    code = "people_error"
    http_status = 400
    message = "This is not possible."

    def __init__(self, message: str = "", **data: Any) -> None:
        super().__init__(message or self.message)
        self.data = data

    def __str__(self) -> str:
        return translate(self.args[0]) % self.data


class WrongPassword(PeopleError):
    code = "wrong_password"
    http_status = 401
    message = "The name or the password is wrong."


class TooManyAttempts(PeopleError):
    code = "too_many_attempts"
    http_status = 429
    message = "Too many wrong passwords for this name. Try again in a few minutes."


class TooManyTokens(PeopleError):
    code = "too_many_tokens"
    http_status = 409
    message = "This account has as many tokens as it may have. Revoke one first."


class UnknownCountry(PeopleError):
    code = "unknown_country"
    message = "A country is a code of ISO 3166-1 with two letters, such as SN."


class UnknownLanguage(PeopleError):
    code = "unknown_language"
    message = "A language is a code of ISO 639-1 with two letters, such as fr."


class TooManyLanguages(PeopleError):
    code = "too_many_languages"
    message = "These are more languages than one person may name."

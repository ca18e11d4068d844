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

    def __init__(self, message: str = "", *, wait: int) -> None:
        super().__init__(message)
        self.wait = wait  # seconds, at most


class SecondStepNeeded(PeopleError):
    code = "second_step_needed"
    http_status = 401
    message = "This account asks for a second step: send the code of your app as well."


class SecondStepOff(PeopleError):
    code = "second_step_off"
    http_status = 403
    message = "This moves money of your projects: turn on the second step of your account first."


class WrongCode(PeopleError):
    code = "wrong_code"
    message = "This code is wrong or too old."


class MailTaken(PeopleError):
    code = "mail_taken"
    http_status = 409
    message = "This mail address is proved by another account."


class LastWayIn(PeopleError):
    code = "last_way_in"
    http_status = 409
    message = "This is your only way to sign in. Set up another one first."


class NoWallet(PeopleError):
    code = "no_wallet_address"
    message = "This is no wallet address: it starts with 0x and has 40 digits after it."


class WrongSignature(PeopleError):
    code = "wrong_signature"
    http_status = 401
    message = "This was not signed by that wallet. Was the account switched?"


class ContractSignature(PeopleError):
    code = "contract_signature"
    http_status = 401
    message = (
        "This is the signature of a contract wallet (a smart account, EIP-1271). Those cannot "
        "be checked here. You can still be paid there: paste its address."
    )


class WrongDomain(PeopleError):
    code = "wrong_domain"
    http_status = 401
    message = "This message was made for another site."


class MessageExpired(PeopleError):
    code = "message_expired"
    http_status = 401
    message = "This message is too old. Start again."


class MessageUsed(PeopleError):
    code = "message_used"
    http_status = 401
    message = "This message was used before, or was never asked for here. Start again."


class WalletTaken(PeopleError):
    code = "wallet_taken"
    http_status = 409
    message = "This wallet belongs to another account."


class UnknownWallet(PeopleError):
    code = "unknown_wallet"
    http_status = 404
    message = "No account has this wallet yet. Join with it first."


class TooManyWallets(PeopleError):
    code = "too_many_wallets"
    http_status = 409
    message = "This account has as many wallets as it may have. Remove one first."


class PasskeyRefused(PeopleError):
    code = "passkey_refused"
    http_status = 401
    message = "This passkey was not accepted. Try again."


class CannotLeave(PeopleError):
    code = "cannot_leave"
    http_status = 409
    message = "This account cannot be deleted yet."


class NotLeaving(PeopleError):
    code = "not_leaving"
    http_status = 409
    message = "This account is not about to be deleted."


class NotFresh(PeopleError):
    code = "confirmation_needed"
    http_status = 403
    message = "Show once more that it is you: send your password, or do this on the account's page."


class UnknownClaim(PeopleError):
    code = "unknown_claim"
    http_status = 404
    message = "Nobody left with this code, or this wallet."


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


class AlwaysTold(PeopleError):
    code = "always_told"
    http_status = 409
    message = "This is about the safety of your money: it is always told."


class WrongLink(PeopleError):
    code = "wrong_link"
    http_status = 404
    message = "This link is not whole. Copy all of it, or sign in and choose what you hear of."

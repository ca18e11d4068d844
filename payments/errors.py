"""What can go wrong at the bank: each a stable code, a sentence and its data."""

from typing import Any, ClassVar

from django.utils.translation import gettext as translate

from payments import money


class PaymentsError(Exception):
    """Carries a stable code for programs and a sentence for people.

    The sentence is plain English, and the data fill its holes: `The smallest payout is
    %(minimum)s.` As text the error speaks the reader's language; `amounts` names the data that are
    amounts there.
    """

    amounts: ClassVar[tuple[str, ...]] = ()
    code = "payments_error"
    http_status = 400
    message = "This is not possible."

    def __init__(self, message: str = "", **data: Any) -> None:
        super().__init__(message or self.message)
        self.data = data

    def __str__(self) -> str:
        amounts = {name: money.written(money.parse(self.data[name])) for name in self.amounts}
        return translate(self.args[0]) % {**self.data, **amounts}


class InsufficientFunds(PaymentsError):
    code = "insufficient_funds"
    http_status = 409
    message = "This needs %(needed)s, and %(available)s is there."
    amounts = ("needed", "available")

    def __init__(self, *, needed_units: int, available_units: int) -> None:
        super().__init__(needed=money.format(needed_units), available=money.format(available_units))


class BelowMinimum(PaymentsError):
    code = "below_minimum"
    message = "The smallest payout is %(minimum)s."
    amounts = ("minimum",)


class MalformedAddress(PaymentsError):
    code = "malformed_address"
    message = "This is not the address of a wallet."


class KeyReused(PaymentsError):
    code = "key_reused"
    http_status = 409
    message = "This key was used before, for something else."


class Unbalanced(PaymentsError):
    code = "unbalanced"
    http_status = 500
    message = "The lines of an entry do not sum to zero."


class OutcomeIncomplete(PaymentsError):
    code = "outcome_incomplete"
    http_status = 500
    message = "The chain does not say of every payee of the batch whether they were paid."


class WalletOnHold(PaymentsError):
    code = "wallet_on_hold"
    http_status = 409
    message = (
        "This wallet is new. For your safety it counts only after a while; to use it now, sign "
        "with your old wallet, or follow the link in our mail if there is one."
    )


class BlockedWallet(PaymentsError):
    code = "blocked_wallet"
    http_status = 403
    message = "This wallet must not be paid. Name another one, or write to the admins."


class NotConfirmed(PaymentsError):
    code = "not_confirmed"
    message = "The change of wallet is not confirmed."


class LimitReached(PaymentsError):
    code = "limit_reached"
    http_status = 409
    message = "In a day %(limit)s can be paid out; %(left)s is left of it."
    amounts = ("limit", "left")


class SecondAdminNeeded(PaymentsError):
    code = "second_admin_needed"
    http_status = 409
    message = "This takes two different admins."


class NoVaultYet(PaymentsError):
    code = "no_vault"
    http_status = 409
    message = "There is no vault on the chain yet, so nothing can be paid in."


class NoPermits(PaymentsError):
    code = "no_permits"
    http_status = 409
    message = "The token takes no permits: approve the vault, then deposit."


class NotSigned(PaymentsError):
    code = "not_signed"
    message = "This is not the signature that was asked for."


class ReasonMissing(PaymentsError):
    code = "reason_missing"
    message = "Say why: others have to understand it later."


class NothingMoves(PaymentsError):
    code = "nothing_moves"
    message = "A correction moves an amount from one account to another one."


class NotFound(PaymentsError):
    code = "not_found"
    http_status = 404
    message = "There is no such thing here."

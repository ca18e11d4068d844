"""Wallets that people have proved to hold: by signing a message of ours (EIP-4361), once.

The message names this site, the wallet, a nonce and its end. The nonce is a row that goes with the
first proof, and belongs to one browser and one purpose: a signature opens one thing, here, once.
The network does not matter: a key signs the same on all of them. A wallet that is a contract has
no key of its own and would have to be asked on chain (EIP-1271); those are refused.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError
from django.db.transaction import atomic
from django.utils import timezone
from eth_utils import is_address, is_checksum_address, to_checksum_address
from siwe import ISO8601Datetime, SiweMessage, VerificationError

from people import ways
from people.errors import (
    ContractSignature,
    MessageExpired,
    MessageUsed,
    NoWallet,
    TooManyWallets,
    UnknownWallet,
    WalletTaken,
    WrongDomain,
    WrongSignature,
)
from people.models import ProvedWallet, User, WalletMessage

MESSAGE_MINUTES = 10
WALLETS_LIMIT = 20  # per person
MESSAGE_CHARACTERS = 2000
KEY_SIGNATURE_CHARACTERS = 132  # 0x and 65 bytes
STATEMENTS = {  # in English and ASCII for every reader: EIP-4361 knows no other
    WalletMessage.Purpose.SIGN_IN: "Sign in to Stipend. This costs nothing and moves no money.",
    WalletMessage.Purpose.PROVE: "Show Stipend that this wallet is mine. "
    "This costs nothing and moves no money.",
}


def parse(written: str) -> str:
    """The address with its checksum; raises NoWallet."""
    text = written.strip()
    digits = text[2:]
    if not text.startswith("0x") or not is_address(text):
        raise NoWallet
    if digits not in (digits.lower(), digits.upper()) and not is_checksum_address(text):
        raise NoWallet("A digit of this wallet address was mistyped.")
    return str(to_checksum_address(text))


def ask(
    address: str, *, purpose: WalletMessage.Purpose, browser: str, origin: str, chain_id: int
) -> str:
    """The message for this wallet to sign within MESSAGE_MINUTES; raises NoWallet.

    `origin` is where the page lives, as `https://stipend.example`; `browser` its session.
    """
    now = timezone.now()
    expires_at = now + timedelta(minutes=MESSAGE_MINUTES)
    message = SiweMessage(
        domain=origin.partition("://")[2],
        address=parse(address),
        statement=STATEMENTS[purpose],
        uri=f"{origin}/",
        version="1",
        chain_id=chain_id,
        nonce=secrets.token_hex(12),
        issued_at=ISO8601Datetime.from_datetime(now, timespec="seconds"),
        expiration_time=ISO8601Datetime.from_datetime(expires_at, timespec="seconds"),
    )
    WalletMessage.objects.filter(expires_at__lt=now).delete()
    WalletMessage.objects.create(
        nonce=message.nonce,
        address=message.address,
        purpose=purpose,
        browser=_digest(browser),
        text=message.prepare_message(),
        expires_at=expires_at,
    )
    return message.prepare_message()


def _digest(browser: str) -> str:
    return hashlib.sha256(browser.encode()).hexdigest()


def proved(
    text: str, signature: str, *, purpose: WalletMessage.Purpose, browser: str, domain: str
) -> str:
    """The address whose key signed this message of ours; the message is used up.

    Raises WrongDomain, MessageExpired, MessageUsed, ContractSignature, WrongSignature.
    """
    message = _read(text)
    if message.domain != domain:
        raise WrongDomain
    if _ended(message) <= timezone.now():
        raise MessageExpired
    _use(message, purpose=purpose, browser=browser)
    if len(signature) > KEY_SIGNATURE_CHARACTERS or signature in ("", "0x"):
        raise ContractSignature
    try:
        message.verify(signature, domain=domain, nonce=message.nonce)
    except VerificationError as error:
        raise WrongSignature from error
    except Exception as error:  # the library has no one type for what is no signature
        raise WrongSignature("This is no signature.") from error
    return str(message.address)


def _read(text: str) -> SiweMessage:
    try:
        # Browsers end the lines of a form's fields with two characters.
        return SiweMessage.from_message(text[:MESSAGE_CHARACTERS].replace("\r\n", "\n"))
    except ValueError as error:
        raise MessageUsed("This is no message of ours.") from error


def _ended(message: SiweMessage) -> datetime:
    ended = message.expiration_time
    return datetime.fromisoformat(ended.replace("Z", "+00:00")) if ended else timezone.now()


def _use(message: SiweMessage, *, purpose: WalletMessage.Purpose, browser: str) -> None:
    """The row of its nonce is gone; of many who come with it at once, one gets past this line."""
    asked = WalletMessage.objects.filter(
        nonce=message.nonce,
        purpose=purpose,
        browser=_digest(browser),
        text=message.prepare_message(),
        expires_at__gt=timezone.now(),
    )
    deleted, _rows = asked.delete()
    if not deleted:
        raise MessageUsed


def owner(address: str) -> User:
    """Who signs in with this wallet; raises UnknownWallet."""
    wallet = ProvedWallet.objects.filter(address=address).select_related("user").first()
    if wallet is None or not wallet.user.is_active:
        raise UnknownWallet(address=address)
    wallet.used_at = timezone.now()
    wallet.save(update_fields=["used_at"])
    return wallet.user


def join(user: User, address: str) -> User:
    """The new person, saved with the wallet that they sign in with; raises WalletTaken."""
    user.set_unusable_password()
    with atomic():
        user.save(force_insert=True)
        keep(user, address)
    return user


def keep(user: User, address: str) -> ProvedWallet:
    """The proved wallet belongs to this person; raises WalletTaken, TooManyWallets."""
    with atomic():
        User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        if kept := user.wallets.filter(address=address).first():
            return kept
        if user.wallets.count() >= WALLETS_LIMIT:
            raise TooManyWallets(limit=WALLETS_LIMIT)
        try:
            with atomic():
                return ProvedWallet.objects.create(user=user, address=address)
        except IntegrityError as error:
            raise WalletTaken(address=address) from error


def forget(user: User, address: str) -> bool:
    """True if this was a wallet of theirs; it signs nobody in any more. Raises LastWayIn."""
    with atomic():
        User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        if not user.wallets.filter(address=address).exists():
            return False
        ways.check_another(user, without_wallet=address)
        user.wallets.filter(address=address).delete()
    return True

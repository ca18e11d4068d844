"""Wallets: where a purse is paid out to, and how that changes without a thief gaining by it.

The first wallet counts at once. Another one counts after STIPEND_WALLET_HOLD_SECONDS; till then
the old one does, and the holder is told: no change without its notice. Who signs with the old
wallet, or follows the link in their mail, need not wait; a mail address counts for that once it is
as old as the wait itself, or who has a password would change the mail first. The one clock is
PostgreSQL's: workers may disagree about the time.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import connection
from django.db.transaction import atomic
from django.urls import reverse
from eth_account import Account as Key
from eth_account.messages import encode_defunct

from payments import addresses, notices, purses
from payments.errors import NotConfirmed, WalletOnHold
from payments.models import Payout, Purse, Wallet

SALT = "payments.wallets"
MAIL = "mail"
MAIL_SECONDS = 7 * 86_400
OWNED = ("purse__holder", "address")


def name(holder: str, address: object) -> Wallet:
    """The wallet of this address, named now or before; `usable_from` says from when it counts.

    To name the one in use again takes back the one to come. Raises MalformedAddress,
    BlockedWallet.
    """
    wanted = addresses.parse(address)
    with atomic():
        purse, now = _locked(holder), _now()
        used, to_come = _used(purse.pk), purse.wallets.named().filter(usable_from__gt=now)
        if found := to_come.filter(address=wanted).first():
            return found
        _end(to_come)
        if used is not None:
            _end(purse.wallets.named().exclude(pk=used.pk))
            if used.address == wanted:
                return used
        made = _named(purse, wanted, is_first=used is None)
        if used and made.usable_from > made.named_at:
            _tell(holder, made, old=used)
    return made


def _now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    return now


def _locked(holder: str) -> Purse:
    return Purse.objects.select_for_update(no_key=True).get(pk=purses.open(holder))


def _named(purse: Purse, address: str, *, is_first: bool) -> Wallet:
    now = _now()
    wait = timedelta(seconds=0 if is_first else settings.STIPEND_WALLET_HOLD_SECONDS)
    made = Wallet.objects.create(purse=purse, address=address, named_at=now, usable_from=now + wait)
    if not wait:
        _end(purse.wallets.named().exclude(pk=made.pk))
    return made


def _end(found: Any) -> None:
    found.update(ended_at=_now())


def _used(purse_id: UUID) -> Wallet | None:
    """The wallet that counts now: the newest whose time has come."""
    due = Wallet.objects.named().filter(purse=purse_id, usable_from__lte=_now())
    return due.order_by("-usable_from", "-pk").first()


def used(holder: str) -> Wallet | None:
    """The wallet that this holder is paid out to now; None while they have named none."""
    purse_id = purses.find(holder)
    return _used(purse_id) if purse_id else None


def reached(holders: Collection[str]) -> Iterator[tuple[str, str]]:
    """Holders, each with a wallet that they are paid out to now, or that a payout went to.

    None that was merely named once: anybody can name anybody's.
    """
    due = Wallet.objects.named().filter(purse__holder__in=holders, usable_from__lte=_now())
    yield from (
        due.order_by("purse_id", "-usable_from", "-pk").distinct("purse_id").values_list(*OWNED)
    )
    left = Payout.objects.filter(purse__holder__in=holders, batch__isnull=False)
    yield from left.exclude(state=Payout.State.RETURNED).order_by().values_list(*OWNED).distinct()


def paid(holders: Collection[str]) -> Iterator[tuple[str, str]]:
    """Holders, each with a wallet that money of theirs is in: what nobody does by a word alone."""
    there = Payout.objects.filter(purse__holder__in=holders, state=Payout.State.PAID)
    yield from there.order_by().values_list(*OWNED).distinct()


def coming(holder: str) -> Wallet | None:
    """The wallet that will count, and does not yet."""
    mine = Wallet.objects.named().filter(purse__holder=holder)
    return mine.filter(usable_from__gt=_now()).first()


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a holder is paid out to, and what is to come; `hold_seconds` a change has to wait.

    `message` is what the wallet in use signs for the coming one to count now; with `by_mail` the
    link in the holder's mail does, too.
    """

    used: Wallet | None
    coming: Wallet | None
    message: str | None
    by_mail: bool
    hold_seconds: int


def standing(holder: str) -> Standing:
    """How it stands with this holder's wallets."""
    found = coming(holder)
    return Standing(
        used=used(holder),
        coming=found,
        message=_message(holder, found) if found else None,
        by_mail=found is not None and _is_by_mail(holder, found),
        hold_seconds=settings.STIPEND_WALLET_HOLD_SECONDS,
    )


def take_back(holder: str) -> None:
    """The wallet in use stays: whatever was to come is ended."""
    with atomic():
        purse = _locked(holder)
        _end(purse.wallets.named().filter(usable_from__gt=_now()))


def usable(holder: str, address: object) -> str:
    """The address, if it is the wallet that this holder is paid out to; one to come still comes.

    Named now, if it is the first; another one begins its hold. Raises WalletOnHold,
    MalformedAddress, BlockedWallet.
    """
    wanted = addresses.parse(address)
    with atomic():
        wallet = _used(_locked(holder).pk)
        if wallet is None or wallet.address != wanted:
            wallet = name(holder, wanted)
    if wallet.usable_from > _now():
        raise WalletOnHold(until=wallet.usable_from.isoformat(), address=wallet.address)
    return wallet.address


# --- Confirmed sooner -----------------------------------------------------------------------


def message(holder: str) -> str:
    """What the old wallet signs (EIP-191) for the new one to count at once; raises NotConfirmed."""
    return _message(holder, coming(holder))


def _message(holder: str, wallet: Wallet | None) -> str:
    if wallet is None:
        raise NotConfirmed("There is no change of wallet to confirm.")
    return (
        f"Pay what {holder} earns at Stipend to {wallet.address} from now on "
        f"(change {wallet.pk}, named {wallet.named_at.isoformat()})."
    )


def confirm_by_signature(holder: str, signature: str) -> Wallet:
    """The new wallet counts, because the old one signed for it; raises NotConfirmed."""
    text, old = message(holder), used(holder)
    try:
        signer = Key.recover_message(encode_defunct(text=text), signature=signature)
    except Exception as error:  # the library has no one type for what is no signature
        raise NotConfirmed("This is no signature.") from error
    if old is None or signer != old.address:
        raise NotConfirmed("This was not signed by the wallet in use.")
    return _confirmed(holder, text, by="signature")


def confirm_by_link(token: str) -> Wallet:
    """The new wallet counts, because its holder followed the link; raises NotConfirmed."""
    try:
        holder, text = signing.loads(token, salt=SALT, max_age=MAIL_SECONDS)
    except signing.BadSignature as error:
        raise NotConfirmed("This link is too old, or not whole.") from error
    return _confirmed(holder, text, by=MAIL)


def _is_by_mail(holder: str, wallet: Wallet) -> bool:
    """True if the holder's mail address was as old as the wait when they named this wallet.

    So it was theirs before whoever named it, and no link reaches an address that came later.
    """
    since = notices.mail_since(holder)
    wait = timedelta(seconds=settings.STIPEND_WALLET_HOLD_SECONDS)
    return since is not None and since + wait <= wallet.named_at


def _confirmed(holder: str, text: str, *, by: str) -> Wallet:
    with atomic():
        purse, made = _locked(holder), coming(holder)
        if _message(holder, made) != text or made is None:
            raise NotConfirmed("This change of wallet is not the last one.")
        if by == MAIL and not _is_by_mail(holder, made):
            raise NotConfirmed(
                "The mail address of the account is too new to confirm this. Sign with the old "
                "wallet, or wait."
            )
        made.usable_from, made.confirmed_by = _now(), by
        made.save(update_fields=["usable_from", "confirmed_by"])
        _end(purse.wallets.named().exclude(pk=made.pk))
    return made


def _tell(holder: str, made: Wallet, *, old: Wallet) -> None:
    """The notice of a change; the link that confirms it is for the holder's mail alone."""
    is_by_mail = _is_by_mail(holder, made)
    facts = {
        "old": old.address,
        "new": made.address,
        "from": made.usable_from.isoformat(),
        "path": reverse("wallet"),
        "mail_is_new": not is_by_mail and notices.mail_since(holder) is not None,
    }
    private = {"path": _link(holder)} if is_by_mail else {}
    notices.tell(holder, "wallet_changed", facts, key=f"wallet:{made.pk}", private=private)


def _link(holder: str) -> str:
    token = signing.dumps([holder, message(holder)], salt=SALT)
    return reverse("confirm-wallet", args=[token])

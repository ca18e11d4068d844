"""A network looked over, before money is sent: nothing is signed, nothing is written."""

from collections.abc import Callable
from dataclasses import dataclass
from time import time

from django.conf import settings

from payments import money, permits, solvency
from payments.chain import batching, client, endpoints, facts, signer, vault
from payments.chain.errors import ChainError
from payments.contracts import artefacts
from payments.models import Network, ScannedBlock

DAY_SECONDS = 86_400
CLOCK_SECONDS = 600  # that the newest block may be away from our clock
WEI = 10**18


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    is_good: bool
    text: str


def findings() -> list[Finding]:
    """All that was looked at, in order; what needs a vault is left out while there is none."""
    found = [_endpoint(number, url) for number, url in enumerate(_urls(), start=1)]
    looks: list[tuple[str, Callable[[], tuple[bool, str]]]] = [
        ("chain id", _chain_id),
        ("same story", _agreement),
        ("voices", _voices),
        ("clock", _clock),
        ("payer key", _payer_key),
    ]
    if Network.objects.exists():
        looks += [
            ("token", _token),
            ("permits", _permits),
            ("vault", _vault),
            ("vault code", _code),
            ("role of the payer", _payer_role),
            ("role of the owner", _owner_role),
            ("exit delay", _exit_delay),
            ("vault balance", _balance),
            ("daily cap", _cap),
            ("gas money", _gas),
        ]
    else:
        looks.append(("vault", lambda: (False, "none yet: run `manage.py deploy_vault`")))
    return found + [_finding(subject, look) for subject, look in looks]


def _finding(subject: str, look: Callable[[], tuple[bool, str]]) -> Finding:
    try:
        return Finding(subject, *look())
    except ChainError as error:
        return Finding(subject, False, str(error))


def _urls() -> list[str]:
    return endpoints.configured()


def _endpoint(number: int, url: str) -> Finding:
    """The address is not told: it may carry a key."""
    try:
        chain_id, head = client.asked(url)
    except ChainError as error:
        return Finding(f"endpoint {number}", False, str(error))
    return Finding(f"endpoint {number}", True, f"answers; chain {chain_id}, block {head}")


def _chain_id() -> tuple[bool, str]:
    actual, wanted = client.chain_id(), settings.NETWORK.chain_id
    network = Network.objects.first()
    if network is not None and network.chain_id != actual:
        return False, f"{actual}, and the book was kept on {network.chain_id}"
    return actual == wanted, f"{actual}; {settings.NETWORK.title} is {wanted}"


def _agreement() -> tuple[bool, str]:
    client.agree()
    rule = f"{settings.CHAIN_FINALITY}, {settings.CHAIN_CONFIRMATIONS} blocks at least"
    return True, f"{len(_urls())} endpoint(s); money by {rule}"


def _voices() -> tuple[bool, str]:
    """One that is believed alone can tell of deposits that there are not."""
    count = len(_urls())
    needed = endpoints.voices(count)
    text = f"{needed} of {count} endpoint(s) must answer before money moves"
    if needed > 1 or count == 1:
        return True, text
    return False, f"{text}: each is believed alone while the others are silent (CHAIN_VOICES)"


def _clock() -> tuple[bool, str]:
    newest = client.block(client.head())
    off = int(time() - int(newest["timestamp"])) if newest else CLOCK_SECONDS + 1
    is_local = client.chain_id() == signer.LOCAL_CHAIN  # its blocks come when there is work
    return is_local or abs(off) <= CLOCK_SECONDS, f"the newest block is {off} s old"


def _payer_key() -> tuple[bool, str]:
    return True, str(signer.payer(client.chain_id()).address)


def _token() -> tuple[bool, str]:
    address = Network.objects.get().token_address
    if not client.agreed_code(address):
        return False, f"no code at {address}"
    decimals = vault.decimals(address)
    return decimals == money.DECIMALS, f"{address}, {decimals} decimals"


def _vault() -> tuple[bool, str]:
    address = Network.objects.get().vault_address
    version = vault.agreed_version(address)
    return version == vault.VERSION, f"{address}, version {version}"


def _code() -> tuple[bool, str]:
    """A contract that answers like the vault may still do other things with the money."""
    is_ours = facts.is_our_vault(Network.objects.get().vault_address)
    compiler = artefacts.load("Vault").compiler
    return is_ours, ("" if is_ours else "not ") + f"that of Vault.vy, compiled by {compiler}"


def _payer_role() -> tuple[bool, str]:
    ours, theirs = str(signer.payer(client.chain_id()).address), vault.payer()
    return ours == theirs, f"the vault is paid by {theirs}"


def _owner_role() -> tuple[bool, str]:
    """Whoever pays every minute from a worker should not be able to raise their own cap."""
    owner = facts.owner(Network.objects.get().vault_address)
    is_apart = owner != vault.payer()
    return is_apart, f"{owner}" + ("" if is_apart else ", and that is the payer")


def _exit_delay() -> tuple[bool, str]:
    seconds = facts.exit_delay_seconds(Network.objects.get().vault_address)
    return seconds > 0, f"{seconds / DAY_SECONDS:g} days of silence, then everybody may exit"


def _permits() -> tuple[bool, str]:
    """One signature is enough for a deposit where the token is called what the settings say."""
    network = Network.objects.get()
    said = facts.permit_domain(network.token_address)
    if not settings.CHAIN_TOKEN_NAME:
        return True, "not offered: CHAIN_TOKEN_NAME is empty"
    if said is None:
        return False, "the token takes none: set CHAIN_TOKEN_NAME to nothing"
    name = f"{settings.CHAIN_TOKEN_NAME} version {settings.CHAIN_TOKEN_VERSION}"
    is_ours = said == permits.domain_separator(network)
    return is_ours, f"signed for {name}" + (
        "" if is_ours else ", and the token is called otherwise"
    )


def _balance() -> tuple[bool, str]:
    """As of the newest block that was read: all that the vault reported is there."""
    newest = ScannedBlock.objects.values_list("number", flat=True).first()
    if newest is None:
        return True, f"{money.format(vault.token_balance())} in the vault, and nothing was read yet"
    units = vault.token_balance(block_number=newest)
    reported_units = solvency.reported_units(newest)
    text = f"{money.format(units)} in the vault, {money.format(reported_units)} by its reports"
    return units >= reported_units, text


def _cap() -> tuple[bool, str]:
    cap, paid = vault.daily_cap(), vault.paid_today()
    return cap > 0, f"{money.format(cap)} a day, {money.format(paid)} paid today"


def _gas() -> tuple[bool, str]:
    wei, payees = client.gas_money(vault.payer()), batching.max_payees(client.gas_limit())
    batch_wei = (vault.BASE_GAS + payees * batching.payee_gas()) * client.fees()["maxFeePerGas"]
    coins, count = f"{wei / WEI:.6f} {settings.NETWORK.gas_coin}", wei // max(batch_wei, 1)
    text = f"{coins}, enough for {count:,} batches of {payees} payees"
    return count >= settings.CHAIN_GAS_BATCHES, text

"""The vault and the book belong together: deployed once on a local chain, checked at each start."""

from django.apps import apps
from django.conf import settings
from django.core.management import call_command

from launcher import chain
from launcher.errors import CannotRun

APART = "restore the missing one, or move the data folder away to start afresh"


def is_local() -> bool:
    """True on the dev chain, where money is worth nothing. Raises CannotRun if it is silent."""
    return _chain_id() == chain.CHAIN_ID


def ensure() -> None:
    """The vault of the book's network is on the chain; raises CannotRun with what to do if not."""
    network = apps.get_model("payments", "Network").objects.first()
    chain_id = _chain_id()
    if network is None:
        _deploy(chain_id)
        return
    if network.chain_id != chain_id:
        raise CannotRun(
            f"CHAIN_RPC_URL leads to another chain id ({chain_id}) than the book was kept on "
            f"({network.chain_id}); point it back: one deployment, one chain, one token."
        )
    if chain.call(settings.CHAIN_RPC_URL, "eth_getCode", network.vault_address, "latest") == "0x":
        raise CannotRun(
            f"The database belongs to another chain: its vault {network.vault_address} is not "
            f"on this one; {APART}."
        )


def _deploy(chain_id: int) -> None:
    if chain_id != chain.CHAIN_ID:
        raise CannotRun(
            f"No vault is known on chain {chain_id}; deploy one with ./stipend manage deploy_vault."
        )
    marker = chain.marker()
    if marker.exists():
        raise CannotRun(
            "The chain has a vault already, but the database knows nothing about it "
            f"(is it a new database?); {APART}."
        )
    call_command("deploy_vault", verbosity=0)
    if marker.parent.is_dir():
        marker.touch()


def _chain_id() -> int:
    try:
        return int(chain.call(settings.CHAIN_RPC_URL, "eth_chainId"), 16)
    except (OSError, ValueError, RuntimeError) as error:
        raise CannotRun(f"The chain does not answer at CHAIN_RPC_URL: {error}")

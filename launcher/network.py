"""The vault and the book belong together: deployed once on a local chain, checked at each start.

On a public network the vault takes the owner's key, so a person deploys it: until then the product
runs, and nothing can be paid in or out.
"""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command

from launcher import chain
from launcher.errors import CannotRun

APART = "restore the missing one, or move the data folder away to start afresh"


def is_local() -> bool:
    """True on the dev chain, where money is worth nothing. Raises CannotRun if it is silent."""
    return _chain_id() == chain.CHAIN_ID


def ensure() -> bool:
    """True if the vault of the book's network is on the chain; False while a public network has
    none. Raises CannotRun with what to do if the two do not belong together."""
    network = apps.get_model("payments", "Network").objects.first()
    chain_id = _chain_id()
    if network is None:
        return _deploy(chain_id)
    if network.chain_id != chain_id:
        raise CannotRun(
            f"CHAIN_RPC_URL leads to another chain id ({chain_id}) than the book was kept on "
            f"({network.chain_id}); point it back: one deployment, one chain, one token."
        )
    if _call("eth_getCode", network.vault_address, "latest") == "0x":
        raise CannotRun(
            f"The database belongs to another chain: its vault {network.vault_address} is not "
            f"on this one; {APART}."
        )
    return True


def _deploy(chain_id: int) -> bool:
    if not settings.NETWORK.is_local and chain_id != settings.NETWORK.chain_id:
        raise CannotRun(
            f"CHAIN_RPC_URL leads to chain {chain_id}, and STIPEND_NETWORK={settings.NETWORK.name} "
            f"is chain {settings.NETWORK.chain_id}; set the one or the other right."
        )
    if chain_id != chain.CHAIN_ID:
        return False
    marker = chain.marker()
    if marker.exists():
        raise CannotRun(
            "The chain has a vault already, but the database knows nothing about it "
            f"(is it a new database?); {APART}."
        )
    call_command("deploy_vault", verbosity=0)
    if marker.parent.is_dir():
        marker.touch()
    return True


def _chain_id() -> int:
    return int(_call("eth_chainId"), 16)


def _call(method: str, *params: Any) -> Any:
    """The answer of the first endpoint that gives one; raises CannotRun."""
    said = ""
    for url in settings.CHAIN_RPC_URL.split(","):
        try:
            return chain.call(url.strip(), method, *params)
        except (OSError, ValueError, RuntimeError) as error:
            said = str(error)
    raise CannotRun(f"The chain does not answer at CHAIN_RPC_URL: {said}")

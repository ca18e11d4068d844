"""The payer's gas money: how many batches it lasts for, and an alarm before it ends."""

import logging

from django.conf import settings
from django.utils import timezone

from payments.chain import batching, client, vault
from payments.models import Network

WEI = 10**18

logger = logging.getLogger(__name__)


def look() -> bool:
    """True if there is enough for CHAIN_GAS_BATCHES full batches at today's price.

    Written on the network for admins and metrics. Raises ChainError.
    """
    network = client.network()
    wei = client.gas_money(vault.payer())
    price_wei = client.fees()["maxFeePerGas"]
    payees = batching.max_payees(client.gas_limit())
    batch_gas = vault.BASE_GAS + payees * batching.payee_gas()
    is_enough = wei >= settings.CHAIN_GAS_BATCHES * batch_gas * price_wei
    low_at = None if is_enough else network.gas_low_at or timezone.now()
    Network.objects.filter(pk=network.pk).update(gas_wei=wei, gas_low_at=low_at)
    if not is_enough:
        logger.error("The payer has %.6f for gas: not enough for many batches.", wei / WEI)
    return is_enough

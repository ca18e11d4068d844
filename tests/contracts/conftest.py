"""A vault with 1,000 test dollars in it, on a chain that forgets each test."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from web3 import HTTPProvider, Web3

from launcher import chain as anvil
from tests.contracts.ground import Ground

HELD = 1_000_000_000
CAP = 500_000_000
EXIT_DELAY = 30 * 86_400


def quick(web3: Web3) -> Web3:
    """Without the layers that ask the chain for its id and its newest block before each call."""
    for name in ("gas_price_strategy", "validation", "ens_name_to_address"):
        web3.middleware_onion.remove(name)
    return web3


@pytest.fixture
def ground() -> Iterator[Ground]:
    before = anvil.call(settings.CHAIN_RPC_URL, "evm_snapshot")
    made = Ground(quick(Web3(HTTPProvider(settings.CHAIN_RPC_URL))))
    made.wait_for_noon()
    yield made
    assert anvil.call(settings.CHAIN_RPC_URL, "evm_revert", before)


@pytest.fixture
def token(ground: Ground) -> Any:
    return ground.deploy("TestToken")


@pytest.fixture
def vault(ground: Ground, token: Any) -> Any:
    made = ground.deploy("Vault", token.address, ground.payer, CAP, EXIT_DELAY)
    ground.send(token.functions.mint(made.address, HELD), ground.owner)
    return made


@pytest.fixture
def moody(ground: Ground) -> Any:
    return ground.deploy("MoodyToken")


@pytest.fixture
def moody_vault(ground: Ground, moody: Any) -> Any:
    made = ground.deploy("Vault", moody.address, ground.payer, CAP, EXIT_DELAY)
    ground.send(moody.functions.mint(made.address, HELD), ground.owner)
    return made

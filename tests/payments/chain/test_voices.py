"""How many of several endpoints have to answer before anything is money."""

import pytest

from payments import escrow, jobs
from payments.chain import endpoints
from payments.chain.errors import Unreachable
from tests.faults import gateway
from tests.payments import house
from tests.payments.chain.test_endpoints import broken, changes, forged, roads, says

__all__ = ["roads"]
pytestmark = pytest.mark.django_db


def test_of_three_endpoints_one_may_be_away_and_two_may_not(chain, mine, settings):
    """As it comes: whoever keeps two of three away from us has the third settle nothing."""
    purse_id = house.deposited(1_000)
    mine(3)
    with (
        gateway.opened(chain.url) as one,
        gateway.opened(chain.url) as two,
        gateway.opened(chain.url) as three,
    ):
        settings.CHAIN_RPC_URL = ",".join(found.url for found in (one, two, three))
        two.rule = three.rule = broken
        assert jobs.scan_deposits() == 0
        assert escrow.balances(purse_id) == {}

        two.rule = gateway.honest
        assert jobs.scan_deposits() == 1
    settings.CHAIN_RPC_URL = chain.url
    assert escrow.balances(purse_id)["FUNDS"] == 1_000


def test_of_two_endpoints_a_liar_is_not_believed_while_the_other_is_silent(
    chain, mine, settings, roads
):
    """As it comes: who has the honest one rate limited writes no deposit into the book alone."""
    purse_id = house.deposited(1_000)
    mine(3)
    roads[0].rule = changes("eth_getLogs", forged)
    roads[1].rule = says("rate limit exceeded")
    assert jobs.scan_deposits() == 0
    assert escrow.balances(purse_id) == {}

    roads[0].rule = roads[1].rule = gateway.honest
    assert jobs.scan_deposits() == 1
    assert escrow.balances(purse_id)["FUNDS"] == 1_000


def test_who_says_that_one_is_enough_has_it_so(chain, mine, settings, roads):
    settings.CHAIN_VOICES = 1
    purse_id = house.deposited(1_000)
    mine(3)
    roads[0].rule = broken

    assert jobs.scan_deposits() == 1
    assert escrow.balances(purse_id)["FUNDS"] == 1_000


@pytest.mark.parametrize(("count", "silent"), [(1, 0), (2, 0), (3, 1), (4, 1), (5, 2)])
def test_more_than_half_of_the_endpoints_are_enough_and_half_are_not(count, silent):
    away = [Unreachable("away")] * (silent + 1)

    endpoints.enough([None] * (count - silent), away[:silent])
    with pytest.raises(Unreachable):
        endpoints.enough([None] * (count - silent - 1), away)

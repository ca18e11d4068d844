"""How many of several endpoints have to answer before anything is money."""

import pytest

from payments import escrow, jobs
from payments.chain import endpoints
from payments.chain.errors import Unreachable
from tests.faults import gateway
from tests.payments import house
from tests.payments.chain.test_endpoints import broken

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


@pytest.mark.parametrize(("count", "silent"), [(1, 0), (2, 1), (3, 1), (4, 2), (5, 2)])
def test_half_of_the_endpoints_are_enough_and_less_are_not(count, silent):
    away = [Unreachable("away")] * (silent + 1)

    endpoints.enough([None] * (count - silent), away[:silent])
    with pytest.raises(Unreachable):
        endpoints.enough([None] * (count - silent - 1), away)

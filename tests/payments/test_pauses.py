"""The pause switch."""

import pytest

from payments import pauses
from payments.errors import NotFound, ReasonMissing
from payments.models import Network

pytestmark = pytest.mark.django_db


@pytest.fixture
def network():
    Network.objects.create(
        chain_id=1, name="n", token_address="", vault_address="", deployed_block=0
    )
    return Network.objects.get


def test_paused_twice_is_paused_since_the_first_time(network):
    pauses.pause(reason="One.")
    first = network().paused_at

    pauses.pause(reason="Two.")

    assert (network().paused_at, network().paused_for) == (first, "Two.")
    pauses.resume()
    assert (network().paused_at, network().paused_for) == (None, "")


def test_a_pause_without_a_reason_is_none(network):
    with pytest.raises(ReasonMissing):
        pauses.pause(reason="  ")

    assert network().paused_at is None


def test_without_a_network_there_is_nothing_to_pause():
    with pytest.raises(NotFound):
        pauses.pause(reason="One.")

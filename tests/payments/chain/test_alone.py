"""One at a time: seen from another connection, which alone can tell."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections

from payments.chain import sender, watcher
from payments.chain.alone import SCANNING, SENDING, alone
from payments.models import ChainTx, ScannedBlock

pytestmark = pytest.mark.django_db
TRY = "SELECT pg_try_advisory_lock(%s)"
FREE = "SELECT pg_advisory_unlock(%s)"


@pytest.fixture
def other() -> Iterator[Any]:
    """Asks for one value over a connection of its own."""
    second = connections.create_connection("default")
    second.settings_dict = {**connection.settings_dict}

    def ask(sql: str, *values: Any) -> Any:
        with second.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchone()[0]

    yield ask
    second.close()


def test_while_another_process_sends_nothing_is_signed(queued, other):
    tx = queued()
    assert other(TRY, SENDING) is True

    assert sender.advance() == 0
    tx.refresh_from_db()
    assert (tx.state, tx.nonce, tx.hashes) == (ChainTx.State.READY, None, [])

    assert other(FREE, SENDING) is True
    assert sender.advance() == 2
    tx.refresh_from_db()
    assert tx.state == ChainTx.State.SENT


def test_while_another_process_reads_nothing_is_read(vault_money, other):
    assert other(TRY, SCANNING) is True

    assert watcher.scan() == 0
    assert not ScannedBlock.objects.exists()

    assert other(FREE, SCANNING) is True
    assert watcher.scan() == 1


def test_who_is_inside_keeps_others_out(other):
    with alone(SENDING) as mine:
        assert mine is True
        assert other(TRY, SENDING) is False
        assert other(TRY, SCANNING) is True

    assert other(TRY, SENDING) is True


def test_who_stumbles_leaves_the_door_open(other):
    with pytest.raises(KeyboardInterrupt), alone(SENDING):
        raise KeyboardInterrupt

    assert other(TRY, SENDING) is True


def test_who_was_not_let_in_frees_nothing(other):
    assert other(TRY, SENDING) is True

    with alone(SENDING) as mine:
        assert mine is False

    with alone(SENDING) as again:
        assert again is False

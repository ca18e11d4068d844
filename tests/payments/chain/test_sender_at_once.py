"""Two senders at once. Each race has a twin in which the guard is off."""

from contextlib import contextmanager

import pytest
from django.db import models

from payments.chain import envelope, sender
from payments.models import ChainTx
from tests.payments.chain.conftest import nobody
from tests.races import money

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def for_everybody(lock):
    yield True


@pytest.fixture
def sealed(monkeypatch):
    """The hashes of all bytes that were made; two at once meet before they make them."""
    made, seal, wait = [], envelope.seal, money.meeting()

    def met(tx, *arguments, **options):
        wait()
        seal(tx, *arguments, **options)
        made.append(tx.tx_hash)

    monkeypatch.setattr(envelope, "seal", met)
    return made


def test_one_of_two_senders_works_and_the_other_leaves(queued, sealed, run):
    tx = queued()

    ends = money.at_once(sender.advance, sender.advance)

    assert min(ends) == 0 < max(ends)
    assert run(tx).state == ChainTx.State.CONFIRMED
    assert sealed == [tx.tx_hash]


def test_without_the_lock_of_the_sender_the_row_is_still_signed_once(
    queued, sealed, run, monkeypatch
):
    monkeypatch.setattr(sender, "alone", for_everybody)
    tx = queued()

    money.at_once(sender.advance, sender.advance)

    assert run(tx).state == ChainTx.State.CONFIRMED
    assert sealed == [tx.tx_hash]


def test_without_any_lock_one_batch_is_signed_twice(queued, sealed, monkeypatch):
    monkeypatch.setattr(sender, "alone", for_everybody)
    unlocked = lambda self, **options: self  # noqa: E731
    monkeypatch.setattr(models.QuerySet, "select_for_update", unlocked)
    queued((nobody(1), 500))

    money.at_once(sender.advance, sender.advance)

    assert len(sealed) == 2

"""`manage.py block_addresses`: a file of addresses that nobody is paid out to."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from payments.errors import BlockedWallet
from payments.models import BlockedAddress, Payout
from tests.payments import house

pytestmark = pytest.mark.django_db
PERSON = "person:1"
OTHER = "0x" + "ab" * 20


def load(path, *words):
    said = StringIO()
    call_command("block_addresses", str(path), *words, stdout=said)
    return said.getvalue().strip()


def test_a_list_saved_by_windows_is_read(tmp_path):
    listed = tmp_path / "list.txt"
    listed.write_bytes(f"\ufeff{OTHER}  # somebody\r\n".encode())

    assert load(listed, "--source", "hand") == "1 addresses are new."
    assert BlockedAddress.objects.get().pk.lower() == OTHER


def test_the_list_is_empty_until_one_is_loaded_and_twice_is_once(tmp_path):
    assert not BlockedAddress.objects.exists()
    house.earn(PERSON, 90_000)
    payout = house.ask(PERSON, 50_000)
    listed = tmp_path / "list.txt"
    listed.write_text(f"# of last week\n{payout.address.lower()}  # somebody\n\n{OTHER}\n")

    assert load(listed, "--source", "a ministry") == "2 addresses are new."
    assert load(listed) == "0 addresses are new."

    assert {one.source for one in BlockedAddress.objects.all()} == {"a ministry"}
    payout.refresh_from_db()
    assert payout.state == Payout.State.RETURNED
    assert house.balance(PERSON, "EARNED") == 90_000
    with pytest.raises(BlockedWallet):
        house.ask(PERSON, 50_000)


@pytest.mark.parametrize("written", [b"0x12\n", b"\xff\xfe\n", None])
def test_what_is_no_list_blocks_nobody(tmp_path, written):
    listed = tmp_path / "list.txt"
    if written is not None:
        listed.write_bytes(OTHER.encode() + b"\n" + written)

    with pytest.raises(CommandError):
        load(listed)

    assert not BlockedAddress.objects.exists()

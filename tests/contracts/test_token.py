"""The test token: as plain as a token can be."""

from tests.contracts import ground as g


def test_anybody_mints(ground, token):
    receipt = ground.send(token.functions.mint(ground.stranger, 5), ground.stranger)

    (event,) = token.events.Transfer().process_receipt(receipt, errors=g.DISCARD)
    assert event["args"]["value"] == 5
    assert token.functions.totalSupply().call() == 5
    assert token.functions.symbol().call() == "tUSD"
    assert token.functions.decimals().call() == 6


def test_nobody_moves_more_than_they_have_or_may(ground, token):
    one, two = ground.payees[:2]
    ground.send(token.functions.mint(one, 5), ground.owner)
    ground.send(token.functions.approve(two, 3), one)

    ground.refuse(token.functions.transfer(two, 6), one)
    ground.refuse(token.functions.transferFrom(one, two, 4), two)
    ground.refuse(token.functions.transfer("0x" + "0" * 40, 1), one)
    ground.send(token.functions.transferFrom(one, two, 3), two)
    ground.refuse(token.functions.transferFrom(one, two, 1), two)

    assert token.functions.balanceOf(one).call() == 2
    assert token.functions.balanceOf(two).call() == 3

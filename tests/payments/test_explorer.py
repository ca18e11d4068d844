"""What a text names of the chain, and where it can be looked at."""

import pytest

from payments import explorer

WALLET, TX = "0x" + "aB" * 20, "0x" + "c1" * 32
URLS = {
    WALLET: f"https://explorer.example/address/{WALLET}",
    TX: f"https://explorer.example/tx/{TX}",
}


@pytest.fixture
def explored(settings):
    settings.CHAIN_EXPLORER_TX_URL = "https://explorer.example/tx/{hash}"
    settings.CHAIN_EXPLORER_ADDRESS_URL = "https://explorer.example/address/{address}"


@pytest.mark.usefixtures("explored")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("payout", [("payout", None)]),
        (WALLET, [(WALLET, URLS[WALLET])]),
        (
            f"to {WALLET}, by {TX}",
            [("to ", None), (WALLET, URLS[WALLET]), (", by ", None), (TX, URLS[TX])],
        ),
        (f"deposit:{TX}:0", [("deposit:", None), (TX, URLS[TX]), (":0", None)]),
        (f"{TX}ab", [(f"{TX}ab", None)]),
        (f"x{WALLET}", [(f"x{WALLET}", None)]),
        (WALLET[:-1], [(WALLET[:-1], None)]),
    ],
)
def test_a_text_is_cut_where_it_names_something(text, found):
    assert explorer.pieces(text) == found
    assert explorer.links(text) == {piece: url for piece, url in found if url}
    assert "".join(piece for piece, _ in explorer.pieces(text)) == text


def test_without_an_explorer_nothing_has_a_page():
    assert explorer.links(f"{WALLET} {TX}") == {}

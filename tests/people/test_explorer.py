"""Texts with wallets in them, as a page shows them."""

from people import explorer

WALLET = "0x" + "aB" * 20


def test_a_wallet_in_a_text_is_a_link_and_the_rest_is_escaped(settings):
    settings.CHAIN_EXPLORER_ADDRESS_URL = "https://explorer.example/address/{address}"

    said = explorer.linked(f"<b>It went</b> to {WALLET}.")

    url = f"https://explorer.example/address/{WALLET}"
    link = f'<a href="{url}" rel="noreferrer">{WALLET}</a>'
    assert said == f"&lt;b&gt;It went&lt;/b&gt; to {link}."
    assert explorer.url(WALLET) == url


def test_without_an_explorer_it_is_the_text_alone():
    assert explorer.linked(f"<b>to {WALLET}") == f"&lt;b&gt;to {WALLET}"
    assert explorer.url(WALLET) is None

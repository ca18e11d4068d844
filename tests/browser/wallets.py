"""A wallet in the browser for tests: announced by EIP-6963, signing with eth-account in Python."""

import json
from typing import Any

from django.conf import settings
from eth_account.messages import encode_typed_data
from playwright.sync_api import Page

from launcher import chain as node
from tests.people import house

OF_NODE = {"eth_call", "eth_sendTransaction", "eth_getTransactionReceipt"}  # asked through it

# What a wallet's extension puts into a page; `walletAnswers` is Python's.
PROVIDER = """
(() => {
  const listeners = {};
  const provider = {
    on: (name, heard) => (listeners[name] ??= []).push(heard),
    request: async ({ method, params }) => {
      const told = await window.walletAnswers(method, params ?? []);
      if (told.error) throw Object.assign(new Error(told.error.message), told.error);
      return told.result;
    },
  };
  window.tellPage = (name, value) => (listeners[name] ?? []).forEach((heard) => heard(value));
  const icon = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>";
  const info = { uuid: crypto.randomUUID?.() ?? "1", name: "Test wallet", icon, rdns: "test" };
  const announce = () =>
    dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail: { info, provider } }));
  if (window.walletIsOld) window.ethereum = provider;
  else addEventListener("eip6963:requestProvider", announce);
})();
"""


class Wallet:
    """The wallet's own side: its account, its network, and what its owner lets happen."""

    def __init__(self, page: Page, *, chain_id: int = 31337, is_old: bool = False) -> None:
        self.page, self.chain_id = page, chain_id
        self.keys = [house.key(7)]
        self.refuses: set[str] = set()
        self.lacks: set[str] = set()
        self.is_contract = False
        self.switches_when_signing = False
        self.knows_networks = True
        self.asked: list[str] = []
        page.expose_function("walletAnswers", self._answer)
        if is_old:
            page.add_init_script("window.walletIsOld = true;")
        page.add_init_script(PROVIDER)

    @property
    def address(self) -> str:
        return str(self.keys[0].address)

    def switch(self, number: int) -> None:
        """Its owner chooses another account."""
        self.keys = [house.key(number)]
        self.page.evaluate("([one]) => window.tellPage('accountsChanged', [one])", [self.address])

    def _answer(self, method: str, params: list[Any]) -> dict[str, Any]:
        self.asked.append(method)
        if method in self.refuses:
            return {"error": {"code": 4001, "message": "User rejected the request."}}
        if method in self.lacks:
            return {"error": {"code": 4200, "message": "Unsupported method."}}
        answers = {
            "eth_requestAccounts": lambda: [self.address],
            "eth_accounts": lambda: [self.address],
            "eth_chainId": lambda: hex(self.chain_id),
            "personal_sign": lambda: self._sign(params),
            "wallet_switchEthereumChain": lambda: self._go(params),
            "eth_signTypedData_v4": lambda: self._sign_typed(params),
        }
        if method == "wallet_switchEthereumChain" and not self.knows_networks:
            return {"error": {"code": 4902, "message": "Unrecognized chain."}}
        if method in OF_NODE:
            return {"result": node.call(str(settings.CHAIN_RPC_URL), method, *params)}
        return {"result": answers[method]()}

    def _sign(self, params: list[Any]) -> str:
        text, address = bytes.fromhex(params[0][2:]).decode(), params[1]
        assert address == self.address
        signature = house.signed(self.keys[0], text)
        if self.switches_when_signing:
            self.keys = [house.key(8)]
        return signature

    def _sign_typed(self, params: list[Any]) -> str:
        address, typed = params
        assert address == self.address
        if self.is_contract:
            return "0x" + "5a" * 1_000
        made = encode_typed_data(full_message=json.loads(typed))
        return str(self.keys[0].sign_message(made).signature.to_0x_hex())

    def _go(self, params: list[Any]) -> None:
        self.chain_id = int(params[0]["chainId"], 16)

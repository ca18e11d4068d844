"""What every test may ask for: a clean chain with the vault on it, blocks, a running product.

The services themselves are started by the plugin `launcher.testing`. After every test that posted
money, the book must reconcile; a test that breaks it on purpose says so with
`@pytest.mark.broken_book`.
"""

import os
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client, TransactionTestCase
from django.utils import translation

from labeling.models import Signal
from launcher import chain as anvil
from launcher import product as products
from payments import jobs
from payments.models import Entry
from tests import described, emptied

CHROMIUM = "/usr/bin/chromium"
SLOW_ROOMS = ("launcher", "flows", "deployment", "browser")  # that of the longest test first
SEND_GAS, MINED_SECONDS = 300_000, 0.002
DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    """Every test begins in English, whatever the page spoke that was asked for last."""
    translation.activate(settings.LANGUAGE_CODE)
    yield
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True, scope="session")
def answers_are_as_described() -> Iterator[None]:
    """Whatever a test asks the API, the answer is one that its description knows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "request", described.checked(Client.request))
        yield


class Chain:
    """The test's own chain: every transaction is a block at once."""

    def __init__(self) -> None:
        self.url = str(settings.CHAIN_RPC_URL)  # whatever way the product takes later

    def call(self, method: str, *params: Any) -> Any:
        """One JSON-RPC call's result."""
        return anvil.call(self.url, method, *params)

    def begin(self) -> None:
        """From the first block again: no block, no balance and no waiting tx of before is left."""
        self.call("anvil_dropAllTransactions")
        self.call("anvil_reset")

    def mine(self, blocks: int = 1) -> None:
        """Empty blocks on top."""
        self.call("anvil_mine", hex(blocks))

    def send(self, call: dict[str, str], *, sender: int) -> str:
        """The hash of a tx of this well-known account, once it is mined; it went well.

        `call` says to whom and with what bytes. The chain signs for its well-known accounts.
        """
        tx = {**call, "from": self.call("eth_accounts")[sender], "gas": hex(SEND_GAS)}
        tx_hash = str(self.call("eth_sendTransaction", tx))
        while not (receipt := self.call("eth_getTransactionReceipt", tx_hash)):
            time.sleep(MINED_SECONDS)
        assert receipt["status"] == "0x1", tx
        return tx_hash


@pytest.fixture
def chain(db: None) -> Iterator[Chain]:
    """As if new, with the token and the vault on it; nothing of what the test does to it stays."""
    fresh = Chain()
    fresh.begin()
    call_command("deploy_vault", verbosity=0)
    yield fresh
    fresh.begin()


@pytest.fixture
def mine(chain: Chain) -> Callable[..., None]:
    """Adds empty blocks to the chain."""
    return chain.mine


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[products.Product]:
    """The whole product as `./stipend up` starts it, in a folder of its own; it looks for every
    signal, as it does for people."""
    signals = ",".join(Signal.Kind.values)
    with products.started(tmp_path_factory.mktemp("product"), STIPEND_SIGNALS=signals) as running:
        yield running


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    outcome = yield
    uses_database = item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(
        getattr(item, "fixturenames", ())
    )
    if uses_database and not item.get_closest_marker("broken_book"):
        _prove(on_chain="chain" in item.fixturenames)
    return outcome


def _prove(*, on_chain: bool) -> None:
    if Entry.objects.exists():
        report = jobs.prove(with_chain=on_chain)
        assert report.ok, report.problems


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "broken_book: leaves the book broken on purpose")
    patient = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
    hypothesis.settings.register_profile("busy machine", **patient)
    hypothesis.settings.load_profile("busy machine")
    patience = {"socket_connect_timeout": 30, "socket_timeout": 30}  # or limits are counted anew
    settings.CACHES["default"]["OPTIONS"].update(patience)
    TransactionTestCase._fixture_teardown = emptied.empty  # what pytest-django calls, too
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick sign-ins


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow ones last: what is quick fails first. No browser, no browser tests."""
    items.sort(key=_slowness)
    if not Path(CHROMIUM).exists() and os.geteuid():  # root's `./stipend test` installs it
        skip = pytest.mark.skip(reason=f"no {CHROMIUM}; sudo apt-get install chromium")
        for item in items:
            if "browser" in item.path.parts:
                item.add_marker(skip)


def _slowness(item: pytest.Item) -> int:
    places = (place for place, room in enumerate(SLOW_ROOMS, 1) if room in item.path.parts)
    return next(places, 0)

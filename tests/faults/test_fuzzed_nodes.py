"""Two endpoints, one of which answers at random, from a deposit to a settled payout.

The seeds are fixed; each run ends after its rounds or its seconds. Afterwards the liar is honest
again, and nothing but the jobs runs: everybody is paid once, and the book is clean.
"""

import random
import time

import pytest

from payments import jobs
from payments.chain import sender
from tests.faults import gateway
from tests.faults.gateway import Bad

SECONDS = 6  # a seed
ROUNDS = 25
JUNK = [None, True, -1, 1.5, 2**300, "", "0x", "0xzz", "\0", "\ud800", [], [{}], {}, ["0x1"]]
HUGE = [0, 1, 2**31, 2**63 - 1, 2**63, 2**64, 2**256 - 1]
FAKE = "0x" + "f" * 64


class Liar:
    """Says the truth now and then."""

    def __init__(self, seed):
        self.dice = random.Random(seed)

    def __call__(self, call, forward):
        if self.dice.random() < 0.5:
            return forward()
        lies = (self.junk, self.number, self.changed, self.nothing, self.error, self.gibberish)
        return self.dice.choice(lies)(call, forward)

    def junk(self, call, forward):
        return self.said(call, self.dice.choice(JUNK))

    def number(self, call, forward):
        return self.said(call, hex(self.dice.choice(HUGE)))

    def nothing(self, call, forward):
        return self.said(call, [] if call["method"] == "eth_getLogs" else None)

    def changed(self, call, forward):
        """Something else in one place of an answer that has places."""
        found = forward()
        result = found.get("result")
        one = self.dice.choice(result) if isinstance(result, list) and result else result
        if isinstance(one, dict):
            name = self.dice.choice(sorted(one))
            status = ["0x0", "0x1"] if name == "status" else []
            one[name] = self.dice.choice([*status, FAKE, hex(self.dice.choice(HUGE)), *JUNK])
        if isinstance(result, list) and result:
            result.extend(self.dice.choices(result, k=self.dice.randrange(3)))
        return found

    def error(self, call, forward):
        text = self.dice.choice(["already known", "nonce too low", "header not found", "a\0b"])
        error = {"code": -32000, "message": text}
        return {"jsonrpc": "2.0", "id": call["id"], "error": error}

    def gibberish(self, call, forward):
        other = b'{"jsonrpc": "2.0", "id": 1000000, "result": "0x1"}'
        body = self.dice.choice([b"", b"<html>", b"[" * 50_000, b'{"id": 1', other])
        raise Bad(self.dice.choice([200, 200, 429, 500, 413]), body)

    def said(self, call, result):
        return {"jsonrpc": "2.0", "id": call["id"], "result": result}


@pytest.fixture
def roads(payday, settings, monkeypatch):
    """Two ways to the chain; a fee that was a lie is raised at once."""
    monkeypatch.setattr(sender, "RAISE_AFTER_SECONDS", 0)
    node_url = settings.CHAIN_RPC_URL
    with gateway.opened(node_url) as one, gateway.opened(node_url) as other:
        settings.CHAIN_RPC_URL = f"{one.url},{other.url}"
        yield one, other


@pytest.mark.parametrize("position", [0, 1])
@pytest.mark.parametrize("seed", [1, 2])
def test_one_of_two_answers_at_random(payday, roads, position, seed):
    payout, liar = payday.ask(), roads[position]
    liar.rule, until = Liar(seed), time.monotonic() + SECONDS
    for number in range(ROUNDS):
        if number in {1, 4}:
            payday.deposit(40_000)
        payday.jobs_alone()
        jobs.watch_gas()
        payday.mine()
        if time.monotonic() > until:
            break
    liar.rule = gateway.honest

    payout.refresh_from_db()
    payday.repair(payout)
    payday.run()
    payday.assert_paid_once([payout])

"""Services that are named instead of started, and what is said when nobody is there."""

import socket

import pytest

from launcher import elsewhere, processes
from launcher.errors import CannotRun
from payments import networks


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch):
    for variable in ("DATABASE_URL", "REDIS_URL", "CHAIN_RPC_URL", "STIPEND_NETWORK"):
        monkeypatch.delenv(variable, raising=False)


def test_nothing_named_is_nothing():
    assert [elsewhere.named(one) for one in ("DATABASE_URL", "REDIS_URL", "CHAIN_RPC_URL")] == [
        *("", "", "")
    ]


def test_a_chosen_network_names_its_endpoints_unless_others_are_given(monkeypatch):
    monkeypatch.setenv("STIPEND_NETWORK", "base-sepolia")

    chosen = elsewhere.named("CHAIN_RPC_URL")
    monkeypatch.setenv("CHAIN_RPC_URL", "http://node:8545")

    assert chosen.split(",") == list(networks.named("base-sepolia").endpoints)
    assert elsewhere.named("CHAIN_RPC_URL") == "http://node:8545"
    assert elsewhere.named("DATABASE_URL") == ""


def test_an_unknown_network_says_which_there_are(monkeypatch):
    monkeypatch.setenv("STIPEND_NETWORK", "mars")

    with pytest.raises(CannotRun, match="STIPEND_NETWORK is one of local, "):
        elsewhere.named("CHAIN_RPC_URL")


def test_where_somebody_listens_all_is_well():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        elsewhere.check("DATABASE_URL", f"postgres://me:secret@127.0.0.1:{port}/stipend")
        elsewhere.check("REDIS_URL", f"redis://:secret@127.0.0.1:{port}/0")
    elsewhere.check("DATABASE_URL", "postgres:///stipend")  # by a socket of this machine
    elsewhere.check("CHAIN_RPC_URL", "https://nowhere.invalid,https://neither.invalid")


@pytest.mark.parametrize("variable", ["DATABASE_URL", "REDIS_URL"])
def test_where_nobody_listens_is_said_without_the_password(variable):
    port = processes.free_port()

    with pytest.raises(CannotRun) as refused:
        elsewhere.check(variable, f"scheme://me:secret@127.0.0.1:{port}/0")

    told = str(refused.value)
    assert told.startswith(f"Nobody listens at 127.0.0.1:{port}, which {variable} names;")
    assert "secret" not in told
    assert "\n" not in told


def test_what_is_no_address_is_said(monkeypatch):
    with pytest.raises(CannotRun, match="DATABASE_URL is no address; it is like postgres://"):
        elsewhere.check("DATABASE_URL", "postgres://me@host:many/stipend")

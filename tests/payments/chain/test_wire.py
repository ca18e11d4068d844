"""The wire to a node that is not what it should be."""

import gzip
import json
import socket
import threading
import time
import tracemalloc
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from payments.chain import client, wire
from payments.chain.errors import Refused, TooLarge, TooSlow, Unreachable

SECRET = "v3/a-secret-of-the-account"


class Node(BaseHTTPRequestHandler):
    """Answers as its server was told to."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked += 1
        status, headers, pieces = self.server.says
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        length = sum(len(one) for one in pieces) + self.server.missing_bytes
        self.send_header("Content-Length", str(length))
        self.close_connection = bool(self.server.missing_bytes)
        self.end_headers()
        try:
            for piece in pieces:
                self.wfile.write(piece)
                self.wfile.flush()
                time.sleep(self.server.pause_seconds)
        except OSError:
            return

    def log_message(self, *arguments):
        return


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """The caller hung up, as it should."""


@pytest.fixture
def node(settings):
    """Says what the test wants; `node(status, body…)`."""
    server = Server(("127.0.0.1", 0), Node)
    server.asked, server.pause_seconds = 0, 0
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    settings.CHAIN_RPC_URL = f"http://127.0.0.1:{server.server_port}/{SECRET}"
    settings.CHAIN_TIMEOUT_SECONDS = 1

    def say(status, *pieces, pause_seconds=0, breaks_off=False, **headers):
        server.says, server.pause_seconds = (status, headers, pieces), pause_seconds
        server.missing_bytes = 10 if breaks_off else 0
        return server

    yield say
    server.shutdown()
    server.server_close()


def answer(**found):
    return json.dumps({"jsonrpc": "2.0", "id": 0, **found}).encode()


def test_an_answer_is_an_answer(node):
    node(200, answer(result="0x7a69"))

    assert client.chain_id() == 31337


def test_a_no_is_a_no(node):
    node(200, answer(error={"code": -32000, "message": "insufficient funds"}))

    with pytest.raises(Refused, match=r"^insufficient funds$"):
        client.send(b"\1")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *[(400, Refused), (413, Refused), (408, TooSlow), (504, TooSlow)],
        *[(401, Unreachable), (429, Unreachable), (503, Unreachable)],
    ],
)
def test_a_status_of_http_is_refused_or_unknown(node, status, kind):
    node(status, b"{}")

    with pytest.raises(kind) as caught:
        client.chain_id()

    assert type(caught.value) is kind
    assert str(caught.value) == f"The node answered with HTTP status {status}."


def test_a_redirect_is_not_followed(node):
    server = node(307, b"", Location="/elsewhere")

    with pytest.raises(Unreachable, match="redirects"):
        client.send(b"\1")

    assert server.asked == 1


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b"[1]", b"\xff"])
def test_gibberish_is_no_answer(node, body):
    node(200, body)

    with pytest.raises(Unreachable):
        client.chain_id()


def test_a_flood_is_cut_off(node, monkeypatch):
    monkeypatch.setattr(wire, "ANSWER_BYTES", 1_000)
    node(200, answer(result="0x" + "1" * 2_000))

    with pytest.raises(TooLarge):
        client.chain_id()


def test_a_trickle_is_cut_off(node):
    node(200, *[b" "] * 100, answer(result="0x1"), pause_seconds=0.1)
    started = time.monotonic()

    with pytest.raises(Unreachable, match="in time"):
        client.chain_id()

    assert time.monotonic() - started < 3


def test_silence_is_cut_off(node, settings):
    settings.CHAIN_TIMEOUT_SECONDS = 0.2
    node(200, b"", answer(result="0x1"), pause_seconds=1)

    with pytest.raises(Unreachable, match="in time"):
        client.chain_id()


def test_an_answer_that_breaks_off_is_no_answer(node):
    node(200, answer(result="0x1"), breaks_off=True)

    with pytest.raises(Unreachable, match="broke its answer off"):
        client.chain_id()


def test_nobody_there_is_unreachable(settings):
    settings.CHAIN_RPC_URL = f"http://127.0.0.1:9/{SECRET}"

    with pytest.raises(Unreachable) as caught:
        client.chain_id()

    assert SECRET not in str(caught.value)
    assert str(caught.value) == "The node cannot be reached."


def test_an_answer_to_another_request_is_none(node):
    node(200, json.dumps({"jsonrpc": "2.0", "id": 99, "result": "0x7a69"}).encode())

    with pytest.raises(Unreachable, match="something else than what it was asked"):
        client.chain_id()


def test_who_cannot_read_the_request_may_not_know_its_number(node):
    refused = {"code": -32700, "message": "Parse error"}
    node(200, json.dumps({"jsonrpc": "2.0", "id": None, "error": refused}).encode())

    with pytest.raises(Refused, match="Parse error"):
        client.chain_id()


def test_what_is_nested_without_end_is_no_answer(node):
    deep = b"[" * 200_000 + b"]" * 200_000
    node(200, b'{"jsonrpc": "2.0", "id": 0, "result": ' + deep + b"}")

    with pytest.raises(Unreachable):
        client.chain_id()


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b", "a\nb", "a\x1bb"])
def test_what_a_node_says_can_be_written_down(node, text):
    node(200, answer(error={"code": -32000, "message": text + "c" * 500}))

    with pytest.raises(Refused) as caught:
        client.send(b"\1")

    assert str(caught.value) == "a?b" + "c" * 297


def test_a_bomb_does_not_go_off(node, monkeypatch):
    """64 MB in 64 kB: read bit by bit, and never more than we read of any answer."""
    monkeypatch.setattr(wire, "ANSWER_BYTES", 1_000_000)
    bomb = gzip.compress(b"0" * 64_000_000)
    node(200, bomb, **{"Content-Encoding": "gzip"})
    tracemalloc.start()
    with pytest.raises(TooLarge):
        client.chain_id()
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak_bytes < 8_000_000


SLOW = {
    "one letter of its head after the other": lambda: [b"H", *[b"T"] * 100],
    "one line of its head after the other": lambda: [b"HTTP/1.1 200 OK\r\n", *[b"A: b\r\n"] * 100],
    "one promise after the other": lambda: [b"HTTP/1.1 100 Continue\r\n\r\n"] * 100,
    "one letter of its body after the other": lambda: [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n",
        *[b" "] * 99,
    ],
}


@pytest.mark.parametrize("kind", SLOW)
def test_a_node_has_its_seconds_for_the_whole_answer(settings, kind):
    settings.CHAIN_TIMEOUT_SECONDS = 1

    def say(line):
        try:
            for piece in SLOW[kind]():
                line.sendall(piece)
                time.sleep(0.1)
        except OSError:
            return

    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.CHAIN_RPC_URL = f"http://127.0.0.1:{server.getsockname()[1]}"
        lines = []

        def serve():
            lines.append(server.accept()[0])
            say(lines[0])

        threading.Thread(target=serve, daemon=True).start()
        started = time.monotonic()
        with pytest.raises(TooSlow, match="in time"):
            client.chain_id()
        assert time.monotonic() - started < 3
        lines[0].close()

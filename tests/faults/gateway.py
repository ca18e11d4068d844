"""A bad road to a good node: a real HTTP server between the worker and the chain."""

import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Call = dict[str, Any]
Forward = Callable[[], Any]  # asks the node, and gives its answer as JSON
Rule = Callable[[Call, Forward], Any]  # the answer to give: JSON, or a Bad one


class Bad(Exception):
    """An answer as no node should give it."""

    def __init__(self, status: int = 200, body: bytes = b"", **headers: str) -> None:
        super().__init__(status)
        self.status, self.body, self.headers = status, body, headers


def honest(call: Call, forward: Forward) -> Any:
    return forward()


class Gateway:
    """Listens at `url`; `rule` may be changed at any time. `seen` are the calls that came."""

    def __init__(self, node_url: str) -> None:
        self.node_url, self.rule = node_url, honest
        self.seen: list[str] = []
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                gateway.answer(self)

            def log_message(self, *arguments: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        call = json.loads(body)
        self.seen.append(call["method"])
        try:
            ours = call["method"].startswith(("anvil_", "evm_"))  # the test's own word to the chain
            rule = honest if ours else self.rule
            found = rule(call, lambda: self.ask(body))
            bad = Bad(200, json.dumps(found).encode())
        except Bad as error:
            bad = error
        try:
            handler.send_response(bad.status)
            for name, value in {"Content-Type": "application/json", **bad.headers}.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", str(len(bad.body)))
            handler.end_headers()
            handler.wfile.write(bad.body)
        except OSError:
            pass  # whoever asked has gone

    def ask(self, body: bytes) -> Any:
        request = urllib.request.Request(self.node_url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)


@contextmanager
def opened(node_url: str) -> Iterator[Gateway]:
    """A gateway to this node, honest at first."""
    gateway = Gateway(node_url)
    thread = threading.Thread(target=gateway.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield gateway
    finally:
        gateway.server.shutdown()
        gateway.server.server_close()
        thread.join()

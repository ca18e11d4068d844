"""The load generator: what it reads, what it counts, and that it is not the bottleneck."""

import asyncio
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import pytest
import uvloop

from bench import loadgen
from demo.wire import Answer, Client

ROOT = Path(__file__).resolve().parents[2]
REQUESTS_PER_SECOND = 2_000  # alone, against an endpoint that does nothing
TRIVIAL = """
import asyncio, sys, uvloop
ANSWER = b"HTTP/1.1 201 Created\\r\\nContent-Length: 76\\r\\n\\r\\n" + (
    b'{"submission":{"id":1,"assignment":1},"next":{"id":7,"project":1,"task":17}}')
class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
    def data_received(self, data):
        self.transport.write(ANSWER)
async def main():
    server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
uvloop.run(main())
"""


@pytest.mark.parametrize(
    ("body", "assignment"),
    [
        (b'{"id":12,"project":3,"task":4}', 12),
        (b'{"submission":{"id":9,"assignment":8},"next":{"id":34,"project":3}}', 34),
        (b'{"submission":{"id":9,"assignment":8},"next":null}', None),
        (b'{"submission":{"id":9,"assignment":8}}', None),
        (b"", None),
    ],
)
def test_assignment_is_found_in_an_answer(body, assignment):
    assert loadgen.leased(body) == assignment


def test_percentiles_are_by_nearest_rank_in_milliseconds():
    seconds = [number / 1000 for number in range(100, 0, -1)]

    assert loadgen.percentiles(seconds) == {"p50": 50.0, "p95": 95.0, "p99": 99.0}
    assert loadgen.percentiles([0.5]) == {"p50": 500.0, "p95": 500.0, "p99": 500.0}
    assert loadgen.percentiles([]) == {"p50": 0.0, "p95": 0.0, "p99": 0.0}


def test_errors_are_named_by_status_and_code():
    assert loadgen.said(Answer(410, b'{"code":"lease_expired"}')) == "410 lease_expired"
    assert loadgen.said(Answer(500, b"<h1>oops</h1>")) == "500"


class Scripted:
    """A client whose server gives these answers, in this order."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def request(self, method: str, path: str, body: bytes = b"") -> bytes:
        return path.encode()

    async def send(self, request: bytes) -> Answer:
        if request == b"/healthz":
            return Answer(200, b"ok")
        self.asked.append(request.decode().removeprefix("/api/v1"))
        return self.answers.pop(0)

    def close(self) -> None:
        pass


def test_labeler_goes_on_with_what_an_answer_brings_until_nothing_is_left():
    client = Scripted(
        Answer(200, b'{"id":1}'),
        Answer(201, b'{"submission":{},"next":{"id":2}}'),
        Answer(409, b'{"code":"lease_expired"}'),
        Answer(200, b'{"id":3}'),
        Answer(201, b'{"submission":{},"next":null}'),
    )

    tally = loadgen.run([client], project_id=5, result=[], seconds=10)

    assert client.asked == [
        "/projects/5/next/",
        "/assignments/1/submit/?next=1",
        "/assignments/2/submit/?next=1",
        "/projects/5/next/",
        "/assignments/3/submit/?next=1",
    ]
    assert tally.labels_count == 2
    assert len(tally.next_seconds) == 2
    assert dict(tally.errors) == {"409 lease_expired": 1}


def test_some_submits_are_alone_so_that_next_is_measured_by_itself():
    brought = Answer(201, b'{"submission":{},"next":{"id":1}}')
    client = Scripted(
        Answer(200, b'{"id":1}'), *[brought] * loadgen.SEPARATE_EVERY, Answer(204, b"")
    )

    tally = loadgen.run([client], project_id=5, result=[], seconds=10)

    assert client.asked[-2:] == ["/assignments/1/submit/", "/projects/5/next/"]
    assert tally.labels_count == loadgen.SEPARATE_EVERY


@pytest.fixture
def trivial():
    """The address of an endpoint that answers whatever it is asked, in a process of its own."""
    with subprocess.Popen([sys.executable, "-c", TRIVIAL], stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        server.terminate()


def test_generator_is_faster_than_the_product_will_ever_be(trivial):
    clients = [Client(trivial, token="k") for _ in range(32)]

    async def ask(client: Client, deadline: float) -> int:
        count = 0
        while perf_counter() < deadline:
            answer = await client.send(client.request("POST", "/a/?next=1", b'{"result":[]}'))
            assert loadgen.leased(answer.body) == 7
            count += 1
        client.close()
        return count

    async def everybody() -> int:
        deadline = perf_counter() + 1.0
        return sum(await asyncio.gather(*(ask(client, deadline) for client in clients)))

    assert uvloop.run(everybody()) > REQUESTS_PER_SECOND

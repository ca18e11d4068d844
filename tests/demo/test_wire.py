"""The lean HTTP client: bytes in whatever pieces, answers out."""

import asyncio

import pytest

from demo.wire import AnswerReader, Client, MalformedHttp, Refused

PLAIN = b'HTTP/1.1 201 Created\r\nContent-Length: 7\r\nx: y\r\n\r\n{"a":1}'
CHUNKED = (
    b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    b'3;ext=1\r\n{"a\r\n4\r\n":2}\r\n0\r\nTrailer: x\r\n\r\n'
)
EMPTY = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"


def read(stream: bytes, *, step: int) -> list:
    reader = AnswerReader()
    pieces = [reader.feed(stream[at : at + step]) for at in range(0, len(stream), step)]
    return [piece for piece in pieces if piece is not None]


@pytest.mark.parametrize("step", [1, 2, 7, 10_000])
@pytest.mark.parametrize(
    ("stream", "status", "body", "is_last"),
    [
        (PLAIN, 201, b'{"a":1}', False),
        (CHUNKED, 200, b'{"a":2}', False),
        (EMPTY, 204, b"", True),
    ],
)
def test_answers_are_whole_however_they_are_cut(stream, status, body, is_last, step):
    assert read(stream, step=step) == [(status, body, is_last)]


@pytest.mark.parametrize("step", [1, 7])
def test_answers_follow_each_other_on_one_connection(step):
    answers = read(PLAIN + CHUNKED + PLAIN, step=step)

    assert [answer.json() for answer in answers] == [{"a": 1}, {"a": 2}, {"a": 1}]


def test_body_without_a_length_ends_with_the_connection():
    reader = AnswerReader()

    assert reader.feed(b"HTTP/1.1 200 OK\r\n\r\nsome ") is None
    assert reader.feed(b"text") is None
    assert reader.end() == (200, b"some text", True)


@pytest.mark.parametrize("stream", [b"SSH-2.0-OpenSSH\r\n\r\n", b"x" * 70_000])
def test_what_is_not_http_is_refused(stream):
    with pytest.raises(MalformedHttp):
        AnswerReader().feed(stream)


def test_request_is_spelled_out():
    client = Client("http://127.0.0.1:8123", token="k")

    assert client.request("POST", "/a/", b"{}") == (
        b"POST /a/ HTTP/1.1\r\nHost: 127.0.0.1:8123\r\nAccept: */*\r\nAuthorization: Token k\r\n"
        b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    )


def served(answers: list[bytes], talk) -> tuple:
    """What `talk` returns against a server that gives these answers, and its connections."""
    connections = []

    async def serve(reader, writer) -> None:
        connections.append(writer)
        while answers:
            try:
                await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                return
            answer = answers.pop(0)
            writer.write(answer)
            if answer == EMPTY or not answer:
                writer.close()
                return

    async def play():
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        client = Client(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        try:
            return await talk(client)
        finally:
            client.close()
            server.close()

    return asyncio.run(play()), len(connections)


def test_connection_is_kept_and_opened_again_behind_a_last_answer():
    async def talk(client):
        return [await client.get("/") for _ in range(4)]

    answers, connections_count = served([PLAIN, EMPTY, PLAIN, PLAIN], talk)

    assert answers == [{"a": 1}, None, {"a": 1}, {"a": 1}]
    assert connections_count == 2


def test_question_is_asked_again_where_the_server_left_a_kept_connection():
    async def talk(client):
        return [await client.get("/") for _ in range(2)]

    assert served([PLAIN, b"", PLAIN], talk) == ([{"a": 1}, {"a": 1}], 2)


def test_refusal_carries_the_code():
    body = b'{"code":"insufficient_funds","message":"Too little.","data":{"needed":"1.00"}}'
    refusal = b"HTTP/1.1 409 Conflict\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)

    with pytest.raises(Refused, match=r"GET /: 409 insufficient_funds Too little\.") as caught:
        served([refusal], lambda client: client.get("/"))

    assert (caught.value.status, caught.value.code) == (409, "insufficient_funds")
    assert caught.value.data == {"needed": "1.00"}

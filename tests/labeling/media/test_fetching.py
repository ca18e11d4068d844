"""Fetching from hostile servers: real ones, on loopback, each allowed by name or not at all."""

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from labeling.errors import (
    LabelingError,
    MalformedAddress,
    MediaElsewhereRefused,
    MediaEncoded,
    MediaTooLarge,
    MediaTooSlow,
    MediaUnreachable,
    PrivateAddress,
    TooManyRedirects,
    WrongMediaType,
)
from labeling.media import fetching, files
from tests.labeling.media import samples

LIMIT_BYTES = 100_000
PNG = samples.picture()


class Hostile(BaseHTTPRequestHandler):
    """Answers each path in its own way."""

    protocol_version = "HTTP/1.1"
    asked: list[str] = []
    private = ""  # another server's address, which is not allowed

    def do_GET(self) -> None:
        self.asked.append(self.path)
        getattr(self, self.path.strip("/").split("?")[0])()

    def log_message(self, *words: object) -> None:
        pass

    def send(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def picture(self) -> None:
        self.send(PNG, Content_Type="text/html")

    def page(self) -> None:
        self.send(samples.HTML, Content_Type="image/png")

    def svg(self) -> None:
        self.send(samples.SVG, Content_Type="image/svg+xml")

    def missing(self) -> None:
        self.send(b"", 404)

    def moved(self) -> None:
        self.send(b"", 302, Location="/picture")

    def loop(self) -> None:
        self.send(b"", 302, Location="/loop")

    def inwards(self) -> None:
        self.send(b"", 302, Location=f"{self.private}/picture")

    def metadata(self) -> None:
        self.send(b"", 302, Location="http://169.254.169.254/latest/meta-data/")

    def file(self) -> None:
        self.send(b"", 302, Location="file:///etc/passwd")

    def huge(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(10**12))
        self.end_headers()

    def endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        self.pour(PNG * 100)

    def drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "50000")
        self.end_headers()
        self.pour(b"x", pause=0.05)

    def slow_head(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        self.pour(b"x", pause=0.05)

    def silent(self) -> None:
        time.sleep(3)

    def packed(self) -> None:
        self.send(gzip.compress(b"\0" * 10_000_000), Content_Encoding="gzip")

    def pour(self, piece: bytes, pause: float = 0) -> None:
        try:
            while True:
                self.wfile.write(piece)
                self.wfile.flush()
                time.sleep(pause)
        except OSError:
            self.close_connection = True


@pytest.fixture
def serve() -> Iterator[Callable[[], str]]:
    started = []

    def begin() -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), Hostile)
        server.daemon_threads = True
        server.block_on_close = False
        threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
        started.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield begin
    for server in started:
        server.shutdown()
        server.server_close()


@pytest.fixture
def url(serve, settings, tmp_path: Path) -> str:
    """A server that is allowed, beside one that is not."""
    settings.STIPEND_MEDIA_ROOT = str(tmp_path)
    settings.STIPEND_FETCH_SECONDS = 1
    address, Hostile.private = serve(), serve()
    settings.STIPEND_FETCH_ALLOWED = [address.removeprefix("http://")]
    Hostile.asked = []
    return address


def leftovers() -> list[Path]:
    folder = files._folder("incoming")
    return list(folder.iterdir())


def test_a_picture_is_kept_by_its_bytes_whatever_it_is_called(url):
    kept = fetching.fetch(f"{url}/picture", limit_bytes=LIMIT_BYTES)

    assert kept.kind.content_type == "image/png"
    assert files.path_of(kept.name).read_bytes() == PNG
    assert leftovers() == []


def test_a_redirect_is_followed(url):
    kept = fetching.fetch(f"{url}/moved", limit_bytes=LIMIT_BYTES)

    assert kept.size_bytes == len(PNG)
    assert Hostile.asked == ["/moved", "/picture"]


REFUSALS: list[tuple[str, type[LabelingError]]] = [
    ("page", WrongMediaType),
    ("svg", WrongMediaType),
    ("missing", MediaElsewhereRefused),
    ("loop", TooManyRedirects),
    ("inwards", PrivateAddress),
    ("metadata", PrivateAddress),
    ("file", MalformedAddress),
    ("huge", MediaTooLarge),
    ("endless", MediaTooLarge),
    ("packed", MediaEncoded),
    ("drip", MediaTooSlow),
    ("slow_head", MediaTooSlow),
    ("silent", MediaTooSlow),
]


@pytest.mark.parametrize(("path", "problem"), REFUSALS)
def test_hostile_servers_are_refused_in_time_and_leave_nothing(url, path, problem):
    began = time.monotonic()

    with pytest.raises(problem):
        fetching.fetch(f"{url}/{path}", limit_bytes=LIMIT_BYTES)

    assert time.monotonic() - began < 2.5
    assert leftovers() == []
    assert len(Hostile.asked) <= 4


def test_a_private_place_is_never_connected_to(url):
    address = f"{Hostile.private}/picture"
    for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]"):
        with pytest.raises((PrivateAddress, MediaUnreachable)):
            fetching.fetch(address.replace("127.0.0.1", host), limit_bytes=LIMIT_BYTES)

    assert Hostile.asked == []


def test_a_name_that_is_bound_anew_leads_nowhere_else(url, monkeypatch):
    """Asked once a fetch: the address that was checked is the one that is connected to."""
    allowed, private = (int(one.rpartition(":")[2]) for one in (url, Hostile.private))
    lookups: list[str] = []
    honest = socket.getaddrinfo

    def resolve(host: str, port: int, *words: object, **more: object) -> object:
        if host != "rebinding.example":
            return honest(host, port, *words, **more)
        lookups.append(host)
        numbered = "127.0.0.1" if len(lookups) == 1 else "127.0.0.2"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (numbered, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr("asyncio.base_events.socket.getaddrinfo", resolve)

    fetching.fetch(f"http://rebinding.example:{allowed}/picture", limit_bytes=LIMIT_BYTES)
    first = list(lookups)
    with pytest.raises(PrivateAddress):
        fetching.fetch(f"http://rebinding.example:{private}/picture", limit_bytes=LIMIT_BYTES)

    assert first == ["rebinding.example"]
    assert Hostile.asked == ["/picture"]


@pytest.mark.parametrize(
    "address",
    [
        *("ftp://127.0.0.1/a", "file:///etc/passwd", "//x", "", "http://", "http://a:b@c.example/"),
        *("http://2130706433/", "http://127.1/", "http://x:99999/", "gopher://x"),
    ],
)
def test_what_is_no_address_of_the_web_is_refused(address, url):
    with pytest.raises((MalformedAddress, PrivateAddress)):
        fetching.fetch(address, limit_bytes=LIMIT_BYTES)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1"),
        *("::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:1::1"),
        *("fec0::1", "2001:db8::1", "::127.0.0.1", "no number"),
    ],
)
def test_no_place_of_a_private_network_is_public(host):
    assert not fetching.is_public(host)


@pytest.mark.parametrize(
    "host",
    [
        *("192.0.0.8", "192.0.0.9", "192.0.0.10", "192.0.0.192", "::ffff:192.0.0.192"),
        *("168.63.129.16", "::ffff:168.63.129.16", "100.100.100.200", "192.88.99.1"),
        *("fd00:ec2::254", "fd20:ce::254", "fe80::a9fe:a9fe", "3fff::1", "3fff:fff::1"),
        *(
            "64:ff9b:1::7f00:1",
            "2001:1::1",
            "2001:20::1",
            "2001:1ff::1",
            "5f00::1",
            "::ffff:0:7f00:1",
        ),
    ],
)
def test_what_a_cloud_or_a_network_tells_its_own_is_not_public(host):
    assert not fetching.is_public(host)


@pytest.mark.parametrize(
    "host",
    [
        *("8.8.8.8", "192.0.1.1", "168.63.129.17", "192.88.98.1", "::ffff:8.8.8.8"),
        *("2606:4700:4700::1111", "2001:200::1", "2001:4860:4860::8888", "2003::1", "3ffe::1"),
    ],
)
def test_places_of_the_internet_are_public(host):
    assert fetching.is_public(host)

"""Fetching over TLS: from who can show that they are the host of the address, and nobody else."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import certifi
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from labeling.errors import MediaUnreachable
from labeling.media import fetching, files
from tests.labeling.media import samples

HOST = "pictures.example"
LIMIT_BYTES = 100_000
PNG = samples.picture()
SIGNS = x509.KeyUsage(
    key_cert_sign=True,
    crl_sign=True,
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    encipher_only=False,
    decipher_only=False,
)


class Authority:
    """Signs certificates; who trusts its own trusts them."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.key = folder, ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        own = self._begun(self.name, self.key, days=9)
        own = own.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        own = own.add_extension(SIGNS, critical=True)
        key_id = x509.SubjectKeyIdentifier.from_public_key(self.key.public_key())
        own = own.add_extension(key_id, critical=False)
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(self._signed(own))

    def _begun(self, name: x509.Name, key: ec.EllipticCurvePrivateKey, *, days: int):
        end = datetime.now(UTC) + timedelta(days=days)
        builder = x509.CertificateBuilder(self.name, name, key.public_key())
        builder = builder.serial_number(x509.random_serial_number())
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        builder = builder.add_extension(issuer, critical=False)
        return builder.not_valid_before(end - timedelta(days=99)).not_valid_after(end)

    def _signed(self, builder: x509.CertificateBuilder) -> bytes:
        signed = builder.sign(self.key, hashes.SHA256())
        return signed.public_bytes(serialization.Encoding.PEM)

    def certificate(self, host: str, *, days: int = 1) -> Path:
        """A file with a new key and its certificate, for this host; of -1 days it is over."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = self._begun(x509.Name([]), key, days=days)
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        file = self.folder / f"{host}.pem"
        file.write_bytes(private + self._signed(builder.add_extension(names, critical=True)))
        return file


class Pictures(BaseHTTPRequestHandler):
    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(PNG)

    def log_message(self, *words: object) -> None:
        pass


class Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *words: object) -> None:
        """Whoever does not trust us hangs up."""


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch) -> Iterator[Authority]:
    """An authority that the product trusts."""
    authority = Authority(tmp_path, "trusted")
    monkeypatch.setattr(certifi, "where", lambda: str(authority.file))
    fetching._trusted.cache_clear()
    yield authority
    fetching._trusted.cache_clear()


@pytest.fixture
def serve(settings, tmp_path: Path, monkeypatch) -> Iterator[Callable[[Path], str]]:
    """Starts HOST with this certificate; the answer is the address of a picture there."""
    settings.STIPEND_MEDIA_ROOT = str(tmp_path / "media")
    Pictures.asked, started, honest = [], [], socket.getaddrinfo

    def resolve(host: str, port: int, *words: object, **more: object) -> object:
        return honest("127.0.0.1" if host == HOST else host, port, *words, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)

    def begin(certificate: Path) -> str:
        server = Quiet(("127.0.0.1", 0), Pictures)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
        started.append(server)
        settings.STIPEND_FETCH_ALLOWED = [f"127.0.0.1:{server.server_port}"]
        return f"https://{HOST}:{server.server_port}/cat.png"

    yield begin
    for server in started:
        server.shutdown()
        server.server_close()


def test_a_host_that_shows_who_it_is_gives_the_picture(serve, trusted):
    address = serve(trusted.certificate(HOST))

    kept = fetching.fetch(address, limit_bytes=LIMIT_BYTES)

    assert files.path_of(kept.name).read_bytes() == PNG
    assert Pictures.asked == ["/cat.png"]


@pytest.mark.parametrize("fault", ["another host's", "over", "nobody's"])
def test_any_other_certificate_and_nothing_is_asked_for(serve, trusted, tmp_path, fault):
    certificate = {
        "another host's": lambda: trusted.certificate("other.example"),
        "over": lambda: trusted.certificate(HOST, days=-1),
        "nobody's": lambda: Authority(tmp_path, "stranger").certificate(HOST),
    }[fault]()

    with pytest.raises(MediaUnreachable):
        fetching.fetch(serve(certificate), limit_bytes=LIMIT_BYTES)

    assert Pictures.asked == []

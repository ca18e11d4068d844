"""Fetches what a requester's address names, and never anything of our own network.

Hostile all the way: the address, whoever answers for the name, who listens there, what they send.
So the address is checked where the socket is opened, and the connection goes to that address: a
name that says something else a moment later changes nothing, nor does a redirect, which is another
fetch and checked like the first. Bytes, time and redirects are bounded, nothing is unpacked, and
what arrives is kept only if its bytes are an image or a recording.
"""

import asyncio
import socket
import ssl
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import aiohttp
import certifi
from django.conf import settings
from yarl import URL

from labeling.errors import (
    MalformedAddress,
    MediaElsewhereRefused,
    MediaEncoded,
    MediaTooLarge,
    MediaTooSlow,
    MediaUnreachable,
    PrivateAddress,
    TooManyRedirects,
)
from labeling.media import files

REDIRECTS = {301, 302, 303, 307, 308}
# What Python's releases disagree about or take as anybody's (is_global follows IANA's registries of
# special addresses as they were at its release), and is inside a network, not behind one:
CLOSED = [
    ip_network(one)
    for one in (
        "192.0.0.0/24",  # protocols between neighbours; .192 tells a cloud's machines their secrets
        "192.88.99.0/24",  # relays of 6to4, as a network sets them up for itself
        "168.63.129.16/32",  # Azure's platform, as its machines see it
        "3fff::/20",  # for examples in books (RFC 9637)
        "2001::/23",  # protocols; Teredo leads to an IPv4 address of somebody's choice
        "2002::/16",  # so does 6to4
        "64:ff9b::/96",  # and NAT64
        "64:ff9b:1::/48",  # in a network of one's own too (RFC 8215)
        "::/96",  # and what went before them
        "fec0::/10",  # sites of IPv6's first years
    )
]
HEADERS = {
    "Accept": "image/*, audio/*",
    "Accept-Encoding": "identity",
    "User-Agent": "Stipend (fetches media of labeling projects)",
}


def fetch(address: str, *, limit_bytes: int) -> files.Kept:
    """What is at that address is a file of ours.

    Blocks for STIPEND_FETCH_SECONDS at most. Raises MalformedAddress, PrivateAddress,
    MediaUnreachable, MediaElsewhereRefused, MediaTooSlow, MediaTooLarge, TooManyRedirects,
    MediaEncoded, and what `kinds.of` raises.
    """
    with files.Writing(limit_bytes=limit_bytes) as writing:
        asyncio.run(_fetch_in_time(address, writing))
        return writing.keep()


async def _fetch_in_time(address: str, writing: files.Writing) -> None:
    seconds = settings.STIPEND_FETCH_SECONDS
    try:
        async with asyncio.timeout(seconds):
            await _follow(address, writing)
    except TimeoutError:
        raise MediaTooSlow(seconds=seconds)
    except aiohttp.InvalidURL:
        raise MalformedAddress()
    except (aiohttp.ClientError, OSError) as error:
        raise MediaUnreachable() from error


async def _follow(address: str, writing: files.Writing) -> None:
    url = _read(address)
    async with _session() as session:
        for _ in range(settings.STIPEND_FETCH_REDIRECTS + 1):
            async with session.get(url, allow_redirects=False) as answer:
                if answer.status not in REDIRECTS:
                    await _receive(answer, writing)
                    return
                url = _read(answer.headers.get("Location", ""), base=url)
    raise TooManyRedirects(limit=settings.STIPEND_FETCH_REDIRECTS)


def _session() -> aiohttp.ClientSession:
    """Remembers nothing, believes no environment, and opens sockets to checked addresses only."""
    connector = aiohttp.TCPConnector(
        ssl=_trusted(),
        resolver=aiohttp.ThreadedResolver(),
        socket_factory=_socket_to,
        happy_eyeballs_delay=None,
        use_dns_cache=False,
        force_close=True,
    )
    return aiohttp.ClientSession(
        connector=connector,
        timeout=aiohttp.ClientTimeout(total=settings.STIPEND_FETCH_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        headers=HEADERS,
    )


@cache
def _trusted() -> ssl.SSLContext:
    """The machine's authorities and the usual ones."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


async def _receive(answer: aiohttp.ClientResponse, writing: files.Writing) -> None:
    if answer.status != 200:
        raise MediaElsewhereRefused(status=answer.status)
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise MediaEncoded()
    if (answer.content_length or 0) > writing.limit_bytes:
        raise MediaTooLarge(limit_bytes=writing.limit_bytes)
    async for chunk in answer.content.iter_any():
        writing.write(chunk)


def _read(address: str, *, base: URL | None = None) -> URL:
    """The address, seen from `base`; only http and https, and no passwords in it."""
    try:
        url = URL(address) if base is None else base.join(URL(address))
        port = url.port
    except (ValueError, TypeError):
        raise MalformedAddress()
    if url.scheme not in ("http", "https") or not url.host or not port or url.user or url.password:
        raise MalformedAddress()
    return url.with_fragment(None)


# --- Where a connection may lead ------------------------------------------------------------


def _socket_to(target: aiohttp.AddrInfoType) -> socket.socket:
    """A socket for this resolved address; raises PrivateAddress before there is one."""
    family, kind, protocol, _, (host, port, *_) = target
    if not is_public(str(host)) and f"{host}:{port}" not in settings.STIPEND_FETCH_ALLOWED:
        raise PrivateAddress()
    return socket.socket(family, kind, protocol)


def is_public(host: str) -> bool:
    """True if this numeric address is one of the public internet, and of one machine there."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return _is_global(address) and not any(address in network for network in CLOSED)


def _is_global(address: IPv4Address | IPv6Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved

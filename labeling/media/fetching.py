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
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

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
# IPv6 that leads to an IPv4 address of somebody's choice: NAT64, and what went before it.
TUNNELS = [IPv6Network(one) for one in ("64:ff9b::/96", "2002::/16", "2001::/32", "::/96")]
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
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return _is_global(address.ipv4_mapped)
        if address.is_site_local or any(address in one for one in TUNNELS):
            return False
    return _is_global(address)


def _is_global(address: IPv4Address | IPv6Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved

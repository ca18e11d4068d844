"""Small files of every kind, made here."""

import io
import struct
import wave
import zlib

from PIL import Image


def picture(kind: str = "PNG", *, side: int = 8, colour: str = "red") -> bytes:
    packed = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(packed, kind)
    return packed.getvalue()


def noise(kind: str, *, side: int = 64) -> bytes:
    """A picture of which every part takes room."""
    packed = io.BytesIO()
    Image.effect_noise((side, side), 50).convert("RGB").save(packed, kind)
    return packed.getvalue()


def moving(kind: str) -> bytes:
    """Three frames."""
    packed = io.BytesIO()
    first, *others = (Image.new("RGB", (8, 8), colour) for colour in ("red", "green", "blue"))
    first.save(packed, kind, save_all=True, append_images=others)
    return packed.getvalue()


def png_of(pixels: bytes) -> bytes:
    """Eight grey pixels by eight, says the head; these are there, and every checksum is right."""
    head = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    pieces = {b"IHDR": head, b"IDAT": pixels, b"IEND": b""}
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in pieces.items()
    )


def wav(*, seconds: float = 0.1, rate: int = 8000) -> bytes:
    packed = io.BytesIO()
    with wave.open(packed, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(b"\0\0" * int(rate * seconds))
    return packed.getvalue()


def mp3(*, tag: bytes = b"") -> bytes:
    """Two frames of silence: MPEG 1 layer III, 128 kbit/s, 44,100 Hz."""
    return tag + (b"\xff\xfb\x90\x00" + b"\0" * 413) * 2


def ogg(codec: bytes = b"\x01vorbis") -> bytes:
    return b"OggS\0\x02" + b"\0" * 20 + b"\x01\x1e" + codec + b"\0" * 23


def bomb(side: int = 50_000) -> bytes:
    """The head of a picture with more pixels than a phone can hold."""
    raw = bytearray(picture())
    raw[16:24] = struct.pack(">II", side, side)
    raw[29:33] = struct.pack(">I", zlib.crc32(raw[12:29]))
    return bytes(raw)


BLACK = zlib.compress(b"\0" * 9 * 8)  # the pixels of eight rows of eight
KINDS = {
    "png": picture("PNG"),
    "jpg": picture("JPEG"),
    "gif": picture("GIF"),
    "webp": picture("WEBP"),
    "wav": wav(),
    "mp3": mp3(),
    "ogg": ogg(),
}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"

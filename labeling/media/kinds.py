"""What a file is, decided by its bytes: never by its name, nor by what somebody says it is.

A header that promises more pixels than allowed is refused before any memory is spent on them, here
and on the phones that would show them. Then the image is decoded, the first one of those that move:
nobody is sent a picture that breaks off. No SVG and no HTML: what could run is no image.
"""

from dataclasses import dataclass
from threading import Lock
from typing import BinaryIO

from django.conf import settings
from PIL import Image

from labeling.errors import BrokenMedia, TooManyPixels, WrongMediaType

HEAD_BYTES = 4096
ID3_BYTES = 10  # of the head of an ID3 tag
MP3_RATES = {0b11: (44100, 48000, 32000), 0b10: (22050, 24000, 16000), 0b00: (11025, 12000, 8000)}
KBITS_1 = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
KBITS_2 = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
SMALLEST = (1, 1)  # a JPEG is read to its end all the same, with an eighth of its height and width
CODECS = (b"\x01vorbis", b"OpusHead", b"\x7fFLAC")  # that browsers play out of an Ogg file

_decoding = Lock()  # their memory: four bytes a pixel


@dataclass(frozen=True)
class Kind:
    """How files of a kind end, and what browsers are told that they are."""

    ending: str
    content_type: str
    picture: str = ""  # the name of the one format it is opened as; none: it is a recording


PNG = Kind("png", "image/png", "PNG")
JPEG = Kind("jpg", "image/jpeg", "JPEG")
WEBP = Kind("webp", "image/webp", "WEBP")
GIF = Kind("gif", "image/gif", "GIF")
MP3 = Kind("mp3", "audio/mpeg")
WAV = Kind("wav", "audio/wav")
OGG = Kind("ogg", "audio/ogg")
KINDS = {one.ending: one for one in (PNG, JPEG, WEBP, GIF, MP3, WAV, OGG)}


def of(file: BinaryIO) -> Kind:
    """The kind of this file, which can be shown; raises WrongMediaType, BrokenMedia, TooManyPixels.

    The file may stand anywhere afterwards.
    """
    file.seek(0)
    kind = _promised(file.read(HEAD_BYTES), file)
    if kind.picture:
        _look_at(file, kind)
    return kind


def _promised(head: bytes, file: BinaryIO) -> Kind:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if head.startswith(b"RIFF") and head[8:12] in (b"WEBP", b"WAVE"):
        return WEBP if head[8:12] == b"WEBP" else WAV
    if head.startswith(b"OggS") and head[28:].startswith(CODECS):
        return OGG
    if _is_mp3(head, file):
        return MP3
    raise WrongMediaType()


def _look_at(file: BinaryIO, kind: Kind) -> None:
    try:
        with _opened(file, kind) as image:
            is_too_large = image.width * image.height > settings.STIPEND_MEDIA_PIXELS
            if not is_too_large:
                image.verify()
        if not is_too_large:
            _decode(file, kind)
    except Image.DecompressionBombError:
        is_too_large = True
    except Exception as error:  # the library has no one type for what is broken
        raise BrokenMedia() from error
    if is_too_large:
        raise TooManyPixels(limit=settings.STIPEND_MEDIA_PIXELS)


def _opened(file: BinaryIO, kind: Kind) -> Image.Image:
    file.seek(0)
    return Image.open(file, formats=[kind.picture])


def _decode(file: BinaryIO, kind: Kind) -> None:
    """Raises what the library does for pixels that cannot be read; one image at a time has them."""
    with _decoding, _opened(file, kind) as image:
        image.draft(None, SMALLEST)
        image.load()


def _is_mp3(head: bytes, file: BinaryIO) -> bool:
    """Two frames in a row, behind a tag or at once: a lone mark stands in many a file."""
    start = 0
    if head.startswith(b"ID3") and len(head) >= ID3_BYTES:
        start = ID3_BYTES + sum((head[6 + place] & 127) << (21 - 7 * place) for place in range(4))
    first = _frame_bytes(_at(file, start))
    return bool(first and _frame_bytes(_at(file, start + first)))


def _at(file: BinaryIO, place: int) -> bytes:
    file.seek(place)
    return file.read(4)


def _frame_bytes(head: bytes) -> int:
    """The length of the frame of layer III that begins with these bytes; 0 if none does.

    ISO/IEC 11172-3 and 13818-3: eleven bits set, version, layer, bit rate, sampling rate, padding.
    """
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0 or head[1] & 0x06 != 0x02:
        return 0
    version, rate_at, kbit_at = head[1] >> 3 & 3, head[2] >> 2 & 3, head[2] >> 4
    if version not in MP3_RATES or rate_at == 3 or kbit_at in (0, 15):
        return 0
    kbits, samples = (KBITS_1, 144) if version == 0b11 else (KBITS_2, 72)
    rate = MP3_RATES[version][rate_at]
    return samples * kbits[kbit_at - 1] * 1000 // rate + (head[2] >> 1 & 1)

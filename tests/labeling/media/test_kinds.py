"""What a file is, its bytes say."""

import io

import pytest

from labeling.errors import BrokenMedia, TooManyPixels, WrongMediaType
from labeling.media import kinds
from tests.labeling.media import samples


@pytest.mark.parametrize("ending", samples.KINDS)
def test_every_kind_is_known_by_its_bytes(ending):
    assert kinds.of(io.BytesIO(samples.KINDS[ending])).ending == ending


def test_a_recording_may_stand_behind_a_tag():
    tag = b"ID3\x04\0\0\0\0\x01\x00" + b"\0" * 128

    assert kinds.of(io.BytesIO(samples.mp3(tag=tag))) is kinds.MP3


@pytest.mark.parametrize(
    "content",
    [
        *(samples.SVG, samples.HTML, b"", b"\xff\xfb", b"\xff\xfb\x90\x00" + b"\0" * 500),
        *(b"%PDF-1.7", b"RIFF\0\0\0\0AVI ", samples.ogg(b"\x80theora"), b"ID3\x04\0\0"),
        *(b"ID3\x04\0\0\x7f\x7f\x7f\x7f", b"<?xml version='1.0'?>" + samples.SVG),
    ],
)
def test_nothing_else_is_taken(content):
    with pytest.raises(WrongMediaType):
        kinds.of(io.BytesIO(content))


def test_a_picture_of_too_many_pixels_is_refused_by_its_head():
    with pytest.raises(TooManyPixels):
        kinds.of(io.BytesIO(samples.bomb(50_000)))
    with pytest.raises(TooManyPixels):
        kinds.of(io.BytesIO(samples.bomb(8_000)))


def test_a_picture_that_cannot_be_opened_is_refused():
    with pytest.raises(BrokenMedia):
        kinds.of(io.BytesIO(b"\x89PNG\r\n\x1a\n" + b"\0" * 50))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_picture_that_breaks_off_is_refused(kind, share):
    content = samples.noise(kind)

    assert kinds.of(io.BytesIO(content)).picture == kind
    with pytest.raises(BrokenMedia):
        kinds.of(io.BytesIO(content[: int(len(content) * share)]))


def test_a_picture_whole_by_its_checksums_is_decoded_all_the_same():
    assert kinds.of(io.BytesIO(samples.png_of(samples.BLACK))) is kinds.PNG
    with pytest.raises(BrokenMedia):
        kinds.of(io.BytesIO(samples.png_of(b"no pixels")))


def test_pictures_that_move_are_pictures():
    assert kinds.of(io.BytesIO(samples.moving("GIF"))) is kinds.GIF
    assert kinds.of(io.BytesIO(samples.moving("WEBP"))) is kinds.WEBP

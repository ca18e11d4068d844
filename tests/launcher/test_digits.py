"""The demo's images."""

import io

import pytest
from PIL import Image

from launcher import digits


def test_digit_is_a_picture_to_be_kept_for_long(client):
    answer = client.get("/images/digits/0.png")

    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/png"
    assert "immutable" in answer["Cache-Control"]
    assert Image.open(io.BytesIO(answer.content)).size == (128, 128)


@pytest.mark.parametrize("number", ["1797", "99999999999999999999"])
def test_no_digit_beyond_the_last(client, number):
    assert client.get(f"/images/digits/{number}.png").status_code == 404


def test_they_are_small_and_different():
    images = {digits.png(number) for number in range(0, digits.COUNT, 9)}

    assert len(images) == 200
    assert max(len(image) for image in images) < 4000

"""The 1,797 real handwritten digits of scikit-learn as images; which digit it is, is not told.

E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, UCI 1998.
"""

import gzip
import io
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import Image

COUNT = 1797
SIDE, DARKEST = 8, 16  # pixels of the original, and its range of greys
SHOWN_PIXELS, SHOWN_GREYS = 128, 16


@lru_cache(maxsize=COUNT)
def png(number: int) -> bytes:
    """The image of that number, dark on light; raises IndexError beyond the last."""
    greys = bytes(255 - int(grey) * 255 // DARKEST for grey in _pixels()[number])
    shown = Image.frombytes("L", (SIDE, SIDE), greys)
    shown = shown.resize((SHOWN_PIXELS, SHOWN_PIXELS), Image.Resampling.BICUBIC).quantize(
        SHOWN_GREYS
    )
    packed = io.BytesIO()
    shown.save(packed, "PNG", optimize=True)
    return packed.getvalue()


@cache
def _pixels() -> list[list[str]]:
    """64 greys for each image; the file's last column, the truth, is left out."""
    package = find_spec("sklearn")  # found, not imported: that would take a second
    if package is None or package.origin is None:
        raise IndexError("scikit-learn is not installed: the digits come with it.")
    file = Path(package.origin).parent / "datasets" / "data" / "digits.csv.gz"
    lines = gzip.decompress(file.read_bytes()).decode().splitlines()
    return [line.split(",")[: SIDE * SIDE] for line in lines]

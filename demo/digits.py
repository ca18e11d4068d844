"""The 1,797 real handwritten digits: their addresses on the product, and the truth kept aside.

E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, UCI 1998, as it comes with
scikit-learn.
"""

import csv
import gzip
import io
from importlib.util import find_spec
from pathlib import Path
from typing import Any

CONFIG = (
    '<View><Image name="image" value="$image"/><Choices name="digit" toName="image" '
    'choice="single" required="true" showInLine="true">'
    + "".join(f'<Choice value="{digit}"/>' for digit in range(10))
    + "</Choices></View>"
)
TITLE = "Handwritten digits"
INSTRUCTIONS = (
    "Which digit is this? The images are small and some are badly written: "
    "go with your first impression."
)
COUNT = 1797


def truth() -> dict[str, int]:
    """The digit of each image, by its address on the product, in the order of the data set."""
    package = find_spec("sklearn")  # found, not imported: it would take a second
    if package is None or package.origin is None:
        raise RuntimeError("scikit-learn is not installed: the digits come with it.")
    packed = Path(package.origin).parent / "datasets" / "data" / "digits.csv.gz"
    rows = csv.reader(io.StringIO(gzip.decompress(packed.read_bytes()).decode()))
    return {f"/images/digits/{number}.png": int(row[-1]) for number, row in enumerate(rows)}


def result(digit: int) -> list[dict[str, Any]]:
    """The answer that says this digit, in label-studio's result format."""
    value = {"choices": [str(digit)]}
    return [{"from_name": "digit", "to_name": "image", "type": "choices", "value": value}]


def read(regions: list[dict[str, Any]] | None) -> int | None:
    """The digit that an answer or a consensus says; None if there is none."""
    return int(regions[0]["value"]["choices"][0]) if regions else None

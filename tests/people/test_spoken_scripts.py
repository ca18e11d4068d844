"""What scripts say in each language: the sentence, its plural form, numbers and times."""

import json
import os
import shutil
import subprocess

import pytest

from launcher import folders
from launcher.words import catalogues

MODULE = folders.ROOT / "people" / "static" / "words.js"
SAYING = """
globalThis.document = { documentElement: { lang: "%(language)s" } };
await import("file://%(words)s");
const { moment, number, plural } = await import("file://%(module)s");
const sent = [0, 1, 2, 3, 11].map((n) => plural("%%(count)s sent", "%%(count)s sent", n));
const left = [1, 3, 5, 11, 21].map((n) => plural(...Array(2).fill(
  "%%(count)s answer waits on this device. It is sent as soon as there is a connection."), n));
const said = { number: number(1234567.5), sent, left, moment: moment("2026-11-26T03:39Z") };
console.log(JSON.stringify(said));
"""

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="no node")


def says(language: str) -> dict:
    catalogues.compile_all()
    words = catalogues.FOLDER / language / catalogues.SCRIPT_NAME
    code = SAYING % {"language": language, "words": words, "module": MODULE}
    run = ["node", "--input-type=module", "--eval", code]
    environment = {"TZ": "UTC", "PATH": os.environ["PATH"]}
    said = subprocess.run(run, capture_output=True, text=True, check=True, env=environment)
    return json.loads(said.stdout)


@pytest.mark.parametrize(
    ("language", "number", "sent"),
    [
        (
            "es",
            "1.234.567,5",
            ["0 enviadas", "1 enviada", "2 enviadas", "3 enviadas", "11 enviadas"],
        ),
        (
            "hi",
            "12,34,567.5",
            ["0 भेजे गए", "1 भेजा गया", "2 भेजे गए", "3 भेजे गए", "11 भेजे गए"],
        ),
        (
            "ar",
            "1,234,567.5",
            ["لم يُرسل شيء", "أُرسلت واحدة", "أُرسلت اثنتان", "أُرسلت 3", "أُرسلت 11"],
        ),
    ],
)
def test_numbers_and_plural_forms(language, number, sent):
    said = says(language)

    assert (said["number"], said["sent"]) == (number, sent)
    assert "2026" in said["moment"]


def test_ukrainian_has_three_forms():
    one, few, many, teens, again = says("uk")["left"]

    assert (one[:12], few[:12], many[:13]) == ("1 відповідь ", "3 відповіді ", "5 відповідей ")
    assert (teens[:14], again[:13]) == ("11 відповідей ", "21 відповідь ")

"""Modules become one file that says the same."""

import json
import shutil
import subprocess

import pytest

from labeling.web import families
from launcher.errors import CannotRun
from launcher.statics import made, scripts

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="no node")


@needs_node
def test_a_bundle_does_what_its_modules_did(tmp_path):
    sources = {
        "words.js": "let count = 0;\nexport function next() {\n  count += 1;\n  return count;\n}\n",
        "a/two.js": 'import { next } from "../words.js";\n// two\nexport const two = next();\n',
        "a/three.js": (
            'import { two } from "./two.js";\nimport { next } from "../words.js";\n'
            "const count = 10; // its own\n"
            "export class Sum {\n  get value() { return two + next() + count; }\n}\n"
        ),
    }
    bundle = tmp_path / "bundle.mjs"
    bundle.write_text(scripts.bundled(sources))
    later = tmp_path / "later.mjs"
    later.write_text(
        'import { Sum, two } from "./bundle.mjs";\n'
        "console.log(JSON.stringify([two, new Sum().value]));\n"
    )

    said = subprocess.run(["node", str(later)], capture_output=True, text=True, check=True).stdout

    assert json.loads(said) == [1, 13]


def test_a_module_outside_imports_from_the_bundle():
    source = (
        'import { a } from "../a.js";\nimport { b } from "./b.js";\n\nexport const c = a + b;\n'
    )

    pointed = scripts.pointed(source, path="x/c.js", at={"a.js": "x/all.js"})

    assert pointed == (
        'import { a } from "./all.js";\nimport { b } from "./b.js";\n\nexport const c = a + b;\n'
    )


@pytest.mark.parametrize(
    "source",
    [
        'import * as all from "./b.js";\n',
        "export default 1;\n",
        'import { a } from "./missing.js";\n',
    ],
)
def test_what_is_not_understood_is_refused(source):
    with pytest.raises(CannotRun):
        scripts.bundled({"a.js": source})


def test_two_exports_of_one_name_are_refused():
    with pytest.raises(CannotRun):
        scripts.bundled({"a.js": "export const x = 1;\n", "b.js": "export const x = 2;\n"})


@needs_node
def test_everything_that_is_sent_can_be_read(tmp_path):
    for name, content in made.files().items():
        if name.endswith(".js"):
            file = tmp_path / f"{name.replace('/', '-')}.mjs"
            file.write_text(content)
            subprocess.run(["node", "--check", str(file)], check=True, capture_output=True)


def test_the_look_has_what_the_pages_need():
    look = made.files()["look.css"]

    for rule in (
        "[type=checkbox][role=switch]",
        ".container",
        "[aria-busy=true]",
        "details summary",
    ):
        assert rule in look, rule
    assert "[data-tooltip]" not in look
    assert len(look) < 60_000


def test_the_labeling_page_has_all_of_its_look_in_one_file():
    sent = made.files()

    assert sent["labeling/look.css"].endswith(sent["labeling/work.css"])
    assert ".container" in sent["labeling/look.css"]
    assert ".bell" in sent["labeling/look.css"]


def test_a_text_over_several_lines_keeps_its_margins():
    source = "  // said\n  const text = `two\n  lines`;\n"

    assert scripts.squeezed(source) == source


def test_modules_are_asked_for_by_their_content():
    sent = made.files()

    assert f'from "./{digested(sent, families.BUNDLE)}"' in sent["labeling/form/choices.js"]
    assert (
        f'from "./{digested(sent, "labeling/form/spans.js")}"'
        in (sent["labeling/form/paragraphs.js"])
    )


def digested(sent: dict[str, str], name: str) -> str:
    """The served name of a made file, without its folder."""
    return made.digested(name, sent[name]).rpartition("/")[2]

"""`static-made/`: what is sent instead of the apps' own static files, made of them at each start.

`look.css` is Pico, as far as our pages use it, with our skin; `labeling/form/working.js` is the
labeling page's script with all that every page of it needs. Each lies there compressed as well.
"""

import zlib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from labeling.web import families
from launcher import folders
from launcher.statics import scripts, styles

FOLDER = folders.ROOT / "static-made"
GZIP_WINDOW = 31  # bits, and zlib's way to ask for a gzip header
APPS = ("people", "labeling", "payments")
PICO = folders.ROOT / "node_modules/@picocss/pico/css/pico.min.css"
SPEAKS_OF_TAGS = "hypertext.js"  # names every tag that a requester may use: not our words
WORDS_ARE_IN = ("templates/**/*.html", "static/**/*.js", "web/**/*.py")


def make_all() -> None:
    """The folder holds all files as they are to be sent now."""
    for name, content in files().items():
        _keep(FOLDER / name, content.encode())


def files() -> dict[str, str]:
    """What is made, by its name below /static/."""
    found = {name: file.read_text() for name, file in _sources()}
    made = {name: styles.squeezed(text) for name, text in found.items() if name.endswith(".css")}
    made["look.css"] = _look(made)
    core = {name: found[name] for name in families.CORE}
    made[families.BUNDLE] = scripts.bundled(core)
    for name in found.keys() - core.keys():
        if name.endswith(".js"):
            where = {"path": name, "bundle": families.BUNDLE, "inside": _bundled_for(name)}
            made[name] = scripts.pointed(found[name], **where)
    return made


def _bundled_for(name: str) -> set[str]:
    """Only the modules of the labeling page find their like in its bundle."""
    return set(families.CORE) if name.startswith(families.FORM) else set()


def _sources() -> Iterator[tuple[str, Path]]:
    for app in APPS:
        root = folders.ROOT / app / "static"
        for file in chain(root.rglob("*.css"), root.rglob("*.js")):
            yield file.relative_to(root).as_posix(), file


def _look(ours: dict[str, str]) -> str:
    pico = PICO.read_text() if PICO.exists() else ""
    beside = "".join(ours.values())
    return styles.trimmed(pico, sources=_words(), beside=beside) + ours["skin.css"]


def _words() -> str:
    patterns = [(folders.ROOT / app).glob(pattern) for app in APPS for pattern in WORDS_ARE_IN]
    return "\n".join(file.read_text() for file in chain(*patterns) if file.name != SPEAKS_OF_TAGS)


def _keep(file: Path, content: bytes) -> None:
    packed = file.with_name(f"{file.name}.gz")
    if file.exists() and packed.exists() and file.read_bytes() == content:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    press = zlib.compressobj(9, zlib.DEFLATED, GZIP_WINDOW, 9)
    folders.write(packed, press.compress(content) + press.flush(), mode=0o644)
    folders.write(file, content, mode=0o644)

"""`static-made/`: what is sent instead of the apps' own static files, made of them at each start.

`look.css` is Pico, as far as our pages use it, with our skin, and `labeling/look.css` all that the
labeling page has of styles; `labeling/form/working.js` is the labeling page's script with all that
every page of it needs. Each lies there compressed as well, and once more under a name with a digest
of its content: pages and modules ask for that one, so a browser may keep it for good and never
mixes two versions.
"""

import hashlib
import json
import time
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import zopfli.gzip

from labeling.web import families
from launcher import folders
from launcher.statics import scripts, styles

FOLDER = folders.ROOT / "static-made"
UNFINISHED = folders.ROOT / "static-made.new"  # web servers look through the other one
NAMES = "names.json"  # of each file, the one with its digest
DIGITS = 12  # of a digest
KEPT_SECONDS = 30 * 86_400  # an older version, for pages that are still open
APPS = ("people", "labeling", "payments")
PICO = folders.ROOT / "node_modules/@picocss/pico/css/pico.min.css"
SPEAKS_OF_TAGS = "hypertext.js"  # names every tag that a requester may use: not our words
WORDS_ARE_IN = ("templates/**/*.html", "static/**/*.js", "web/**/*.py")
WORK_LOOK = "labeling/look.css"
WORK_WORDS_ARE_IN = (
    *("people/templates/base.html", "people/static/words.js"),
    *("labeling/templates/labeling/work.html", "labeling/static/**/*.js"),
)


def make_all() -> None:
    """The folder holds all files as they are to be sent now."""
    made = files()
    UNFINISHED.mkdir(exist_ok=True)
    names = {name: digested(name, content) for name, content in made.items()}
    for name, content in made.items():
        _keep(FOLDER / name, content.encode())
        _keep(FOLDER / names[name], content.encode())
    folders.write(FOLDER / NAMES, json.dumps(names, sort_keys=True), mode=0o644, by=UNFINISHED)
    _drop_old(set(names.values()))


def files() -> dict[str, str]:
    """What is made, by its name below /static/."""
    found = {name: file.read_text() for name, file in _sources()}
    made = {name: styles.squeezed(text) for name, text in found.items() if name.endswith(".css")}
    made["look.css"], made[WORK_LOOK] = _look(made), _work_look(made)
    made[families.BUNDLE] = scripts.bundled({name: found[name] for name in families.CORE})
    modules = {name: text for name, text in found.items() if name.endswith(".js")}
    for name in modules.keys() - set(families.CORE) | {"words.js"}:
        _module(name, modules, made)
    return made


def _module(name: str, modules: dict[str, str], made: dict[str, str]) -> str:
    """Where the module is now; it, and before it those that it imports from, are made."""
    if name not in made:
        wanted = scripts.imported(modules[name], path=name)
        at = {one: _place(one, name, modules, made) for one in wanted if one in modules}
        made[name] = scripts.squeezed(scripts.pointed(modules[name], path=name, at=at))
    return digested(name, made[name])


def _place(wanted: str, by: str, modules: dict[str, str], made: dict[str, str]) -> str:
    """The labeling page's modules find their like in its bundle, all others where they are."""
    in_bundle = by.startswith(families.FORM) and wanted in families.CORE
    return _module(families.BUNDLE if in_bundle else wanted, modules, made)


def digested(name: str, content: str) -> str:
    """The name with a digest of the content in it."""
    stem, _, kind = name.rpartition(".")
    return f"{stem}.{hashlib.sha256(content.encode()).hexdigest()[:DIGITS]}.{kind}"


def _sources() -> Iterator[tuple[str, Path]]:
    for app in APPS:
        root = folders.ROOT / app / "static"
        for file in chain(root.rglob("*.css"), root.rglob("*.js")):
            yield file.relative_to(root).as_posix(), file


def _look(ours: dict[str, str]) -> str:
    words = _words(f"{app}/{pattern}" for app in APPS for pattern in WORDS_ARE_IN)
    return styles.trimmed(_pico(), sources=words, beside="".join(ours.values())) + ours["skin.css"]


def _work_look(ours: dict[str, str]) -> str:
    """Its own rules, behind Pico and the skin as far as it and its scripts have what they style."""
    own, words = ours["labeling/work.css"], _words(WORK_WORDS_ARE_IN)
    return styles.trimmed(_pico() + ours["skin.css"], sources=words, beside=own) + own


def _pico() -> str:
    return PICO.read_text() if PICO.exists() else ""


def _words(patterns: Iterable[str]) -> str:
    found = chain.from_iterable(folders.ROOT.glob(pattern) for pattern in patterns)
    return "\n".join(file.read_text() for file in found if file.name != SPEAKS_OF_TAGS)


def _keep(file: Path, content: bytes) -> None:
    packed = file.with_name(f"{file.name}.gz")
    if file.exists() and packed.exists() and file.read_bytes() == content:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    folders.write(packed, zopfli.gzip.compress(content), mode=0o644, by=UNFINISHED)
    folders.write(file, content, mode=0o644, by=UNFINISHED)


def _drop_old(current: set[str]) -> None:
    """Versions that no page can still be asking for are gone."""
    for file in FOLDER.rglob("*.*.gz"):
        whole = file.with_suffix("")
        name = whole.relative_to(FOLDER).as_posix()
        is_version = len(whole.stem.rpartition(".")[2]) == DIGITS and "." in whole.stem
        if is_version and name not in current and _age_seconds(file) > KEPT_SECONDS:
            file.unlink(missing_ok=True)
            whole.unlink(missing_ok=True)


def _age_seconds(file: Path) -> float:
    return time.time() - file.stat().st_mtime

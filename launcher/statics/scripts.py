"""Several ES modules as one file: fewer requests for a page on a slow connection.

Knows our own way to write them and refuses any other: imports of names on one line each, exports
in front of what is declared. Each module keeps a scope of its own; the file exports whatever any
of them exports, and modules that come later import from it.
"""

import posixpath
import re
from collections.abc import Mapping

from launcher.errors import CannotRun

IMPORT = re.compile(r'^import \{ ([\w, ]+) \} from "(\.[./\w-]+)";$', re.MULTILINE)
EXPORT = re.compile(r"^export ((?:async )?(?:function\*?|class|const)) (\w+)", re.MULTILINE)
REST = re.compile(r"^(?:import|export)\b.*$", re.MULTILINE)
COMMENT = re.compile(r"^\s*//.*\n?|(?<=[;,{}]) +// .*$", re.MULTILINE)
MARGIN = re.compile(r"^\s+", re.MULTILINE)


def squeezed(source: str) -> str:
    """The same script without lines of comment and margins, unless a text runs over lines."""
    if any(line.count("`") % 2 for line in source.splitlines()):
        return source
    return MARGIN.sub("", COMMENT.sub("", source))


def bundled(sources: Mapping[str, str]) -> str:
    """One module of these, named by their paths, each behind those that it imports from."""
    names = {path: f"m{number}" for number, path in enumerate(sources)}
    pieces, exported = [], set()
    for path, source in sources.items():
        own = [name for _, name in EXPORT.findall(source)]
        if doubled := exported & set(own):
            raise CannotRun(f"{path} exports {min(doubled)}, and so does another module.")
        exported |= set(own)
        body = IMPORT.sub(lambda found, path=path: _taken(path, found, names), source)
        body = EXPORT.sub(r"\1 \2", body)
        if strange := REST.search(body):
            raise CannotRun(f"{path} has an import or export that is not understood: {strange[0]}")
        inside = f"{squeezed(body)}\nreturn {{{','.join(own)}}};"
        pieces.append(f"const {names[path]}=(()=>{{\n{inside}\n}})();\n")
        if own:
            pieces.append(f"export const {{{','.join(own)}}}={names[path]};\n")
    return "".join(pieces)


def imported(source: str, *, path: str) -> list[str]:
    """The modules that this one imports from, by their paths."""
    return [_target(path, address) for _, address in IMPORT.findall(source)]


def pointed(source: str, *, path: str, at: Mapping[str, str]) -> str:
    """The module, importing from where the modules that it names are now."""

    def point(found: re.Match[str]) -> str:
        target = _target(path, found[2])
        if target not in at:
            return found[0]
        address = posixpath.relpath(at[target], posixpath.dirname(path))
        dotted = address if address.startswith(".") else f"./{address}"
        return f'import {{ {found[1]} }} from "{dotted}";'

    return IMPORT.sub(point, source)


def _taken(path: str, found: re.Match[str], names: dict[str, str]) -> str:
    target = _target(path, found[2])
    if target not in names:
        raise CannotRun(f"{path} imports {target}, which is not in the bundle.")
    return f"const {{ {found[1]} }} = {names[target]};"


def _target(path: str, address: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), address))

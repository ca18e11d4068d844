"""Less of a stylesheet: the rules whose tags, classes and attributes some page uses.

A tag is used where it stands as `<tag` or quoted, an attribute's value where it stands quoted, any
other name where it stands at all: a rule is kept rather than lost. What a page cannot have said
otherwise (`:hover`, `::after`) is not asked for.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
NEGATION = re.compile(r":not\((?:[^()]|\([^()]*\))*\)")
ALTERNATIVES = re.compile(r":(?:is|where|has)\(([^()]*)\)")
PSEUDO = re.compile(r"::?[\w-]+(?:\((?:[^()]|\([^()]*\))*\))?")
WORD = re.compile(r"[A-Za-z][\w-]*")
QUOTED = re.compile(r"""<([a-z]\w*)|["']([\w-]+)["']""")
PIECE = re.compile(r"""\.([\w-]+)|\[([\w-]+)(?:[~^$|*]?=["']?([\w-]+)["']?)?\]|([A-Za-z]\w*)""")
VARIABLE = re.compile(r"var\((--[\w-]+)")
ANIMATION = re.compile(r"animation(?:-name)?:([^;}]*)")
ALWAYS = {"html", "body", "aria-invalid", "true", "checkbox", "radio"}  # Django's forms write some
NEVER = (
    *(":host", "::-ms", "::-moz-focus", ":-moz-", "@-moz-", "[aria-invalid=false]", "nav li"),
    *(
        "nav ol",
        "nav ul",
        "select[multiple]",
        "[type=color]",
        "summary[role=button]",
        "[role=link]",
    ),
)
THEMED = re.compile(r"^\[data-theme=\w+\]")  # the device says whether it is dark

Rules = list[tuple[str, str]]


@dataclass(frozen=True)
class Vocabulary:
    """What the sources say: `quoted` are tags and whole values, `names` any word."""

    names: set[str]
    quoted: set[str]

    def has(self, selector: str) -> bool:
        """True if every tag, class and attribute of this selector is there."""
        return all(
            (not name or name in self.names)
            and (not attribute or attribute in self.names)
            and (not value or value in self.quoted)
            and (not tag or tag in self.quoted)
            for name, attribute, value, tag in PIECE.findall(PSEUDO.sub("", selector))
        )


def trimmed(style: str, *, sources: str, beside: str) -> str:
    """The rules that `sources` can use; variables and animations that are read here or `beside`."""
    quoted = {word for pair in QUOTED.findall(sources) for word in pair} | ALWAYS
    vocabulary = Vocabulary(names=set(WORD.findall(sources)) | ALWAYS, quoted=quoted)
    return _without_unread(_used(COMMENT.sub("", style), vocabulary), beside)


def squeezed(style: str) -> str:
    """The same rules without comments and room to breathe."""
    flat = re.sub(r"\s+", " ", COMMENT.sub("", style)).strip()
    return re.sub(r" ?([{};,]) ?", r"\1", flat).replace(";}", "}").replace(": ", ":")


def _rules(style: str) -> Iterator[tuple[str, str]]:
    start = 0
    while (brace := style.find("{", start)) >= 0:
        depth, end = 1, brace + 1
        while depth:
            depth += {"{": 1, "}": -1}.get(style[end], 0)
            end += 1
        yield style[start:brace].strip(), style[brace + 1 : end - 1]
        start = end


def _used(style: str, said: Vocabulary) -> str:
    kept = []
    for head, body in _rules(style):
        selectors = head.rpartition(";")[2]  # what stands before it, such as @charset, is over
        if selectors.startswith("@keyframes"):
            kept.append((selectors, body))
        elif selectors.startswith("@") and not selectors.startswith(NEVER):
            kept.append((selectors, _used(body, said)))
        else:
            some = [one for one in _parted(selectors, ",") if _is_used(one, said)]
            kept.append((",".join(some), body if some else ""))
    return _written(kept)


def _is_used(selector: str, said: Vocabulary) -> bool:
    if any(sign in selector for sign in NEVER) or THEMED.match(selector):
        return False
    bare = NEGATION.sub("", selector)
    return said.has(ALTERNATIVES.sub(lambda found: " " + _one(found[1], said), bare))


def _one(alternatives: str, said: Vocabulary) -> str:
    """The first of them that is used, or the first."""
    each = alternatives.split(",")
    return next((one for one in each if said.has(one)), each[0])


def _without_unread(style: str, beside: str) -> str:
    while True:
        read = set(VARIABLE.findall(style + beside))
        moves = set(WORD.findall(" ".join(ANIMATION.findall(style + beside))))
        fewer = _read_only(style, read, moves)
        if fewer == style:
            return style
        style = fewer


def _read_only(style: str, read: set[str], moves: set[str]) -> str:
    kept = []
    for head, body in _rules(style):
        if head.startswith("@keyframes"):
            kept.append((head, body if head.split()[1] in moves else ""))
        elif head.startswith("@"):
            kept.append((head, _read_only(body, read, moves)))
        else:
            lines = [line.strip() for line in _parted(body, ";") if line.strip()]
            is_read = [line for line in lines if line[:2] != "--" or line.split(":")[0] in read]
            kept.append((head, ";".join(is_read)))
    return _written(kept)


def _written(rules: Rules) -> str:
    return "".join(f"{head}{{{body}}}" for head, body in rules if body)


def _parted(text: str, sign: str) -> list[str]:
    """The pieces between the signs that stand outside brackets and quotes."""
    pieces, depth, quote = [""], 0, ""
    for one in text:
        if quote:
            quote = "" if one == quote else quote
        elif one in "\"'":
            quote = one
        depth += 0 if quote else (one in "([") - (one in ")]")
        if one == sign and not depth and not quote:
            pieces.append("")
        else:
            pieces[-1] += one
    return pieces

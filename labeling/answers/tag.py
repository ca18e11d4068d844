"""A tag of the configuration as it was written, and how its attributes are read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from labeling.errors import MalformedConfig

NUMBER_LIMIT = 2**53  # above it, programs disagree about what a number is


@dataclass(frozen=True)
class Tag:
    """Name, attributes by name in small letters, and the tags inside.

    label-studio does not tell `toName` from `toname`, so nobody here does.
    """

    name: str
    attributes: Mapping[str, str]
    children: tuple["Tag", ...] = ()

    def says(self, key: str) -> bool:
        """True if the attribute is there, whatever it says."""
        return key.lower() in self.attributes

    def raw(self, key: str, default: str = "") -> str:
        """The attribute as it was written."""
        return self.attributes.get(key.lower(), default)

    def text(self, key: str, default: str = "") -> str:
        """The attribute without the spaces around it."""
        return self.raw(key, default).strip()

    def flag(self, key: str) -> bool:
        """True for "true", False for "false" and where nothing is said."""
        value = self.text(key, "false").lower()
        if value not in {"true", "false"}:
            raise MalformedConfig('%(key)s is "true" or "false".', key=key)
        return value == "true"

    def one_of(self, key: str, known: tuple[str, ...]) -> str:
        """The attribute, which is one of these; the first one where nothing is said."""
        value = self.text(key, known[0])
        if value not in known:
            raise MalformedConfig(
                "%(key)s=%(value)s is not known: %(known)s.",
                key=key,
                value=repr(value[:50]),
                known=", ".join(known),
            )
        return value

    def whole(self, key: str, *, default: int, limit: int) -> int:
        """The attribute as a number from 1 to `limit`."""
        text = self.raw(key, str(default))
        short = text.isascii() and text.isdigit() and len(text) < 9
        if not (short and 1 <= int(text) <= limit):
            raise MalformedConfig(
                "%(key)s is a whole number from 1 to %(limit)s.", key=key, limit=limit
            )
        return int(text)

    def number(self, key: str) -> Decimal | None:
        """The attribute as a number, None where nothing is said."""
        if not self.says(key):
            return None
        try:
            value = Decimal(self.text(key))
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite() or abs(value) > NUMBER_LIMIT:
            raise MalformedConfig("%(key)s is a number.", key=key)
        return value

    def refuse(self, **known: str) -> None:
        """Nothing if none of these attributes says anything but what is known here.

        They would change what an answer is, and to ignore them would be to misread it.
        """
        for key, value in known.items():
            if self.text(key, value).lower() not in {"", value}:
                raise MalformedConfig(
                    "%(key)s in <%(tag)s> is not known here.", key=key, tag=self.name
                )

    def options(self) -> tuple["Option", ...]:
        """What can be chosen of the tags inside, each with a result of its own."""
        found = tuple(Option.of(child) for child in self.children)
        results = {option.result for option in found}
        if not found or "" in results or len(results) != len(found):
            raise MalformedConfig(
                "<%(tag)s> needs %(child)s tags, each with a value of its own.",
                tag=self.name,
                child=self.children[0].name if found else "Choice/Label",
            )
        return found


@dataclass(frozen=True)
class Option:
    """A Choice or Label: the words shown, and the result: its alias where it has one."""

    words: str
    result: str
    children: tuple["Option", ...] = ()

    @classmethod
    def of(cls, tag: Tag) -> "Option":
        """The option, with those inside it."""
        words = tag.text("value")
        children = tag.options() if tag.children else ()
        return cls(words, tag.text("alias") or words, children)

    def paths(self, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
        """The results from the outermost option to this one, then those of the options inside."""
        here = (*before, self.result)
        yield here
        for child in self.children:
            yield from child.paths(here)


def plain_number(value: Any) -> bool:
    """True for a finite number that all programs agree on; True and False are none."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and abs(value) <= NUMBER_LIMIT  # nothing compares with NaN

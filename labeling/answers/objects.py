"""What can be shown: one class an object, each naming the field of the task's data it shows."""

from dataclasses import dataclass
from typing import Any

from labeling.errors import MalformedField, MissingField

IMAGE_STARTS = ("https://", "http://", "data:image/")


@dataclass(frozen=True)
class Shown:
    """An object tag: `field` is the key in the task's data."""

    name: str
    field: str

    def check(self, data: dict[str, Any]) -> None:
        """Nothing if the data can be shown; raises MissingField or MalformedField."""
        value = data.get(self.field)
        if value is None or value == "":
            raise MissingField(f"The data has no {self.field!r}.", field=self.field)
        if not self.shows(value):
            raise MalformedField(f"{self.field!r} {self.wanted}.", field=self.field)

    def text(self, data: dict[str, Any]) -> str | None:
        """The text that is shown of this data; None if it is none."""
        return None

    wanted = "cannot be shown"

    def shows(self, value: Any) -> bool:
        """True if this object can show the value."""
        raise NotImplementedError


@dataclass(frozen=True)
class Text(Shown):
    """A text, or a number as a text."""

    wanted = "must be a text or a number"

    def text(self, data: dict[str, Any]) -> str | None:
        value = data.get(self.field)
        return value if isinstance(value, str) else None if value is None else str(value)

    def shows(self, value: Any) -> bool:
        return isinstance(value, str | int | float) and not isinstance(value, bool)


@dataclass(frozen=True)
class Image(Shown):
    """An image by its address: http(s), a path on this host, or a data: address."""

    wanted = "must be the address of an image"

    def shows(self, value: Any) -> bool:
        if not isinstance(value, str):
            return False
        own_path = value.startswith("/") and not value.startswith(("//", "/\\"))
        return own_path or value.lower().startswith(IMAGE_STARTS)


ShownType = type[Shown]
OBJECTS: dict[str, ShownType] = {"Text": Text, "Image": Image}

"""What can be shown: one class an object, each naming the field of the task's data it shows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from labeling.answers import hypertext
from labeling.answers.tag import Tag
from labeling.errors import MalformedConfig, MalformedField, MissingField
from labeling.errors import marked as _

TURNS_LIMIT = 2_000  # of one dialogue
ITEMS_LIMIT = 100  # of one list: comparing rankings takes its square
ADDRESS_CHARACTERS = 2_048  # of a file elsewhere

Own = Callable[[str], str]  # the address on our own origin that stands for an address


@dataclass(frozen=True)
class Shown:
    """An object tag: `field` is the key in the task's data."""

    name: str
    field: str

    tag: ClassVar[str]
    wanted: ClassVar[str] = _("%(field)s cannot be shown.")
    limits: ClassVar[Mapping[str, int]] = {}  # that `wanted` names
    plain: ClassVar[Mapping[str, str]] = {}  # attributes that may say only this

    @classmethod
    def build(cls, tag: Tag, *, name: str, field: str) -> "Shown":
        """The object that a tag of the configuration describes; raises MalformedConfig."""
        tag.refuse(**cls.plain)
        return cls(name=name, field=field)

    def check(self, data: dict[str, Any]) -> None:
        """Nothing if the data can be shown; raises MissingField or MalformedField."""
        value = data.get(self.field)
        if value is None or value == "" or value == []:
            raise MissingField("The data has no %(field)s.", field=self.field)
        if not self.shows(value):
            raise MalformedField(self.wanted, field=self.field, **self.limits)

    def seen(self, data: dict[str, Any]) -> Any:
        """What is shown of these data, as answers quote it; None if they cannot quote it."""
        return None

    def shown(self, value: Any, own: Own) -> Any:
        """The value as people are sent it."""
        return value

    def words(self, data: dict[str, Any]) -> str:
        """What is shown as a plain text, or its address."""
        return str(data.get(self.field, ""))

    def shows(self, value: Any) -> bool:
        """True if this object can show the value."""
        raise NotImplementedError


@dataclass(frozen=True)
class Text(Shown):
    """A text, or a number as a text."""

    tag: ClassVar[str] = "Text"
    wanted: ClassVar[str] = _("%(field)s must be a text or a number.")
    plain: ClassVar[Mapping[str, str]] = {"valueType": "text", "encoding": "none"}

    def seen(self, data: dict[str, Any]) -> str | None:
        value = data.get(self.field)
        return value if isinstance(value, str) else None if value is None else str(value)

    def shows(self, value: Any) -> bool:
        return isinstance(value, str | int | float) and not isinstance(value, bool)


@dataclass(frozen=True)
class HyperText(Shown):
    """A text with markup. Only what `hypertext.clean` leaves of it is ever shown."""

    tag: ClassVar[str] = "HyperText"
    wanted: ClassVar[str] = _("%(field)s must be a text with markup.")
    plain: ClassVar[Mapping[str, str]] = {"valueType": "text", "encoding": "none"}

    def seen(self, data: dict[str, Any]) -> hypertext.Document | None:
        value = data.get(self.field)
        return hypertext.document(value) if isinstance(value, str) else None

    def shown(self, value: Any, own: Own) -> Any:
        """The markup as it is shown."""
        return hypertext.clean(value) if isinstance(value, str) else value

    def words(self, data: dict[str, Any]) -> str:
        document = self.seen(data)
        return document.text if document else ""

    def shows(self, value: Any) -> bool:
        return isinstance(value, str) and bool(hypertext.document(value).text.strip())


@dataclass(frozen=True)
class Media(Shown):
    """A file by its address: http(s), a path on this host, or a data: address of its kind."""

    kind: ClassVar[str]

    def shown(self, value: Any, own: Own) -> Any:
        """The address on our own origin: a page loads nothing from anywhere else."""
        return own(value) if isinstance(value, str) else value

    def shows(self, value: Any) -> bool:
        if not isinstance(value, str):
            return False
        own_path = value.startswith("/") and not value.startswith(("//", "/\\"))
        is_elsewhere = value.lower().startswith(("https://", "http://"))
        is_inside = value.lower().startswith(f"data:{self.kind}/")
        return own_path or is_inside or (is_elsewhere and len(value) <= ADDRESS_CHARACTERS)


@dataclass(frozen=True)
class Image(Media):
    """An image by its address."""

    tag: ClassVar[str] = "Image"
    kind: ClassVar[str] = "image"
    wanted: ClassVar[str] = _("%(field)s must be the address of an image.")
    plain: ClassVar[Mapping[str, str]] = {"valueList": ""}


@dataclass(frozen=True)
class Audio(Media):
    """A recording by its address."""

    tag: ClassVar[str] = "Audio"
    kind: ClassVar[str] = "audio"
    wanted: ClassVar[str] = _("%(field)s must be the address of a recording.")


@dataclass(frozen=True)
class Paragraphs(Shown):
    """A dialogue: turns, each with a text and perhaps an author."""

    author_key: str = "author"
    text_key: str = "text"

    tag: ClassVar[str] = "Paragraphs"
    wanted: ClassVar[str] = _("%(field)s must be a list of turns, each an object with its text.")
    plain: ClassVar[Mapping[str, str]] = {"valueType": "json"}

    @classmethod
    def build(cls, tag: Tag, *, name: str, field: str) -> "Paragraphs":
        tag.refuse(**cls.plain)
        author_key, text_key = tag.text("nameKey", "author"), tag.text("textKey", "text")
        if not author_key or not text_key or author_key == text_key:
            raise MalformedConfig("nameKey and textKey name two keys of a turn.")
        return cls(name=name, field=field, author_key=author_key, text_key=text_key)

    def seen(self, data: dict[str, Any]) -> tuple[str, ...] | None:
        turns: Any = data.get(self.field)
        return tuple(turn[self.text_key] for turn in turns) if self.shows(turns) else None

    def words(self, data: dict[str, Any]) -> str:
        turns: Any = data.get(self.field)
        if not self.shows(turns):
            return ""
        said = ((turn.get(self.author_key), turn[self.text_key]) for turn in turns)
        return "\n".join(f"{author}: {text}" if author else text for author, text in said)

    def shows(self, value: Any) -> bool:
        return (
            isinstance(value, list)
            and 0 < len(value) <= TURNS_LIMIT
            and all(isinstance(turn, dict) and self._is_turn(turn) for turn in value)
        )

    def _is_turn(self, turn: dict[str, Any]) -> bool:
        author = turn.get(self.author_key)
        return isinstance(turn.get(self.text_key), str) and isinstance(author, str | None)


@dataclass(frozen=True)
class List(Shown):
    """Items with an id and a title, and perhaps a body."""

    tag: ClassVar[str] = "List"
    wanted: ClassVar[str] = _(
        "%(field)s must be a list of up to %(limit)s items, each with id and title."
    )
    limits: ClassVar[Mapping[str, int]] = {"limit": ITEMS_LIMIT}

    def seen(self, data: dict[str, Any]) -> tuple[str, ...] | None:
        items: Any = data.get(self.field)
        return tuple(str(item["id"]) for item in items) if self.shows(items) else None

    def words(self, data: dict[str, Any]) -> str:
        items: Any = data.get(self.field)
        if not self.shows(items):
            return ""
        return "\n".join(f"{item['id']}: {item.get('title', '')}" for item in items)

    def shows(self, value: Any) -> bool:
        if not (isinstance(value, list) and 0 < len(value) <= ITEMS_LIMIT):
            return False
        return all(map(_is_item, value)) and len({str(one["id"]) for one in value}) == len(value)


def _is_item(item: Any) -> bool:
    if not isinstance(item, dict) or isinstance(item.get("id"), bool):
        return False
    texts = (item.get("title", ""), item.get("body", ""))
    named = isinstance(item.get("id"), int | str) and item["id"] != ""
    return named and any(texts) and all(isinstance(text, str) for text in texts)


ShownType = type[Shown]
OBJECTS: dict[str, ShownType] = {
    one.tag: one for one in (Text, HyperText, Image, Audio, Paragraphs, List)
}

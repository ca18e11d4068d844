"""Where a wallet, or what happened on chain, can be looked at: the settings say who knows."""

from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.module_loading import import_string


def links(text: str) -> dict[str, str]:
    """By each wallet and chain tx that is named in the text its page in the network's explorer."""
    return {piece: url for piece, url in _pieces(text) if url}


def url(shown: str) -> str | None:
    """The same of one; None without an explorer."""
    return links(shown).get(shown)


def linked(text: object) -> str:
    """The text as HTML, in which all that has a page in the explorer leads there."""
    return format_html_join("", "{}", ((_shown(*piece),) for piece in _pieces(str(text))))


def _shown(piece: str, url: str | None) -> str:
    return format_html('<a href="{}" rel="noreferrer">{}</a>', url, piece) if url else piece


def _pieces(text: str) -> list[tuple[str, str | None]]:
    found: list[tuple[str, str | None]] = import_string(settings.STIPEND_EXPLORER)(text)
    return found

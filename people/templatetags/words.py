"""What base.html needs to speak the reader's language."""

from django import template
from django.conf import settings
from django.template.base import Node, NodeList, Parser, Token
from django.template.context import Context
from django.utils import translation
from django.utils.html import format_html

from people.web.languages import words_address

register = template.Library()
MODULE = 'type="module"'


class WordsForModules(Node):
    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> str:
        inside = self.nodelist.render(context)
        address = words_address(translation.get_language() or "") if MODULE in inside else ""
        if not address:
            return inside
        return format_html('<script defer src="{}"></script>\n', address) + inside


@register.tag
def wordsformodules(parser: Parser, token: Token) -> WordsForModules:
    """What is inside; before it, if that loads a module, the words it says to the reader."""
    nodelist = parser.parse(("endwordsformodules",))
    parser.delete_first_token()
    return WordsForModules(nodelist)


@register.simple_tag
def languages() -> list[tuple[str, str]]:
    """The languages that the product speaks, each by its own name."""
    return settings.LANGUAGES


@register.filter
def own_name(language: str) -> str:
    """A language by its own name."""
    return dict(settings.LANGUAGES).get(language, language)

"""Template tags for pieces of pages: what is kept (``atlas.kept``), and the entries of a selection."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from django import template
from django.template import Context, Node, NodeList
from django.template.base import Parser, Token
from django.utils.safestring import SafeString

from vielfalt.desk.atlas.kept import PIECES

if TYPE_CHECKING:
    from vielfalt.desk.atlas.selecting import Choice

register = template.Library()


class _Kept(Node):
    """What stands between the tags, rendered once for each set of pieces; always where a page keeps none."""

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name, self.nodelist = name, nodelist

    def render(self, context: Context) -> SafeString:
        """The piece as it was rendered before, or now."""
        pieces = context.get(PIECES)
        if pieces is None:
            return self.nodelist.render(context)
        if self.name not in pieces:
            pieces[self.name] = self.nodelist.render(context)
        return SafeString(pieces[self.name])


@register.simple_tag
def options(choices: Iterable[Choice]) -> SafeString:
    """The entries of a selection, of which there can be hundreds."""
    return SafeString(
        "".join(
            f'<option value="{escape(one.value)}"{" selected" if one.chosen else ""}>{escape(one.label)}</option>'
            for one in choices
        )
    )


@register.tag
def kept(parser: Parser, token: Token) -> _Kept:
    """``{% kept main %}…{% endkept %}``: a piece of a page under its name."""
    _, name = token.split_contents()
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return _Kept(name, nodelist)

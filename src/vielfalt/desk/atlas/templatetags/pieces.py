"""The template tag that keeps a piece of a page, see ``atlas.kept``."""

from __future__ import annotations

from django import template
from django.template import Context, Node, NodeList
from django.template.base import Parser, Token
from django.utils.safestring import SafeString

from vielfalt.desk.atlas.kept import PIECES

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


@register.tag
def kept(parser: Parser, token: Token) -> _Kept:
    """``{% kept main %}…{% endkept %}``: a piece of a page under its name."""
    _, name = token.split_contents()
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return _Kept(name, nodelist)

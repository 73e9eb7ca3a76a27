"""Template tags that write a table as KERN UX wants it, so that no page repeats the markup.

A table reads ``{% table title %}{% head %}{% column "…" %}{% endhead %}{% row %}…{% endrow %}{% endtable %}``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from django import template
from django.template import Context, Node, NodeList
from django.template.base import FilterExpression, Parser, Token
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from vielfalt.desk.atlas.templatetags.words import current, plain
from vielfalt.desk.gateway import NOT_APPLICABLE, SUPPRESSED
from vielfalt.words import N_

register = template.Library()
_WIDE = 4
"""From how many columns on a table does not fit into a window of 320 pixels."""
_SWIPE = N_("The table has more columns: swipe it sideways, or go to it with the tab key and use the arrow keys.")
_SIGNS = {SUPPRESSED: N_("not published"), NOT_APPLICABLE: N_("no figure")}
"""What is read aloud in place of a sign: a dot or a dash that stands alone is passed over."""
_KINDS = {"": "", "numeric": " kern-table__{part}--numeric", "bar": " bar-column"}


@register.simple_block_tag
def table(content: str, *caption: str, hidden: bool = False, small: bool = False, wide: bool = False) -> SafeString:
    """A table in a frame of its own that scrolls on narrow screens; ``hidden``: the caption is for screen readers.

    The caption is made of texts in the language of the page, or of message ids. A table that is wider than a phone is
    told to be: one of many columns, and one whose few columns are long (``wide``).
    """
    name = ", ".join(current()(part) for part in caption)
    is_wide = wide or content.count('<th scope="col"') >= _WIDE
    return format_html(
        '{}<div class="kern-table-responsive{}" role="region" tabindex="0" aria-label="{}">'
        '<table class="kern-table{}"><caption class="kern-title{}"><span class="caption">{}</span></caption>'
        "{}</tbody></table></div>",
        format_html('<p class="kern-body kern-body--small swipe">{}</p>', current()(_SWIPE)) if is_wide else "",
        " wide" if is_wide else "",
        name,
        " kern-table--small" if small else "",
        " hidden-text" if hidden else "",
        name,
        content,
    )


class _Framed(Node):
    """What stands between a tag and its end, within markup that is always the same.

    Pages hold hundreds of rows, and Django's own way to write tags takes three times as long.
    """

    def __init__(self, before: str, inside: NodeList, after: str) -> None:
        self.before, self.inside, self.after = before, inside, after

    def render(self, context: Context) -> SafeString:
        """The markup around what stands inside."""
        return SafeString(f"{self.before}{self.inside.render(context)}{self.after}")


def _framed(parser: Parser, token: Token, before: str, after: str) -> _Framed:
    inside = parser.parse((f"end{token.contents}",))
    parser.delete_first_token()
    return _Framed(before, inside, after)


@register.tag
def head(parser: Parser, token: Token) -> _Framed:
    """The row of headings; the body of the table begins after it and ends with the table."""
    before = '<thead class="kern-table__head"><tr class="kern-table__row">'
    return _framed(parser, token, before, '</tr></thead><tbody class="kern-table__body">')


@register.simple_tag
def column(title: str, kind: str = "") -> SafeString:
    """The heading of a column, in the language of the page; ``kind``: numeric, or bar (its heading is only read)."""
    said = current()(title)
    shown = format_html('<span class="hidden-text">{}</span>', said) if kind == "bar" else said
    return format_html('<th scope="col" class="kern-table__header{}">{}</th>', _kind(kind, "header"), shown)


@register.tag
def row(parser: Parser, token: Token) -> _Framed:
    """A row of the body."""
    return _framed(parser, token, '<tr class="kern-table__row">', "</tr>")


@register.tag
def named(parser: Parser, token: Token) -> _Framed:
    """The first cell of a row, which names it."""
    return _framed(parser, token, '<th scope="row" class="kern-table__header">', "</th>")


class _Cell(Node):
    def __init__(self, text: FilterExpression, kind: str) -> None:
        self.text, self.before = text, f'<td class="kern-table__cell{_kind(kind, "cell")}">'
        self.written = spoken if kind == "numeric" else conditional_escape

    def render(self, context: Context) -> SafeString:
        """The text in its cell."""
        return SafeString(f"{self.before}{self.written(self.text.resolve(context))}</td>")


@register.tag
def cell(parser: Parser, token: Token) -> _Cell:
    """``{% cell text kind="numeric" %}``: a cell; ``kind``: numeric for numbers."""
    _, text, *kind = token.split_contents()
    shown = kind[0].removeprefix("kind=").strip("\"'") if kind else ""
    return _Cell(parser.compile_filter(text), shown)


@register.filter
def spoken(text: str) -> SafeString:
    """A text as it is; a sign that stands for a figure as who sees it reads it, and in words for who hears it."""
    if (said := _SIGNS.get(text)) is None:
        return conditional_escape(text)
    return format_html('<span aria-hidden="true">{}</span><span class="hidden-text">{}</span>', text, current()(said))


@register.simple_tag
def numeric_rows(rows: Iterable[tuple[str, str, Sequence[str]]]) -> SafeString:
    """Rows of numbers at once: what each is called, the address this leads to (empty: nowhere), its numbers."""
    signs = {sign: spoken(sign) for sign in _SIGNS}
    return SafeString("".join(_numeric_row(*row, signs) for row in rows))


def _numeric_row(name: str, address: str, numbers: Sequence[str], signs: Mapping[str, str]) -> str:
    said = escape(name)
    link = f'<a class="kern-link" href="{escape(address)}">{said}</a>' if address else said
    told = (signs.get(text) or escape(text) for text in numbers)
    cells = "".join(f'<td class="kern-table__cell kern-table__cell--numeric">{text}</td>' for text in told)
    return f'<tr class="kern-table__row"><th scope="row" class="kern-table__header">{link}</th>{cells}</tr>'


@register.simple_tag
def bar(length: float, style: str = "") -> SafeString:
    """A cell with a bar of a length in per cent; ``style``: the class of its colour."""
    return format_html(
        '<td class="kern-table__cell bar-column"><svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" '
        'aria-hidden="true"><rect class="{}" width="{}" height="10"/></svg></td>',
        style,
        plain(length),
    )


def _kind(kind: str, part: str) -> str:
    return _KINDS[kind].format(part=part)

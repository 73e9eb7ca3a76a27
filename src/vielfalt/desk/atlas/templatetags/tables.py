"""Template tags that write a table as KERN UX wants it, so that no page repeats the markup.

A table reads ``{% table title %}{% head %}{% column "…" %}{% endhead %}{% row %}…{% endrow %}{% endtable %}``.
"""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from vielfalt.desk.atlas.templatetags.words import current, plain
from vielfalt.words import N_

register = template.Library()
_WIDE = 4
"""From how many columns on a table does not fit into a window of 320 pixels."""
_SWIPE = N_("The table has more columns: swipe it sideways.")
_KINDS = {"": "", "numeric": " kern-table__{part}--numeric", "bar": " bar-column"}


@register.simple_block_tag
def table(content: str, *caption: str, hidden: bool = False, small: bool = False) -> SafeString:
    """A table in a frame of its own that scrolls on narrow screens; ``hidden``: the caption is for screen readers.

    The caption is made of texts in the language of the page, or of message ids. A table that is wider than a phone is
    told to be.
    """
    name = ", ".join(current()(part) for part in caption)
    is_wide = content.count('<th scope="col"') >= _WIDE
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


@register.simple_block_tag
def head(content: str) -> SafeString:
    """The row of headings; the body of the table begins after it and ends with the table."""
    return format_html(
        '<thead class="kern-table__head"><tr class="kern-table__row">{}</tr></thead><tbody class="kern-table__body">',
        content,
    )


@register.simple_tag
def column(title: str, kind: str = "") -> SafeString:
    """The heading of a column, in the language of the page; ``kind``: numeric, or bar (its heading is only read)."""
    said = current()(title)
    shown = format_html('<span class="hidden-text">{}</span>', said) if kind == "bar" else said
    return format_html('<th scope="col" class="kern-table__header{}">{}</th>', _kind(kind, "header"), shown)


@register.simple_block_tag
def row(content: str) -> SafeString:
    """A row of the body."""
    return format_html('<tr class="kern-table__row">{}</tr>', content)


@register.simple_block_tag
def named(content: str) -> SafeString:
    """The first cell of a row, which names it."""
    return format_html('<th scope="row" class="kern-table__header">{}</th>', content)


@register.simple_tag
def cell(text: object, kind: str = "") -> SafeString:
    """A cell; ``kind``: numeric for numbers."""
    return format_html('<td class="kern-table__cell{}">{}</td>', _kind(kind, "cell"), text)


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

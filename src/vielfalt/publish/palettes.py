"""Colours of maps and charts, told apart without seeing hue."""

from __future__ import annotations

from collections.abc import Mapping

INK = "#1a1a1a"
SOFT_INK = "#4d4d4d"
PAPER = "#ffffff"
LINE = "#6b6b6b"
SEQUENTIAL: Mapping[int, tuple[str, ...]] = {
    1: ("#c3dfc4",),
    2: ("#eef3cf", "#3a8d9b"),
    3: ("#eef3cf", "#86c4bf", "#1f5f86"),
    4: ("#f3f6d9", "#b4dabd", "#5cabb5", "#1f5f86"),
    5: ("#f3f6d9", "#c3dfc4", "#80c0bd", "#2b7495", "#173e6b"),
}
"""Light to dark in even steps of lightness, told apart without seeing hue; own values."""
DIVERGING = ("#5c2a08", "#c48a4e", "#f4f1ea", "#a8d2e0", "#2b7495")
"""Brown below balance, blue above it, told apart by people who do not see red and green, and by lightness alone in grey
print, where brown is darker than blue at the same distance from balance; own values."""
BAR = "#2b7495"
BAR_LIGHT = "#b4dabd"
BAR_DARK = "#173e6b"

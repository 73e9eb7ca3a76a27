"""The least that a town project says: for tests of its files, which need no residents."""

from __future__ import annotations

TOWN = """\
[town]
name = "Musterfurt"
ags = "99999001"
[areas]
[[areas.level]]
id = "quarter"
title = "Quarters"
file = "areas.geojson"
"""
"""The content of a town.toml."""

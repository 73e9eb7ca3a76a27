"""Every file of a release as bytes by path, computed before anything is written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

import polars as pl
import shapely

from vielfalt.figures.indices.notes import at_least
from vielfalt.geography import AreaLevel, Geography
from vielfalt.publish.descriptor import BOUND, INDEX_FIELDS, describe, table_paths
from vielfalt.publish.layout import DESCRIPTOR, MANIFEST, wgs84
from vielfalt.publish.maps import draw_maps
from vielfalt.publish.report.content import build_report
from vielfalt.publish.report.html import to_html
from vielfalt.publish.report.pdf import to_pdf
from vielfalt.publish.results import Results
from vielfalt.publish.shares import SUPPRESSED
from vielfalt.words import Words

_DECIMALS = 6
"""Decimals of indices."""


def release_files(results: Results, words: Words, audit: Mapping[str, object], release: str) -> Mapping[str, bytes]:
    """The files of a release by path, sorted; the last one written, ``MANIFEST``, lists the hashes of the others."""
    atlas = draw_maps(results, words)
    report = build_report(results, atlas, words)
    files = {path: _csv(results.tables[id].frame) for id, path in table_paths(results).items()}
    files |= {f"areas/{level.id}.geojson": _geojson(results.geography, level) for level in results.geography.levels}
    files |= {f"maps/{drawn.name}.svg": drawn.svg.encode() for drawn in (*atlas.maps, *atlas.balances)}
    files["indices.csv"] = _indices(results, words)
    files["report.pdf"] = to_pdf(report)
    files["report.html"] = to_html(report).encode()
    files["audit.json"] = _json(dict(audit))
    files[DESCRIPTOR] = _json(describe(results, words, release, files))
    files[MANIFEST] = manifest(files)
    return dict(sorted(files.items()))


def manifest(files: Mapping[str, bytes]) -> bytes:
    """One line per file, sorted by path, as ``sha256sum --check`` reads it."""
    return "".join(f"{hashlib.sha256(files[path]).hexdigest()}  {path}\n" for path in sorted(files)).encode()


def _csv(frame: pl.DataFrame) -> bytes:
    return frame.write_csv(null_value=SUPPRESSED).encode()


def _indices(results: Results, words: Words) -> bytes:
    rows = [
        {**vars(value), "note": words(value.note), "bound": "lower" if at_least(value.note) else ""}
        for value in results.indices
    ]
    types = {"string": pl.String, "number": pl.Float64, "integer": pl.Int64}
    frame = pl.DataFrame(rows, schema={name: types[kind] for name, kind in (*INDEX_FIELDS, BOUND)}, orient="row")
    return frame.write_csv(null_value=SUPPRESSED, float_precision=_DECIMALS).encode()


def _geojson(geography: Geography, level: AreaLevel) -> bytes:
    """The areas of a level in WGS 84 (RFC 7946); an area without a shape has the geometry null."""
    shapes = wgs84(geography.shapes.get(level.id, {}), geography.crs)
    features = [
        {
            "type": "Feature",
            "properties": {"key": area.key, "name": area.name, "parent": area.parent},
            "geometry": shapely.geometry.mapping(shapes[area.key]) if area.key in shapes else None,
        }
        for area in level.areas
    ]
    content = {"type": "FeatureCollection", "name": level.id, "features": features}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"

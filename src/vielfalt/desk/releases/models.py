"""Towns, their areas and their releases. Only published figures: no table here can hold a single person.

Figures are kept as they are read: one ``Series`` holds one category of one table for all areas of one level.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length

from vielfalt.desk.history.recording import Recorded

_ESCAPES = (("~", "~0"), ("|", "~1"))
"""What stands in keys for the sign that joins them, as in JSON pointers (RFC 6901)."""
_EMPTY = "~2"


class Town(Recorded):
    """A municipality with at least one release; ``ags`` is its official key of eight digits."""

    ags = models.CharField(max_length=8, unique=True)
    name = models.CharField(max_length=200)

    class Meta:
        ordering = ("name", "ags")

    def __str__(self) -> str:
        return self.name


class AreaSet(models.Model):
    """The areas of one level as long as no border and no name changes; releases share it.

    ``areas``: per area key, name, parent, and how it is drawn in a picture of ``width`` x ``height``: ``path`` (SVG
    path data, empty without a shape) and ``spot`` (where its name fits; empty where it does not).
    """

    town = models.ForeignKey(Town, on_delete=models.CASCADE, related_name="area_sets")
    level = models.CharField(max_length=100)
    title = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    width = models.FloatField()
    height = models.FloatField()
    areas = models.JSONField()
    geojson = models.TextField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("town", "level", "digest"), name="area_set_once"),)

    def __str__(self) -> str:
        return f"{self.town}: {self.title}"


@lru_cache(maxsize=100)
def _areas(*sets: tuple[int, str]) -> dict[int, list[dict[str, Any]]]:
    """The areas of sets (number and digest), which never change; to read them takes longer than all else of a set."""
    return dict(AreaSet.objects.filter(pk__in=[number for number, _ in sets]).values_list("pk", "areas"))


class Release(Recorded):
    """One release package: figures of one town and one reference date, as its vault protected them.

    ``digest`` is the SHA-256 of the package's MANIFEST; ``description`` what the vault wrote about the release.
    """

    town = models.ForeignKey(Town, on_delete=models.CASCADE, related_name="releases")
    name = models.CharField(max_length=40)
    reference_date = models.DateField()
    kind = models.CharField(max_length=20)
    rule_set = models.CharField(max_length=100, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    description = models.JSONField()
    imported_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        # By number, the tenth of a date after its ninth: names of one date differ in their number alone.
        ordering = ("-reference_date", Length("name").desc(), "-name")
        constraints = (models.UniqueConstraint(fields=("town", "name"), name="release_name_once"),)

    def __str__(self) -> str:
        return f"{self.town} {self.name}"

    @property
    def day(self) -> int:
        """The reference date as yyyymmdd."""
        return int(self.reference_date.strftime("%Y%m%d"))

    @property
    def of_county(self) -> bool:
        """Whether the figures are those of a county: its package names the releases of its towns (``made_of``).

        The key does not tell: that of a town that belongs to no county ends with 000, too.
        """
        return bool(self.description.get("made_of"))

    @cached_property
    def stands_alone(self) -> bool:
        """Whether it holds a table that others counted, without the residents that its shares could refer to."""
        return self.kind == "table" and not self.tables.filter(key="residents").exists()

    @cached_property
    def area_sets(self) -> tuple[AreaSet, ...]:
        """The areas of each level, coarse to fine; their GeoJSON is read when it is asked for."""
        levels = self.levels.select_related("area_set").defer("area_set__geojson", "area_set__areas")
        found = tuple(level.area_set for level in levels)
        areas = _areas(*((one.pk, one.digest) for one in found))
        for one in found:
            one.areas = areas[one.pk]
        return found


def described(releases: Sequence[Release]) -> list[Release]:
    """The same releases with their descriptions, without which lists of them are read."""
    found = Release.objects.select_related("town").in_bulk([one.pk for one in releases])
    return [found[one.pk] for one in releases]


class Level(models.Model):
    """One area level of a release, coarse to fine by ``position``."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="levels")
    area_set = models.ForeignKey(AreaSet, on_delete=models.PROTECT, related_name="uses")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=("release", "position"), name="level_once"),)

    def __str__(self) -> str:
        return f"{self.release}: {self.area_set.title}"


class Table(models.Model):
    """One published table; ``key`` is its id in the package, ``parameters`` the settings it was protected with."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="tables")
    key = models.CharField(max_length=200)
    title = models.CharField(max_length=300)
    dimensions = models.JSONField(default=list)
    definitions = models.JSONField(default=list)
    unit = models.CharField(max_length=20)
    town_only = models.BooleanField(default=False)
    method = models.CharField(max_length=300)
    parameters = models.JSONField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=("release", "key"), name="table_once"),)

    def __str__(self) -> str:
        return f"{self.release}: {self.key}"


class Series(models.Model):
    """One category of a table over the areas of one level, in the order of the level's areas.

    ``level`` is "town" or an area level; ``category`` the keys of the dimensions (``joined``). ``values`` holds
    a whole number per area, null where it is suppressed or the table lacks the area (``status`` tells which: "o"
    published, "e" estimated, "s" suppressed, "-" no such area). The category ``BASE`` holds what shares refer to.
    """

    BASE = ""

    table = models.ForeignKey(Table, on_delete=models.CASCADE, related_name="series")
    level = models.CharField(max_length=100)
    category = models.CharField(max_length=400)
    values = models.JSONField()
    status = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("table", "level", "category"), name="series_once"),
            models.CheckConstraint(condition=~Q(status=""), name="series_has_areas"),
        )

    def __str__(self) -> str:
        return f"{self.table}: {self.category} ({self.level})"


def joined(keys: Iterable[str]) -> str:
    """The keys of a category as one text, whatever signs they hold; ``Series.BASE`` for no keys."""
    return "|".join(_escaped(key) for key in keys)


def keys_of(category: str) -> tuple[str, ...]:
    """The keys that ``joined`` made a category of."""
    return tuple(_unescaped(part) for part in category.split("|")) if category else ()


def _escaped(key: str) -> str:
    for sign, written in _ESCAPES:
        key = key.replace(sign, written)
    return key or _EMPTY


def _unescaped(part: str) -> str:
    if "~" not in part:
        return part
    if part == _EMPTY:
        return ""
    for sign, written in reversed(_ESCAPES):
        part = part.replace(written, sign)
    return part


class Index(models.Model):
    """One value of an index with its interval; ``value`` is null where it may not or cannot be stated (``note``)."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="indices")
    index = models.CharField(max_length=100)
    table = models.CharField(max_length=200)
    level = models.CharField(max_length=100)
    group = models.CharField(max_length=200, blank=True)
    area = models.CharField(max_length=100, blank=True)
    value = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    areas = models.PositiveIntegerField()
    note = models.TextField(blank=True)

    class Meta:
        indexes = (models.Index(fields=("release", "table", "level")),)

    def __str__(self) -> str:
        return f"{self.release}: {self.index} {self.group}"

"""Indices of segregation and diversity."""

from vielfalt.figures.indices.catalogue import ALL, Index, index
from vielfalt.figures.indices.compute import indices

__all__ = ["ALL", "Index", "index", "indices"]

"""Indices of segregation and diversity."""

from vielfalt.figures.indices.catalogue import ALL, index
from vielfalt.figures.indices.compute import indices
from vielfalt.figures.indices.index import Index

__all__ = ["ALL", "Index", "index", "indices"]

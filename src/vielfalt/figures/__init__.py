"""The small world: protected cells, indicators and indices from integer cells in memory. Knows no database."""

"""The atlas: maps, tables, bars and profiles of one release, all from the same figures."""

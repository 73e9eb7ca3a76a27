"""Publishing: tables, maps, report and release package, from protected cells only."""

"""Vielfalt: from a register extract to protected tables, maps, indices and a report."""

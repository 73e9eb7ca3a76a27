"""The big world: from the register extract to cells. One row per person, never outside the vault."""

"""Disclosure control: from cells to protected cells."""

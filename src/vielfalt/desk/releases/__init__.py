"""Releases: what a town's vault has published, checked and kept as the desk shows it."""

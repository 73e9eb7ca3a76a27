"""Backup and restore of a desk: one file with every row and every package, the same for SQLite and PostgreSQL."""

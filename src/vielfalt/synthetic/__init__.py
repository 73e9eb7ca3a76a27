"""The synthetic town: a complete town project of invented residents, for tests, tutorial and demonstration.

``write_town`` is the only public entry. ``docs/explanation/synthetic-town.md`` says what is modelled and what is not.
"""

from vielfalt.synthetic.project import write_town

__all__ = ["write_town"]

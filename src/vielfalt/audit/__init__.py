"""The audit: attacks releases as an intruder would, who has nothing but the packages and what everyone can know."""

from vielfalt.audit.attacks import Attack, attack
from vielfalt.audit.county import attack_county
from vielfalt.audit.releases import Release, read_releases, release_of

__all__ = ["Attack", "Release", "attack", "attack_county", "read_releases", "release_of"]

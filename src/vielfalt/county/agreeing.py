"""What the towns of a county must have in common: rule set, method of protection and thresholds, from town.toml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vielfalt import parameters
from vielfalt.county.project import Plan
from vielfalt.errors import TownError
from vielfalt.town import Town
from vielfalt.words import N_


def disagreement(towns: Sequence[Town], date: int, todo: str) -> TownError | None:
    """The first town whose settings are not those of the first one, and all in which they differ; None: they agree.

    ``todo``: the advice of the error.
    """
    for other in towns[1:]:
        own, theirs = _settings(towns[0], date), _settings(other, date)
        differing = [name for name in {**own, **theirs} if own.get(name) != theirs.get(name)]
        if own["method"] != theirs["method"]:  # each method has settings of its own
            differing = [name for name in differing if name in own and name in theirs]
        if differing:
            return TownError(
                N_("“{one}” and “{other}” have different settings: {settings}."),
                where=other.root / "town.toml",
                one=towns[0].name,
                other=other.name,
                settings="; ".join(f"{name} {own[name]} / {theirs[name]}" for name in differing),
                todo=todo,
            )
    return None


def foreseen(plan: Plan) -> TownError | None:
    """Before a run: why the county will not be released, however its towns fare; None: nothing is in its way so far."""
    advice = N_(
        "The towns are evaluated all the same. To spare the county a second run, stop now (Ctrl+C), and make their "
        "town.toml agree."
    )
    return disagreement(plan.towns, plan.date, advice)


def _settings(town: Town, date: int) -> Mapping[str, object]:
    """The settings of a town that must agree, by their names in town.toml."""
    values = {**parameters.on("methods", date), **town.method_settings}
    method = str(values["method"])
    of_method = {name.removeprefix(f"{method}_"): value for name, value in values.items() if name.startswith(method)}
    return {
        "rule_set": town.rule_set,
        "method": method,
        **{f"{method}.{name}": value for name, value in of_method.items()},
        **town.protection(date).as_dict(),
    }

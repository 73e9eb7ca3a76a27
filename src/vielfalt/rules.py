"""Rules as data: each with its condition, its value, its reason and its source; the first that fires decides."""

from __future__ import annotations

from dataclasses import dataclass

import narwhals.stable.v2 as nw


@dataclass(frozen=True)
class Rule:
    """One rule. ``when`` is a condition on columns; null does not fire, so missing evidence never decides.

    ``value`` is a constant or a column expression; ``because`` (a message id) is the reason a person reads; ``source``
    names where the rule comes from. Ids are never reused for another meaning.
    """

    id: str
    value: str | nw.Expr
    when: nw.Expr
    because: str
    source: str


@dataclass(frozen=True)
class Decision:
    """An ordered chain of rules that fills two columns: ``name`` with the value, ``rule`` with the id that decided.

    ``fallback`` decides where no rule fires; its condition is not looked at.
    """

    name: str
    rule: str
    rules: tuple[Rule, ...]
    fallback: Rule

    def columns(self) -> tuple[nw.Expr, nw.Expr]:
        """The two columns as expressions."""
        value, rule = _literal(self.fallback.value), nw.lit(self.fallback.id)
        for entry in reversed(self.rules):
            value = nw.when(entry.when).then(_literal(entry.value)).otherwise(value)
            rule = nw.when(entry.when).then(nw.lit(entry.id)).otherwise(rule)
        return value.alias(self.name), rule.alias(self.rule)

    def all_rules(self) -> tuple[Rule, ...]:
        """The rules in the order in which they are asked, the fallback last."""
        return (*self.rules, self.fallback)


def _literal(value: str | nw.Expr) -> nw.Expr:
    return nw.lit(value) if isinstance(value, str) else value

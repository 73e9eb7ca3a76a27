"""The measurements as text: one line per figure, with the worst seed beside the pooled figure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from operator import attrgetter

from bench.truth.compare import YARDSTICKS, Measured
from bench.truth.scores import Answers, Score

SMALL_CLASS = 30
"""Residents of a country, over all seeds, below which its score is left out of the list of the worst."""
BIGGEST, WORST = 12, 6


def lines(towns: Sequence[Measured]) -> Iterator[str]:
    """The report on some towns of one size and one office."""
    yield from _headlines(towns)
    for question in ("migration_status entered", "immigration_history entered", "household_type"):
        yield from _classes(question, pooled([town.answers[question] for town in towns]))
    for question in ("birth_country", "reference_country entered"):
        yield from _worst(question, pooled([town.answers[question] for town in towns]))
    for question in ("migration_status entered", "immigration_history entered", "birth_country", "household_type"):
        yield from _confused(question, towns)
    yield from _confused("reference_country entered", towns)


def pooled(found: Sequence[Answers]) -> Answers:
    """The answers of several towns as those of one."""
    return reduce(_added, found)


def _added(one: Answers, two: Answers) -> Answers:
    names = sorted({score.name for answers in (one, two) for score in answers.classes})
    by_name = [{score.name: score for score in answers.classes} for answers in (one, two)]
    classes = [[part.get(name, Score(name, 0, 0, 0)) for part in by_name] for name in names]
    return Answers(
        classes=tuple(together(parts) for parts in classes),
        open=one.open,
        **{
            name: getattr(one, name) + getattr(two, name)
            for name in ("rows", "answered", "right", "wrong", "abstained")
        },
    )


def together(parts: Sequence[Score]) -> Score:
    """The scores of one class in several towns as one."""
    counts = (sum(getattr(part, name) for part in parts) for name in ("true", "given", "hits"))
    return Score(parts[0].name, *counts)


def _headlines(towns: Sequence[Measured]) -> Iterator[str]:
    yield f"  {'':<54}{'pooled':>8}{'worst':>8}{'answered':>10}"
    for yardstick, meaning in YARDSTICKS.items():
        yield f"  held against {meaning}"
        for name in ("migration_status", "immigration_history"):
            found = [town.answers[f"{name} {yardstick}"] for town in towns]
            yield _line(f"  {name}: macro-F1", found, lambda answers: answers.macro_f1_of_answers, min)
            yield _line("    the same, undeterminable a class too", found, lambda answers: answers.macro_f1, min)
            yield _line("    undeterminable without need", found, lambda answers: answers.abstained / answers.rows, max)
        found = [town.answers[f"reference_country {yardstick}"] for town in towns]
        yield _line("  reference country: right (none counts)", found, _right, min)
    yield "  held against what is true"
    for name, label in (("birth_country", "country of birth"), ("birth_country abroad", "  born abroad")):
        found = [town.answers[name] for town in towns]
        yield _line(f"  {label}: right", found, _right, min)
        yield _line(f"  {label}: wrong", found, lambda answers: answers.wrong / answers.rows, max)
        yield _line(f"  {label}: open", found, lambda answers: 1 - answers.answered / answers.rows, max)
    yield from _household_pairs("household pairs", [town.pairs for town in towns])
    yield from _household_pairs("pairs whom entered clues connect", [town.entered_pairs for town in towns])
    yield _line("  household type: right (residents)", [town.answers["household_type"] for town in towns], _right, min)
    area = [town.answers["area"] for town in towns]
    yield _line("  area: resolved", area, lambda answers: answers.answered / answers.rows, min)
    yield _line("  area: right", area, _right, min)


def _right(answers: Answers) -> float:
    return answers.right / answers.rows


def _line(
    label: str, found: Sequence[Answers], of: Callable[[Answers], float], worst: Callable[[list[float]], float]
) -> str:
    every = pooled(found)
    single = worst([of(answers) for answers in found])
    return f"  {label:<54}{of(every):8.4f}{single:8.4f}{every.answered / every.rows:10.4f}"


def _household_pairs(name: str, found: Sequence[Score]) -> Iterator[str]:
    every = together(found)
    for label in ("f1", "precision", "recall"):
        of = attrgetter(label)
        values = [of(score) or 0.0 for score in found]
        yield f"  {f'  {name}: {label}':<54}{of(every) or 0.0:8.4f}{min(values):8.4f}"


def _classes(question: str, found: Answers) -> Iterator[str]:
    yield f"\n  {question:<40}{'true':>10}{'given':>10}{'precision':>11}{'recall':>9}{'F1':>9}"
    for score in found.classes:
        yield _score(score)


def _score(score: Score) -> str:
    measures = ("     -" if value is None else f"{value:.4f}" for value in (score.precision, score.recall, score.f1))
    precision, recall, f1 = measures
    return f"    {score.name or '(empty)':<38}{score.true:>10,}{score.given:>10,}{precision:>11}{recall:>9}{f1:>9}"


def _worst(question: str, found: Answers) -> Iterator[str]:
    large = [score for score in found.classes if score.true >= SMALL_CLASS and score.name]
    worst = sorted(large, key=lambda score: score.f1 or 0.0)[:WORST]
    mean = sum(score.f1 or 0.0 for score in large) / len(large)
    yield f"\n  {question}: macro-F1 {mean:.4f} of {len(large)} countries with {SMALL_CLASS} or more; the worst:"
    yield from map(_score, worst)


def _confused(question: str, towns: Sequence[Measured]) -> Iterator[str]:
    every = sum((town.confusions[question] for town in towns), Counter[tuple[str, str, str]]())
    yield f"\n  {question}: biggest errors (true -> given, rule: residents)"
    for (true, given, rule), count in sorted(every.items(), key=lambda item: (-item[1], item[0]))[:BIGGEST]:
        yield f"    {true or '(empty)':<26} -> {given or '(empty)':<26} {rule:<6}{count:>10,}"

"""Scores of a risk: class and priority, before and after its controls.

Two-step method: severity x probability gives a class, class x detectability a priority. Where the project chose
``rpn``, the three scores are numbers, multiplied, and bands give the priority.

Source: domain/documents.md b.7; the matrices are data of the project's settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from valgen.model.item import Item
from valgen.model.item_types import SCORE_KEYS
from valgen.model.project import RiskMethod

PRIORITIES = ("low", "medium", "high")


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One scoring of a risk.

    Attributes:
        risk_class: "1" to "3" by the two-step method, or the RPN as text.
        priority: low, medium or high; empty when a score is missing or unknown.
    """

    severity: str
    probability: str
    detectability: str
    risk_class: str
    priority: str

    @property
    def complete(self) -> bool:
        """Whether every score was given and known to the method."""
        return bool(self.priority)


def initial_score(item: Item, method: RiskMethod) -> Score:
    """Score a risk as it stands before its controls."""
    return _score({key: item.value(key) for key in SCORE_KEYS}, method)


def residual_score(item: Item, method: RiskMethod) -> Score | None:
    """Score a risk with its controls working; None when the author gave no residual scores.

    A score that ``residual`` leaves out is as before.
    """
    residual = item.fields.get("residual")
    if not isinstance(residual, Mapping):
        return None
    return _score({key: residual.get(key, item.value(key)) for key in SCORE_KEYS}, method)


def _score(scores: Mapping[str, str], method: RiskMethod) -> Score:
    severity, probability, detectability = (scores[key] for key in SCORE_KEYS)
    if method.method == "rpn":
        numbers = [int(value) if value.isdecimal() else 0 for value in (severity, probability, detectability)]
        product = numbers[0] * numbers[1] * numbers[2]
        priority = ""
        if product:
            bands = sorted(method.bands.items(), key=lambda band: band[1])
            priority = next((name for name, lowest in reversed(bands) if product >= lowest), "low")
        return Score(
            severity=severity,
            probability=probability,
            detectability=detectability,
            risk_class=str(product) if product else "",
            priority=priority,
        )
    risk_class = method.risk_class.get((severity, probability), "")
    return Score(
        severity=severity,
        probability=probability,
        detectability=detectability,
        risk_class=risk_class,
        priority=method.priority.get((risk_class, detectability), ""),
    )

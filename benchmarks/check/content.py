"""Invented content of a validation project, the same for every tool that is measured.

Of 1,000 items 650 are specified things (200 user requirements, 250 functions, 150 design elements, 50 risks) and 350
are test cases of six steps. Functions satisfy one or two user requirements, design elements one or two functions;
operational tests verify one function, installation tests three design elements, performance tests one user
requirement; risks assess requirements, are lowered by functions and challenged by operational tests.
Nothing is missing, so that a tool that checks everything has nothing to report: finding no mistake is the common case.

The same size and seed give the same content on any machine.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

SHARES = {"URS": 0.20, "FS": 0.25, "DS": 0.15, "RSK": 0.05, "IQ": 0.05, "OQ": 0.25, "PQ": 0.05}
STEPS = 6

_OBJECTS = (
    "batch record", "audit trail entry", "electronic signature", "user account", "calibration certificate",
    "sample result", "deviation report", "training record", "label template", "stability study", "master recipe",
    "access profile", "backup set", "instrument reading", "specification limit", "environmental reading",
)  # fmt: skip
_ACTORS = ("the operator", "the reviewer", "quality assurance", "the laboratory analyst", "the system administrator",
           "the process owner", "the interface service", "the data steward")  # fmt: skip
_ACTIONS = ("create", "modify", "approve", "reject", "archive", "restore", "export", "print", "sign", "compare")
_REASONS = (
    "Agreed in the data integrity workshop.", "Follows from the process description, section 4.",
    "A finding of the last internal inspection asked for it.", "Needed so that a reviewer can reconstruct the event.",
    "Taken over from the system that this one replaces.",
)  # fmt: skip
_LIMITS = ("within 5 seconds", "before the next working step", "in the time zone of the site", "for each product",
           "for at least ten years", "without a gap in the sequence", "with date, time and time zone")  # fmt: skip
_CATEGORIES = ("Audit trail", "Access control", "Data entry", "Reports", "Interfaces", "Backup and archive")
_CLAUSES = ("21CFR11.10(a)", "21CFR11.10(c)", "21CFR11.10(d)", "21CFR11.10(e)", "21CFR11.10(g)", "21CFR11.50(a)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One item: a requirement, function, design element or risk.

    Attributes:
        parents: ids one level up.
        controls: ids that lower a risk.
        details: further texts by field name.
    """

    id: str
    type: str
    title: str
    text: str
    category: str
    parents: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    details: dict[str, str] = field(default_factory=dict)
    clause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One test case; steps are (keyword, sentence)."""

    id: str
    stage: str
    title: str
    objective: str
    verifies: tuple[str, ...]
    risk: str
    kind: str
    steps: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Everything one project holds."""

    things: tuple[Thing, ...]
    scripts: tuple[Script, ...]


def make_content(size: int, seed: int = 20) -> Content:
    """Invent a project.

    Args:
        size: number of items and test cases together; a multiple of 20, at least 20.
        seed: of the random choices.

    Raises:
        ValueError: ``size`` cannot be shared out evenly.
    """
    if size < 20 or size % 20:
        raise ValueError("the size must be a multiple of 20")
    return _Maker(random.Random(seed), {key: round(size * share) for key, share in SHARES.items()}).make()


class _Maker:
    def __init__(self, chance: random.Random, counts: dict[str, int]) -> None:
        self.chance = chance
        self.counts = counts

    def make(self) -> Content:
        things = [*self._requirements(), *self._functions(), *self._designs(), *self._risks()]
        return Content(things=tuple(things), scripts=tuple(self._scripts()))

    def _requirements(self) -> list[Thing]:
        return [
            self._thing("URS", number, {"acceptance": self._sentence("Shown when"), "rationale": self._reason()},
                        clause=self.chance.choice(_CLAUSES) if self.chance.random() < 0.5 else "")
            for number in range(1, self.counts["URS"] + 1)
        ]  # fmt: skip

    def _functions(self) -> list[Thing]:
        return [
            self._thing("FS", number, {"inputs": self._sentence("Takes"), "processing": self._sentence("Verifies that"),
                                       "errors": self._sentence("Refuses when")}, self._parents("URS", number))
            for number in range(1, self.counts["FS"] + 1)
        ]  # fmt: skip

    def _designs(self) -> list[Thing]:
        return [
            self._thing("DS", number, {"module": f"vault.{self.chance.choice(_ACTIONS)}",
                                       "data": self._sentence("Keeps")}, self._parents("FS", number))
            for number in range(1, self.counts["DS"] + 1)
        ]  # fmt: skip

    def _risks(self) -> list[Thing]:
        risks = []
        for number in range(1, self.counts["RSK"] + 1):
            details = {"failure_mode": self._sentence("It happens that"), "cause": self._sentence("Possible when"),
                       "effect": self._sentence("A decision is taken although"), "severity": "medium",
                       "probability": "medium", "detectability": "medium"}  # fmt: skip
            control = f"FS-{(number - 1) % self.counts['FS'] + 1:05d}"
            risks.append(self._thing("RSK", number, details, self._parents("URS", number), (control,)))
        return risks

    def _scripts(self) -> list[Script]:
        """Cover every function and every design element at least once, in turn."""
        scripts = []
        for stage, verified in (("IQ", "DS"), ("OQ", "FS"), ("PQ", "URS")):
            for number in range(1, self.counts[stage] + 1):
                width = 3 if stage == "IQ" else 1
                targets = tuple(
                    f"{verified}-{one % self.counts[verified] + 1:05d}"
                    for one in range((number - 1) * width, number * width)
                )
                risk = f"RSK-{(number - 1) % self.counts['RSK'] + 1:05d}" if stage == "OQ" else ""
                scripts.append(self._script(f"{stage}-{number:05d}", stage, targets, risk))
        return scripts

    def _thing(
        self, key: str, number: int, details: dict[str, str], parents: tuple[str, ...] = (),
        controls: tuple[str, ...] = (), clause: str = "",
    ) -> Thing:  # fmt: skip
        subject, action = self.chance.choice(_OBJECTS), self.chance.choice(_ACTIONS)
        text = (
            f"The system shall let {self.chance.choice(_ACTORS)} {action} a {subject} {self.chance.choice(_LIMITS)}.\n"
            f"{self._sentence('It shall be recorded that')}"
        )
        return Thing(
            id=f"{key}-{number:05d}", type=key, title=f"{action.capitalize()} a {subject} ({number})", text=text,
            category=_CATEGORIES[number // 40 % len(_CATEGORIES)], parents=parents, controls=controls, details=details,
            clause=clause,
        )  # fmt: skip

    def _script(self, name: str, stage: str, targets: tuple[str, ...], risk: str) -> Script:
        subject, action, actor = (self.chance.choice(words) for words in (_OBJECTS, _ACTIONS, _ACTORS))
        number = self.chance.randrange(1, 900)
        steps = (
            ("Given", f'a {subject} "R-{number}" in the state "in work"'),
            ("And", f"{actor} is signed in with the role that belongs to the task"),
            ("When", f'{actor} tries to {action} the {subject} "R-{number}"'),
            ("Then", f'the {subject} "R-{number}" shows the state "{action} done" and version {number % 7 + 1}'),
            ("And", f"the audit trail names {actor}, the date, the old value, the new value and the reason"),
            ("And", f'a user without this role is refused with the message "not permitted ({number})"'),
        )
        return Script(
            id=name, stage=stage, title=f"{action.capitalize()} a {subject} ({name})",
            objective=f"show that {actor} can {action} a {subject} and that nobody else can.",
            verifies=targets, risk=risk, kind="negative" if number % 3 == 0 else "positive", steps=steps,
        )  # fmt: skip

    def _parents(self, key: str, number: int) -> tuple[str, ...]:
        """Return the parent whose turn it is, so that all are covered, and for every third item one more."""
        count = self.counts[key]
        first = (number - 1) % count + 1
        other = self.chance.randrange(1, count + 1)
        chosen = {first, other} if number % 3 == 0 else {first}
        return tuple(f"{key}-{one:05d}" for one in sorted(chosen))

    def _sentence(self, start: str) -> str:
        return (
            f"{start} {self.chance.choice(_ACTORS)} did {self.chance.choice(_ACTIONS)} the "
            f"{self.chance.choice(_OBJECTS)} {self.chance.choice(_LIMITS)}."
        )

    def _reason(self) -> str:
        return self.chance.choice(_REASONS)

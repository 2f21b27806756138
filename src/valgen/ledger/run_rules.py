"""How the records of runs must fit together.

A run is started before anything is said of it and nothing is said of it after its end; runs are numbered without gap;
a case result names exactly the step results of its attempt, by their leaf hashes and in their order.

No files here. Memory is bounded by the runs that are going on. Format: docs/format.md, "Runs".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

_PREFIX = {"dry": "dry", "ledger": "run"}
_OF_A_RUN = frozenset({"case.started", "step.result", "case.result", "run.finished", "run.aborted"})


def run_id(mode: str, number: int) -> str:
    """Return the id of run ``number`` (from 1) in a log of this mode."""
    return f"{_PREFIX[mode]}-{number:04d}"


@dataclass(slots=True)
class _Run:
    steps: dict[tuple[str, int], list[str]] = field(default_factory=dict)
    closed: set[tuple[str, int]] = field(default_factory=set)


class RunRules:
    """Follows the records of a log in order.

    Args:
        mode: of the log.
    """

    def __init__(self, mode: str) -> None:
        self._mode = mode
        self._count = 0
        self._open: dict[str, _Run] = {}

    def follow(self, body: dict[str, Any], leaf: str) -> str:
        """Take note of a record; return what is wrong with it, or an empty text.

        Args:
            body: well-formed.
            leaf: its leaf hash, hex.
        """
        kind = body["kind"]
        if kind == "run.started":
            return self._start(body)
        if kind not in _OF_A_RUN:
            return ""
        name = body["run"]
        run = self._open.get(name)
        if run is None:
            return f"it speaks of {name}, which was not started or has ended"
        if kind in ("run.finished", "run.aborted"):
            del self._open[name]
            return ""
        attempt = (body["case"], body["attempt"])
        label = f"attempt {attempt[1]} at {attempt[0]} in {name}"
        if attempt in run.closed:
            return f"it speaks of {label}, which has its result"
        if kind == "step.result":
            run.steps.setdefault(attempt, []).append(leaf)
        elif kind == "case.result":
            run.closed.add(attempt)
            if run.steps.pop(attempt, []) != body["steps"]:
                return f"it does not name exactly the steps recorded for {label}"
        return ""

    def _start(self, body: dict[str, Any]) -> str:
        self._count += 1
        name, expected = body["run"], run_id(self._mode, self._count)
        self._open[name] = _Run()
        if name != expected:
            return f"the run is called {name} where {expected} is next"
        if self._mode == "dry" and body["mode"] != "dry":
            return "a formal run stands in a log of dry runs"
        return ""

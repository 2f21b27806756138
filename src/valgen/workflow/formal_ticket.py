"""What ``valgen run --formal`` hands to the process that executes the tests: execution, tester, scripts, code.

It is a file in a private folder of the run, and holds no secret. Before the plan is written, scripts and step code as
that process loaded them are compared with what was approved and with what the execution was opened with: a file that
was edited between the decision and the first step stops the run.

Source: design.md §4; integrity.md X-3, X-8.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from valgen.errors import ExecutionError
from valgen.model.outcome import Stage
from valgen.model.project import SystemInfo
from valgen.workflow.facts import step_code

IDENTITY = "system_identity"
"""Function of a step module that asks the system under validation which one it is; takes the environment."""
IDENTITY_FACT = "identity of the system"
NOT_READ = f"declared only; no step module has a function {IDENTITY}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One formal session.

    Attributes:
        execution: that it belongs to, opened before.
        session: open session of the tester; empty for a service.
        tester: account.
        keystore: folder of the keys of this machine.
        team: addresses of the team store; empty where there is none.
        stage: that is executed.
        cases: every planned case to the fingerprint of its approved script.
        chosen: cases to execute now.
        code: path to SHA-256 of the step code at opening.
    """

    execution: str
    session: str
    tester: str
    keystore: str
    team: Mapping[str, Any]
    stage: str
    cases: Mapping[str, str]
    chosen: Sequence[str]
    code: Mapping[str, str]

    def keys(self) -> dict[str, Any]:
        """Return what the recorder needs of it."""
        return {
            "execution": self.execution,
            "session": self.session,
            "tester": self.tester,
            "keystore": self.keystore,
            "team": dict(self.team),
        }

    def data(self) -> bytes:
        """Return the bytes of its file."""
        return json.dumps(asdict(self)).encode("ascii")

    def check(
        self,
        stages: Sequence[Stage],
        scripts: Mapping[str, str],
        collected: Collection[str],
        *code: Mapping[str, str],
        loaded: Mapping[str, str],
    ) -> None:
        """Refuse to begin with anything else than what was approved and chosen.

        Args:
            stages: that the session would execute.
            scripts: planned case to the fingerprint of its script, as the session read it.
            collected: cases that pytest is going to execute.
            code: digests of the code, as found before it was loaded and afterwards.
            loaded: path to SHA-256 of the bytes of each step module that were loaded.

        Raises:
            ExecutionError: something differs; nothing was executed.
        """
        if [stage.value for stage in stages] != [self.stage]:
            raise _changed(f"the session would execute {', '.join(stages) or 'nothing'}, not {self.stage}")
        names = sorted(case for case in {*self.cases, *scripts} if self.cases.get(case) != scripts.get(case))
        if names:
            raise _changed(f"scripts are not the approved ones: {', '.join(names[:10])}")
        for found in code:
            said = changed_code(self.code, found)
            if said:
                raise _changed(said)
        said = other_code(loaded, self.code)
        if said:
            raise _changed(said)
        if set(collected) != set(self.chosen):
            names = sorted(set(collected) ^ set(self.chosen))
            raise ExecutionError(
                f"pytest would not execute exactly the chosen cases; it differs in {', '.join(names[:10])}",
                why="in a formal execution nothing but --case decides what is executed now",
                fix="take hooks out of conftest.py, and options out of pytest's settings, that select or repeat tests",
                code="VG421",
            )


def check_identity(found: object, system: SystemInfo) -> str:
    """Return the identity that the system under validation gave of itself, in words.

    Args:
        found: what ``system_identity`` of the step code returned: a version, or name and version, as text or mapping.
        system: as declared.

    Raises:
        ExecutionError: it is not the declared system in the declared version.
    """
    if isinstance(found, Mapping):
        found = " ".join(str(found[key]) for key in ("name", "version") if key in found)
    said = " ".join(str(found).split())
    if said not in (system.version, f"{system.name} {system.version}"):
        raise ExecutionError(
            f"the system says that it is {said[:200] or 'nothing'}, and {system.name} {system.version} is declared",
            why="results hold for one system in one version",
            fix="install the declared version; or declare the other one, and have a version of the protocol approved",
            code="VG426",
        )
    return f"read from the system before the first step: {said}"


def changed_code(opened: Mapping[str, str], found: Mapping[str, str]) -> str:
    """Return how step code differs from what an execution was opened with, in words; empty when it does not."""
    before, now = step_code(opened), step_code(found)
    names = sorted(path for path in {*before, *now} if before.get(path) != now.get(path))
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"step code changed since the execution was opened: {', '.join(names[:5])}{more}" if names else ""


def other_code(loaded: Mapping[str, str], opened: Mapping[str, str]) -> str:
    """Return why what was loaded is not the step code of the execution, in words; empty when it is."""
    other = sorted(path for path, digest in loaded.items() if opened.get(path) != digest)
    return f"other step code was loaded than the execution was opened with: {', '.join(other[:5])}" if other else ""


def read_ticket(path: Path) -> Ticket:
    """Read the ticket of this session.

    Raises:
        ExecutionError: there is none.
    """
    try:
        return Ticket(**json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError) as error:
        raise ExecutionError(
            "a formal run cannot begin by itself",
            why="it needs a tester who showed who they are, and an approved protocol",
            fix="use: valgen run STAGE --formal --as USER",
            code="VG420",
        ) from error


def _changed(what: str) -> ExecutionError:
    return ExecutionError(
        f"the formal run does not begin: {what}",
        why="what is executed is exactly what was approved",
        fix="bring the files back, or have a new version of the protocol approved; it is executed on its own",
        code="VG422",
    )

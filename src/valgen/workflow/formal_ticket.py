"""What ``valgen run --formal`` hands to the process that executes the tests: execution, tester, scripts, code.

Only that process inherits it, as an open file. Before the plan is written, scripts and step code as that process loaded
them are compared with what was approved and with what the execution was opened with: a file that was edited between the
decision and the first step stops the run.

Source: design.md §4; integrity.md X-3, X-8.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass

from valgen.errors import ExecutionError
from valgen.model.outcome import Stage
from valgen.workflow.facts import step_code

_MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One formal session.

    Attributes:
        execution: that it belongs to, opened before.
        session: open session of the tester; empty for a service.
        tester: account.
        keystore: folder of the keys of this machine.
        stage: that is executed.
        cases: every planned case to the fingerprint of its approved script.
        chosen: cases to execute now.
        code: path to SHA-256 of the step code at opening.
    """

    execution: str
    session: str
    tester: str
    keystore: str
    stage: str
    cases: Mapping[str, str]
    chosen: Sequence[str]
    code: Mapping[str, str]

    def keys(self) -> dict[str, str]:
        """Return what the recorder needs of it."""
        return {
            "execution": self.execution,
            "session": self.session,
            "tester": self.tester,
            "keystore": self.keystore,
        }

    def data(self) -> bytes:
        """Return the bytes that go through the pipe."""
        return json.dumps(asdict(self)).encode("ascii")

    def check(
        self,
        stages: Sequence[Stage],
        scripts: Mapping[str, str],
        collected: Collection[str],
        *code: Mapping[str, str],
    ) -> None:
        """Refuse to begin with anything else than what was approved and chosen.

        Args:
            stages: that the session would execute.
            scripts: planned case to the fingerprint of its script, as the session read it.
            collected: cases that pytest is going to execute.
            code: digests of the code, as found before it was loaded and afterwards.

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
        if set(collected) != set(self.chosen):
            names = sorted(set(collected) ^ set(self.chosen))
            raise ExecutionError(
                f"pytest would not execute exactly the chosen cases; it differs in {', '.join(names[:10])}",
                why="in a formal execution nothing but --case decides what is executed now",
                fix="take hooks out of conftest.py, and options out of pytest's settings, that select or repeat tests",
                code="VG421",
            )


def changed_code(opened: Mapping[str, str], found: Mapping[str, str]) -> str:
    """Return how step code differs from what an execution was opened with, in words; empty when it does not."""
    before, now = step_code(opened), step_code(found)
    names = sorted(path for path in {*before, *now} if before.get(path) != now.get(path))
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"step code changed since the execution was opened: {', '.join(names[:5])}{more}" if names else ""


def read_ticket(fd: int) -> Ticket:
    """Read the ticket of this session from its pipe.

    Raises:
        ExecutionError: there is none.
    """
    data = bytearray()
    try:
        while len(data) <= _MOST_BYTES and (part := os.read(fd, 1 << 16)):
            data += part
        os.close(fd)
        return Ticket(**json.loads(data))
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

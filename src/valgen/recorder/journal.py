"""Turns events of test code into records, in the order in which they arrive.

Rules:

- The plan of every run is durable before ``start`` answers.
- A step becomes a record as soon as its event arrives, together with others that wait; its time and duration are
  this process's, from event to event.
- A case ends with one signed record that binds its steps. Its outcome is added up here: the worst of its steps and
  of what happened around them; Passed only when every planned step passed.
- Everything is redacted before it is written.
- An attempt whose connection ends is closed as Aborted, a run that is not finished as aborted.
- In a formal run an expected result that was neither checked nor observed is an Error, and every ended case is on the
  medium before its end is acknowledged.

No sockets here, and the clock comes in as moments. Source: design.md §4; integrity.md decisions 6 and 7, X-2, X-14.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from valgen.ledger import canonical
from valgen.ledger.blobs import BlobRef
from valgen.ledger.record import Draft, Stored
from valgen.ledger.store import Log
from valgen.model.outcome import Outcome, StepKind, worst
from valgen.recorder.clock import JUMP_MS, Moment
from valgen.recorder.redact import Redactor

SEAL_MS = 250
"""Longest time for which the ended cases of a dry run stay without a checkpoint.

A line survives the death of any process as soon as it is written. Syncing it to the disk after every case of a dry
run, which is never evidence, would cost more than the whole test; so quick cases share a checkpoint, and one that takes
longer has its own (decision 0011).
"""

_MOST_HELD = 200
_NOBODY = "valgen"  # actor of what no person did
_UNPROVEN = (
    "the step passed, but it neither checked nor observed anything; in a formal execution an expected result has to be "
    "shown by an assertion, an observed value or an attachment"
)
_UNSAID = "pytest saw this case fail, but no step reported a failure: what was sent to the recorder was changed"

Listener = Callable[[dict[str, Any]], None]


class JournalError(Exception):
    """An event that does not fit what went before, so that the run cannot be trusted."""


@dataclass(slots=True)
class _Run:
    id: str
    stage: str
    environment: str
    plan: dict[str, dict[str, Any]]
    selected: int
    attempts: dict[str, int] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Attempt:
    run: _Run
    case: str
    number: int
    started: Moment
    since: Moment
    steps: dict[int, dict[str, Any]]
    leaves: list[str] = field(default_factory=list)
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    begun: bool = False
    refusals: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)


class Journal:
    """The records of one session.

    Args:
        log: open for writing.
        redactor: takes secrets out of everything.
        boot: name of the boot, for every record.
        actor: who runs the tests.
        tool: name and version of valgen.
        listener: told of every run that begins and every attempt that ends.
        formal: ``execution``, ``session`` and ``tester`` of formal runs; None for dry runs.
    """

    def __init__(
        self,
        log: Log,
        redactor: Redactor,
        *,
        boot: str,
        actor: str,
        tool: str,
        listener: Listener,
        formal: Mapping[str, str] | None = None,
    ) -> None:
        self._log = log
        self._formal = dict(formal) if formal is not None else None
        self._redact = redactor
        self._boot = boot
        self._actor = actor
        self._tool = tool
        self._listener = listener
        self._runs: dict[str, _Run] = {}
        self._open: dict[int, _Attempt] = {}
        self._held: list[tuple[Draft, _Attempt | None, Moment]] = []
        self._last: Moment | None = None
        self._unsealed_since: Moment | None = None

    @property
    def run_ids(self) -> tuple[str, ...]:
        """Ids of the runs that are still open."""
        return tuple(run.id for run in self._runs.values())

    def start(self, runs: Iterable[dict[str, Any]], now: Moment) -> dict[str, str]:
        """Write the plans.

        Args:
            runs: per run ``stage``, ``environment``, ``argv``, ``settings``, ``plan`` and ``facts``.
            now: when they arrived.

        Returns:
            Stage to run id.
        """
        if self._runs:
            raise JournalError("the session's runs have already begun")
        for given in runs:
            plan = self._clean(given["plan"])
            facts = self._clean(given["facts"])
            body = {
                "stage": given["stage"],
                "mode": "dry" if self._formal is None else "formal",
                "environment": given["environment"],
                "tool": self._tool,
                "pid": os.getpid(),
                "argv": self._clean(given["argv"]),
                "settings": given["settings"],
                "plan": self._put(canonical.encode(plan, limit=None)).as_dict(),
                "facts": self._put(canonical.encode(facts, limit=None)).as_dict(),
                **(self._formal or {}),
            }
            self._last = now
            stored = self._log.start_run(body, time=now.text, mono=now.mono_ms, boot=self._boot, actor=self._actor)
            run = _Run(
                id=stored.body["run"],
                stage=given["stage"],
                environment=given["environment"],
                plan={case["id"]: case for case in plan},
                selected=sum(1 for case in plan if case["selected"]),
            )
            self._runs[run.stage] = run
            self._listener({"event": "run", "run": run.id, "stage": run.stage, "environment": run.environment,
                            "planned": len(run.plan), "selected": run.selected})  # fmt: skip
        return {run.stage: run.id for run in self._runs.values()}

    def begin_case(self, link: int, stage: str, case: str, worker: str, now: Moment) -> None:
        """Write that an attempt at a case begins on a connection."""
        run = self._runs.get(stage)
        if run is None or case not in run.plan:
            raise JournalError(f"the case {case} is not planned in a run of this session")
        if link in self._open:
            self.lose(link, "another case began before this one ended", now)
        number = run.attempts[case] = run.attempts.get(case, 0) + 1
        steps = {step["number"]: step for step in run.plan[case]["steps"]}
        self._open[link] = _Attempt(run=run, case=case, number=number, started=now, since=now, steps=steps)
        body = {"run": run.id, "case": case, "attempt": number, "worker": worker}
        self._hold(Draft("case.started", body), None, now)

    def begin_steps(self, link: int, now: Moment) -> None:
        """Note that the set-up is over and the first step begins."""
        attempt = self._attempt(link)
        attempt.begun = True
        attempt.since = now

    def attach(self, link: int, name: str, media_type: str, data: bytes, now: Moment) -> None:
        """Keep an attachment; the next step that ends on the connection names it."""
        attempt = self._attempt(link)
        name = self._clean(name)[:4000]
        clean = self._redact.data(data)
        if clean is None:
            attempt.refusals.append(f"the attachment {name} holds the value of a secret and was not kept")
            return
        ref = self._put(clean)
        attempt.attachments.append(
            {
                "name": name,
                "media_type": self._clean(media_type)[:200],
                "size": ref.size,
                "sha256": ref.sha256,
                "captured_at": now.text,
            }
        )

    def end_step(self, link: int, event: dict[str, Any], now: Moment) -> None:
        """Write how a step ended."""
        attempt = self._attempt(link)
        number = event["n"]
        step = attempt.steps.get(number)
        if step is None or number in attempt.outcomes or number != len(attempt.outcomes) + 1:
            raise JournalError(f"step {number} of {attempt.case} was not to be executed now")
        outcome = Outcome(event["o"])
        if attempt.refusals:
            outcome = worst((outcome, Outcome.ERROR))
            event = {**event, "m": "; ".join([*attempt.refusals, *filter(None, [event.get("m")])])}
            attempt.refusals = []
        shown = event.get("ob") or attempt.attachments
        if self._formal is not None and step["kind"] == StepKind.THEN and outcome is Outcome.PASSED and not shown:
            outcome = Outcome.ERROR
            event = {**event, "m": _UNPROVEN}
        self._write_step(attempt, step, outcome, event, now)

    def end_case(self, link: int, extras: list[dict[str, Any]], now: Moment, *, failed: bool = False) -> None:
        """Write the signed result of an attempt.

        Args:
            link: connection of the attempt.
            extras: verdicts that did not come from a step.
            now: when.
            failed: whether pytest saw a failure; then the case is never Passed, whatever the steps said.
        """
        attempt = self._attempt(link)
        said = [*attempt.outcomes.values(), *(Outcome(extra["o"]) for extra in extras)]
        if failed and all(outcome is Outcome.PASSED for outcome in said):
            extras = [*extras, {"o": Outcome.ERROR.value, "m": _UNSAID}]
        del self._open[link]
        self._close(attempt, extras, now)
        if self._formal is not None:
            self.seal()

    def lose(self, link: int, reason: str, now: Moment) -> None:
        """Close the attempt of a connection that is gone; nothing happens when it had none."""
        attempt = self._open.pop(link, None)
        if attempt is not None:
            self._close(attempt, [{"o": Outcome.ABORTED.value, "m": reason}], now)

    def finish(self, now: Moment) -> dict[str, int]:
        """Write the end of every run of the session.

        Returns:
            How many planned cases ended with which outcome, over all runs.
        """
        for link in list(self._open):
            self.lose(link, "the session ended while this case was running", now)
        drafts = []
        total: dict[str, int] = {}
        for run in self._runs.values():
            counts: dict[str, int] = {}
            for case in run.plan:
                word = run.last.get(case, Outcome.NOT_EXECUTED.value)
                counts[word] = counts.get(word, 0) + 1
                total[word] = total.get(word, 0) + 1
            executed = sum(count for word, count in counts.items() if Outcome(word).executed)
            drafts.append(
                Draft(
                    "run.finished",
                    {
                        "run": run.id,
                        "summary": counts,
                        "planned": len(run.plan),
                        "selected": run.selected,
                        "executed": executed,
                    },
                )
            )
        self._end(drafts, now)
        return total

    def abort(self, reason: str, now: Moment) -> None:
        """Close every attempt and run as aborted.

        Args:
            reason: why, in words for the tester.
            now: when.
        """
        for link in list(self._open):
            self.lose(link, reason, now)
        body = {"reason": self._clean(reason), "detected_by": "recorder"}
        self._end([Draft("run.aborted", {"run": run.id, **body}) for run in self._runs.values()], now)

    @property
    def unsealed(self) -> bool:
        """True while a case ended after the newest checkpoint."""
        return self._unsealed_since is not None

    def seal(self, now: Moment | None = None) -> None:
        """Make ended cases durable and sign a checkpoint over them.

        Args:
            now: to seal only when that is due; None to seal in any case.
        """
        since = self._unsealed_since
        if since is not None and (now is None or now.mono_ms - since.mono_ms >= SEAL_MS):
            self._log.commit()
            self._unsealed_since = None

    def recover(self, run_ids: Iterable[str], now: Moment) -> None:
        """Write that earlier runs were cut off together with their recorder."""
        reason = "the run was cut off together with its recorder, such as by a power failure or a kill"
        drafts = [
            Draft("run.aborted", {"run": run_id, "reason": reason, "detected_by": "recovery"}) for run_id in run_ids
        ]
        if drafts:
            self._append(drafts, now, actor=self._actor if self._formal is None else _NOBODY)
            self._log.commit()

    def _end(self, drafts: list[Draft], now: Moment) -> None:
        if drafts:
            self._append(drafts, now)
            self._log.commit(keep=True)
            self._unsealed_since = None
        ended, self._runs = self.run_ids, {}  # before it is told, which may fail: a run ends once
        for run_id in ended:
            self._listener({"event": "end", "run": run_id})

    def _close(self, attempt: _Attempt, extras: list[dict[str, Any]], now: Moment) -> None:
        running = len(attempt.outcomes) + 1
        aborted = next((extra for extra in extras if extra["o"] == Outcome.ABORTED.value), None)
        # The step that was running when the process went is a row as well: it began, and nothing says how it ended.
        all_passed = all(outcome is Outcome.PASSED for outcome in attempt.outcomes.values())
        if aborted is not None and attempt.begun and running in attempt.steps and all_passed:
            event = {"n": running, "m": aborted.get("m", "")}
            self._write_step(attempt, attempt.steps[running], Outcome.ABORTED, event, now)
        outcomes = list(attempt.outcomes.values()) + [Outcome(extra["o"]) for extra in extras]
        refused = any(extra["o"] in (Outcome.BLOCKED, Outcome.NOT_EXECUTED) for extra in extras)
        outcome = worst(outcomes)
        messages = [*attempt.messages, *attempt.refusals, *(str(extra.get("m", "")) for extra in extras)]
        if attempt.refusals:
            outcome = worst((outcome, Outcome.ERROR))
        if outcome is Outcome.PASSED and len(attempt.outcomes) != len(attempt.steps):
            outcome = Outcome.ERROR
            messages.append("not every planned step was executed, although nothing says why")
        if not attempt.steps and not extras:
            outcome = Outcome.ERROR
            messages.append("the case has no steps, so it shows nothing")
        self.flush()
        details = [str(extra["tr"]) for extra in extras if extra.get("tr")]
        body = {
            "run": attempt.run.id,
            "case": attempt.case,
            "attempt": attempt.number,
            "outcome": outcome.value,
            "message": self._clean("\n".join([*_unique(messages), *details])),
            "started": "" if refused else attempt.started.text,
            "finished": now.text,
            "executor": self._actor,
            "steps": attempt.leaves,
        }
        self._append([Draft("case.result", body)], now)
        self._unsealed_since = self._unsealed_since or now
        attempt.run.last[attempt.case] = outcome.value
        self._listener({"event": "case", "run": attempt.run.id, "case": attempt.case, "attempt": attempt.number,
                        "title": attempt.run.plan[attempt.case]["title"], "outcome": outcome.value,
                        "message": body["message"].split("\n")[0][:500]})  # fmt: skip

    def _write_step(
        self, attempt: _Attempt, step: dict[str, Any], outcome: Outcome, event: dict[str, Any], now: Moment
    ) -> None:
        number = step["number"]
        body: dict[str, Any] = {
            "run": attempt.run.id,
            "case": attempt.case,
            "attempt": attempt.number,
            "step": number,
            "kind_of_step": step["kind"],
            "keyword": step["keyword"],
            "text": step["text"],
            "outcome": outcome.value,
            "observed": bool(event.get("ob")) or bool(attempt.attachments),
            "started": attempt.since.text,
            "duration_ms": max(0, now.mono_ms - attempt.since.mono_ms),
        }
        for key, short in (("expected", "e"), ("actual", "a"), ("tables", "tb"), ("message", "m"), ("trace", "tr")):
            if event.get(short):
                body[key] = self._clean(event[short])
        for key in ("table", "doc_string"):
            if step.get(key):
                body["data_table" if key == "table" else key] = step[key]
        if attempt.attachments:
            label = f"{attempt.case}-{number}"
            body["attachments"] = [
                {"id": f"{label}-{index}", **item} for index, item in enumerate(attempt.attachments, start=1)
            ]
        self._hold(Draft("step.result", body), attempt, now)
        attempt.outcomes[number] = outcome
        if outcome is not Outcome.PASSED and event.get("m"):
            attempt.messages.append(str(event["m"]) if outcome is Outcome.ABORTED else f"step {number}: {event['m']}")
        attempt.attachments = []
        attempt.since = now

    def _attempt(self, link: int) -> _Attempt:
        if link not in self._open:
            raise JournalError("an event arrived for no case")
        return self._open[link]

    def flush(self) -> None:
        """Write what is held; called as soon as no further event waits."""
        held, self._held = self._held, []
        if held:
            stored = self._append([draft for draft, _, _ in held], held[-1][2])
            by_leaf = [one for one in stored if one.kind != "clock.anomaly"]
            for (draft, attempt, _), one in zip(held, by_leaf, strict=True):
                if attempt is not None and draft.kind == "step.result":
                    attempt.leaves.append(one.leaf)

    def _hold(self, draft: Draft, attempt: _Attempt | None, now: Moment) -> None:
        # Events that wait together become one write: taking the lock of the log for each costs more than the rest.
        self._held.append((draft, attempt, now))
        if len(self._held) >= _MOST_HELD:
            self.flush()

    def _append(self, drafts: list[Draft], now: Moment, *, actor: str = "") -> list[Stored]:
        self.flush()
        if self._last is not None and abs(jump := now.jump_since(self._last)) > JUMP_MS:
            anomaly = {"previous_time": self._last.text, "previous_mono": self._last.mono_ms, "jump_ms": jump}
            drafts = [*drafts, Draft("clock.anomaly", anomaly)]
        self._last = now
        return self._log.append(drafts, time=now.text, mono=now.mono_ms, boot=self._boot, actor=actor or self._actor)

    def _put(self, data: bytes) -> BlobRef:
        return self._log.put_blob(data)

    def _clean(self, value: Any) -> Any:
        return _storable(self._redact.value(value))


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return canonical.storable(value)
    if isinstance(value, dict):
        return {canonical.storable(str(key)): _storable(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_storable(inner) for inner in value]
    return value


def _unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))

"""Who does and signs what: roles, the log of testers, signatures after execution.

Rows to be signed by hand or electronically are printed with a dotted line, and no name is invented. A person who
executed a test does not review its result.

Source: domain/documents.md b.0, b.8.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from valgen.documents.blocks import Block, Cell, Column, Row, Shows, SignaturePlace, Table, Tone, cell
from valgen.documents.context import Context
from valgen.documents.issue import TESTER_COLUMNS, tester_rows, testers_of
from valgen.documents.issue import after_execution as after_blocks
from valgen.documents.signatures import role_name, signature_page
from valgen.model.outcome import Stage
from valgen.model.project import DocumentEntry, SignatureStep
from valgen.trace.approval import approval_of

TASKS: Mapping[str, str] = {
    "author": "Writes the document and answers for its content",
    "technical_reviewer": "Checks that the content is technically correct, complete and testable",
    "process_owner": "Answers for the process; states that the content fits the intended use",
    "system_owner": "Answers for operation and support; states that the content fits the system",
    "validation_lead": "Plans and coordinates the validation",
    "test_lead": "Prepares the execution, assigns cases to testers, reports failures and deviations",
    "tester": "Executes tests as written and records what is observed when it happens; is trained before",
    "witness": "Is present where a case asks for a witness, and confirms what was observed",
    "reviewer": "Reviews every result and attachment; has executed none of the tests under review; acts as technical "
    "reviewer, test lead, QA, validation lead, system owner or process owner",
    "qa": "Checks compliance with procedures and regulations; is independent of author and tester",
}
_TESTING = ("test_lead", "tester", "reviewer")


def roles(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Roles of a document and what each answers for; those who test are named in documents of a stage."""
    signing = [step.role for step in _workflow(context, entry)]
    names = list(dict.fromkeys(signing))
    if entry and entry.type in Stage.__members__:
        names += [name for name in _TESTING if name not in names]
    rows = tuple(
        Row(
            (
                cell(role_name(name), bold=True),
                cell(TASKS.get(name, "As the workflow of the project says")),
                cell("Yes" if name in signing else "No"),
            )
        )
        for name in names
    )
    columns = (Column("Role", 22), Column("Responsibility", 60), Column("Signs this document", 18))
    return (Table(columns, rows, empty="The workflow names no role for this document."),)


def tester_log(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Rows in which each tester and reviewer signs, so that initials on results lead to a person.

    Once the protocol was executed, those stand there whom the ledger knows to have begun a run.
    """
    return (SignaturePlace(Shows.TESTERS, blocks=testers_of(None, ())),)


def testers_found(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Everybody and every account that executed something in a run of the stage, with what they executed."""
    where = entry.environment if entry else ""
    known = {one.shown: one for execution in context.executions for one in reversed(execution.log)}
    done: dict[str, list[str]] = {}
    executed: Counter[str] = Counter()
    for run in context.stage_runs(stage, where):
        for attempt in run.attempts:
            name = attempt.executor or run.actor or "unknown"
            done.setdefault(name, []).append(run.id)
            executed[name] += attempt.outcome.executed
    rows = tuple(
        Row(
            (
                *(tester_rows([known[name]])[0].cells if name in known else _unknown(name)),
                cell(f"{_counted(executed[name], len(runs))}: {', '.join(dict.fromkeys(runs))}"),
            )
        )
        for name, runs in sorted(done.items())
    )
    columns = (*TESTER_COLUMNS, Column("Executed", 26))
    return (Table(columns, rows, role="approvals", empty="Nobody has executed a test."),)


def approvals(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """The place for the signatures that the workflow asks for; until they are given, rows say that nobody signed."""
    steps = _workflow(context, entry)
    unsigned = signature_page(approval_of("", "", "", steps, ()), None)
    return (SignaturePlace(Shows.APPROVALS, asks=_asked(steps), blocks=unsigned),)


def after_execution(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Signatures after execution, given on the report of the executed protocol: executed, reviewed, approved."""
    steps = context.project.settings.workflow.get(entry.type if entry else stage.value, ())
    report = f"{entry.key if entry else stage.value}-report"
    place = SignaturePlace(Shows.AFTER, report, entry.version if entry else "", _asked(steps))
    return (replace(place, blocks=after_blocks(place, None)),)


def _workflow(context: Context, entry: DocumentEntry | None) -> tuple[SignatureStep, ...]:
    return context.project.settings.workflow.get(entry.type if entry else "", ())


def _asked(steps: tuple[SignatureStep, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((step.role, step.meaning) for step in steps)


def _counted(executed: int, attempts: int) -> str:
    """Return how many attempts of somebody were executed; the statistics count no skipped and no manual ones either."""
    return f"{executed} executed" + (f", {attempts - executed} not executed" if attempts > executed else "")


def _unknown(name: str) -> tuple[Cell, ...]:
    """Return the cells of somebody whom no ledger knows: whoever executed a dry run."""
    return (
        cell(name, bold=True),
        cell("not recorded", Tone.MUTED),
        cell("not signed", Tone.MUTED),
        cell("not recorded", Tone.MUTED),
        cell("not signed", Tone.MUTED),
    )

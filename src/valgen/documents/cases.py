"""Blocks about test cases as written: index and protocol entries.

Protocol and report (``executed``) are two renderings of one model: both take their rows from ``step_tables``, and both
print the digest of the script. A protocol leaves room for what is not known before the execution.

Source: domain/documents.md b.8, b.11 (columns of a PQ).
"""

from __future__ import annotations

from valgen.documents.blocks import (
    Block,
    Cell,
    Column,
    Entry,
    Facts,
    Paragraph,
    Row,
    Run,
    Table,
    Tone,
    cell,
    paragraph,
    runs,
)
from valgen.documents.common import linked
from valgen.documents.context import Context
from valgen.documents.issue import BLANK
from valgen.documents.items import WORDS
from valgen.documents.rowing import count
from valgen.documents.step_tables import (
    is_unproven,
    printed_cells,
    printed_rows,
    short_digest,
    tables_of,
    tone_of,
)
from valgen.model.outcome import Stage
from valgen.model.project import DocumentEntry
from valgen.model.testcase import TestCase
from valgen.trace.fingerprint import planned_steps, script_fingerprint
from valgen.trace.risk import PRIORITIES, initial_score

# The blank columns weigh more than their text, so that there is room to write.
_PROTOCOL_COLUMNS = (
    Column("Step", 5),
    Column("Instruction", 25),
    Column("Expected result", 24),
    Column("Actual result", 48),
    Column("Pass / Fail", 10),
    Column("Evidence", 14),
    Column("Initials, date", 18),
)


def index(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Every planned case: id, title, what it verifies, risks with their priority, type, mode; retired ones below."""
    where = entry.environment if entry else ""
    cases = context.cases(stage, where)
    rows = []
    for case in cases:
        planned = context.project.settings.planned_environments(case)
        targets = targets_of(case)
        rows.append(
            Row(
                (
                    Cell((linked((case.id,)),)),
                    cell(case.title),
                    Cell((linked(targets),)) if targets else cell("nothing", Tone.BAD),
                    _risks(case, context),
                    cell(highest_priority(case, context) or "N/A: no risk"),
                    cell(", ".join(case.kinds) or "positive"),
                    cell(case.mode.value),
                    cell(", ".join(planned) or "none"),
                )
            )
        )
    columns = (
        Column("Test ID", 14),
        Column("Title", 28),
        Column("Verifies", 15),
        Column("Risks", 10),
        Column("Risk priority", 8),
        Column("Type", 9),
        Column("Mode", 9),
        Column("Env.", 7),
    )
    blocks: list[Block] = [
        Table(columns, tuple(rows), role="index", wide=True, empty=f"No {stage} test case is planned.")
    ]
    if cases:
        blocks.append(paragraph(count_text(context, entry, stage)))
    gone = [case for case in context.graph.cases.values() if case.stage is stage and case.retired]
    if gone:
        blocks.append(
            Table(
                (Column("Retired test", 25), Column("Title", 75)),
                tuple(Row((cell(case.id), cell(case.title))) for case in gone),
                caption="Retired test cases; their ids are not used again",
            )
        )
    return tuple(blocks)


def count_text(context: Context, entry: DocumentEntry | None, stage: Stage) -> str:
    """Return how many cases are planned, in how many scripts, and how often they are executed over all environments."""
    where = entry.environment if entry else ""
    cases = context.cases(stage, where)
    scripts = len({case.base_id for case in cases})
    executions = len(context.statuses(stage, where))
    return (
        f"{count(len(cases), 'test case')} of {count(scripts, 'script')}; "
        f"{count(executions, 'execution is', 'executions are')} planned over "
        f"{', '.join(context.environments(stage, where)) or 'no environment'}."
    )


def processes(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Every planned case of a PQ as part of a business process; nothing for other stages."""
    if stage is not Stage.PQ:
        return ()
    where = entry.environment if entry else ""
    rows = []
    for case in context.cases(stage, where):
        needs = tuple(
            dict.fromkeys(
                name
                for target in context.graph.verified_items(case)
                for name in context.graph.above(target)
                if context.graph.items[name].type == "URS"
            )
        )
        rows.append(
            Row(
                (
                    Cell((linked((case.id,)), paragraph(case.title))),
                    _process(case, needs, context),
                    Cell((linked(needs),)) if needs else cell("none"),
                    cell(case.roles or "as the steps say"),
                    cell(case.test_data or _default("Test data", case)),
                )
            )
        )
    columns = (
        Column("Scenario", 32),
        Column("Process, SOP", 20),
        Column("URS", 18),
        Column("Roles", 14),
        Column("Data set", 16),
    )
    return (
        Table(
            columns,
            tuple(rows),
            role="index",
            wide=True,
            caption="Business processes",
            empty=f"No {stage} test case is planned.",
        ),
    )


def protocol(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Every planned case with its header, a step table to be filled in, and what is signed per case."""
    where = entry.environment if entry else ""
    found = tuple(_protocol_entry(case, context) for case in context.cases(stage, where))
    return found or (paragraph(f"No {stage} test case is planned.", Tone.MUTED),)


def header(case: TestCase, context: Context, environment: str = "") -> Facts:
    """Return the header of a case: objective, what it verifies, risks, prerequisites, data, acceptance, script."""
    planned = context.project.settings.planned_environments(case)
    objective = paragraph(case.objective or _default("Objective", case))
    rows: list[tuple[str, tuple[Block, ...]]] = [("Objective", (objective,))]
    verifies = targets_of(case)
    line: list[Run] = list(linked(verifies).runs) if verifies else [Run("nothing", bold=True)]
    if case.risks:
        line += [*runs("; risks "), *_risk_runs(case, context)]
    else:
        line += runs("; no risk")
    rows.append(("Verifies", (Paragraph(tuple(line)),)))
    marked = [flag for flag in ("critical", "destructive", "witness", "evidence") if flag in case.flags]
    words = [f"{', '.join(case.kinds) or 'positive'}, {case.mode.value.lower()}"]
    words.append(environment or ", ".join(planned) or "no environment")
    if marked:
        words.append(f"marked {', '.join(marked)}")
    rows.append(("Type, environment", (paragraph("; ".join(words)),)))
    stated = (("Prerequisites", case.prerequisites), ("Test data", _data(case)), ("Acceptance", case.acceptance))
    for label, text in stated:
        rows.append((label, (paragraph(text or _default(label, case)),)))
    optional = (("Process", case.process), ("Roles", case.roles), ("Rule", case.rule))
    rows += [(label, (paragraph(text),)) for label, text in optional if text]
    rows.append(("Script", (paragraph(f"{case.path}, line {case.line}"),)))
    return Facts(tuple(rows))


def targets_of(case: TestCase) -> tuple[str, ...]:
    """Return what a case verifies as its tags say, each once."""
    return tuple(dict.fromkeys(link.target for link in case.verifies))


def highest_priority(case: TestCase, context: Context) -> str:
    """Return the highest initial priority of a case's risks as printed; empty where it challenges none."""
    found = {_priority(link.target, context) for link in case.risks} & set(PRIORITIES)
    best = next((name for name in reversed(PRIORITIES) if name in found), "")
    return WORDS.get(best, best)


def _protocol_entry(case: TestCase, context: Context) -> Entry:
    steps = planned_steps(case)
    rows = []
    for row in printed_rows(steps):
        instruction, expected, _ = printed_cells(row)
        rows.append(Row((cell(row.label), instruction, expected, *(cell(BLANK) for _ in range(4)))))
    blocks: list[Block] = [header(case, context)]
    if case.description:
        blocks.append(paragraph(case.description))
    blocks.append(Table(_PROTOCOL_COLUMNS, tuple(rows), role="steps", wide=True, empty="The script has no step."))
    blocks.extend(tables_of(case.id, steps, None))
    blocks.append(_to_be_signed(script_fingerprint(case)))
    return Entry(case.id, case.id, case.title, case.stage.value, tuple(blocks))


def _to_be_signed(digest: str) -> Facts:
    """What is filled in once per execution of a case."""
    rows = (
        ("Overall result", f"Pass {BLANK}   Fail {BLANK}   Pass with deviation {BLANK}   Run no. {BLANK}"),
        ("Deviations, comment", f"{BLANK}   (a comment is mandatory if failed)"),
        ("Executed, reviewed by", f"executed: name, signature, date {BLANK}   reviewed, by another person: {BLANK}"),
    )
    return Facts(
        (
            *((label, (paragraph(text),)) for label, text in rows),
            ("Digest of the script", (paragraph(short_digest(digest)),)),
        )
    )


def _process(case: TestCase, needs: tuple[str, ...], context: Context) -> Cell:
    """The process as the case states it, else the procedures that satisfy the same requirements."""
    if case.process:
        return Cell(context.markdown(case.process))
    found = tuple(
        dict.fromkeys(
            name for need in needs for name in context.graph.below(need) if context.graph.items[name].type == "SOP"
        )
    )
    return Cell((linked(found),)) if found else cell("not stated")


def _risks(case: TestCase, context: Context) -> Cell:
    ids = tuple(link.target for link in case.risks)
    return Cell((linked(ids),)) if ids else cell("N/A: no risk")


def _risk_runs(case: TestCase, context: Context) -> tuple[Run, ...]:
    found: list[Run] = []
    for link in case.risks:
        word = _priority(link.target, context)
        found += runs(", ") if found else ()
        shown = WORDS.get(word, word).lower() or "not scored"
        found += [Run(link.target, link=f"#{link.target}"), *runs(f" ({shown})")]
    return tuple(found)


def _priority(name: str, context: Context) -> str:
    item = context.graph.items.get(name)
    return initial_score(item, context.project.settings.risk).priority if item else ""


def _data(case: TestCase) -> str:
    values = "; ".join(f"{key} = {value}" for key, value in case.example.items())
    parts = [case.test_data, f"Examples row: {values}" if values else ""]
    return " ".join(part for part in parts if part)


def _default(label: str, case: TestCase) -> str:
    if label == "Objective":
        return f"Show: {case.title}"
    if label == "Acceptance":
        return "Every step gives its expected result."
    return "N/A: none beyond the entry criteria of the protocol" if label == "Prerequisites" else "N/A: none"


# Their home is step_tables; pages and deviations reach the rows of a script through this module.
__all__ = [
    "count_text", "header", "highest_priority", "index", "is_unproven",
    "printed_cells", "printed_rows", "processes", "protocol", "tables_of", "targets_of", "tone_of",
]  # fmt: skip

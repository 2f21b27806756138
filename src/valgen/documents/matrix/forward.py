"""Forward views: one row per requirement with everything it leads to, and one row per item of any type."""

from __future__ import annotations

from valgen.documents.blocks import Block, Cell, Column, Row, Table, cell, link_cell
from valgen.documents.context import Context
from valgen.documents.items import priority_word
from valgen.documents.matrix.cells import (
    counted_cell,
    coverage_cell,
    deviations_cell,
    ids_cell,
    result_cell,
    risk_cell,
    status_cell,
    tests_cell,
)
from valgen.model.outcome import RunMode
from valgen.model.project import DocumentEntry
from valgen.trace.matrix import MatrixRow


def forward(
    context: Context, entry: DocumentEntry | None, kind: str = "URS", *, compact: bool = False, initial: bool = False
) -> tuple[Block, ...]:
    """One row per requirement: risks, functions, settings, design, procedures, tests, results, coverage."""
    head = (
        Column(f"{kind} ID", 8),
        Column("Requirement", 17),
        Column("Priority, GxP", 8),
        Column("Risks, priority", 9),
        Column("FS", 7),
        Column("CS", 7),
        Column("DS", 7),
        Column("SOP, SUP", 7),
        Column("Tests", 26 if initial else 20 if compact else 16),
    )
    if initial:
        tail: tuple[Column, ...] = (Column("Coverage status", 14),)
    elif compact:
        tail = (Column("Result (latest)", 14), Column("Deviations", 8), Column("Coverage status", 13))
    else:
        tail = (
            Column("Formal result", 14),
            Column("Dry run result", 14),
            Column("Deviations", 6),
            Column("Coverage (formal)", 10),
            Column("Coverage (dry run)", 10),
        )
    rows = [
        Row(
            (*_head(row, context), *_tail(row, context, compact=compact, initial=initial)),
            anchor=f"{'initial-' if initial else ''}row-{row.item.id}",
        )
        for row in context.matrix.rows
        if row.item.type == kind
    ]
    table = Table(
        (*head, *tail),
        tuple(rows),
        anchor=f"{'initial-' if initial else ''}matrix-{kind}",
        role="matrix",
        wide=True,
        empty=f"The project defines no {kind} item.",
    )
    return (table,)


def everything(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Every active item of every type, one row each: the rows of ``valgen trace``."""
    rows = [
        Row(
            (
                link_cell((row.item.id,)),
                cell(row.item.type),
                cell(row.item.title),
                link_cell(row.upstream),
                link_cell(row.downstream),
                cell("\n".join(row.clauses)),
                link_cell(row.risks),
                tests_cell(row.tests, context),
                status_cell(row.status),
                status_cell(row.dry_status),
            )
        )
        for row in context.matrix.rows
    ]
    columns = (
        Column("ID", 10),
        Column("Type", 6),
        Column("Title", 24),
        Column("Upstream", 10),
        Column("Downstream", 10),
        Column("Clauses", 14),
        Column("Risks", 9),
        Column("Tests", 11),
        Column("Coverage (formal)", 12),
        Column("Coverage (dry run)", 12),
    )
    return (
        Table(columns, tuple(rows), anchor="matrix-all", role="matrix", wide=True, empty="The project has no item."),
    )


def _head(row: MatrixRow, context: Context) -> tuple[Cell, ...]:
    item = row.item
    return (
        link_cell((item.id,)),
        cell(item.title),
        cell(f"{priority_word(item)}\nGxP {'yes' if item.gxp else 'no'}"),
        risk_cell(row.risks, context),
        *(ids_cell(row.chain.get(kind, ()), "none") for kind in ("FS", "CS", "DS")),
        ids_cell((*row.chain.get("SOP", ()), *row.chain.get("SUP", ())), "none"),
        tests_cell(row.tests, context) if row.tests else cell("none"),
    )


def _tail(row: MatrixRow, context: Context, *, compact: bool, initial: bool) -> tuple[Cell, ...]:
    if initial:
        return (coverage_cell(row, context, initial=True),)
    if compact:
        return (result_cell(row.tests, context), deviations_cell(row.tests, context), coverage_cell(row, context))
    return (
        counted_cell(row.tests, RunMode.FORMAL, context),
        counted_cell(row.tests, RunMode.DRY, context),
        deviations_cell(row.tests, context),
        status_cell(row.status),
        status_cell(row.dry_status),
    )

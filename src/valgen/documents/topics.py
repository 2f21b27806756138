"""Subjects of a stage: what reviewers expect an IQ, OQ or PQ to look at, and where the project covers it.

The project answers in a table under the heading Subjects, subject in the first column. A subject without an answer is
a row that says so; an answer without a standard subject keeps its row.

Source: domain/documents.md b.9, b.10, b.11.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from valgen.documents.blocks import Block, Cell, Column, Row, Table, Tone, cell, paragraph, plain_text

SUBJECTS: Mapping[str, tuple[str, ...]] = {
    "IQ": (
        "Identity of host, virtual machine or tenant",
        "Versions of operating system, database, middleware and runtime",
        "Version and checksum of the application against the approved release",
        "Components and dependencies against the lock file",
        "Checksums of files and configuration against the baseline",
        "Network, ports, certificates, TLS",
        "Time synchronisation and time zone",
        "Service accounts, permissions, place of secrets",
        "Backup jobs",
        "Place of logs and audit trails",
        "Malware protection and monitoring",
        "Separation of environments",
        "Licences",
        "Manuals, procedures, release notes",
        "Installation procedure and its log",
        "Back-out plan",
    ),
    "OQ": (
        "Positive, negative, boundary and invalid input",
        "Calculations against an independent reference, rounding",
        "States and blocked transitions of workflows",
        "Access per role, allowed and refused",
        "Password, lock-out, time-out",
        "Segregation of duties",
        "Audit trail: create, change, delete; cannot be switched off or edited; review and export",
        "Electronic signature: components, manifestation, binding, failed attempts",
        "Data integrity: accurate copies, restricted deletion, change of time",
        "Interfaces: error, duplicate, outage",
        "Reports and prints",
        "Backup and restore",
        "Failover and disaster recovery",
        "Performance, where it is specified",
        "Error messages",
    ),
    "PQ": (
        "End-to-end business processes",
        "Procedures in approved or final draft version",
        "Trained users in their real roles",
        "Representative volume and data",
        "Environment that is or equals production",
        "Period or number of repetitions",
        "Exceptions: out of specification, outage of an interface",
        "Periodic tasks: audit trail review, retrieval from archive",
        "Several users at the same time",
        "Conclusion of the process owner",
    ),
}


def subjects(stage: str, written: Sequence[Block]) -> tuple[Block, ...]:
    """Return every subject of a stage with the project's answer, and what the project wrote beside its table.

    Args:
        stage: IQ, OQ or PQ; any other gives what was written.
        written: blocks of the project under the heading Subjects.
    """
    table = next((block for block in written if isinstance(block, Table) and len(block.columns) > 1), None)
    beside = tuple(block for block in written if block is not table)
    answers: dict[str, tuple[str, Cell]] = {}
    for row in table.rows if table else ():
        name = plain_text(row.cells[0].blocks).strip()
        answers[name.casefold()] = (name, _joined(row.cells[1:]))
    rows = []
    for title in SUBJECTS.get(stage, ()):
        found = answers.pop(title.casefold(), None)
        rows.append(Row((cell(title), found[1] if found else cell("not stated", Tone.MUTED))))
    rows += [Row((cell(name), answer)) for name, answer in answers.values()]
    if not rows:
        return beside
    return (*beside, Table((Column("Subject", 42), Column("Covered by, or why not", 58)), tuple(rows), role="index"))


def _joined(cells: Sequence[Cell]) -> Cell:
    blocks = tuple(block for one in cells for block in one.blocks)
    return Cell(blocks) if blocks else Cell((paragraph("not stated", Tone.MUTED),))

"""A small pack: a URS with prose and items, an OQ report with steps and pictures, a matrix of many rows."""

from __future__ import annotations

import hashlib
import struct
import zlib
from pathlib import Path

from valgen.documents.blocks import (
    Block,
    Cell,
    CodeBlock,
    Column,
    Document,
    Entry,
    Facts,
    Heading,
    Image,
    ListBlock,
    Notice,
    Paragraph,
    Quote,
    Row,
    Run,
    Section,
    Table,
    Tone,
    cell,
    link_cell,
    paragraph,
)

SYSTEM = "S3 records vault 2.1.0"


def document(
    key: str, *sections: Section, title: str = "", marks: tuple[str, ...] = ("DRAFT",), **more: object
) -> Document:
    """Return a document with an ordinary control block."""
    number = f"S3V-{key}-001"
    fields: dict[str, object] = {
        "key": key,
        "type": key.partition("-")[0],
        "number": number,
        "title": title or f"Document {key}",
        "version": "0.3 DRAFT",
        "status": "Draft",
        "system": SYSTEM,
        "marks": marks,
        "control": (
            ("Document number", number),
            ("Version", "0.3 DRAFT"),
            ("Status", "Draft"),
            ("System", SYSTEM),
            ("GAMP category", "5, custom application"),
            ("Effective date", ""),
        ),
        "sections": sections,
    }
    return Document(**{**fields, **more})  # type: ignore[arg-type]


def png(width: int = 320, height: int = 180) -> bytes:
    """Return a grey picture with a darker bar on top, like a browser window."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + (b"\x60" if y < 24 else b"\xdd") * width for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def requirement(name: str, title: str, text: str, *more: Block) -> Entry:
    facts = Facts(
        (
            ("Priority", (paragraph("must"),)),
            ("GxP impact", (paragraph("data integrity"),)),
            ("Regulations", (Paragraph((Run("21CFR11.10(e)"), Run("\n"), Run("Annex11.9"))),)),
            ("Verified by", (Paragraph((Run("OQ-014", link="#OQ-014"),)),)),
            ("Rationale", ()),
        )
    )
    return Entry(name, name, title, "URS", (paragraph(text), *more, facts))


def urs() -> Document:
    prose = (
        paragraph("The vault keeps finished laboratory records for the whole life of the product and one year more."),
        ListBlock(((paragraph("complete and readable copies"),), (paragraph("no deletion before retention ends"),))),
        Heading((Run("Users and duties"),), 1, "users"),
        Paragraph(
            (
                Run("Operators "),
                Run("store", bold=True),
                Run(" records, the quality unit "),
                Run("reads", italic=True),
                Run(" them; see "),
                Run("the policy", link="https://example.org/policy"),
                Run("."),
            )
        ),
        Quote((paragraph("Records shall remain readable."),)),
        CodeBlock("GET /records/KRAS-001?versionId=3\n200 OK"),
    )
    table = Table(
        (Column("Version", 10), Column("Date", 14), Column("Author", 20), Column("Change", 14), Column("Summary", 42)),
        (Row((cell("0.1"), cell("2026-03-02"), cell("M. Weber"), cell("CR-001"), cell("First issue for review"))),),
        caption="Revision history",
        role="history",
    )
    return document(
        "URS",
        Section("Purpose", "purpose", prose),
        Section("Revision history", "history", (table,)),
        Section(
            "Requirements",
            "requirements",
            (
                Section(
                    "Audit trail",
                    "cat-audit",
                    (
                        requirement(
                            "URS-010",
                            "Audit trail of record changes",
                            "The system shall record who changed a record, when, the old and the new value, and why.",
                        ),
                        requirement(
                            "URS-011", "Audit trail cannot be switched off", "No role shall be able to switch it off."
                        ),
                    ),
                ),
                Section(
                    "Retention",
                    "cat-retention",
                    (
                        requirement(
                            "URS-020",
                            "Retention binds every role",
                            "A locked record cannot be deleted.",
                            Notice("Gap", (paragraph("No risk is assessed for this requirement."),), Tone.BAD),
                        ),
                    ),
                ),
            ),
        ),
        title="User requirements specification",
    )


STEP_COLUMNS = (
    Column("Step", 6),
    Column("Action", 30),
    Column("Expected", 24),
    Column("Observed", 28),
    Column("Result", 12),
)


def case(name: str, title: str, result: str, tone: Tone, picture: Image | None = None) -> Entry:
    def row(number: int, action: str, expected: str, observed: tuple[Block, ...], said: str, look: Tone) -> Row:
        return Row(
            (cell(str(number)), cell(action), cell(expected), Cell(observed), cell(said, look)), f"{name}.s{number}"
        )

    seen: tuple[Block, ...] = (paragraph("HTTP 403 AccessDenied, request 4711"),)
    if picture:
        seen = (*seen, picture)
    steps = Table(
        STEP_COLUMNS,
        (
            row(1, 'Given a record "KRAS-001" revision 3 under retention', "", (), "Done", Tone.MUTED),
            row(2, "When the operator deletes revision 3", 'refused with "AccessDenied"', seen, result, tone),
            row(
                3,
                "And revision 3 can still be read",
                "4,096 bytes, same digest",
                (CodeBlock("4096 9f86d081884c7d65"),),
                "Passed",
                Tone.GOOD,
            ),
        ),
        caption=f"Steps of {name}",
        role="steps",
    )
    facts = Facts(
        (
            ("Objective", (paragraph("show that retention binds every role"),)),
            ("Verifies", (Paragraph((Run("URS-020", link="#URS-020"),)),)),
            ("Executed", (paragraph("2026-11-02 09:14:07 +00:00, dry run"),)),
        )
    )
    return Entry(name, name, title, "OQ", (facts, steps), badge=result, tone=tone)


def oq_report(folder: Path) -> Document:
    data = png()
    sha = hashlib.sha256(data).hexdigest()
    file = folder / "screen.bin"
    file.write_bytes(data)
    picture = Image(sha, "screen.png", "image/png", "Browser shows: Access denied", "Screenshot of step 2")
    results = Table(
        (Column("Test", 12), Column("Title", 40), Column("Result", 16), Column("Run", 20)),
        tuple(
            Row((link_cell((name,)), cell(title), cell(result, tone), cell("R-20261102-1")), name)
            for name, title, result, tone in CASES
        ),
        caption="Results",
        role="results",
    )
    return document(
        "OQ-report",
        Section("Summary", "summary", (Notice("DRY RUN", (paragraph("These results are no evidence."),)), results)),
        Section(
            "Executed test cases",
            "cases",
            tuple(
                case(name, title, result, tone, picture if name == "OQ-014" else None)
                for name, title, result, tone in CASES
            ),
        ),
        title="Operational qualification report",
        marks=("DRAFT", "DRY RUN"),
        media=((sha, str(file)),),
    )


CASES = (
    ("OQ-014", "A locked record cannot be deleted before its retention ends", "Passed", Tone.GOOD),
    ("OQ-015", "A reason is asked for at every change", "Failed", Tone.BAD),
    ("OQ-016", "Clock of the audit trail", "Skipped", Tone.WARN),
    ("OQ-017[2]", "Roles, row 2", "Not executed", Tone.WARN),
)


def oq_protocol() -> Document:
    blank = tuple(Entry(name, name, title, "OQ", (paragraph("Steps as planned."),)) for name, title, _, _ in CASES)
    return document("OQ-protocol", Section("Test cases", "cases", blank), title="Operational qualification protocol")


def matrix(rows: int = 300) -> Document:
    states = (
        ("Covered-Passed", Tone.GOOD),
        ("Covered-Failed", Tone.BAD),
        ("Covered-Not executed", Tone.WARN),
        ("Not covered (GAP)", Tone.BAD),
    )
    known = ("URS-010", "URS-011", "URS-020")
    body = []
    for number in range(rows):
        name = known[number] if number < len(known) else f"URS-{number + 100}"
        state, tone = states[number % 4]
        tests = ("OQ-014", "OQ-015") if number < 3 else (f"OQ-{number + 100}",)
        body.append(
            Row(
                (
                    link_cell((name,)),
                    cell(f"Requirement number {number}"),
                    cell("must"),
                    link_cell(("RSK-004",)),
                    link_cell((f"FS-{number:03}",)),
                    link_cell((f"DS-{number:03}",)),
                    cell(""),
                    link_cell(tests),
                    cell(
                        ("Passed", "Failed", "Not executed", "")[number % 4], tone if number % 4 < 3 else Tone.NEUTRAL
                    ),
                    cell(""),
                    cell(state, tone),
                ),
                name,
            )
        )
    titles = ("URS", "Requirement", "Priority", "Risk", "FS", "DS", "SOP", "Tests", "Result", "Deviations", "Coverage")
    weights = (9, 22, 7, 8, 8, 8, 6, 9, 9, 9, 13)
    columns = tuple(Column(title, weight) for title, weight in zip(titles, weights, strict=True))
    table = Table(columns, tuple(body), caption="Forward matrix", role="matrix", wide=True)
    counts = Table(
        (Column("Coverage", 60), Column("Count", 40)),
        tuple(Row((cell(state), cell("75", tone))) for state, tone in states),
        caption="Counts",
    )
    return document(
        "RTM",
        Section("Purpose", "purpose", (paragraph("Shows which test proves which requirement."),)),
        Section("Forward matrix", "forward", (table,)),
        Section(
            "Conclusion",
            "conclusion",
            (counts, Table((Column("Gap"),), (), caption="Gaps", role="gaps", empty="No gap.")),
        ),
        title="Requirements traceability matrix",
        marks=("DRAFT", "DRY RUN"),
    )


def pack(folder: Path, rows: int = 300) -> list[Document]:
    """Return the documents of the sample pack; pictures are written into ``folder``."""
    return [urs(), oq_protocol(), oq_report(folder), matrix(rows)]

"""Documents as the documents room makes them, large enough to look at: a URS, an OQ report, a risk assessment."""

# ruff: noqa: E501
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
from valgen.documents.workbook import Sheet, Workbook

SYSTEM = "S3 records vault 1.0"

_REQUIREMENTS = (
    (
        "Records cannot be deleted",
        "The system shall refuse every request to delete a version of a record before the end of its retention period, whoever makes the request.",
        "high",
    ),
    (
        "Every version is kept",
        "When a record is written again under the same key, the system shall keep the earlier version unchanged and readable.",
        "high",
    ),
    (
        "Retention by default",
        "A record that is written without a retention period shall receive the default of the bucket, ten years.",
        "high",
    ),
    ("Encryption at rest", "Records shall be stored encrypted with a key that the company controls.", "medium"),
    (
        "No public access",
        "No setting of a single record or of the bucket shall make a record readable without signing in.",
        "high",
    ),
    (
        "Access by role",
        "Writing, reading and administration shall be separate roles; no user shall hold all three.",
        "high",
    ),
    (
        "Audit trail",
        "Every access to a record shall be recorded with user, time (UTC), action and object, and the recording shall not be switchable by the users it records.",
        "high",
    ),
    (
        "Complete copies",
        "The system shall hand over accurate and complete copies of a record in human readable and in electronic form.",
        "high",
    ),
    (
        "Record packages are addressed by their content",
        "A record package shall be found by the SHA-256 of its manifest, so that a changed package has another address.",
        "medium",
    ),
    (
        "Readable without the system",
        "Each package shall hold a README and a manifest that a person can read with a text editor.",
        "low",
    ),
    ("Time of the server", "Times in the audit trail shall come from the service, not from the client.", "medium"),
    ("Restore", "Records shall be readable after the loss of one data centre within 24 hours.", "medium"),
)


def png(width: int, height: int) -> bytes:
    """Return a PNG with a plain window-like drawing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    lines = []
    for y in range(height):
        bar = y < height // 12
        row = bytearray()
        for x in range(width):
            text = not bar and (y // 9) % 3 == 1 and (x // 7) % 5 != 0 and 30 < x < width * 2 // 3
            row += b"\x1f\x4e\x79" if bar else b"\x60\x60\x60" if text else b"\xf4\xf6\xf8"
        lines.append(b"\0" + bytes(row))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(b"".join(lines)))
        + chunk(b"IEND", b"")
    )


def _control(number: str, version: str, status: str) -> tuple[tuple[str, str], ...]:
    return (
        ("Document number", number),
        ("Version", version),
        ("Status", status),
        ("System", SYSTEM),
        ("System ID", "S3V"),
        ("GAMP category", "5 (custom application) on 4 (configured service)"),
        ("GxP impact", "direct"),
        ("Site", "Basel"),
        ("Change control", ""),
        ("Effective date", "not yet effective"),
    )


def _history() -> Section:
    return Section(
        "Revision history",
        "history",
        (
            Table(
                (
                    Column("Version", 6),
                    Column("Date", 9),
                    Column("Author", 12),
                    Column("Change", 9),
                    Column("Description of and reason for change", 30),
                ),
                (
                    Row((cell("1.0"), cell("14-MAR-2025"), cell("A. Meier"), cell("CR-0012"), cell("First issue."))),
                    Row(
                        (
                            cell("1.1 DRAFT"),
                            cell(""),
                            cell("A. Meier"),
                            cell("CR-0031"),
                            cell("Restore requirement added after the supplier announced a change of regions."),
                        )
                    ),
                ),
                role="history",
            ),
        ),
    )


def _approvals() -> Section:
    return Section(
        "Approval",
        "approval",
        (
            Notice(
                "Not approved", (paragraph("This version has no signatures. It must not be used for regulated work."),)
            ),
            Table(
                (
                    Column("Role", 14),
                    Column("Printed name", 14),
                    Column("Meaning of signature", 18),
                    Column("Signature", 12),
                    Column("Date and time (UTC)", 12),
                ),
                tuple(
                    Row((cell(role), cell(name), cell(meaning), cell("pending", Tone.WARN), cell("")))
                    for role, name, meaning in (
                        ("Author", "A. Meier", "Prepared; content is correct"),
                        ("Process owner", "B. Okafor", "Fits the intended use"),
                        ("Quality assurance", "C. Lindqvist", "Complies with procedures and regulations"),
                    )
                ),
                role="approvals",
                caption="Signatures",
            ),
        ),
    )


def urs() -> Document:
    """A user requirements specification with twelve items."""
    entries = []
    for number, (title, text, priority) in enumerate(_REQUIREMENTS, 1):
        key = f"URS-{number:03d}"
        blocks: tuple[Block, ...] = (
            paragraph(text),
            Facts(
                (
                    ("Priority", (paragraph(priority),)),
                    ("Regulations", (paragraph("21 CFR 11.10(c); EU Annex 11 §7.1"),)),
                    ("Satisfied by", link_cell((f"FS-{number:03d}", f"FS-{number + 20:03d}")).blocks),
                    ("Verified by", link_cell((f"OQ-{number:03d}",)).blocks if number != 9 else ()),
                    ("Depends on", link_cell(("URS-001",)).blocks if number > 1 else ()),
                )
            ),
        )
        if number == 3:
            blocks += (
                Heading((Run("Rationale"),), 1),
                Paragraph(
                    (
                        Run("See "),
                        Run("the retention schedule", link="https://records.example.com/schedule?a=1&b=2"),
                        Run(" and "),
                        Run("URS-001", link="#URS-001"),
                        Run(" for "),
                        Run("x-amz-object-lock-mode", code=True),
                        Run("."),
                    )
                ),
                ListBlock(
                    (
                        (
                            paragraph("Batch records: ten years."),
                            ListBlock(
                                (
                                    (paragraph("counted from release"),),
                                    (paragraph("never shorter than shelf life plus one year"),),
                                ),
                                ordered=True,
                            ),
                        ),
                        (paragraph("Logs: two years."),),
                    )
                ),
                ListBlock(
                    (
                        (paragraph("Third of another list"),),
                        (
                            paragraph("Fourth"),
                            CodeBlock("aws s3api get-object-retention \\\n    --bucket vault --key k"),
                        ),
                    ),
                    ordered=True,
                    start=3,
                ),
                Quote(
                    (
                        paragraph(
                            "Records must be protected to enable their accurate and ready retrieval throughout the records retention period."
                        ),
                    )
                ),
            )
        entries.append(Entry(key, key, title, "URS", blocks))
    sections = (
        _approvals(),
        _history(),
        Section(
            "Purpose and scope",
            "purpose",
            (
                paragraph(
                    "This document states what the users of the S3 records vault need. It is the basis of the risk assessment and of the performance qualification."
                ),
                Section(
                    "In scope",
                    "in-scope",
                    (
                        ListBlock(
                            (
                                (paragraph("The bucket, its policies and keys."),),
                                (paragraph("The command line tool that writes record packages."),),
                            )
                        ),
                    ),
                ),
                Section(
                    "Out of scope",
                    "out-of-scope",
                    (paragraph("The physical security of the data centres, which is covered by supplier evidence."),),
                ),
            ),
        ),
        Section(
            "Requirements",
            "requirements",
            (
                Section("Records", "records", tuple(entries[:6])),
                Section("Access and audit", "access", tuple(entries[6:])),
            ),
        ),
        Section(
            "Retired requirements",
            "retired",
            (Table((Column("Id", 8), Column("Reason", 30)), (), empty="No requirement has been retired."),),
        ),
    )
    return Document(
        key="URS",
        type="URS",
        number="S3V-URS-001",
        title="User Requirements Specification",
        version="1.1 DRAFT",
        status="Draft",
        system=SYSTEM,
        marks=("DRAFT",),
        control=_control("S3V-URS-001", "1.1 DRAFT", "Draft"),
        sections=sections,
        confidentiality="Confidential",
    )


def oq_report(folder: Path) -> Document:
    """An OQ report of a dry run with a failed, a skipped and a never executed case; its screenshot is put into ``folder``."""
    shot = png(1280, 720)
    digest = hashlib.sha256(shot).hexdigest()
    path = folder / "screenshot.png"
    path.write_bytes(shot)
    columns = (
        Column("Step", 4),
        Column("Action", 20),
        Column("Expected", 18),
        Column("Observed", 22),
        Column("Result", 9),
        Column("Evidence", 12),
    )
    tones = {
        "Passed": Tone.GOOD,
        "Failed": Tone.BAD,
        "Skipped": Tone.WARN,
        "Not executed": Tone.WARN,
        "Error": Tone.BAD,
    }
    cases = (
        ("OQ-001", "A version under retention cannot be deleted", ("Passed", "Passed", "Passed", "Passed")),
        ("OQ-002", "Retention cannot be shortened in COMPLIANCE mode", ("Passed", "Passed", "Failed", "Not executed")),
        ("OQ-003", "Public access is blocked", ("Skipped",)),
        ("OQ-004", "Restore from the second region", ("Not executed", "Not executed")),
    )
    steps = (
        (
            "Given a record of 1,048,576 bytes written at 10:42:07 UTC",
            "The record is stored",
            "version id 3HL4kqtJvjVBH40Nrjfkd.xG1a0Dc_9qv0Zt77TWb5uM8rE; digest sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        ),
        (
            "When the user vault-writer deletes this version",
            "The service refuses",
            "HTTP 403 AccessDenied: Access Denied because object protected by object lock.",
        ),
        ("Then the version is still readable", "Bytes are unchanged", "1,048,576 bytes; digest unchanged"),
        (
            "And the refusal is in the audit trail",
            "An entry with user, time, action",
            "event DeleteObject, user vault-writer, 2025-11-20T10:42:09Z, errorCode AccessDenied",
        ),
    )
    entries: list[Block] = []
    for key, title, results in cases:
        verdict = "Failed" if "Failed" in results else results[0] if set(results) != {"Passed"} else "Passed"
        rows = []
        for number, result in enumerate(results, 1):
            action, expected, observed = steps[number - 1]
            done = result in ("Passed", "Failed")
            evidence: tuple[Block, ...] = (Paragraph((Run(f"{key}-S{number:02d}-01", code=True),)),) if done else ()
            rows.append(
                Row(
                    (
                        cell(str(number)),
                        cell(action),
                        cell(expected),
                        cell(observed if done else ""),
                        cell(result, tones[result]),
                        Cell(evidence),
                    ),
                    anchor=f"{key}-S{number:02d}",
                )
            )
        blocks: list[Block] = [
            Facts(
                (
                    ("Verifies", link_cell(("URS-001", "FS-001")).blocks),
                    ("Executed by", (paragraph("d.weber, automated, dry run"),)),
                    ("Started", (paragraph("2025-11-20 10:42:06 UTC"),)),
                    ("Environment", (paragraph("VAL"),)),
                )
            ),
            Table(columns, tuple(rows), caption=f"Steps of {key}", role="steps", anchor=f"{key}-steps"),
        ]
        if key == "OQ-002":
            blocks.append(
                CodeBlock(
                    'Traceback (most recent call last):\n  File "steps/retention.py", line 41, in shorten\n\tassert status == 403, f"expected 403, observed {status}"\nAssertionError: expected 403, observed 200 '
                    + "x" * 180
                )
            )
            blocks.append(
                Image(
                    digest,
                    "screenshot.png",
                    "image/png",
                    "Console showing the retention date after the change",
                    "Retention date after the change",
                )
            )
            blocks.append(Image("0" * 64, "trace.svg", "image/svg+xml", "Network trace of the request"))
            blocks.append(
                Notice(
                    "Deviation DEV-004 is open",
                    (
                        paragraph(
                            "The simulated service lets the retention be shortened. The case is planned again for the environment PROD."
                        ),
                    ),
                    Tone.BAD,
                )
            )
        if key == "OQ-003":
            blocks.append(
                Notice("Skipped", (paragraph("Reason given by the tester: the account has no public address."),))
            )
        entries.append(Entry(key, key, title, "OQ", tuple(blocks), badge=verdict, tone=tones[verdict]))
    summary = Table(
        (Column("Test case", 10), Column("Title", 30), Column("Steps", 6), Column("Result", 12)),
        tuple(
            Row((link_cell((entry.anchor,)), cell(entry.title), cell("4"), cell(entry.badge, entry.tone)))
            for entry in entries
            if isinstance(entry, Entry)
        ),
        caption="Results",
        role="results",
    )
    counts = Facts(
        tuple(
            (name, (paragraph(value),))
            for name, value in (
                ("Planned", "4"),
                ("Passed", "1"),
                ("Failed", "1"),
                ("Skipped", "1"),
                ("Not executed", "1"),
            )
        )
    )
    return Document(
        key="OQ-report",
        type="OQ report",
        number="S3V-OQR-001",
        title="Operational Qualification Report",
        version="0.1 DRAFT",
        status="Draft",
        system=SYSTEM,
        marks=("DRAFT", "DRY RUN"),
        control=_control("S3V-OQR-001", "0.1 DRAFT", "Draft"),
        sections=(
            _approvals(),
            Section(
                "Summary",
                "summary",
                (
                    Notice(
                        "DRY RUN",
                        (
                            paragraph(
                                "No formal execution is recorded. Nothing in this report is evidence of qualification."
                            ),
                        ),
                        Tone.WARN,
                    ),
                    counts,
                    summary,
                ),
            ),
            Section("Executed test cases", "cases", tuple(entries)),
            Section(
                "Deviations",
                "deviations",
                (
                    Table(
                        (Column("Id"), Column("Title")),
                        (),
                        caption="Deviations of this stage",
                        empty="No deviation was raised in this stage.",
                    ),
                ),
            ),
        ),
        media=((digest, str(path)),),
        confidentiality="Confidential",
    )


def risk_assessment(rows: int = 24) -> Document:
    """A risk assessment with a wide matrix on landscape pages."""
    titles = (
        "Risk",
        "Requirement",
        "Function",
        "Failure mode",
        "Cause",
        "Effect on patient, product, data",
        "S",
        "P",
        "D",
        "Class",
        "Priority",
        "Controls",
        "Tests",
        "Residual",
    )
    weights = (9, 10, 12, 16, 14, 18, 3, 3, 3, 5, 8, 16, 9, 9)
    body = []
    for number in range(1, rows + 1):
        high = number % 3 == 0
        body.append(
            Row(
                (
                    cell(f"RSK-{number:03d}"),
                    link_cell((f"URS-{number:03d}",)),
                    cell("Retention"),
                    cell("A record is deleted before the end of its retention period"),
                    cell("Administrator with too many rights, or a lifecycle rule with a wrong date"),
                    cell(
                        "Loss of batch records; product quality can no longer be shown; recall decisions lack their basis"
                    ),
                    cell("3"),
                    cell("2"),
                    cell("2" if high else "1"),
                    cell("1" if high else "2"),
                    cell("High" if high else "Medium", Tone.BAD if high else Tone.WARN),
                    Cell(
                        (ListBlock(((paragraph("Object Lock in COMPLIANCE mode"),), (paragraph("Separate roles"),))),)
                    ),
                    link_cell((f"OQ-{number:03d}", f"OQ-{number + 20:03d}")),
                    cell("Low", Tone.GOOD),
                ),
                anchor=f"RSK-{number:03d}",
            )
        )
    long = Table(
        (Column("Id", 8), Column("Note", 40)),
        (
            Row((cell("RSK-999-with-a-rather-long-identifier.and.dots"), cell("An endless explanation. " * 260))),
            Row((cell("RSK-1000"), cell("Short."))),
        ),
        caption="A row that is longer than a page",
    )
    return Document(
        key="RA",
        type="RA",
        number="S3V-RA-001",
        title="Functional Risk Assessment",
        version="1.0",
        status="Approved",
        system=SYSTEM,
        marks=(),
        control=_control("S3V-RA-001", "1.0", "Approved"),
        sections=(
            Section(
                "Method",
                "method",
                (
                    paragraph(
                        "Severity and probability give the risk class; class and detectability give the priority."
                    ),
                ),
            ),
            Section(
                "Risk matrix",
                "matrix",
                (
                    paragraph("Every risk of the register, whatever its priority."),
                    Table(
                        tuple(Column(title, weight) for title, weight in zip(titles, weights, strict=True)),
                        tuple(body),
                        caption="Risks and their controls",
                        role="risks",
                        wide=True,
                        anchor="risk-table",
                    ),
                ),
            ),
            Section("Conclusion", "conclusion", (paragraph("All residual risks are acceptable.", Tone.GOOD), long)),
        ),
        confidentiality="Internal",
    )


def matrix(rows: int = 40) -> Workbook:
    """A traceability matrix with forward, backward and gap sheets."""
    results = (("Covered-Passed", Tone.GOOD), ("Covered-Failed", Tone.BAD), ("Covered-Not executed", Tone.WARN))
    forward = tuple(
        Row(
            (
                link_cell((f"URS-{number:03d}",)),
                cell("The system shall refuse every request to delete a version of a record before its time."),
                cell("high"),
                cell(f"RSK-{number:03d}"),
                link_cell((f"FS-{number:03d}", f"FS-{number + 20:03d}")),
                link_cell((f"OQ-{number:03d}",)) if number % 7 else cell(""),
                cell(results[number % 3][0], results[number % 3][1]),
            ),
            anchor=f"URS-{number:03d}",
        )
        for number in range(1, rows + 1)
    )
    columns = (
        Column("URS ID", 8),
        Column("Requirement", 34),
        Column("Priority", 8),
        Column("Risk", 8),
        Column("FS", 10),
        Column("Tests", 10),
        Column("Coverage status", 14),
    )
    backward = tuple(
        Row((link_cell((f"OQ-{number:03d}",)), link_cell((f"URS-{number:03d}",)))) for number in range(1, rows)
    )
    return Workbook(
        title="Requirements Traceability Matrix",
        key="RTM",
        number="S3V-RTM-001",
        version="0.1 DRAFT",
        status="Draft",
        system=SYSTEM,
        marks=("DRAFT", "DRY RUN"),
        control=_control("S3V-RTM-001", "0.1 DRAFT", "Draft"),
        sheets=(
            Sheet(
                name="Forward",
                table=Table(columns, forward, caption="From requirement to test", role="matrix", anchor="forward"),
                notes=(
                    "Every requirement has a row, covered or not.",
                    "The status is that of the latest run in the environment VAL. " * 4,
                ),
            ),
            Sheet(
                name="Backward",
                table=Table(
                    (Column("Test", 10), Column("Requirement", 10)),
                    backward,
                    caption="From test to requirement",
                    role="matrix",
                    anchor="backward",
                ),
            ),
            Sheet(
                name="Gaps",
                table=Table(
                    (Column("Id"), Column("Gap", 40)), (), caption="Gaps", role="gaps", empty="There is no gap."
                ),
            ),
        ),
        digests=(("S3V-URS-001 1.1 DRAFT", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),),
        confidentiality="Confidential",
    )

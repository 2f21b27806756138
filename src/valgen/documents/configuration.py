"""Configuration: settings with their approved values, the register of configuration items, the baseline.

The baseline is named after the release, and its digest is taken over the fingerprints of all active settings, so that
two projects with equal settings have equal baselines and any change of one shows.

Source: domain/documents.md b.5.
"""

from __future__ import annotations

import hashlib

from valgen.documents.blocks import Block, Cell, Column, Facts, Row, Table, cell, link_cell, paragraph
from valgen.documents.common import linked, tests_linked
from valgen.documents.context import Context
from valgen.documents.items import critical
from valgen.model.ids import natural_order
from valgen.model.project import DocumentEntry
from valgen.trace.fingerprint import item_fingerprint


def configuration(context: Context, entry: DocumentEntry | None, kind: str = "CS") -> tuple[Block, ...]:
    """Settings: parameter, approved value, default, where environments differ, relevance, what it serves, its tests."""
    rows = []
    for item in context.items(kind, entry):
        up = context.graph.up.get(item.id, ())
        tests = context.graph.covering_tests(item.id)
        rows.append(
            Row(
                (
                    link_cell((item.id,)),
                    cell(item.value("parameter") or item.title),
                    cell(item.value("value") or "not stated", code=bool(item.value("value"))),
                    cell(item.value("default") or "not stated"),
                    Cell(context.markdown(item.value("differences")) or (paragraph("not stated"),)),
                    cell(critical(item)),
                    Cell((linked(up),)) if up else cell("none"),
                    Cell((tests_linked(tests, context),)) if tests else cell("no test"),
                )
            )
        )
    columns = (
        Column("ID", 7),
        Column("Parameter", 20),
        Column("Approved value", 15),
        Column("Default", 12),
        Column("Environment differences", 15),
        Column("GxP relevance", 9),
        Column("URS, FS", 10),
        Column("Verified by", 12),
    )
    return (Table(columns, tuple(rows), role="index", wide=True, empty=f"The project defines no {kind} item."),)


def register(context: Context, entry: DocumentEntry | None, kind: str = "CS") -> tuple[Block, ...]:
    """Register of configuration items: the parts of the system, then every setting, with a digest each."""
    settings = context.project.settings
    history = entry.history if entry else ()
    change = history[-1].change_ref if history else ""
    rows = []
    for number, one in enumerate(settings.components, 1):
        rows.append(
            Row(
                (
                    cell(f"CI-{number:02d}"),
                    cell(one.name),
                    cell(f"component, GAMP category {one.gamp_category}" if one.gamp_category else "component"),
                    cell(one.version or "not stated"),
                    cell("as installed; see IQ"),
                    cell("N/A: compared by the IQ"),
                    cell(settings.system.owner or "not stated"),
                    cell(change or "none"),
                )
            )
        )
    for item in context.items(kind, entry):
        rows.append(
            Row(
                (
                    link_cell((item.id,)),
                    cell(item.title),
                    cell("setting"),
                    cell(entry.version if entry and entry.version else "no version"),
                    cell(item.value("parameter") or "not stated"),
                    cell(_short(item_fingerprint(item)), code=True),
                    cell(item.value("owner") or settings.system.owner or "not stated"),
                    cell(change or "none"),
                )
            )
        )
    columns = (
        Column("CI ID", 8),
        Column("Item", 20),
        Column("Type", 11),
        Column("Version", 8),
        Column("Location", 21),
        Column("Checksum (SHA-256, first 16)", 14),
        Column("Owner", 10),
        Column("Change ref.", 10),
    )
    return (Table(columns, tuple(rows), role="index", wide=True, empty="No configuration item is registered."),)


def baseline(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Id of the configuration baseline, how many settings it holds, and the digest over them."""
    count = sum(1 for _ in context.graph.active("CS"))
    rows = (
        ("Baseline", (paragraph(baseline_id(context), bold=True),)),
        ("Settings", (paragraph(str(count)),)),
        ("Combined digest (SHA-256)", (paragraph(baseline_digest(context), code=True),)),
    )
    note = "The digest is taken over id and fingerprint of each setting, in the order of ids."
    return (Facts(rows), paragraph(note))


def baseline_id(context: Context) -> str:
    """Return the name of the configuration baseline of the declared system version."""
    settings = context.project.settings
    return f"{settings.project_id or 'PROJECT'}-BL-{settings.system.version or 'unversioned'}"


def baseline_digest(context: Context) -> str:
    """Return the SHA-256 over id and fingerprint of every active setting, hex."""
    lines = sorted(
        ((item.id, item_fingerprint(item)) for item in context.graph.active("CS")),
        key=lambda one: natural_order(one[0]),
    )
    return hashlib.sha256("".join(f"{name} {mark}\n" for name, mark in lines).encode("utf-8")).hexdigest()


def _short(fingerprint: str) -> str:
    return fingerprint.rpartition(":")[2][:16]

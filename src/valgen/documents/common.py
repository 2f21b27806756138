"""Blocks that many documents have: system, environments, prose, lists of ids."""

from __future__ import annotations

from functools import lru_cache

from valgen.documents.blocks import (
    Block,
    Column,
    Facts,
    Heading,
    Notice,
    Paragraph,
    Row,
    Run,
    Table,
    cell,
    paragraph,
    plain_text,
)
from valgen.documents.context import Context
from valgen.model.project import DocumentEntry, Environment
from valgen.trace.document_set import CATEGORIES


def system_facts(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """The system under validation and how it is classified."""
    settings = context.project.settings
    system = settings.system
    rows = [
        ("System", system.name or settings.project_name),
        ("Description", system.description),
        ("Version", system.version),
        ("Supplier", system.supplier),
        ("Owner", system.owner),
        ("GAMP category", category_text(settings.gamp_category)),
        ("GxP impact", settings.gxp_impact),
        ("Retention", settings.retention),
        ("Regulations", "; ".join(map(regulation_title, settings.regulations)) or "none named"),
    ]
    # What may be left out of the settings is left out here; what must be known is asked for.
    optional = ("Description", "System id")
    facts = Facts(
        tuple((label, (paragraph(value or "not stated"),)) for label, value in rows if value or label not in optional)
    )
    if not settings.components:
        return (facts,)
    columns = (Column("Component", 25), Column("Version", 15), Column("GAMP category", 15), Column("Rationale", 45))
    components = tuple(
        Row(
            (
                cell(one.name, bold=True),
                cell(one.version or "not versioned here"),
                cell(category_text(one.gamp_category) or "not stated"),
                cell(one.rationale or "not stated"),
            )
        )
        for one in settings.components
    )
    return (facts, Table(columns, components, caption="Components"))


def category_text(category: str) -> str:
    """Return a GAMP category with its name, such as ``5 (custom application)``; empty for none."""
    return f"{category} ({CATEGORIES[category]})" if category in CATEGORIES else category


def regulation_title(name: str) -> str:
    """Return the title of a regulation that the settings name."""
    from valgen.regulations.library import libraries

    found = libraries().get(name)
    return found.title if found else f"{name} (unknown to the clause library)"


def environments(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """The environments of the project, or the one of the document."""
    rows = []
    for where in context.project.settings.environments.values():
        if entry is None or entry.environment in ("", where.name):
            rows.append(
                Row(
                    (
                        cell(where.name, bold=True),
                        cell(where.title or "not stated"),
                        cell(where.purpose or "not stated"),
                        cell(where.host or "not stated"),
                        cell(_equivalence(where, context)),
                    )
                )
            )
    columns = (
        Column("Name", 12),
        Column("Title", 20),
        Column("Purpose", 24),
        Column("Host", 18),
        Column("Equivalence", 26),
    )
    return (Table(columns, tuple(rows), role="plain", empty="No environment is declared."),)


def _equivalence(where: Environment, context: Context) -> str:
    """Return to which environment one is equivalent, with differences, or which ones are compared with it."""
    known = context.project.settings.environments
    same = f"Equivalent to {where.equivalent_to}" if where.equivalent_to else ""
    if same or where.differences:
        return ". ".join(part for part in (same, where.differences) if part)
    others = [one.name for one in known.values() if one.equivalent_to == where.name]
    if others:
        return f"Reference: {', '.join(others)} {'is' if len(others) == 1 else 'are'} equivalent to it."
    return "N/A: the only environment" if len(known) == 1 else "none stated"


def prose_sections(context: Context, key: str) -> dict[str, tuple[str, tuple[Block, ...]]]:
    """Split a prose file by its first two heading levels.

    Returns:
        casefolded heading to (heading as written, blocks up to the next); text before the first heading under "".
    """
    prose = context.project.prose.get(key)
    if prose is None:
        return {}
    found: dict[str, tuple[str, tuple[Block, ...]]] = {}
    title, held = "", list[Block]()
    for block in (*context.markdown(prose.text), None):
        if block is None or (isinstance(block, Heading) and block.level <= 2):
            if title or held:
                found[title.casefold()] = (title, tuple(held))
            if block is not None:
                title, held = plain_text((block,)).strip(), []
        else:
            held.append(Heading(block.runs, block.level - 2) if isinstance(block, Heading) else block)
    return found


def missing_prose(title: str, key: str) -> Notice:
    """What stands in place of a section that nobody wrote."""
    text = f"This section is not written yet. Write it under the heading {title} in documents/{key}.md."
    return Notice("Section missing", (paragraph(text),))


@lru_cache(1 << 16)
def linked(ids: tuple[str, ...]) -> Paragraph:
    """Return ids as links separated by commas."""
    found: list[Run] = []
    for number, name in enumerate(ids):
        if number:
            found.append(Run(", "))
        found.append(Run(name, link=f"#{name}"))
    return Paragraph(tuple(found))


def tests_linked(run_ids: tuple[str, ...], context: Context, separator: str = ", ") -> Paragraph:
    """Return tests as links, the rows of one outline as one link with their number."""
    found: list[Run] = []
    for base, rows in by_base(run_ids, context).items():
        if found:
            found.append(Run(separator))
        found.append(Run(base, link=f"#{rows[0]}"))
        if rows[0] != base:
            found.append(Run(f" ({len(rows)} row{'s' if len(rows) != 1 else ''})"))
    return Paragraph(tuple(found))


def by_base(run_ids: tuple[str, ...], context: Context) -> dict[str, list[str]]:
    """Group run ids such as ``OQ-014[2]`` by the id of their test case."""
    found: dict[str, list[str]] = {}
    for name in run_ids:
        case = context.graph.cases.get(name)
        found.setdefault(case.base_id if case else name, []).append(name)
    return found


def moment(time: str) -> str:
    """Return an RFC 3339 UTC time as printed: date, then time to the second on a line of its own."""
    date, _, rest = time.partition("T")
    return f"{date}\n{rest[:8]} UTC" if rest else time

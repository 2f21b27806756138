"""The status dashboard: what a reviewer wants to know first, as figures.

Coverage by level and by family of clauses, results by stage and environment, deviations, gaps. Nothing is counted
here in a way of its own: levels and results come from the counts of the matrix and of the stage reports, clauses and
gaps from the very tables that the traceability matrix prints. Formal results and dry runs stand apart and are never
added up.

How a figure is drawn, writers decide; each has its word, so that no colour is needed to read it.

Source: domain/documents.md b.12, b.13, b.15.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from valgen.documents import matrix as views
from valgen.documents.blocks import Block, Cell, Column, Paragraph, Row, Run, Table, Tone, cell, plain_text
from valgen.documents.cases import tone_of
from valgen.documents.common import moment
from valgen.documents.context import Context
from valgen.documents.release import release
from valgen.documents.results import COUNTED
from valgen.model.deviation import Deviation, DeviationClass
from valgen.model.outcome import Coverage, Outcome, RunMode, Stage
from valgen.regulations.library import clauses as clauses_of_every_library
from valgen.regulations.library import libraries, library_clauses

COVERAGE_TONES = {
    Coverage.PASSED: Tone.GOOD,
    Coverage.PASSED_WITH_DEVIATION: Tone.GOOD,
    Coverage.FAILED: Tone.BAD,
    Coverage.GAP: Tone.BAD,
    Coverage.NOT_EXECUTED: Tone.WARN,
}
"""Tone of a coverage status; every other one is neutral."""

GAPS_SHOWN = 25


@dataclass(frozen=True, slots=True)
class Figure:
    """One part of a bar.

    Attributes:
        word: what is counted, such as ``Covered-Passed``.
        count: at least 1; what is 0 is left out.
        choose: facets of the matrix page and the values that show exactly the counted rows.
    """

    word: str
    count: int
    tone: Tone = Tone.NEUTRAL
    choose: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One line of a panel: figures that add up to ``total``.

    Attributes:
        label: such as ``URS`` or ``OQ in VAL``.
        detail: a few words more, such as the title of a clause.
        choose: as `Figure.choose`, for the whole line.
    """

    label: str
    figures: tuple[Figure, ...]
    detail: str = ""
    choose: tuple[tuple[str, str], ...] = ()

    @property
    def total(self) -> int:
        """Sum of the figures."""
        return sum(one.count for one in self.figures)


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One chart: bars of one kind.

    Attributes:
        title: heading.
        unit: what the bars count, singular, such as ``requirement``.
        view: view of the matrix page that holds the counted rows: ``items``, ``tests`` or ``clauses``.
        note: sentence under the heading.
        empty: sentence in place of bars.
    """

    title: str
    unit: str
    view: str
    bars: tuple[Bar, ...]
    note: str = ""
    empty: str = "None."


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """Everything on the first page but the list of documents.

    Attributes:
        release: what the results allow to say, as the summary report says it.
        panels: charts, formal ones first.
        deviations: a sentence with numbers, and the open ones as a table.
        gap_counts: the gaps of the matrix by kind.
        gaps: the first of them, as the matrix lists them.
        gaps_total: how many there are in all.
        matrix_page: key of the document that lists every gap; empty when the pack has none.
    """

    release: tuple[Block, ...] = ()
    panels: tuple[Panel, ...] = ()
    deviations: tuple[Block, ...] = ()
    gap_counts: tuple[Figure, ...] = ()
    gaps: tuple[Block, ...] = field(default=())
    gaps_total: int = 0
    matrix_page: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseRow:
    """One clause of a regulation of the project, as the matrix by regulation prints it.

    Attributes:
        family: clause that it belongs to, such as ``21CFR11.10`` for ``21CFR11.10(e)``.
        requirements: ids that answer it.
        status: from formal results; a clause without any requirement says so.
    """

    id: str
    title: str
    regulation: str
    family: str
    evidence: str
    applicable: str
    requirements: tuple[str, ...]
    status: str
    dry_status: str
    tone: Tone
    dry_tone: Tone


def make_dashboard(context: Context, clauses: Sequence[ClauseRow], matrix_page: str) -> Dashboard:
    """Return the dashboard of a project.

    Args:
        context: of the project.
        clauses: from `clause_rows`.
        matrix_page: key of the traceability matrix in the pack; empty for none.
    """
    table = next(block for block in views.gaps(context, None) if isinstance(block, Table))
    kinds = Counter(_text_of(row, table, "Gap") for row in table.rows)
    shown = Table(
        table.columns, table.rows[:GAPS_SHOWN], caption="Gaps", role="gaps", empty=table.empty, anchor="gaps-first"
    )
    return Dashboard(
        release=release(context, None),
        panels=tuple(_panels(context, clauses)),
        deviations=_deviations(context.deviations),
        gap_counts=tuple(Figure(kind, number, Tone.BAD) for kind, number in sorted(kinds.items())),
        gaps=(shown,),
        gaps_total=len(table.rows),
        matrix_page=matrix_page,
    )


def clause_rows(context: Context) -> tuple[ClauseRow, ...]:
    """Return the clauses of the project's regulations that ask for evidence or are answered by a requirement."""
    tables = [block for block in views.regulations(context, None) if isinstance(block, Table)]
    return tuple(one for table in tables for one in _clauses_of(table))


def coverage_tone(status: str) -> Tone:
    """Return the tone of a printed coverage status."""
    try:
        return COVERAGE_TONES.get(Coverage(status), Tone.NEUTRAL)
    except ValueError:
        return Tone.WARN


def _clauses_of(table: Table) -> Iterable[ClauseRow]:
    regulation = table.anchor.removeprefix("matrix-")
    known = {one.id: one for one in library_clauses(regulation)} if regulation in libraries() else {}
    for row in table.rows:
        name = _text_of(row, table, "Clause")
        clause = known.get(name)
        yield ClauseRow(
            id=name,
            title=_text_of(row, table, "Subject"),
            regulation=table.caption or regulation,
            family=family_of(name, known) or (clause.group if clause else "") or name,
            evidence=_text_of(row, table, "Evidence"),
            applicable=_text_of(row, table, "Applicable"),
            requirements=_links_of(row, table, "Requirements"),
            status=_text_of(row, table, "Coverage (formal)"),
            dry_status=_text_of(row, table, "Coverage (dry run)"),
            tone=_tone_of(row, table, "Coverage (formal)"),
            dry_tone=_tone_of(row, table, "Coverage (dry run)"),
        )


def family_of(clause: str, known: Iterable[str]) -> str:
    """Return the clause at the first level of the text that holds a clause; empty where the ids have no levels."""
    parts = clause.partition("(")[0].split(".")
    family = ".".join(parts[:2])
    return family if len(parts) > 1 and family in known else ""


def _panels(context: Context, clauses: Sequence[ClauseRow]) -> Iterable[Panel]:
    has_dry = any(run.mode is RunMode.DRY for run in context.runs)
    for mode in (RunMode.FORMAL, RunMode.DRY) if has_dry else (RunMode.FORMAL,):
        yield _levels(context, mode)
    for mode in (RunMode.FORMAL, RunMode.DRY) if has_dry else (RunMode.FORMAL,):
        yield _results(context, mode)
    for regulation in dict.fromkeys(one.regulation for one in clauses):
        held = [one for one in clauses if one.regulation == regulation]
        for mode in (RunMode.FORMAL, RunMode.DRY) if has_dry else (RunMode.FORMAL,):
            yield _families(regulation, held, mode)


def _levels(context: Context, mode: RunMode) -> Panel:
    facet = "status" if mode is RunMode.FORMAL else "dry"
    bars = []
    for kind in dict.fromkeys((*views.LEVELS, "RSK", *context.graph.types)):
        found = context.matrix.counts(kind, mode=mode)
        if not found:
            continue
        figures = tuple(
            Figure(one.value, found[one], COVERAGE_TONES.get(one, Tone.NEUTRAL), (("type", kind), (facet, one.value)))
            for one in Coverage
            if found[one]
        )
        bars.append(Bar(label=kind, detail=context.graph.types[kind].name, figures=figures, choose=(("type", kind),)))
    return Panel(
        title=f"Coverage by level, {_by(mode)}",
        unit="item",
        view="items",
        bars=tuple(bars),
        note=_worth(mode),
        empty="The project defines no item.",
    )


def _results(context: Context, mode: RunMode) -> Panel:
    facet = "result" if mode is RunMode.FORMAL else "dry"
    standing: dict[tuple[Stage, str], Counter[Outcome]] = {}
    for (_, where), status in context.matrix.statuses(mode).items():
        standing.setdefault((status.stage, where), Counter())[status.outcome] += 1
    bars = []
    for stage in Stage:
        for where in context.environments(stage):
            found = standing.get((stage, where), Counter())
            place = (("stage", stage.value), ("environment", where))
            figures = tuple(
                Figure(one.value, found[one], tone_of(one), (*place, (facet, one.value)))
                for one in COUNTED
                if found[one]
            )
            if figures:
                bars.append(Bar(label=f"{stage} in {where}", figures=figures, choose=place))
    return Panel(
        title=f"Results by stage and environment, {_by(mode)}",
        unit="planned test",
        view="tests",
        bars=tuple(bars),
        note=_worth(mode),
        empty="No test is planned.",
    )


def _families(regulation: str, clauses: Sequence[ClauseRow], mode: RunMode) -> Panel:
    facet = "status" if mode is RunMode.FORMAL else "dry"
    titles = {one.id: one.title for one in clauses}
    bars = []
    for family in dict.fromkeys(one.family for one in clauses):
        tones: dict[str, Tone] = {}
        counts: Counter[str] = Counter()
        for one in clauses:
            if one.family == family:
                word, tone = (one.status, one.tone) if mode is RunMode.FORMAL else (one.dry_status, one.dry_tone)
                counts[word] += 1
                tones[word] = tone
        order = {status.value: number for number, status in enumerate(Coverage)}
        chosen = (("regulation", regulation), ("family", family))
        figures = tuple(
            Figure(word, counts[word], tones[word], (*chosen, (facet, word)))
            for word in sorted(counts, key=lambda word: (order.get(word, len(order)), word))
        )
        bars.append(Bar(label=family, detail=titles.get(family, "") or _title(family), figures=figures, choose=chosen))
    return Panel(
        title=f"{regulation}, {_by(mode)}",
        unit="clause",
        view="clauses",
        bars=tuple(bars),
        note=_worth(mode),
        empty="No clause of it asks for evidence.",
    )


def _title(name: str) -> str:
    found = clauses_of_every_library()
    return found[name].title if name in found else ""


def _by(mode: RunMode) -> str:
    return "by formal results" if mode is RunMode.FORMAL else "by dry runs"


def _worth(mode: RunMode) -> str:
    return "" if mode is RunMode.FORMAL else "Dry runs are rehearsals: no evidence, they release nothing."


def _deviations(deviations: Sequence[Deviation]) -> tuple[Block, ...]:
    if not deviations:
        return (Paragraph((Run("No deviation is recorded. Dry runs open none."),), Tone.MUTED),)
    waiting = [one for one in deviations if not one.settled]
    counts = Counter(one.counted_class for one in waiting)
    by_class = ", ".join(f"{counts[kind]} {kind.value.lower()}" for kind in DeviationClass if counts[kind])
    lead = f"{len(deviations)} recorded, {len(waiting)} open{f': {by_class}' if by_class else ''}."
    rows = tuple(
        Row(
            (
                cell(one.id, bold=True),
                cell(moment(one.opened_at)),
                _case_cell(one),
                cell(one.observed or one.description or "not described"),
                cell(
                    one.classification.value if one.classification else "not classified, counts as critical",
                    Tone.WARN if one.counted_class is DeviationClass.MINOR else Tone.BAD,
                ),
                cell(one.status.value, Tone.WARN),
            )
        )
        for one in waiting
    )
    columns = (
        Column("Deviation", 10),
        Column("Opened, UTC", 12),
        Column("Test", 14),
        Column("Observed", 38),
        Column("Class", 12),
        Column("Status", 14),
    )
    table = Table(columns, rows, caption="Open deviations", role="gaps", empty="No deviation is open.")
    return (Paragraph((Run(lead),)), table)


def _case_cell(one: Deviation) -> Cell:
    if not one.case:
        return cell(" ".join(part for part in (one.phase, one.environment) if part) or "no test")
    return Cell((Paragraph((Run(one.case, link=f"#{one.case}"), Run(f" {one.environment}"))),))


def _place(table: Table, title: str) -> int:
    return next((place for place, column in enumerate(table.columns) if column.title == title), -1)


def _text_of(row: Row, table: Table, title: str) -> str:
    place = _place(table, title)
    return " ".join(plain_text(row.cells[place].blocks).split()) if place >= 0 else ""


def _tone_of(row: Row, table: Table, title: str) -> Tone:
    place = _place(table, title)
    return row.cells[place].tone if place >= 0 else Tone.NEUTRAL


def _links_of(row: Row, table: Table, title: str) -> tuple[str, ...]:
    place = _place(table, title)
    if place < 0:
        return ()
    return tuple(
        run.link[1:]
        for block in row.cells[place].blocks
        if isinstance(block, Paragraph)
        for run in block.runs
        if run.link.startswith("#")
    )


__all__ = [
    "COVERAGE_TONES",
    "Bar",
    "ClauseRow",
    "Dashboard",
    "Figure",
    "Panel",
    "clause_rows",
    "coverage_tone",
    "family_of",
    "make_dashboard",
]

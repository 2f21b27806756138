"""Blocks of the validation plan: basis, strategy, test depth, stages, gates, criteria, procedures.

What is general stands here as data; what is particular comes from the settings and the items. Sentences look ahead,
because a plan is approved before the work.

Source: domain/documents.md b.2, b.7 (test depth), regulations csa.yaml and gamp5.yaml.
"""

from __future__ import annotations

from collections import Counter

from valgen.documents import common
from valgen.documents.blocks import Block, Cell, Column, Table, Tone, cell, paragraph
from valgen.documents.context import Context
from valgen.documents.document_set import found_set
from valgen.documents.rowing import count, ids_cell, row
from valgen.model.deviation import CLASS_DEFINITIONS, DeviationClass
from valgen.model.outcome import Mode, Stage
from valgen.model.project import DocumentEntry
from valgen.regulations.library import libraries
from valgen.trace.document_set import CATEGORIES, external_supplier, highest_category
from valgen.trace.risk import initial_score

TEST_DEPTH: tuple[tuple[str, str, str, str], ...] = (
    (
        "high",
        "Scripted: normal case, boundary or negative case, and a challenge of the control",
        "Evidence at each critical step",
        "A person who executed none of the tests",
    ),
    (
        "medium",
        "Scripted, or unscripted with charter and conclusion: normal case and main negative case",
        "Evidence of the result",
        "A person who executed none of the tests",
    ),
    (
        "low",
        "Unscripted (scenario, error guessing, exploratory), supplier evidence or installation check",
        "Record of what was done, seen and concluded",
        "Test lead",
    ),
)
"""Risk priority, method, evidence, reviewer."""

METHODS: tuple[tuple[str, str, str], ...] = (
    (
        "Scripted",
        "Written before, step by step, with expected results; approved before execution",
        "High risk; regulated records, signatures, calculations, access, audit trail",
    ),
    (
        "Scripted, automated",
        "As scripted; executed by the test tool, which records observed values and attachments itself",
        "Repeatable checks, many data rows, regression after changes",
    ),
    (
        "Unscripted",
        "Charter, tester, time, observations and conclusion are recorded; steps are not written before",
        "Medium and low risk, usability, unforeseen paths; high risk in addition to scripted tests",
    ),
    (
        "Supplier evidence",
        "Assessed for version, independence and scope; the decision on its use is recorded",
        "Standard functions used unchanged",
    ),
)
"""Method, how it is done, when it is chosen."""

GATES: tuple[tuple[str, str, str], ...] = (
    ("Planning", "GxP assessment and this plan are approved", "Specification may begin"),
    ("Specification", "Requirements, specifications and risk assessment are approved; every mandatory requirement "
     "has a planned verification", "Protocols may be approved"),
    ("Installation (IQ)", "IQ protocol approved, environment ready, testers trained, test tool qualified",
     "IQ may be executed"),
    ("Operation (OQ)", "IQ executed and reviewed; its deviations are closed or assessed as not affecting the OQ",
     "OQ may be executed"),
    ("Performance (PQ)", "OQ executed and reviewed; no critical or major deviation is open; procedures at least in "
     "final draft, users trained", "PQ may be executed"),
    ("Production", "VAL results accepted; production baseline recorded; IQ in production executed", "Report may be "
     "approved"),
    ("Release", "Validation summary report approved; acceptance criteria met or conditions accepted",
     "Release certificate may be signed; regulated work may begin"),
)  # fmt: skip
"""Gate, what must be true before it, what it opens."""

_DEVIATION_RULES = {
    DeviationClass.CRITICAL: ("Process owner and QA", "Always corrected and retested, with regression; never deferred"),
    DeviationClass.MAJOR: ("System owner and QA", "Corrected and retested before the stage is closed"),
    DeviationClass.MINOR: ("Test lead and QA", "May stay open with owner, date and workaround; a retest or the reason "
                           "why there is none"),
}  # fmt: skip


def system_facts(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """The system and its classification; its components stand in a section of their own."""
    return common.system_facts(context, entry)[:1]


def regulatory_basis(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Regulations and guides that the project named, with their standing."""
    rows = []
    for name in context.project.settings.regulations:
        found = libraries().get(name)
        if found is None:
            rows.append(row(name, cell("unknown to the clause library", Tone.BAD), "unknown", "not assessed"))
            continue
        asked = "assessed clause by clause" if found.in_force else "looked at for information; not in force"
        rows.append(row(name, found.title, found.status or "guidance", asked))
    columns = (Column("Name", 20), Column("Title", 44), Column("Standing", 16), Column("Treatment", 30))
    return (Table(columns, tuple(rows), role="plain", empty="The project names no regulation."),)


def categories(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """GAMP category per component with its rationale; the highest one counts."""
    settings = context.project.settings
    rows = [
        row(
            one.name,
            one.version or "not versioned here",
            _category(one.gamp_category),
            one.rationale or cell("no rationale given", Tone.BAD),
        )
        for one in settings.components
    ]
    if not rows:
        rows.append(
            row(
                settings.system.name or settings.project_name or "The system",
                settings.system.version or "not stated",
                _category(settings.gamp_category),
                "The system is treated as one component.",
            )
        )
    columns = (Column("Component", 26), Column("Version", 14), Column("GAMP category", 24), Column("Rationale", 46))
    highest = highest_category(settings)
    text = (
        f"The highest category counts for the project: {highest} ({CATEGORIES[highest]})."
        if highest
        else "No GAMP category is stated; the effort is planned by the content of the project."
    )
    return (Table(columns, tuple(rows), role="plain"), paragraph(text))


def depth(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """How deeply is tested by risk priority, with the number of risks of each, and when a test may be unscripted."""
    method = context.project.settings.risk
    counts = Counter(initial_score(item, method).priority for item in context.items("RSK"))
    first = Table(
        (
            Column("Risk priority", 10), Column("Risks", 7), Column("Verification", 40), Column("Evidence", 22),
            Column("Reviewed by", 21),
        ),
        tuple(row(name.capitalize(), str(counts[name]), *rest) for name, *rest in TEST_DEPTH),
        caption="Test depth by risk priority",
    )  # fmt: skip
    second = Table(
        (Column("Method", 16), Column("How", 46), Column("When", 38)),
        tuple(row(*one) for one in METHODS),
        caption="Methods of verification",
    )
    open_ones = counts[""]
    if open_ones:
        one = open_ones == 1
        note = f"{count(open_ones, 'risk')} {'has' if one else 'have'} no complete score and will be tested as high."
        return (first, paragraph(note, Tone.WARN), second)
    return (first, second)


def test_plan(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """What runs where: each stage and environment with its purpose and the number of tests by mode."""
    settings = context.project.settings
    rows = []
    for stage in Stage:
        for where in context.environments(stage):
            modes = Counter(case.mode for case in context.cases(stage, where))
            environment = settings.environments.get(where)
            purpose = environment.purpose if environment else ""
            rows.append(
                row(
                    stage.value,
                    where,
                    purpose or "not stated",
                    str(sum(modes.values())),
                    *(str(modes[mode]) for mode in Mode),
                )
            )
    columns = (
        Column("Stage", 8), Column("Environment", 14), Column("Purpose of the environment", 40),
        Column("Planned tests", 10), *(Column(mode.value, 10) for mode in Mode),
    )  # fmt: skip
    return (
        Table(columns, tuple(rows), caption="Stages and environments", role="plain", empty="No test is planned yet."),
    )


def deviation_classes(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Classes of deviations: definition, who decides, what follows."""
    columns = (Column("Class", 10), Column("Definition", 44), Column("Decided by", 18), Column("Retest", 38))
    rows = tuple(row(kind.value, text, *_DEVIATION_RULES[kind]) for kind, text in CLASS_DEFINITIONS.items())
    note = paragraph("A deviation that nobody has classified counts as critical.")
    return (Table(columns, rows, role="plain"), note)


def gates(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Stage gates: what must be true before each, and what it opens."""
    columns = (Column("Gate", 18), Column("Passed when", 52), Column("Opens", 30))
    return (Table(columns, tuple(row(*one) for one in GATES), role="plain"),)


def criteria(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Release criteria, as the settings state them, with how each will be judged."""
    rows = [
        row(f"AC-{number}", text or name.replace("_", " "), JUDGED_BY.get(name, "judged by a person in the report"))
        for number, (name, text) in enumerate(context.project.settings.acceptance.items(), 1)
    ]
    columns = (Column("No.", 8), Column("Criterion", 52), Column("How it will be judged", 40))
    return (Table(columns, tuple(rows), role="plain", empty="The project states no acceptance criterion."),)


JUDGED_BY = {
    "requirements": "traceability matrix: coverage of user requirements of priority must, formal results",
    "deviations": "deviation log: class and status of every deviation",
    "residual_risk": "risk assessment: residual priority of every risk",
    "procedures": "index of procedures: version and effective date; confirmed by QA",
    "training": "training records; confirmed by the process owner",
    "restore": "test results or procedure; confirmed by the system owner",
    "baseline": "configuration items and baseline of production; confirmed by the system owner",
}
"""Name of a criterion to how it is judged."""


def procedures(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Procedures that requirements and risks rely on."""
    rows = [
        row(
            ids_cell((item.id,)),
            item.title,
            item.value("number") or cell("not stated", Tone.WARN),
            item.value("version") or cell("not stated", Tone.WARN),
            item.value("effective_date") or cell("not effective", Tone.WARN),
            ids_cell(context.graph.up.get(item.id, ()), "no requirement"),
        )
        for item in context.items("SOP")
    ]
    columns = (
        Column("ID", 11), Column("Procedure", 35), Column("Number", 15), Column("Version", 9),
        Column("Effective", 13), Column("Needed for", 17),
    )  # fmt: skip
    empty = "No procedure is named: no requirement is met by a procedure."
    return (Table(columns, tuple(rows), role="index", empty=empty),)


def supplier_leverage(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Supplier evidence that will replace own work, and how far."""
    rows = [
        row(
            ids_cell((item.id,)),
            item.value("document") or item.title,
            item.value("version") or "not stated",
            item.value("leverage").capitalize() or cell("not decided", Tone.WARN),
            _site_evidence(item.value("site_evidence") or item.value("comment"), context),
        )
        for item in context.items("SUP")
    ]
    columns = (
        Column("ID", 10), Column("Evidence", 34), Column("Version", 12), Column("Use", 12),
        Column("Reason, and what is still shown on site", 32),
    )  # fmt: skip
    settings = context.project.settings
    if external_supplier(settings):
        empty = f"No evidence of {settings.system.supplier} is used in place of own verification."
    else:
        empty = "No supplier evidence is used in place of own verification."
    return (Table(columns, tuple(rows), role="index", empty=empty),)


def required_validation(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """The sentence that says how deeply the system will be validated, by category and impact."""
    found = found_set(context)
    text = DEPTHS.get(found.category, "The depth follows from the content of the project; no GAMP category is stated.")
    return (paragraph(text),)


DEPTHS = {
    "1": "Record version and configuration, and qualify the platform by its installation; the applications on it are "
    "validated in projects of their own.",
    "3": "Show fitness for the intended use by tests against the user requirements; rely on the supplier's evidence "
    "for the functions of the product.",
    "4": "Specify and verify the configuration, and test the configured functions and the business process; rely on "
    "the supplier's evidence for the unchanged product.",
    "5": "Cover the full life cycle: requirements, functions, configuration, design, risk, installation, operation "
    "and performance, because no wide use of the product can be relied on.",
}
"""Category to depth of validation."""


def _site_evidence(text: str, context: Context) -> Cell:
    return Cell(context.markdown(text)) if text else cell("no reason given", Tone.WARN)


def _category(category: str) -> Cell | str:
    return f"{category} ({CATEGORIES[category]})" if category else cell("not stated", Tone.WARN)

"""What speaks against a release, under which conditions one is possible, and the statement that follows.

Every conclusion follows from data. The statement names what speaks against a release as long as anything does; a
person's words cannot turn it. Criteria are those of the settings; one that valgen keeps no records about is judged by
the persons who sign.

Source: domain/documents.md b.15 sections 16 and 17.
"""

from __future__ import annotations

from valgen.documents.blocks import Block, Column, ListBlock, Notice, Table, Tone, cell, paragraph, plain_text
from valgen.documents.catalog import DocumentSpec, plan_documents
from valgen.documents.clause_assessment import open_clauses
from valgen.documents.common import prose_sections
from valgen.documents.conclusions import HEADING, hedged_terms, stated_terms
from valgen.documents.context import Context
from valgen.documents.deviations import without_deviation
from valgen.documents.document_set import missing_documents
from valgen.documents.residual import RiskState, Standing, standing
from valgen.documents.rowing import count, row
from valgen.documents.shipped import writable
from valgen.model.deviation import Acceptability, Deviation
from valgen.model.item import Item
from valgen.model.outcome import Coverage, RunMode, Stage
from valgen.model.project import DocumentEntry
from valgen.trace.document_set import IN_OPERATION
from valgen.trace.risk import residual_score
from valgen.trace.screening import screen

RESTS_ON_APPROVALS = frozenset({"VSR", "CERT"})
"""Types of documents whose content says whether the others are approved; they are signed last."""

ACCEPTED = frozenset(
    {
        Coverage.PASSED,
        Coverage.PASSED_WITH_DEVIATION,
        Coverage.PROCEDURE,
        Coverage.SUPPLIER,
        Coverage.NOT_APPLICABLE,
    }
)


def acceptance(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Release criteria with what was found; a criterion that valgen keeps no records about says so."""
    rows = []
    for number, (name, text) in enumerate(context.project.settings.acceptance.items(), 1):
        met, found = judge(name, context)
        if met is None:
            word, tone = "to be judged by a person", Tone.WARN
        else:
            word, tone = ("met", Tone.GOOD) if met else ("not met", Tone.BAD)
        rows.append(row(f"AC-{number}", text or name.replace("_", " "), found, cell(word, tone)))
    columns = (Column("No.", 8), Column("Criterion", 40), Column("Found", 34), Column("Met", 18))
    return (Table(columns, tuple(rows), role="results", empty="The project states no acceptance criterion."),)


def release(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """The release statement that the results allow."""
    name = released_name(context)
    reasons = obstacles(context)
    if reasons:
        text = f"{name} is not released for regulated use by this report. What speaks against it:"
        return (Notice("Not released", (paragraph(text), _listed(reasons)), Tone.BAD),)
    held = conditions(context)
    if held:
        text = (
            f"The results support the release of {name} with the conditions below. "
            "It takes effect with the signatures of this report and of the release certificate."
        )
        return (Notice("Ready for signature, with conditions", (paragraph(text), _listed(held)), Tone.WARN),)
    text = (
        f"The results support the release of {name} for its intended use. "
        "It takes effect with the signatures of this report and of the release certificate."
    )
    return (Notice("Ready for signature", (paragraph(text),), Tone.GOOD),)


def released_name(context: Context) -> str:
    """Return name and version of the system, as release statement and certificate name it."""
    system = context.project.settings.system
    return f"{system.name or context.project.settings.project_name} {system.version}".strip()


def conditions(context: Context) -> tuple[str, ...]:
    """Return the conditions of a release: open minor deviations whose risk was judged acceptable, with owner and due
    date, and criteria that a person has to judge by signing."""
    found = [
        f"{one.id}: {one.resolution or one.description or one.observed} (owner {one.owner}, due {one.due})"
        for one in context.deviations
        if not one.settled and not _blocks(one)
    ]
    for spec, terms in supplier_conclusions(context):
        if "conditional" in terms:
            found.append(f"{spec.number} approves the supplier under the conditions that it states")
    for name, text in context.project.settings.acceptance.items():
        met, seen = judge(name, context)
        if met is None:
            found.append(f"to be confirmed by signature: {text or name.replace('_', ' ')} ({seen})")
    return tuple(found)


def obstacles(context: Context) -> tuple[str, ...]:
    """Return everything that speaks against a release, in words; none only when nothing does."""
    reasons = []
    for stage in Stage:
        for where in context.environments(stage):
            statuses = context.statuses(stage, where)
            if context.mode_of(stage, where) is RunMode.DRY:
                reasons.append(f"{stage} in {where} has no formal execution")
                continue
            open_ones = sum(1 for status in statuses if not status.outcome.accepted)
            if open_ones:
                reasons.append(f"{open_ones} of {len(statuses)} {stage} tests in {where} are not accepted")
    if not any(context.environments(stage) for stage in Stage):
        reasons.append("no test is planned")
    nowhere = context.unplanned_cases()
    if nowhere:
        reasons.append(f"{count(len(nowhere), 'test is', 'tests are')} planned in no environment: {', '.join(nowhere)}")
    gaps = context.matrix.counts("URS", mode=RunMode.FORMAL)[Coverage.GAP]
    if gaps:
        reasons.append(f"{count(gaps, 'user requirement is', 'user requirements are')} not covered")
    blocking = tuple(one.id for one in context.deviations if _blocks(one))
    if blocking:
        reasons.append(f"{count(len(blocking), 'deviation')} open: {', '.join(blocking)}")
    for title, number in open_clauses(context).items():
        if number:
            reasons.append(f"{count(number, 'clause')} of {title} without accepted evidence")
    for name, text in context.project.settings.acceptance.items():
        met, seen = judge(name, context)
        if met is False:
            reasons.append(f"criterion not met: {(text or name.replace('_', ' ')).rstrip('.')} ({seen})")
    screened, stated = screen(context.project).impact, context.project.settings.gxp_impact
    if screened and stated and screened != stated:
        reasons.append(f"the GxP impact is stated as {stated} and screened as {screened}")
    for spec, terms in supplier_conclusions(context):
        if not terms or "rejected" in terms:
            reasons.append(
                f"{spec.number} states no conclusion" if not terms else f"{spec.number} rejects the supplier"
            )
    missing = missing_documents(context)
    if missing:
        reasons.append(f"{count(len(missing), 'planned document')} not written: {', '.join(missing)}")
    reasons += _not_approved(context)
    return tuple(dict.fromkeys(reasons))


def _not_approved(context: Context) -> tuple[str, ...]:
    """Return what keeps the release from resting on approved documents; this report and the certificate come last."""
    specs = [
        spec
        for spec in plan_documents(context)
        if spec.entry.type not in RESTS_ON_APPROVALS and spec.entry.type not in IN_OPERATION and writable(spec, context)
    ]
    waiting = []
    for spec in specs:
        found = context.approvals.get((spec.key, spec.bare_version))
        if found is None or not found.approved:
            waiting.append(spec.key)
    if not waiting:
        return ()
    if len(waiting) == len(specs):
        return ("no document of the pack is approved",)
    return (f"{count(len(waiting), 'document is', 'documents are')} not approved: {', '.join(waiting)}",)


def judge(name: str, context: Context) -> tuple[bool | None, str]:
    """Return whether a criterion is met and what was found; None where a person has to judge."""
    if name in _JUDGES:
        return _JUDGES[name](context)
    return None, "no record of it is kept by this version of the program"


def _requirements(context: Context) -> tuple[bool | None, str]:
    mandatory = [one for one in context.matrix.rows if one.item.type == "URS" and _mandatory(one.item)]
    covered = sum(1 for one in mandatory if one.status in ACCEPTED)
    text = f"{covered} of {len(mandatory)} mandatory user requirements"
    return bool(mandatory) and covered == len(mandatory), text


def _residual_risk(context: Context) -> tuple[bool | None, str]:
    risks = context.items("RSK")
    method = context.project.settings.risk
    scores = [residual_score(item, method) for item in risks]
    high = sum(1 for score in scores if score is not None and score.priority == "high")
    unscored = sum(1 for score in scores if score is None or not score.complete)
    if high or unscored:
        return False, f"{high} of {len(risks)} risks stay high, {unscored} are not scored"
    held = [one.item.id for one in (standing(item, context) for item in risks) if _kept_high(one)]
    if held:
        return (
            False,
            f"{len(held)} of {len(risks)} risks stay high until the tests of their controls are accepted: "
            + (", ".join(held)),
        )
    return None, f"no residual risk of {len(risks)} is high by its scores; acceptance is a signature"


def _kept_high(one: Standing) -> bool:
    """Whether the priority that counts today is high, whatever lower score the author claims."""
    return one.in_force == "high" and one.state is not RiskState.ACCEPTED


def _deviations(context: Context) -> tuple[bool | None, str]:
    blocking = [one for one in context.deviations if one.blocks_protocol]
    if blocking:
        return False, f"{len(blocking)} of {len(context.deviations)} deviations are open and critical or major"
    if not any(run.mode is RunMode.FORMAL for run in context.runs):
        return False, "no formal execution yet; dry runs open no deviation"
    if untold := without_deviation(context):
        has = "have" if len(untold) > 1 else "has"
        text = f"{count(len(untold), 'formal result')} did not pass and {has} no deviation"
        return False, f"{text}; what nobody classified counts as critical"
    return True, f"none of {count(len(context.deviations), 'deviation')} is open and critical or major"


def _procedures(context: Context) -> tuple[bool | None, str]:
    found = context.items("SOP")
    undated = [one.id for one in found if not one.value("effective_date")]
    if undated:
        return False, f"{len(undated)} of {len(found)} procedures state no effective date: {', '.join(undated)}"
    if not found:
        return None, "no requirement relies on a procedure"
    latest = max(one.value("effective_date") for one in found)
    return None, f"all {len(found)} procedures state an effective date, the latest {latest}"


def _training(context: Context) -> tuple[bool | None, str]:
    found = context.items("TRN")
    if not found:
        return None, "the project keeps no training records"
    done = sum(trained(one) for one in found)
    if done < len(found):
        return False, f"{done} of {len(found)} training records show a passed assessment with its date"
    return None, f"all {len(found)} training records show a passed assessment; completeness is judged by a person"


_JUDGES = {
    "requirements": _requirements,
    "residual_risk": _residual_risk,
    "deviations": _deviations,
    "procedures": _procedures,
    "training": _training,
}


def supplier_conclusions(context: Context) -> tuple[tuple[DocumentSpec, tuple[str, ...]], ...]:
    """Return each planned supplier assessment with the terms of its conclusion, as its prose states them.

    A text that denies a term states none.
    """
    found = []
    for spec in plan_documents(context):
        if spec.entry.type != "SUP":
            continue
        written: tuple[str, tuple[Block, ...]] = ("", ())
        for key in dict.fromkeys((spec.entry.key, "SUP")):
            written = written if written[1] else prose_sections(context, key).get(HEADING.casefold(), written)
        text = plain_text(written[1])
        found.append((spec, () if hedged_terms("SUP", text) else stated_terms("SUP", text)))
    return tuple(found)


def _blocks(one: Deviation) -> bool:
    """Whether an open deviation keeps the system from release: critical, major, unacceptable, or without owner."""
    if one.settled:
        return False
    acceptable = one.acceptability in (Acceptability.A, Acceptability.B)
    return one.blocks_protocol or not acceptable or not one.owner or not one.due


def _listed(texts: tuple[str, ...]) -> Block:
    return ListBlock(tuple((paragraph(text),) for text in texts))


def trained(record: Item) -> bool:
    """Return whether a training record shows a passed assessment with its date."""
    return record.value("outcome") == "passed" and bool(record.value("date"))


def _mandatory(item: Item) -> bool:
    return item.value("priority", "must") == "must"

"""Directives of protocols and reports: test cases, scope, results, runs, evidence, conclusion."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from valgen.documents import (
    amendments,
    cases,
    checklists,
    evaluation,
    evidence,
    executed,
    formal,
    installation,
    results,
    scope,
    signing,
)
from valgen.documents.blocks import Block
from valgen.documents.context import Context
from valgen.documents.directives.spec import DirectiveSpec, stage
from valgen.model.outcome import Stage
from valgen.model.project import DocumentEntry


def _dry_notice(
    context: Context, entry: DocumentEntry | None, argument: str, options: Mapping[str, str]
) -> tuple[Block, ...]:
    name = argument or (entry.type if entry else "")
    return results.dry_notice(context, entry, Stage(name) if name in Stage.__members__ else None)


def _of_stage(
    name: str, summary: str, render: Callable[[Context, DocumentEntry | None, Stage], tuple[Block, ...]]
) -> DirectiveSpec:
    """Return a directive whose argument is a stage and may be left out in a document of one."""
    return DirectiveSpec(
        name=name, summary=summary, argument="stage", render=stage(render), example=f".. valgen:{name}:: OQ"
    )


TESTING: tuple[DirectiveSpec, ...] = (
    DirectiveSpec(
        name="dry-run-notice",
        summary="What dry runs are worth; nothing once all results are formal.",
        argument="stage",
        render=_dry_notice,
        example=".. valgen:dry-run-notice::",
    ),
    _of_stage("case-index", "Planned test cases of a stage with what they verify, risks, type and mode.", cases.index),
    _of_stage(
        "case-processes",
        "Planned test cases as parts of business processes: procedure, requirements, roles, data.",
        cases.processes,
    ),
    _of_stage("cases", "Test cases of a stage as a protocol to be executed.", cases.protocol),
    _of_stage(
        "specified",
        "Test cases with the specified value, to be filled in with the found one.",
        installation.specified,
    ),
    _of_stage("features-tested", "Features of a stage with their cases and what these verify.", scope.tested),
    _of_stage("features-not-tested", "Items that no case of the stage verifies, with the reason.", scope.not_tested),
    _of_stage(
        "tester-log",
        "Rows in which testers and reviewers sign, so that initials lead to a person.",
        signing.tester_log,
    ),
    _of_stage(
        "entry-checklist",
        "Entry criteria as a checklist: what records say, and room for confirmation.",
        checklists.entry_criteria,
    ),
    _of_stage("evidence-form", "Blank index of attachments.", checklists.evidence_form),
    _of_stage("approvals-after", "Signatures after execution: executed, reviewed, approved.", signing.after_execution),
    _of_stage(
        "protocol-executed",
        "The protocol that was executed: number, version, approval, same steps or not.",
        evaluation.protocol_executed,
    ),
    _of_stage(
        "execution-summary",
        "From when to when, system declared and found, tools, who executed.",
        evidence.execution_summary,
    ),
    _of_stage(
        "formal-executions",
        "Formal executions of a stage: protocol, testers, runs, and who reviewed the results.",
        formal.formal_executions,
    ),
    _of_stage("testers-found", "Everybody and every account that executed tests of a stage.", signing.testers_found),
    _of_stage("executed-cases", "Test cases of a stage with every observed value.", executed.executed),
    _of_stage("specified-found", "Test cases with the specified and the found value.", installation.found),
    _of_stage("statistics", "Planned and executed tests by result.", results.statistics),
    _of_stage("results", "One row per planned test with its result.", results.results),
    _of_stage("not-accepted", "Planned tests without an accepted result, with the reason.", results.not_accepted),
    _of_stage("runs", "Every run of a stage, aborted ones too.", results.runs),
    _of_stage("unsuccessful", "Every attempt that did not pass.", results.unsuccessful),
    _of_stage("unproven", "Expected results that passed although nothing was checked.", results.unproven),
    _of_stage("stage-deviations", "Deviations of a stage with class and status.", checklists.stage_deviations),
    _of_stage(
        "amendments",
        "Amendments of the protocol, and scripts whose steps are not those that were executed.",
        evaluation.amendments,
    ),
    _of_stage(
        "assessments",
        "Results that go on counting although something changed, with who signed that.",
        amendments.assessments,
    ),
    _of_stage("exclusions", "Test cases of a stage that were excluded, with the reason.", scope.excluded),
    _of_stage("unplanned", "Tests that were executed and are not in the protocol.", scope.unplanned),
    _of_stage("phase-coverage", "Items that a stage verifies with the result of its tests.", evaluation.phase_coverage),
    _of_stage(
        "criteria",
        "Acceptance criteria with whether they are met and where that is shown.",
        evaluation.criteria,
    ),
    _of_stage("evidence-index", "Attachments with digests.", evidence.evidence_index),
    _of_stage("environment-found", "Facts of the host of the runs that count.", evidence.environment_found),
    _of_stage("script-code", "Files of script code with digests.", evidence.script_code),
    _of_stage("raw-results", "Where the pack keeps what the report was made from.", evidence.raw_results),
    _of_stage("conclusion", "What the results of a stage allow to say.", evaluation.conclusion),
)

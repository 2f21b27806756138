"""Directives of protocols and reports: test cases, results, runs, evidence."""

from __future__ import annotations

from collections.abc import Mapping

from valgen.documents import cases, results
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


TESTING: tuple[DirectiveSpec, ...] = (
    DirectiveSpec(
        name="case-index", summary="Planned test cases of a stage.", argument="stage", render=stage(cases.index)
    ),
    DirectiveSpec(
        name="cases",
        summary="Test cases of a stage as a protocol to be executed.",
        argument="stage",
        render=stage(cases.protocol),
    ),
    DirectiveSpec(
        name="executed-cases",
        summary="Test cases of a stage with every observed value.",
        argument="stage",
        render=stage(cases.executed),
    ),
    DirectiveSpec(
        name="dry-run-notice",
        summary="What dry runs are worth; nothing once all results are formal.",
        argument="stage",
        render=_dry_notice,
    ),
    DirectiveSpec(
        name="statistics",
        summary="Planned and executed tests by result.",
        argument="stage",
        render=stage(results.statistics),
    ),
    DirectiveSpec(
        name="results",
        summary="One row per planned test with its result.",
        argument="stage",
        render=stage(results.results),
    ),
    DirectiveSpec(
        name="runs",
        summary="Every run of a stage, aborted ones too.",
        argument="stage",
        render=stage(results.runs),
    ),
    DirectiveSpec(
        name="unsuccessful",
        summary="Every attempt that did not pass.",
        argument="stage",
        render=stage(results.unsuccessful),
    ),
    DirectiveSpec(
        name="unproven",
        summary="Expected results that passed although nothing was checked.",
        argument="stage",
        render=stage(results.unproven),
    ),
    DirectiveSpec(
        name="evidence-index",
        summary="Attachments with digests.",
        argument="stage",
        render=stage(results.evidence_index),
    ),
    DirectiveSpec(
        name="environment-found",
        summary="Facts of the host of the runs that count.",
        argument="stage",
        render=stage(results.environment_found),
    ),
    DirectiveSpec(
        name="script-code",
        summary="Files of script code with digests.",
        argument="stage",
        render=stage(results.script_code),
    ),
    DirectiveSpec(
        name="conclusion",
        summary="What the results of a stage allow to say.",
        argument="stage",
        render=stage(results.conclusion),
    ),
)

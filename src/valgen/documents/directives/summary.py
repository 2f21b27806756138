"""Directives of the validation summary report and the release certificate."""

from __future__ import annotations

from valgen.documents import certificate, clause_assessment, document_set, release, summary
from valgen.documents.directives.spec import DirectiveSpec, plain

SUMMARY: tuple[DirectiveSpec, ...] = (
    DirectiveSpec(
        name="deliverables",
        summary="Documents with version, status, approval and deviation from the plan.",
        render=plain(document_set.deliverables),
        example=".. valgen:deliverables::",
    ),
    DirectiveSpec(
        name="plan-deviations",
        summary="Where the work differs from the plan.",
        render=plain(summary.plan_deviations),
        example=".. valgen:plan-deviations::",
    ),
    DirectiveSpec(
        name="specifications",
        summary="Items by type: document and version, active, retired, covered.",
        render=plain(summary.specifications),
        example=".. valgen:specifications::",
    ),
    DirectiveSpec(
        name="stages",
        summary="Results by stage and environment.",
        render=plain(summary.stages),
        example=".. valgen:stages::",
    ),
    DirectiveSpec(
        name="deviation-summary",
        summary="Deviations by class, and the open ones with owner and date.",
        render=plain(summary.deviation_counts),
        example=".. valgen:deviation-summary::",
    ),
    DirectiveSpec(
        name="compliance-statement",
        summary="Applicable clauses with their evidence, and what may be stated per regulation.",
        render=plain(clause_assessment.statement),
        example=".. valgen:compliance-statement::",
    ),
    DirectiveSpec(
        name="environment-baseline",
        summary="Configuration baseline, and what the last run of each environment saw.",
        render=plain(summary.environment_baseline),
        example=".. valgen:environment-baseline::",
    ),
    DirectiveSpec(
        name="supplier-outcome",
        summary="Supplier assessments with their conclusion and major findings.",
        render=plain(summary.supplier_outcome),
        example=".. valgen:supplier-outcome::",
    ),
    DirectiveSpec(
        name="training-status",
        summary="Training records by role: passed and open.",
        render=plain(summary.training_status),
        example=".. valgen:training-status::",
    ),
    DirectiveSpec(
        name="acceptance",
        summary="Release criteria and whether they are met.",
        render=plain(release.acceptance),
        example=".. valgen:acceptance::",
    ),
    DirectiveSpec(
        name="waivers",
        summary="Checks that the project lowered, with the reason.",
        render=plain(summary.waivers),
        example=".. valgen:waivers::",
    ),
    DirectiveSpec(
        name="release",
        summary="The release statement that the results allow.",
        render=plain(release.release),
        example=".. valgen:release::",
    ),
    DirectiveSpec(
        name="certificate",
        summary="The release certificate: what is released, by which report, under which conditions.",
        render=plain(certificate.certificate),
        example=".. valgen:certificate::",
    ),
)

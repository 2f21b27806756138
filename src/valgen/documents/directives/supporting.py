"""Directives of supporting documents: procedures, training, suppliers, changes, deviations, reviews."""

from __future__ import annotations

from valgen.documents import (
    change_records,
    conclusions,
    deviation_records,
    deviations,
    procedures,
    reviews,
    suppliers,
    training,
)
from valgen.documents.directives.spec import DirectiveSpec, plain

SUPPORTING: tuple[DirectiveSpec, ...] = (
    DirectiveSpec(
        name="deviation-log",
        summary="One row per deviation.",
        render=plain(deviations.log),
        example=".. valgen:deviation-log::",
    ),
    DirectiveSpec(
        name="deviation-candidates",
        summary="Results that ask for a deviation, with what was decided.",
        render=plain(deviations.asking),
        example=".. valgen:deviation-candidates::",
    ),
    DirectiveSpec(
        name="deviation-counts",
        summary="Deviations by class, type and status.",
        render=plain(deviations.counts),
        example=".. valgen:deviation-counts::",
    ),
    DirectiveSpec(
        name="deviation-records",
        summary="Each deviation in full.",
        render=plain(deviation_records.records),
        example=".. valgen:deviation-records::",
    ),
    DirectiveSpec(
        name="deviation-form",
        summary="The blank deviation form.",
        render=plain(deviations.form),
        example=".. valgen:deviation-form::",
    ),
    DirectiveSpec(
        name="deviation-definitions",
        summary="What classes and types of deviations mean.",
        render=plain(deviations.definitions),
        example=".. valgen:deviation-definitions::",
    ),
    DirectiveSpec(
        name="procedure-subjects",
        summary="Standard subjects with the procedures that treat them.",
        render=plain(procedures.subjects),
        example=".. valgen:procedure-subjects::",
    ),
    DirectiveSpec(
        name="procedure-index",
        summary="Every procedure with number, version and effective date.",
        render=plain(procedures.index),
        example=".. valgen:procedure-index::",
    ),
    DirectiveSpec(
        name="procedures",
        summary="What each procedure treats.",
        render=plain(procedures.procedures),
        example=".. valgen:procedures::",
    ),
    DirectiveSpec(
        name="procedure-outline",
        summary="Sections of a procedure.",
        render=plain(procedures.outline),
        example=".. valgen:procedure-outline::",
    ),
    DirectiveSpec(
        name="training-plan",
        summary="Trainings by role, with how many have completed them.",
        render=plain(training.plan),
        example=".. valgen:training-plan::",
    ),
    DirectiveSpec(
        name="training-records",
        summary="Every training record.",
        render=plain(training.records),
        example=".. valgen:training-records::",
    ),
    DirectiveSpec(
        name="training-gaps",
        summary="Procedures that no training record covers.",
        render=plain(training.untrained),
        example=".. valgen:training-gaps::",
    ),
    DirectiveSpec(
        name="training-prerequisites",
        summary="Tests whose prerequisites name a training record.",
        render=plain(training.prerequisites),
        example=".. valgen:training-prerequisites::",
    ),
    DirectiveSpec(
        name="supplier-overview",
        summary="Suppliers with ratings and documents.",
        render=plain(suppliers.overview),
        example=".. valgen:supplier-overview::",
    ),
    DirectiveSpec(
        name="supplier-points",
        summary="Assessment of each supplier by domain.",
        render=plain(suppliers.points),
        example=".. valgen:supplier-points::",
    ),
    DirectiveSpec(
        name="supplier-actions",
        summary="Findings about suppliers with actions.",
        render=plain(suppliers.actions),
        example=".. valgen:supplier-actions::",
    ),
    DirectiveSpec(
        name="leverage",
        summary="How far each supplier document replaces own testing.",
        render=plain(suppliers.leverage),
        example=".. valgen:leverage::",
    ),
    DirectiveSpec(
        name="change-register",
        summary="One row per change request.",
        render=plain(change_records.register),
        example=".. valgen:change-register::",
    ),
    DirectiveSpec(
        name="change-records",
        summary="Each change with what its author wrote and what the links say.",
        render=plain(change_records.records),
        example=".. valgen:change-records::",
    ),
    DirectiveSpec(
        name="review-areas",
        summary="Areas of the periodic review with evidence, finding and status.",
        render=plain(reviews.areas),
        example=".. valgen:review-areas::",
    ),
    DirectiveSpec(
        name="review-period",
        summary="Period that the points of the review state.",
        render=plain(reviews.periods),
        example=".. valgen:review-period::",
    ),
    DirectiveSpec(
        name="review-actions",
        summary="Actions of the periodic review.",
        render=plain(reviews.actions),
        example=".. valgen:review-actions::",
    ),
    DirectiveSpec(
        name="review-facts",
        summary="What valgen knows about the system: documents, results, open points, changes.",
        render=plain(reviews.facts),
        example=".. valgen:review-facts::",
    ),
    DirectiveSpec(
        name="stated-conclusion",
        summary="The fixed term that the conclusion uses, and what speaks against it.",
        render=plain(conclusions.conclusion),
        example=".. valgen:stated-conclusion::",
    ),
)

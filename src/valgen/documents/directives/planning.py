"""Directives of the validation plan, the GxP assessment and the assessment of records and signatures."""

from __future__ import annotations

from valgen.documents import assessment, clause_assessment, document_set, plan, responsibilities
from valgen.documents.directives.spec import DirectiveSpec, plain

PLANNING: tuple[DirectiveSpec, ...] = (
    DirectiveSpec(
        name="document-set",
        summary="Documents: expected and why, planned or not and why, owner, who approves.",
        render=plain(document_set.table),
        example=".. valgen:document-set::",
    ),
    DirectiveSpec(
        name="expected-documents",
        summary="Documents: expected and why, planned or not.",
        render=plain(document_set.expected),
        example=".. valgen:expected-documents::",
    ),
    DirectiveSpec(
        name="core-set",
        summary="Which document each GAMP category expects: the table that decides.",
        render=plain(document_set.core_set),
        example=".. valgen:core-set::",
    ),
    DirectiveSpec(
        name="classification",
        summary="Category and impact that decide which documents are expected, in a sentence.",
        render=plain(document_set.classification),
        example=".. valgen:classification::",
    ),
    DirectiveSpec(
        name="system-facts",
        summary="The system and its classification, without its components.",
        render=plain(plan.system_facts),
        example=".. valgen:system-facts::",
    ),
    DirectiveSpec(
        name="gamp-categories",
        summary="GAMP category per component with its rationale.",
        render=plain(plan.categories),
        example=".. valgen:gamp-categories::",
    ),
    DirectiveSpec(
        name="regulatory-basis",
        summary="Regulations and guides of the project with their standing.",
        render=plain(plan.regulatory_basis),
        example=".. valgen:regulatory-basis::",
    ),
    DirectiveSpec(
        name="validation-depth",
        summary="How deeply a system of this category is validated, in a sentence.",
        render=plain(plan.required_validation),
        example=".. valgen:validation-depth::",
    ),
    DirectiveSpec(
        name="roles",
        summary="Roles of a validation and what they answer for.",
        render=plain(responsibilities.roles),
        example=".. valgen:roles::",
    ),
    DirectiveSpec(
        name="responsibilities",
        summary="Activities with exactly one accountable role each, unless the project wrote its own table.",
        render=plain(responsibilities.matrix),
        example=".. valgen:responsibilities::",
    ),
    DirectiveSpec(
        name="test-depth",
        summary="Verification by risk priority, and when a test may be unscripted.",
        render=plain(plan.depth),
        example=".. valgen:test-depth::",
    ),
    DirectiveSpec(
        name="test-plan",
        summary="Stages and environments with the number of planned tests by mode.",
        render=plain(plan.test_plan),
        example=".. valgen:test-plan::",
    ),
    DirectiveSpec(
        name="deviation-classes",
        summary="Classes of deviations: definition, who decides, retest.",
        render=plain(plan.deviation_classes),
        example=".. valgen:deviation-classes::",
    ),
    DirectiveSpec(
        name="stage-gates",
        summary="What must be true before each gate, and what it opens.",
        render=plain(plan.gates),
        example=".. valgen:stage-gates::",
    ),
    DirectiveSpec(
        name="acceptance-plan",
        summary="Release criteria with how each will be judged.",
        render=plain(plan.criteria),
        example=".. valgen:acceptance-plan::",
    ),
    DirectiveSpec(
        name="procedures-needed",
        summary="Procedures that requirements rely on, with version and effective date.",
        render=plain(plan.procedures),
        example=".. valgen:procedures-needed::",
    ),
    DirectiveSpec(
        name="supplier-leverage",
        summary="Supplier evidence and how far it replaces own work.",
        render=plain(plan.supplier_leverage),
        example=".. valgen:supplier-leverage::",
    ),
    DirectiveSpec(
        name="screening",
        summary="Screening questions with answers, and the GxP impact that follows.",
        render=plain(assessment.screening),
        example=".. valgen:screening::",
    ),
    DirectiveSpec(
        name="electronic-records",
        summary="Which rules on electronic records and signatures apply, and why.",
        render=plain(assessment.records),
        example=".. valgen:electronic-records::",
    ),
    DirectiveSpec(
        name="criticality",
        summary="Requirements by what a fault could harm, and the rating that follows.",
        render=plain(assessment.criticality),
        example=".. valgen:criticality::",
    ),
    DirectiveSpec(
        name="validation-required",
        summary="Conclusion of the GxP assessment: whether validation is required, and how deep.",
        render=plain(assessment.conclusion),
        example=".. valgen:validation-required::",
    ),
    DirectiveSpec(
        name="clause-assessment",
        summary="One row per clause: applicable, how met, requirements, tests, coverage, gap and action.",
        render=plain(clause_assessment.clauses),
        example=".. valgen:clause-assessment::",
    ),
    DirectiveSpec(
        name="clause-counts",
        summary="Clauses per regulation: applicable, answered, covered.",
        render=plain(clause_assessment.summary),
        example=".. valgen:clause-counts::",
    ),
    DirectiveSpec(
        name="clause-gaps",
        summary="Clauses that are not yet met, with the open action.",
        render=plain(clause_assessment.gaps),
        example=".. valgen:clause-gaps::",
    ),
    DirectiveSpec(
        name="informative-entries",
        summary="Entries of drafts and guides that the project names; they are not counted.",
        render=plain(clause_assessment.informative),
        example=".. valgen:informative-entries::",
    ),
)

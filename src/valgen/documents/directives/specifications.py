"""Directives of specifications and the risk assessment: items, coverage, configuration, risks."""

from __future__ import annotations

from collections.abc import Mapping

from docutils.parsers.rst import directives

from valgen.documents import categories, configuration, design, item_tables, items, risks
from valgen.documents.blocks import Block
from valgen.documents.context import Context
from valgen.documents.directives.spec import DirectiveError, DirectiveSpec, kind, plain
from valgen.model.project import DocumentEntry


def _items(
    context: Context, entry: DocumentEntry | None, argument: str, options: Mapping[str, str]
) -> tuple[Block, ...]:
    render = kind(lambda *rest: items.items(*rest, group="ungrouped" not in options))
    return render(context, entry, argument, options)


def _coverage_by(
    context: Context, entry: DocumentEntry | None, argument: str, options: Mapping[str, str]
) -> tuple[Block, ...]:
    kinds = argument.split()
    unknown = [name for name in kinds if name not in context.graph.types]
    if unknown:
        known = context.graph.types
        raise DirectiveError(f"{', '.join(unknown)}: no item type; known: {', '.join(known)}", known, unknown[0])
    if len(kinds) < 2:
        raise DirectiveError("needs the upper type and one or more lower types, such as: URS FS CS")
    return item_tables.coverage_by(context, entry, kinds[0], tuple(kinds[1:]))


SPECIFICATIONS: tuple[DirectiveSpec, ...] = (
    DirectiveSpec(
        name="items",
        summary="Every active item of a type, in full, by category.",
        argument="item type",
        render=_items,
        options={"ungrouped": directives.flag},
        says={"ungrouped": "items in the order of their ids, without a section for each category"},
        example=".. valgen:items:: FS",
    ),
    DirectiveSpec(
        name="overview",
        summary="One line per active item of a type.",
        argument="item type",
        render=kind(item_tables.overview),
        example=".. valgen:overview:: URS",
    ),
    DirectiveSpec(
        name="retired",
        summary="Retired items of a type with the reason.",
        argument="item type",
        render=kind(item_tables.retired),
        example=".. valgen:retired:: URS",
    ),
    DirectiveSpec(
        name="configuration",
        summary="Configuration items as a table.",
        argument="item type",
        render=kind(configuration.configuration, "CS"),
        example=".. valgen:configuration:: CS",
    ),
    DirectiveSpec(
        name="coverage",
        summary="Which lower items satisfy each upper item.",
        argument="upper type, lower types",
        required=True,
        render=_coverage_by,
        example=".. valgen:coverage:: URS FS CS DS",
    ),
    DirectiveSpec(
        name="categories",
        summary="Standard categories of requirements with their number, and those of the project.",
        argument="item type",
        render=kind(categories.table, "URS"),
        example=".. valgen:categories:: URS",
    ),
    DirectiveSpec(
        name="configuration-register",
        summary="Register of configuration items: components and settings with owner, version and checksum.",
        argument="item type",
        render=kind(configuration.register, "CS"),
        example=".. valgen:configuration-register::",
    ),
    DirectiveSpec(
        name="baseline",
        summary="Id and combined digest of the configuration baseline.",
        render=plain(configuration.baseline),
        example=".. valgen:baseline::",
    ),
    DirectiveSpec(
        name="review-scope",
        summary="Modules of the design and whether the record of source code reviews names them.",
        render=plain(design.review_scope),
        example=".. valgen:review-scope::",
    ),
    DirectiveSpec(
        name="risk-method",
        summary="Scales and matrices of the risk assessment.",
        render=plain(risks.method),
        example=".. valgen:risk-method::",
    ),
    DirectiveSpec(
        name="risks",
        summary="The risk table: scores, controls, tests, residual scores.",
        render=plain(risks.table),
        example=".. valgen:risks::",
    ),
    DirectiveSpec(
        name="risk-records",
        summary="One record per risk with every field.",
        render=plain(risks.records),
        example=".. valgen:risk-records::",
    ),
    DirectiveSpec(
        name="risk-summary",
        summary="Risks by priority before and with controls, and in force by results.",
        render=plain(risks.summary),
        example=".. valgen:risk-summary::",
    ),
    DirectiveSpec(
        name="risk-depth",
        summary="What each risk priority asks of the tests, with the risks that have it.",
        render=plain(risks.depth),
        example=".. valgen:risk-depth::",
    ),
    DirectiveSpec(
        name="risk-residual",
        summary="Whether each residual score holds by the results of the control's tests.",
        render=plain(risks.residual),
        example=".. valgen:risk-residual::",
    ),
)

"""Directives of specifications and the risk assessment: items, coverage, risks."""

from __future__ import annotations

from collections.abc import Mapping

from docutils.parsers.rst import directives

from valgen.documents import items, risks
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
    if unknown or len(kinds) < 2:
        raise DirectiveError("needs the upper type and one or more lower types, such as: URS FS CS")
    return items.coverage_by(context, entry, kinds[0], tuple(kinds[1:]))


SPECIFICATIONS: tuple[DirectiveSpec, ...] = (
    DirectiveSpec(
        name="items",
        summary="Every active item of a type, in full, by category.",
        argument="item type",
        render=_items,
        options={"ungrouped": directives.flag},
        example=".. valgen:items:: FS",
    ),
    DirectiveSpec(
        name="overview",
        summary="One line per active item of a type.",
        argument="item type",
        render=kind(items.overview),
        example=".. valgen:overview:: URS",
    ),
    DirectiveSpec(
        name="retired",
        summary="Retired items of a type with the reason.",
        argument="item type",
        render=kind(items.retired),
    ),
    DirectiveSpec(
        name="configuration",
        summary="Configuration items as a table.",
        argument="item type",
        render=kind(items.configuration, "CS"),
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
        name="risk-method", summary="Scales and matrices of the risk assessment.", render=plain(risks.method)
    ),
    DirectiveSpec(name="risks", summary="The risk table.", render=plain(risks.table)),
    DirectiveSpec(
        name="risk-summary", summary="Risks by priority before and after controls.", render=plain(risks.summary)
    ),
)

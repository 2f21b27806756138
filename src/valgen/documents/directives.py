"""The directives of the template language, declared once.

``SPECS`` serves the reader of templates, the Sphinx extension and the reference in docs/. Every directive places frozen
blocks; none takes markup, files or code from its argument.

Source: design.md §2, §6.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from docutils.parsers.rst import directives

from valgen.documents import cases, common, items, matrix, results, risks, summary
from valgen.documents.blocks import Block
from valgen.documents.catalog import item_type_of
from valgen.documents.context import Context
from valgen.model.outcome import Stage
from valgen.model.project import DocumentEntry

Render = Callable[[Context, DocumentEntry | None, str, Mapping[str, str]], tuple[Block, ...]]


class DirectiveError(ValueError):
    """The argument or an option of a directive cannot be used; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectiveSpec:
    """One directive.

    Attributes:
        name: without the ``valgen:`` before it.
        summary: what it places, one sentence.
        argument: what its argument is; empty when it takes none.
        required: whether the argument must be given; where it may be left out, the document says what is meant.
        options: option name to the docutils converter of its value.
        render: makes the blocks; raises DirectiveError.
        example: a line or two of reST.
    """

    name: str
    summary: str
    render: Render
    argument: str = ""
    required: bool = False
    options: Mapping[str, Callable[[str], object]] = field(default_factory=dict)
    example: str = ""


def _plain(function: Callable[[Context, DocumentEntry | None], tuple[Block, ...]]) -> Render:
    return lambda context, entry, argument, options: function(context, entry)


def _kind(function: Callable[..., tuple[Block, ...]], default: str = "") -> Render:
    def render(
        context: Context, entry: DocumentEntry | None, argument: str, options: Mapping[str, str]
    ) -> tuple[Block, ...]:
        kind = argument or default or (item_type_of(entry.type, context) if entry else "")
        if kind not in context.graph.types:
            raise DirectiveError(f"{kind or 'nothing'} is no item type; known: {', '.join(context.graph.types)}")
        return function(context, entry, kind)

    return render


def _stage(function: Callable[[Context, DocumentEntry | None, Stage], tuple[Block, ...]]) -> Render:
    def render(
        context: Context, entry: DocumentEntry | None, argument: str, options: Mapping[str, str]
    ) -> tuple[Block, ...]:
        name = argument or (entry.type if entry else "")
        if name not in Stage.__members__:
            raise DirectiveError(f"{name or 'nothing'} is no stage; known: IQ, OQ, PQ")
        return function(context, entry, Stage(name))

    return render


def _items(
    context: Context, entry: DocumentEntry | None, argument: str, options: Mapping[str, str]
) -> tuple[Block, ...]:
    render = _kind(lambda *rest: items.items(*rest, group="ungrouped" not in options))
    return render(context, entry, argument, options)


def _coverage_by(
    context: Context, entry: DocumentEntry | None, argument: str, options: Mapping[str, str]
) -> tuple[Block, ...]:
    kinds = argument.split()
    unknown = [kind for kind in kinds if kind not in context.graph.types]
    if unknown or len(kinds) < 2:
        raise DirectiveError("needs the upper type and one or more lower types, such as: URS FS CS")
    return items.coverage_by(context, entry, kinds[0], tuple(kinds[1:]))


def _dry_notice(
    context: Context, entry: DocumentEntry | None, argument: str, options: Mapping[str, str]
) -> tuple[Block, ...]:
    name = argument or (entry.type if entry else "")
    return results.dry_notice(context, entry, Stage(name) if name in Stage.__members__ else None)


def _prose(
    context: Context, entry: DocumentEntry | None, argument: str, options: Mapping[str, str]
) -> tuple[Block, ...]:
    keys = prose_keys(entry)
    for key in keys:
        found = common.prose_sections(context, key).get(argument.casefold())
        if found and found[1]:
            return found[1]
    if options.get("default"):
        return context.markdown(options["default"])
    if "required" in options and keys:
        return (common.missing_prose(argument, keys[-1]),)
    return ()


def prose_keys(entry: DocumentEntry | None) -> tuple[str, ...]:
    """Return the prose files that a document may draw from, the most particular first."""
    if entry is None:
        return ()
    return tuple(dict.fromkeys((entry.key, entry.type)))


SPECS: dict[str, DirectiveSpec] = {
    spec.name: spec
    for spec in (
        DirectiveSpec(
            name="prose",
            summary="Text that the project wrote under this heading in documents/<KEY>.md.",
            argument="heading",
            required=True,
            render=_prose,
            options={"required": directives.flag, "default": directives.unchanged},
            example=".. valgen:prose:: Process description\n   :required:",
        ),
        DirectiveSpec(
            name="system",
            summary="The system, its classification and its components.",
            render=_plain(common.system_facts),
        ),
        DirectiveSpec(
            name="environments",
            summary="Environments of the project or of the document.",
            render=_plain(common.environments),
        ),
        DirectiveSpec(name="history", summary="Revision history of the document.", render=_plain(common.history)),
        DirectiveSpec(
            name="approvals", summary="Signatures that the workflow asks for.", render=_plain(common.approvals)
        ),
        DirectiveSpec(
            name="references",
            summary="Other documents of the pack and regulations, with versions.",
            render=_plain(common.references),
        ),
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
            render=_kind(items.overview),
            example=".. valgen:overview:: URS",
        ),
        DirectiveSpec(
            name="retired",
            summary="Retired items of a type with the reason.",
            argument="item type",
            render=_kind(items.retired),
        ),
        DirectiveSpec(
            name="configuration",
            summary="Configuration items as a table.",
            argument="item type",
            render=_kind(items.configuration, "CS"),
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
            name="risk-method", summary="Scales and matrices of the risk assessment.", render=_plain(risks.method)
        ),
        DirectiveSpec(name="risks", summary="The risk table.", render=_plain(risks.table)),
        DirectiveSpec(
            name="risk-summary", summary="Risks by priority before and after controls.", render=_plain(risks.summary)
        ),
        DirectiveSpec(
            name="case-index", summary="Planned test cases of a stage.", argument="stage", render=_stage(cases.index)
        ),
        DirectiveSpec(
            name="cases",
            summary="Test cases of a stage as a protocol to be executed.",
            argument="stage",
            render=_stage(cases.protocol),
        ),
        DirectiveSpec(
            name="executed-cases",
            summary="Test cases of a stage with every observed value.",
            argument="stage",
            render=_stage(cases.executed),
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
            render=_stage(results.statistics),
        ),
        DirectiveSpec(
            name="results",
            summary="One row per planned test with its result.",
            argument="stage",
            render=_stage(results.results),
        ),
        DirectiveSpec(
            name="runs",
            summary="Every run of a stage, aborted ones too.",
            argument="stage",
            render=_stage(results.runs),
        ),
        DirectiveSpec(
            name="unsuccessful",
            summary="Every attempt that did not pass.",
            argument="stage",
            render=_stage(results.unsuccessful),
        ),
        DirectiveSpec(
            name="unproven",
            summary="Expected results that passed although nothing was checked.",
            argument="stage",
            render=_stage(results.unproven),
        ),
        DirectiveSpec(
            name="evidence-index",
            summary="Attachments with digests.",
            argument="stage",
            render=_stage(results.evidence_index),
        ),
        DirectiveSpec(
            name="environment-found",
            summary="Facts of the host of the runs that count.",
            argument="stage",
            render=_stage(results.environment_found),
        ),
        DirectiveSpec(
            name="script-code",
            summary="Files of script code with digests.",
            argument="stage",
            render=_stage(results.script_code),
        ),
        DirectiveSpec(
            name="conclusion",
            summary="What the results of a stage allow to say.",
            argument="stage",
            render=_stage(results.conclusion),
        ),
        DirectiveSpec(
            name="matrix",
            summary="Forward traceability matrix.",
            argument="item type",
            render=_kind(matrix.forward, "URS"),
        ),
        DirectiveSpec(
            name="matrix-all",
            summary="Every item of every type with its links, tests and coverage.",
            render=_plain(matrix.everything),
        ),
        DirectiveSpec(
            name="matrix-backward",
            summary="Tests and specifications back to requirements.",
            render=_plain(matrix.backward),
        ),
        DirectiveSpec(
            name="matrix-regulations",
            summary="Clauses to requirements, tests and coverage.",
            render=_plain(matrix.regulations),
        ),
        DirectiveSpec(name="matrix-gaps", summary="Everything open, as rows.", render=_plain(matrix.gaps)),
        DirectiveSpec(
            name="matrix-results", summary="Every planned test with its results.", render=_plain(matrix.results_table)
        ),
        DirectiveSpec(name="coverage-counts", summary="Items by coverage status.", render=_plain(matrix.counts)),
        DirectiveSpec(
            name="deliverables", summary="Documents with version and status.", render=_plain(summary.deliverables)
        ),
        DirectiveSpec(name="stages", summary="Results by stage and environment.", render=_plain(summary.stages)),
        DirectiveSpec(
            name="acceptance", summary="Release criteria and whether they are met.", render=_plain(summary.acceptance)
        ),
        DirectiveSpec(
            name="waivers", summary="Checks that the project lowered, with the reason.", render=_plain(summary.waivers)
        ),
        DirectiveSpec(
            name="release", summary="The release statement that the results allow.", render=_plain(summary.release)
        ),
    )
}

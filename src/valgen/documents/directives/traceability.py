"""Directives of the traceability matrix.

``initial`` as option of a view gives it without results: the issue before execution.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from docutils.parsers.rst import directives

from valgen.documents import matrix
from valgen.documents.blocks import Block
from valgen.documents.context import Context
from valgen.documents.directives.spec import DirectiveSpec, Render, kind, plain
from valgen.model.project import DocumentEntry

_INITIAL = {"initial": directives.flag}
_INITIAL_SAYS = {"initial": "without results, as before execution"}


def _issue(function: Callable[..., tuple[Block, ...]]) -> Render:
    """Return the render function of a view that knows an initial issue."""

    def render(
        context: Context, entry: DocumentEntry | None, argument: str, options: Mapping[str, str]
    ) -> tuple[Block, ...]:
        return function(context, entry, initial="initial" in options)

    return render


def _forward(
    context: Context, entry: DocumentEntry | None, argument: str, options: Mapping[str, str]
) -> tuple[Block, ...]:
    initial = "initial" in options
    render = kind(lambda *rest: matrix.forward(*rest, compact=True, initial=initial), "URS")
    return render(context, entry, argument, options)


TRACEABILITY: tuple[DirectiveSpec, ...] = (
    DirectiveSpec(
        name="matrix",
        summary="Forward traceability matrix, one row per requirement.",
        argument="item type",
        render=_forward,
        options=_INITIAL,
        says=_INITIAL_SAYS,
        example=".. valgen:matrix:: URS",
    ),
    DirectiveSpec(
        name="matrix-all",
        summary="Every item of every type with its links, tests and coverage.",
        render=plain(matrix.everything),
        example=".. valgen:matrix-all::",
    ),
    DirectiveSpec(
        name="matrix-backward",
        summary="Tests and specifications back to requirements, with results and coverage.",
        render=_issue(matrix.backward),
        options=_INITIAL,
        says=_INITIAL_SAYS,
        example=".. valgen:matrix-backward::",
    ),
    DirectiveSpec(
        name="matrix-risks",
        summary="Risks with what they assess, their controls and the tests that challenge them.",
        render=_issue(matrix.risk_view),
        options=_INITIAL,
        says=_INITIAL_SAYS,
        example=".. valgen:matrix-risks::",
    ),
    DirectiveSpec(
        name="matrix-regulations",
        summary="Clauses to requirements, tests and coverage.",
        render=_issue(
            lambda context, entry, initial: matrix.regulations(context, entry, compact=True, initial=initial)
        ),
        options=_INITIAL,
        says=_INITIAL_SAYS,
        example=".. valgen:matrix-regulations::",
    ),
    DirectiveSpec(
        name="matrix-gaps",
        summary="Everything open, as rows with a disposition.",
        render=_issue(lambda context, entry, initial: matrix.gaps(context, entry, compact=True, initial=initial)),
        options=_INITIAL,
        says=_INITIAL_SAYS,
        example=".. valgen:matrix-gaps::",
    ),
    DirectiveSpec(
        name="matrix-results",
        summary="Every planned test with its formal and its dry result.",
        render=plain(matrix.results_table),
        example=".. valgen:matrix-results::",
    ),
    DirectiveSpec(
        name="coverage-counts",
        summary="Items by coverage status, and what follows in a sentence.",
        render=_issue(
            lambda context, entry, initial: (matrix.initial_counts if initial else matrix.counts)(context, entry)
        ),
        options=_INITIAL,
        says=_INITIAL_SAYS,
        example=".. valgen:coverage-counts::",
    ),
    DirectiveSpec(
        name="coverage-legend",
        summary="What each coverage status means.",
        render=plain(matrix.legend),
        example=".. valgen:coverage-legend::",
    ),
)

"""Directives of the traceability matrix."""

from __future__ import annotations

from valgen.documents import matrix
from valgen.documents.directives.spec import DirectiveSpec, kind, plain

TRACEABILITY: tuple[DirectiveSpec, ...] = (
    DirectiveSpec(
        name="matrix",
        summary="Forward traceability matrix.",
        argument="item type",
        render=kind(matrix.forward, "URS"),
    ),
    DirectiveSpec(
        name="matrix-all",
        summary="Every item of every type with its links, tests and coverage.",
        render=plain(matrix.everything),
    ),
    DirectiveSpec(
        name="matrix-backward",
        summary="Tests and specifications back to requirements.",
        render=plain(matrix.backward),
    ),
    DirectiveSpec(
        name="matrix-regulations",
        summary="Clauses to requirements, tests and coverage.",
        render=plain(matrix.regulations),
    ),
    DirectiveSpec(name="matrix-gaps", summary="Everything open, as rows.", render=plain(matrix.gaps)),
    DirectiveSpec(
        name="matrix-results", summary="Every planned test with its results.", render=plain(matrix.results_table)
    ),
    DirectiveSpec(name="coverage-counts", summary="Items by coverage status.", render=plain(matrix.counts)),
)

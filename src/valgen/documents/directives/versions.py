"""Directives about versions of documents: what a version changed, and what a release changed and tests again."""

from __future__ import annotations

from valgen.documents import delta, version_changes
from valgen.documents.directives.spec import DirectiveSpec, plain


def _delta(name: str, summary: str, render: str) -> DirectiveSpec:
    return DirectiveSpec(
        name=f"delta-{name}",
        summary=summary,
        render=plain(getattr(delta, render)),
        example=f".. valgen:delta-{name}::",
    )


VERSIONS: tuple[DirectiveSpec, ...] = (
    DirectiveSpec(
        name="changes",
        summary="What this version changed against the frozen version before it, every field before and after.",
        render=plain(version_changes.changes),
        example="Changes in this version\n-----------------------\n\n.. valgen:changes::",
    ),
    _delta("baseline", "Which versions a release is compared with, and who says so.", "baseline"),
    _delta("documents", "Every document from its baseline to its present version.", "documents"),
    _delta("release", "What a release changed, document by document, every field before and after.", "release"),
    _delta("impact", "The impact matrix: what depends on each changed item or test case.", "impact"),
    _delta("tests", "Tests to be repeated and why, tests that are not and why.", "tests"),
    _delta("results", "Results of the tests that are repeated.", "results"),
    _delta("deviations", "Deviations of the tests that are repeated.", "deviations"),
    _delta("matrix", "Changed items and what depends on them, with tests and coverage.", "matrix"),
    _delta("conclusion", "What the results of the repeated tests allow to say.", "conclusion"),
)

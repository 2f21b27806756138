"""Directives about versions of documents: what a version changed, and against which."""

from __future__ import annotations

from valgen.documents import version_changes
from valgen.documents.directives.spec import DirectiveSpec, plain

VERSIONS: tuple[DirectiveSpec, ...] = (
    DirectiveSpec(
        name="changes",
        summary="What this version changed against the frozen version before it, every field before and after.",
        render=plain(version_changes.changes),
        example="Changes in this version\n-----------------------\n\n.. valgen:changes::",
    ),
)

"""Directives about versions of documents: what a version changed, and against which."""

from __future__ import annotations

from valgen.documents.directives.spec import DirectiveSpec

VERSIONS: tuple[DirectiveSpec, ...] = ()

"""Directives of supporting documents: procedures, training, suppliers, changes, deviations, reviews."""

from __future__ import annotations

from valgen.documents.directives.spec import DirectiveSpec

SUPPORTING: tuple[DirectiveSpec, ...] = ()

"""Directives of the validation plan, the GxP assessment and the assessment of records and signatures."""

from __future__ import annotations

from valgen.documents.directives.spec import DirectiveSpec

PLANNING: tuple[DirectiveSpec, ...] = ()

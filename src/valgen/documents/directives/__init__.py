"""The directives of the template language, declared once.

``SPECS`` serves the reader of templates, the Sphinx extension and the reference in docs/.

Source: design.md §2, §6.
"""

from __future__ import annotations

from valgen.documents.directives.general import GENERAL, prose_keys
from valgen.documents.directives.planning import PLANNING
from valgen.documents.directives.spec import DirectiveError, DirectiveSpec
from valgen.documents.directives.specifications import SPECIFICATIONS
from valgen.documents.directives.summary import SUMMARY
from valgen.documents.directives.supporting import SUPPORTING
from valgen.documents.directives.testing import TESTING
from valgen.documents.directives.traceability import TRACEABILITY
from valgen.documents.directives.versions import VERSIONS

FAMILIES: tuple[tuple[str, tuple[DirectiveSpec, ...]], ...] = (
    ("Every document", GENERAL),
    ("Specifications and risks", SPECIFICATIONS),
    ("Protocols and reports", TESTING),
    ("Traceability", TRACEABILITY),
    ("Plan and assessments", PLANNING),
    ("Summary report and release", SUMMARY),
    ("Supporting documents", SUPPORTING),
    ("Versions and changes", VERSIONS),
)
"""Directives by what they are for, under a title for each family."""

SPECS: dict[str, DirectiveSpec] = {spec.name: spec for _, family in FAMILIES for spec in family}

__all__ = ["FAMILIES", "SPECS", "DirectiveError", "DirectiveSpec", "prose_keys"]

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

SPECS: dict[str, DirectiveSpec] = {
    spec.name: spec
    for family in (GENERAL, SPECIFICATIONS, TESTING, TRACEABILITY, PLANNING, SUMMARY, SUPPORTING, VERSIONS)
    for spec in family
}

__all__ = ["SPECS", "DirectiveError", "DirectiveSpec", "prose_keys"]

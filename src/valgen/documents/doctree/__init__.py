"""Doctrees of docutils into blocks: what reStructuredText says, without the syntax.

Shared by document templates and by the Word builder of Sphinx projects, which knows more kinds of nodes and more
ways to name a place. Three modules: `places` (ids, links and notes of a tree), `inline` (text into runs) and
`reader` (everything else into blocks).

Whatever a tree holds becomes text that a person can read. A kind of node that is not known keeps its text and is
reported, and so is what cannot be printed at all.
"""

from __future__ import annotations

from valgen.documents.doctree.places import Places
from valgen.documents.doctree.reader import DoctreeReader, Said, anchored

__all__ = ["DoctreeReader", "Places", "Said", "anchored"]

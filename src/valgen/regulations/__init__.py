"""Clause libraries: what the regulations and guides ask for, as data, in our own words.

The YAML files in ``data/`` are the source; ``data/index.json`` is made from them by
``python -m valgen.regulations.index`` and is what the product reads, because reading 250 kB of YAML
would cost more time than a whole check. A test keeps the two equal.

The published texts are binding; see ``data/README.md`` for confidence and currency of each file.
"""

from __future__ import annotations

from valgen.regulations.library import (
    Clause,
    Library,
    clause,
    clauses,
    known_ids,
    libraries,
    library,
    library_clauses,
)

__all__ = ["Clause", "Library", "clause", "clauses", "known_ids", "libraries", "library", "library_clauses"]

"""Rules about the wording of requirements: words that can be tested, a demand that can be read.

Source: domain/documents.md b.3 (quality rules) and b.17 (what a reviewer rejects).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from valgen.codes import finding
from valgen.errors import Finding
from valgen.trace.graph import Graph

_VAGUE = re.compile(
    r"\b(user[- ]friendly|etc\b|fast|quickly|easy|easily|appropriate(?:ly)?|adequate(?:ly)?|as needed|if possible|"
    r"state of the art|robust|flexible|sufficient(?:ly)?|and/or|efficient(?:ly)?)\b",
    re.IGNORECASE,
)
# No vague word lacks each of these. Looking for them first spares most texts the pattern: 3 us a text instead of 17.
_PARTS = (
    "user", "etc", "fast", "quick", "eas", "equate", "propriate", "needed", "possible", "state of", "robust",
    "flexib", "sufficien", "/or", "efficien",
)  # fmt: skip
_DEMAND = re.compile(r"\b(shall|must|should|may|will)\b", re.IGNORECASE)


def check_wording(graph: Graph) -> Iterator[Finding]:
    """Yield user requirements with words that cannot be tested, or without a demand."""
    for item in graph.active("URS"):
        lower = item.text.lower()
        vague = _VAGUE.search(item.text) if any(part in lower for part in _PARTS) else None
        if vague:
            yield finding(
                "VG180", f'{item.id} says "{vague.group()}", which cannot be tested', item.where("text"), ids=(item.id,)
            )
        if item.text and item.text.isascii() and not _DEMAND.search(item.text):
            yield finding("VG181", f"{item.id} states no shall, must or should", item.where("text"), ids=(item.id,))

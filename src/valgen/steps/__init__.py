"""Public interface for step code: the types of the ``evidence`` and ``environment`` fixtures.

Step code imports from here and from pytest-bdd, nothing else of valgen.
"""

from __future__ import annotations

from valgen.steps.environment import Environment
from valgen.steps.evidence import LIMITS, Evidence, EvidenceError, Limits

__all__ = ["LIMITS", "Environment", "Evidence", "EvidenceError", "Limits"]

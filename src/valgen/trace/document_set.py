"""Which documents a project is expected to have, and because of what.

The table ``CORE_SET`` says it per document type and GAMP category; the highest category of project and components
counts. Three facts of the project adjust it: without GxP impact only the assessment that says so is expected; a risk
of high priority or an impact on patient safety makes risk-based documents expected; a supplier assessment is expected
of a custom application only where somebody outside supplies it. Where no category is stated, the content decides.

Whether a project follows, and why not, is in its register; this module says what is expected.

Source: domain/documents.md b.0 (core set), design.md §6.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from valgen.model.document_types import DOCUMENT_TYPES
from valgen.model.item_types import SHIPPED_TYPES
from valgen.model.project import Project, Settings
from valgen.model.screening import DIRECT, INDIRECT, NONE
from valgen.trace.graph import Graph
from valgen.trace.risk import initial_score
from valgen.trace.screening import screen


class Need(enum.StrEnum):
    """How much a document is wanted; the value is the printed word."""

    EXPECTED = "expected"  # its absence needs a rationale
    RISK_BASED = "risk-based"  # the project decides
    IN_OPERATION = "in operation"  # written after the release, when there is something to write
    NOT_EXPECTED = "not expected"


CATEGORIES: Mapping[str, str] = {
    "1": "infrastructure software",
    "3": "non-configured product",
    "4": "configured product",
    "5": "custom application",
}

_E, _R, _N, _O = Need.EXPECTED, Need.RISK_BASED, Need.NOT_EXPECTED, Need.IN_OPERATION

CORE_SET: Mapping[str, Mapping[str, Need]] = {
    kind: dict(zip(CATEGORIES, needs, strict=True))
    for kind, needs in {
        "GXPA": (_E, _E, _E, _E),
        "VP": (_N, _E, _E, _E),
        "URS": (_N, _E, _E, _E),
        "FS": (_N, _N, _R, _E),
        "CS": (_E, _R, _E, _E),
        "DS": (_N, _N, _N, _E),
        "RA": (_N, _E, _E, _E),
        "IQ": (_E, _E, _E, _E),
        "OQ": (_N, _R, _E, _E),
        "PQ": (_N, _E, _E, _E),
        "RTM": (_N, _E, _E, _E),
        "DEVLOG": (_E, _E, _E, _E),
        "VSR": (_E, _E, _E, _E),
        "CERT": (_E, _E, _E, _E),
        "ERES": (_E, _E, _E, _E),
        "SOP": (_E, _E, _E, _E),
        "TRAINING": (_E, _E, _E, _E),
        "SUP": (_R, _R, _E, _E),
        "CR": (_O, _O, _O, _O),
        "DELTA": (_O, _O, _O, _O),
        "REVIEW": (_O, _O, _O, _O),
        "ATR": (_O, _O, _O, _O),
    }.items()
}
"""Document type to need per category."""

ELECTRONIC_RULES = ("21-cfr-part-11", "eu-annex-11")
"""Regulations about electronic records and signatures; one of them makes an ERES expected."""

IN_OPERATION = {
    "CR": "one per change of the released system",
    "DELTA": "one per release of a changed version",
    "REVIEW": "due at the interval that the plan states",
    "ATR": "one per review of an audit trail",
}
# Item types that stand in a document of another name.
_LISTED = {"RA": ("RSK",), "TRAINING": ("TRN",), "SUP": ("SUP", "SA"), "REVIEW": ("PRV",)}
_IMPACTS = (NONE, INDIRECT, DIRECT)
_IN_HOUSE = frozenset({"in-house", "inhouse", "in house", "internal", "own development"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What is expected of one document type.

    Attributes:
        because: category, impact, risk or regulation that decides it, as printed.
        content: whether the project has items or test cases that the document would hold.
    """

    type: str
    need: Need
    because: str
    content: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSet:
    """What is expected of a project.

    Attributes:
        category: highest GAMP category of project and components; empty when none is stated.
        impact: direct, indirect or none: the stricter of what the settings say and the screening concludes; empty
            when open.
        raised_by: why risk-based documents are expected; empty when nothing raises them.
        rows: one per document type, in the order of the life cycle.
    """

    category: str
    impact: str
    raised_by: str
    rows: tuple[Expected, ...]

    def of(self, kind: str) -> Expected:
        """Return the row of a document type; a type of the project's own is not expected."""
        found = next((row for row in self.rows if row.type == kind), None)
        return found or Expected(type=kind, need=Need.NOT_EXPECTED, because="type of this project", content=True)


def document_set(project: Project, graph: Graph) -> DocumentSet:
    """Find out what is expected of a project."""
    settings = project.settings
    category = highest_category(settings)
    impact = stricter(settings.gxp_impact, screen(project).impact)
    raised = _raised_by(settings, graph)
    held = types_with_content(graph)
    rows = []
    for kind in DOCUMENT_TYPES:
        content = kind in held
        if impact == NONE and kind != "GXPA":
            need, because = Need.NOT_EXPECTED, "no GxP impact"
        elif not category:
            need, because = _by_content(kind, content)
        else:
            need, because = _by_table(kind, category, impact, raised, settings)
        rows.append(Expected(type=kind, need=need, because=because, content=content))
    return DocumentSet(category=category, impact=impact, raised_by=raised, rows=tuple(rows))


def stricter(stated: str, screened: str) -> str:
    """Return the higher of two impacts; contradicting statements must not make a document unexpected."""
    known = [one for one in _IMPACTS if one in (stated, screened)]
    return known[-1] if known else stated or screened


def highest_category(settings: Settings) -> str:
    """Return the highest GAMP category of the project and its components; empty when none is stated."""
    stated = [settings.gamp_category, *(one.gamp_category for one in settings.components)]
    return max((one for one in stated if one), default="")


def types_with_content(graph: Graph) -> frozenset[str]:
    """Return the types of documents for which a project has active items or test cases.

    Items of a shipped type that is no document stand elsewhere: risks in the RA, records of training in TRAINING.
    """
    items = {item.type for item in graph.items.values() if not item.retired}
    stages = {case.stage.value for case in graph.cases.values() if not case.retired}
    found = stages | {kind for kind in items if kind in DOCUMENT_TYPES or kind not in SHIPPED_TYPES}
    found |= {kind for kind, types in _LISTED.items() if items & set(types)}
    if stages:
        found.add("DEVLOG")
    if items or stages:
        found.add("RTM")
    return frozenset(found)


def external_supplier(settings: Settings) -> bool:
    """Return whether somebody other than the owner's organisation supplies the system, as the settings say."""
    supplier = settings.system.supplier.strip().casefold()
    return bool(supplier) and supplier not in _IN_HOUSE and supplier != settings.system.owner.strip().casefold()


def _by_content(kind: str, content: bool) -> tuple[Need, str]:
    if kind == "VSR" or (content and CORE_SET[kind]["5"] is Need.EXPECTED) or kind == "RTM":
        return Need.EXPECTED, "category not stated; the content calls for it"
    return Need.NOT_EXPECTED, "category not stated"


def _by_table(kind: str, category: str, impact: str, raised: str, settings: Settings) -> tuple[Need, str]:
    need = CORE_SET[kind][category]
    if impact == NONE:
        return need, "whatever the impact: it says why nothing else is expected"
    where = f"category {category}" + (f", {impact} impact" if impact else ", impact not stated")
    if kind == "ERES":
        named = [name for name in ELECTRONIC_RULES if name in settings.regulations]
        if not named:
            return Need.NOT_EXPECTED, "no regulation about electronic records is named"
        return Need.EXPECTED, f"{where}; {' and '.join(named)} named as regulation"
    if kind == "SUP" and category == "5" and not external_supplier(settings):
        who = "supplied in-house" if settings.system.supplier else "no supplier stated"
        return (Need.NOT_EXPECTED if settings.system.supplier else Need.RISK_BASED), f"category 5, {who}"
    if need is Need.IN_OPERATION:
        return need, IN_OPERATION[kind]
    if need is Need.RISK_BASED and raised:
        return Need.EXPECTED, f"{where}: risk-based; {raised}"
    return need, where


def _raised_by(settings: Settings, graph: Graph) -> str:
    """Name the first fact that makes risk-based documents expected."""
    for item in graph.active("RSK"):
        if initial_score(item, settings.risk).priority == "high":
            return f"{item.id} is a risk of high priority"
    for item in graph.active("URS"):
        if "patient_safety" in item.values("impact"):
            return f"{item.id} concerns patient safety"
    return ""

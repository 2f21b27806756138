"""A project as read: settings, items, test cases, document register, applicability, prose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from valgen.errors import Finding, Severity
from valgen.model.item import Item, Link
from valgen.model.item_types import SHIPPED_TYPES, ItemType
from valgen.model.outcome import Stage
from valgen.model.screening import ScreeningAnswer
from valgen.model.testcase import TestCase
from valgen.source import SourceLocation


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A part of the system with a GAMP category of its own."""

    name: str
    version: str = ""
    gamp_category: str = ""
    rationale: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemInfo:
    """The system under validation."""

    name: str = ""
    version: str = ""
    supplier: str = ""
    owner: str = ""
    id: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A variable whose value is read from the process environment when a run starts."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Where tests are executed.

    Attributes:
        name: key, such as ``VAL``.
        variables: text or Secret per name; ``<name>`` in a step is replaced by it.
    """

    name: str
    title: str = ""
    purpose: str = ""
    host: str = ""
    equivalent_to: str = ""
    differences: str = ""
    variables: Mapping[str, str | Secret] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """Folders of a project, relative to its settings file."""

    requirements: str = "requirements"
    test_scripts: str = "test_scripts"
    documents: str = "documents"
    templates: str = "templates"
    baselines: str = "baselines"
    records: str = ".valgen"
    output: str = "build/pack"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureStep:
    """One signature that a document type needs."""

    role: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskMethod:
    """Scales and matrices of the risk assessment.

    Two-step method: severity x probability gives a class, class x detectability a priority.
    Where ``method`` is ``rpn``, scores are numbers and ``bands`` gives the lowest RPN per priority.

    Attributes:
        risk_class: (severity, probability) to class "1", "2" or "3".
        priority: (class, detectability) to "high", "medium" or "low".
    """

    method: str = "two-step"
    risk_class: Mapping[tuple[str, str], str] = field(default_factory=dict)
    priority: Mapping[tuple[str, str], str] = field(default_factory=dict)
    bands: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A finding code whose severity the project lowered, with the reason that documents print."""

    code: str
    severity: Severity
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """``valgen.toml`` with every default filled in.

    Attributes:
        file: settings file, relative to the project folder.
        digest: SHA-256 of the settings file, hex.
        stages: per stage, the environments in which it is planned.
        acceptance: release criteria as written.
        severities: finding codes raised by the project.
        qualified_valgen: version of valgen that was qualified for formal runs; empty for none declared.
        word_template: Word template of all documents, relative to the project folder; empty for none.
        tsa: address of the time-stamp authority that anchors the ledger; empty for none.
        tsa_root: its root certificate, relative to the project folder; empty for none.
        verify_every: how often a verification of the ledger must become a record: ``day``, ``week``, ``month``,
            ``quarter`` or ``year``; empty when nobody asks for it.
        database: address of the database where a team keeps the ledger; empty for none.
        objects: address of the bucket for its attachments and checkpoints; empty for none.
        locked_days: for how long objects in the bucket are locked; 0 without a bucket.
    """

    project_id: str = ""
    project_name: str = ""
    gamp_category: str = ""
    gxp_impact: str = ""
    regulations: tuple[str, ...] = ()
    retention: str = ""
    controlled_rendering: str = "pdf"
    language: str = "en"
    system: SystemInfo = field(default_factory=SystemInfo)
    components: tuple[Component, ...] = ()
    paths: Paths = field(default_factory=Paths)
    environments: Mapping[str, Environment] = field(default_factory=dict)
    stages: Mapping[Stage, tuple[str, ...]] = field(default_factory=dict)
    workflow: Mapping[str, tuple[SignatureStep, ...]] = field(default_factory=dict)
    risk: RiskMethod = field(default_factory=RiskMethod)
    acceptance: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, ItemType] = field(default_factory=dict)
    severities: Mapping[str, Severity] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    qualified_valgen: str = ""
    word_template: str = ""
    tsa: str = ""
    tsa_root: str = ""
    verify_every: str = ""
    database: str = ""
    objects: str = ""
    locked_days: int = 0
    file: str = "valgen.toml"
    digest: str = ""

    @property
    def item_types(self) -> dict[str, ItemType]:
        """Shipped and own item types by key."""
        return {**SHIPPED_TYPES, **self.types}

    def planned_environments(self, case: TestCase) -> tuple[str, ...]:
        """Return where a case is planned: its ``@env`` tags, else what its stage says."""
        return case.environments or self.stages.get(case.stage, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """One row of a document's revision history."""

    version: str
    date: str
    author: str
    change_ref: str
    summary: str
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentEntry:
    """One document of the register.

    Attributes:
        key: name of its files, such as ``URS`` or ``IQ-PROD``; defaults to the type.
        type: URS, FS, ..., IQ, OQ, PQ, RTM, VSR.
        version: of the last history row, printed in headers; empty without history.
        environment: for IQ/OQ/PQ documents of one environment; empty for all.
        select: category or id pattern that narrows its content; for test cases also the name of a feature or a tag;
            empty for all.
        planned: yes, combined or no.
        references: documents and items that it refers to, by key or id; empty for every other document.
    """

    key: str
    type: str
    number: str = ""
    title: str = ""
    environment: str = ""
    select: str = ""
    planned: str = "yes"
    rationale: str = ""
    owner: str = ""
    history: tuple[HistoryRow, ...] = ()
    location: SourceLocation | None = None
    references: tuple[Link, ...] = ()

    @property
    def version(self) -> str:
        """Version of the last history row; empty when there is none."""
        return self.history[-1].version if self.history else ""

    def selects_item(self, item: Item) -> bool:
        """Return whether an item stands in the document, as far as ``select`` decides."""
        return self._selects(item.id, item.value("category"))

    def selects_case(self, case: TestCase) -> bool:
        """Return whether a test case stands in the document, as far as ``select`` decides."""
        return self._selects(case.base_id, case.feature, *(tag.target for tag in case.tags))

    def _selects(self, name: str, *groups: str) -> bool:
        if not self.select:
            return True
        if self.select.endswith("*"):
            return name.startswith(self.select[:-1])
        return self.select == name or self.select in groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicability:
    """Whether a clause applies, and why or why not."""

    clause: str
    applicable: bool
    rationale: str
    location: SourceLocation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """``documents/<KEY>.md`` as text; ``documents`` splits it into sections."""

    key: str
    text: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """One file that was loaded, for digests and freshness."""

    path: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """Everything that people wrote, plus what the readers found wrong with it.

    Items keep the order of their ids, cases of their files and lines; duplicates stay in, so
    that a check can name every place.
    """

    root: str
    settings: Settings
    items: tuple[Item, ...] = ()
    cases: tuple[TestCase, ...] = ()
    documents: tuple[DocumentEntry, ...] = ()
    applicability: tuple[Applicability, ...] = ()
    screening: tuple[ScreeningAnswer, ...] = ()
    prose: Mapping[str, Prose] = field(default_factory=dict)
    files: tuple[SourceFile, ...] = ()
    findings: tuple[Finding, ...] = ()

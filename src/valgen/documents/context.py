"""What a document may ask: the project, its graph, its matrix, its runs, and where things stand in the pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from valgen.documents.blocks import Block
from valgen.documents.markdown import blocks_from_markdown
from valgen.documents.memo import Memo
from valgen.model.deviation import Deviation
from valgen.model.execution import Execution
from valgen.model.item import Item
from valgen.model.judgement import NO_JUDGEMENTS, Judgements
from valgen.model.outcome import RunMode, Stage
from valgen.model.project import DocumentEntry, Project
from valgen.model.run import Run
from valgen.model.signature import Approvals, LedgerFacts, Signature
from valgen.model.testcase import TestCase
from valgen.model.version import Versions
from valgen.trace.graph import Graph
from valgen.trace.matrix import Matrix
from valgen.trace.results import CaseStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """The document that is being made.

    Attributes:
        key: such as ``URS`` or ``OQ-report``.
        entry: of the register, or what stands in for it.
        variant: empty, ``protocol`` or ``report``.
        template: name of its template, ``valgen:URS.rst`` for a shipped one.
        template_sha256: digest of the template's text, hex.
        sections: headings of the project's texts that the template places, casefolded.
    """

    key: str
    entry: DocumentEntry
    variant: str = ""
    template: str = ""
    template_sha256: str = ""
    sections: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything a block is made from; nothing is read or looked up elsewhere.

    Attributes:
        project: as read.
        graph: of the project.
        matrix: of the project and its runs.
        runs: every run of every stage and mode, oldest first.
        media: SHA-256 of an attachment or figure to the absolute path of its bytes.
        figures: (path of the item's file, name as written) to (SHA-256, media type).
        tool: name and version of the program, printed in documents.
        templates: names of the project's own templates, without ending.
        deviations: of formal executions, in the order in which they were opened; dry runs open none.
        versions: frozen versions of documents.
        making: the document that is being made; None outside of one.
        pins: document key to the version that references name instead of the newest frozen one; used while several
            documents are frozen together.
        signatures: on documents, rejections among them, in the order of their records.
        ledger: that holds them; None where the project has none.
        approvals: what signatures make of the documents that the content of others rests on; empty while those are
            made. Only the validation summary and the certificate may ask: every other content would depend on
            signatures.
        executions: formal ones with their reviews, oldest first.
        judgements: amendments of protocols and assessments of results.
        memo: answers that several documents ask for, shared by contexts that are made from this one.
    """

    project: Project
    graph: Graph
    matrix: Matrix
    runs: tuple[Run, ...] = ()
    media: Mapping[str, str] = field(default_factory=dict)
    figures: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    tool: str = "valgen"
    templates: frozenset[str] = frozenset()
    deviations: tuple[Deviation, ...] = ()
    versions: Versions = field(default_factory=dict)
    making: Making | None = None
    pins: Mapping[str, str] = field(default_factory=dict)
    signatures: tuple[Signature, ...] = ()
    ledger: LedgerFacts | None = None
    approvals: Approvals = field(default_factory=dict)
    executions: tuple[Execution, ...] = ()
    judgements: Judgements = NO_JUDGEMENTS
    memo: Memo = field(default_factory=Memo, repr=False, compare=False)

    def anchor(self, name: str) -> str:
        """Return the anchor of an id in the pack, empty when it has none.

        The id of an outline stands where its first row stands.
        """
        if name in self.graph.items or name in self.graph.cases:
            return name
        rows = self.graph.rows.get(name)
        return rows[0] if rows else ""

    def markdown(self, text: str) -> tuple[Block, ...]:
        """Turn an author's text into blocks, ids becoming links."""
        return self.memo.get(("markdown", text), (self.graph,), lambda: blocks_from_markdown(text, self.anchor))

    def mode_of(self, stage: Stage, environment: str = "") -> RunMode:
        """Return which runs the report of a stage is made from: formal ones as soon as there is one."""
        question = ("mode", stage, environment)
        return self.memo.get(question, (self.runs,), lambda: self._mode_of(stage, environment))

    def _mode_of(self, stage: Stage, environment: str) -> RunMode:
        formal = any(run.mode is RunMode.FORMAL for run in self.stage_runs(stage, environment))
        return RunMode.FORMAL if formal else RunMode.DRY

    def stage_runs(self, stage: Stage, environment: str = "", mode: RunMode | None = None) -> tuple[Run, ...]:
        """Return runs of a stage, of one environment or of all, oldest first."""
        return tuple(
            run
            for run in self.runs
            if run.stage is stage and environment in ("", run.environment) and mode in (None, run.mode)
        )

    def items(self, kind: str, entry: DocumentEntry | None = None, *, retired: bool = False) -> tuple[Item, ...]:
        """Return items of a type, in id order, narrowed by a document's ``select``."""
        return tuple(
            item
            for item in self.graph.items.values()
            if item.type == kind and item.retired is retired and (entry is None or entry.selects_item(item))
        )

    def cases(self, stage: Stage, environment: str = "") -> tuple[TestCase, ...]:
        """Return active cases of a stage that are planned in an environment, or anywhere, in file order.

        While the document of a stage is made, its ``select`` narrows the cases of that stage.
        """
        own = self._narrowing(stage)
        sources = (self.project, self.graph, own)
        return self.memo.get(("cases", stage, environment), sources, lambda: self._cases(stage, environment, own))

    def _narrowing(self, stage: Stage) -> DocumentEntry | None:
        """Return the document of a stage that is being made, None while another one is."""
        return self.making.entry if self.making and self.making.entry.type == stage.value else None

    def _cases(self, stage: Stage, environment: str, own: DocumentEntry | None) -> tuple[TestCase, ...]:
        return tuple(
            case
            for case in self.graph.cases.values()
            if case.stage is stage
            and not case.retired
            and (own is None or own.selects_case(case))
            and (not environment or environment in self.project.settings.planned_environments(case))
        )

    def statuses(self, stage: Stage, environment: str = "") -> tuple[CaseStatus, ...]:
        """Return the standing of every planned case of a stage, in the mode its report is made from."""
        sources = (self.project, self.graph, self.matrix, self.runs, self._narrowing(stage))
        return self.memo.get(("statuses", stage, environment), sources, lambda: self._statuses(stage, environment))

    def _statuses(self, stage: Stage, environment: str) -> tuple[CaseStatus, ...]:
        found = []
        for case in self.cases(stage, environment):
            for where in self.project.settings.planned_environments(case):
                if environment in ("", where):
                    found.append(self.matrix.statuses(self.mode_of(stage, where))[case.id, where])
        return tuple(found)

    def unplanned_cases(self) -> tuple[str, ...]:
        """Return the run ids of active cases that are planned in no environment: nobody ever executes them."""
        planned = self.project.settings.planned_environments
        return tuple(case.id for case in self.graph.cases.values() if not case.retired and not planned(case))

    def shows_dry_runs(self, stage: Stage, environment: str = "") -> bool:
        """Return whether results of dry runs stand for a stage, also those of cases that are planned no more."""
        places = (environment, *self.environments(stage, environment))
        return any(self.stage_runs(stage, one) and self.mode_of(stage, one) is RunMode.DRY for one in places)

    def environments(self, stage: Stage, environment: str = "") -> tuple[str, ...]:
        """Return the environments in which cases of a stage are planned, in the order of the settings."""
        planned = {where for case in self.cases(stage) for where in self.project.settings.planned_environments(case)}
        known = [name for name in self.project.settings.environments if name in planned]
        unknown = sorted(planned.difference(known))
        return tuple(name for name in (*known, *unknown) if environment in ("", name))

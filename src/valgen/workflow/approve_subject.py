"""What would be signed: the newest version of a document, as the rules and the signer look at it.

Source: design.md §3.2, §5; integrity.md W-1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from valgen.documents.catalog import DocumentSpec, entry_specs, plan_documents
from valgen.documents.context import Context
from valgen.documents.release import RESTS_ON_APPROVALS, obstacles
from valgen.errors import RenderError
from valgen.ledger.registry import Registry
from valgen.model.outcome import RunMode, Stage
from valgen.model.project import SignatureStep
from valgen.records.ledger import no_ledger
from valgen.records.signing_reader import SigningRecords
from valgen.trace.reviewed import unreviewed
from valgen.workflow.approve_file import ShownFile, show
from valgen.workflow.approve_rules import Objection, Subject
from valgen.workflow.approve_standing import asked, steps_of
from valgen.workflow.load import load, load_executed, load_signing, make_context
from valgen.workflow.sequence import unapproved_before
from valgen.workflow.versions import Candidate, candidate, refuse_mistakes, unfit
from valgen.workflow.writing import look_of

DRY_RUN = "DRY RUN"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A project and its ledger, read at one moment.

    Attributes:
        context: of the project as it is now.
        records: of the ledger.
    """

    root: Path
    context: Context
    records: SigningRecords

    def others(self) -> dict[str, tuple[SignatureStep, ...]]:
        """Return what the workflow asks for on each document, by key."""
        return {spec.key: asked(spec.key, self.context) for spec in plan_documents(self.context)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A document that can be looked at and signed.

    Attributes:
        candidate: version that would be signed.
        subject: the same, as the rules see it.
        file: that shows it.
    """

    candidate: Candidate
    subject: Subject
    file: ShownFile


def read_state(root: Path) -> State:
    """Read a project and its ledger.

    Raises:
        SourceError: files cannot be read completely, or frozen versions cannot be relied on.
        ExecutionError: there is no ledger.
        VerificationError: the ledger was altered.
    """
    loaded = load(root)
    records = load_signing(root, loaded.project)
    if records is None:
        raise no_ledger()
    refuse_mistakes(loaded)
    context = make_context(loaded, load_executed(root, loaded.project), records)
    return State(root=root, context=context, records=records)


def find_document(state: State, name: str) -> DocumentSpec | Objection:
    """Return a document that is in use, or why it is not.

    Args:
        state: of the project.
        name: key of the document, such as ``URS`` or ``OQ-protocol``.

    Raises:
        RenderError: there is no such document, or the name stands for several.
    """
    specs = plan_documents(state.context)
    found = [spec for spec in specs if spec.key == name]
    if found:
        return found[0]
    near = [spec.key for spec in specs if name in (spec.entry.key, spec.entry.type)]
    if near:
        raise RenderError(
            f"{name} stands for {' and '.join(near)}",
            why="a signature is given on one document",
            fix=f"name one of them, such as {near[0]}",
            code="VG391",
        )
    for entry in state.context.project.documents:
        if name in (entry.key, *(spec.key for spec in entry_specs(entry))):
            said = "is part of another document" if entry.planned == "combined" else "is not planned any more"
            return Objection(
                code="VG611",
                what=f"{name} {said} (planned: {entry.planned}), so no version of it is signed",
                fix="sign the documents that are in use; valgen status lists them",
            )
    raise RenderError(
        f"the project has no document {name}",
        why=f"its documents are {', '.join(spec.key for spec in specs)}",
        fix="name one of them",
        code="VG391",
    )


def hindrance(state: State, spec: DocumentSpec) -> Objection | None:
    """Return why there is nothing that could be signed; None when there is."""
    problem = unfit(spec, state.context)
    if not problem:
        return None
    reports = spec.variant == "report" and bool(spec.entry.history)
    return Objection(
        code="VG608" if reports else "VG612",
        what=f"{spec.key} cannot be signed: {problem}",
        fix="execute the approved protocol formally, then sign" if reports else "mend what is named, then sign",
    )


def prepare(state: State, spec: DocumentSpec, *, version: str = "") -> Prepared:
    """Return what would be signed, and write the file that shows it.

    Args:
        state: of the project.
        spec: a document without hindrance.
        version: that the person named; empty for the newest.
    """
    found = find_candidate(state, spec)
    settings = state.context.project.settings
    look = look_of(state.root, settings, [one.key for one in state.context.project.documents])
    return Prepared(
        candidate=found,
        subject=subject_of(state, found, version=version),
        file=show(state.root, found.frozen, look.dress(found.document), look),
    )


def find_candidate(state: State, spec: DocumentSpec) -> Candidate:
    """Return the version of a document that would be signed, frozen or as it would be frozen now."""
    context = state.context
    if spec.entry.type in RESTS_ON_APPROVALS:
        context = _with_approvals(state)
    return candidate(state.root, context, spec)


def subject_of(state: State, found: Candidate, *, version: str = "") -> Subject:
    """Return a candidate as the rules see it."""
    spec, context = found.spec, state.context
    report = spec.variant == "report"
    stage = Stage(spec.entry.type) if report else None
    where = spec.entry.environment
    formal = context.stage_runs(stage, where, RunMode.FORMAL) if stage else ()
    statuses = context.statuses(stage, where) if stage else ()
    begun = {one.environment for one in context.executions if one.stage is stage and where in ("", one.environment)}
    due = [one for one in statuses if one.environment in begun]  # production comes after this report, in the next one
    return Subject(
        key=spec.key,
        version=found.frozen.version,
        content=found.frozen.content_sha256,
        steps=steps_of(found.frozen, context),
        row=found.frozen.history[-1],
        variant=spec.variant,
        protocol=f"{spec.entry.key}-protocol" if report else "",
        asked=version,
        changed=tuple(one.id for one in found.differences),
        dry=DRY_RUN in found.document.marks,
        executed=bool(formal),
        stale=tuple(f"{one.case} in {one.environment}" for one in statuses if one.stale),
        executors=_executors(state.records.registry, stage, where) if stage else frozenset(),
        unreviewed=unreviewed(context.executions, context.runs, due) if formal else (),
        obstacles=obstacles(_with_approvals(state)) if spec.entry.type == "CERT" else (),
        before=unapproved_before(context, state.records, spec),
    )


def _with_approvals(state: State) -> Context:
    from valgen.workflow.publish import issued_documents

    return replace(state.context, approvals=issued_documents(state.root, state.context).approvals)


def _executors(registry: Registry, stage: Stage, environment: str) -> frozenset[str]:
    accounts: Mapping[str, object] = registry.accounts
    return frozenset(
        registry.accounts[tester].person
        for one in registry.executions.values()
        if one.stage == stage.value and environment in ("", one.environment)
        for tester in one.testers
        if tester in accounts
    )

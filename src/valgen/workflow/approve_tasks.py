"""My tasks: what a person can sign now.

A task is a signature that the workflow asks for, in a role that the person holds, with nothing in its way. Each comes
with the file that shows the document and its digest; nothing is recorded or frozen by listing them.

Source: design.md §7 (valgen sign without a document).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from valgen.documents.catalog import plan_documents
from valgen.errors import AuthorityError
from valgen.ledger.registry import Account
from valgen.model.project import SignatureStep
from valgen.model.signature import Approval, Signature
from valgen.workflow.approve_rules import Subject, awaited, objections
from valgen.workflow.approve_subject import Prepared, State, find_candidate, hindrance, prepare, read_state, subject_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One signature that a person can give.

    Attributes:
        prepared: the document and the file that shows it.
        step: that it would fill.
        approval: of the document so far.
    """

    prepared: Prepared
    step: SignatureStep
    approval: Approval

    @property
    def given(self) -> tuple[Signature, ...]:
        """Signatures that the document has, oldest first."""
        return tuple(sorted(self.approval.signatures, key=lambda one: one.record))


def my_tasks(root: Path, user: str) -> tuple[Task, ...]:
    """Return what a person can sign now, in the order of the life cycle.

    Args:
        root: folder of the project.
        user: user id.

    Raises:
        AuthorityError: there is no such account, or it is not active.
        ExecutionError: the project has no ledger.
        SourceError: files cannot be read completely.
        VerificationError: records or frozen versions were altered.
    """
    state = read_state(root)
    account = state.records.registry.account_of_user(user)
    if account is None or not account.active:
        raise AuthorityError(
            f"{user} is no active account",
            why="tasks are those of a person with an account",
            fix="valgen user list shows all accounts",
            code="VG583" if account is None else "VG584",
        )
    return tuple(_tasks(state, account))


def tasks_json(tasks: tuple[Task, ...], root: Path) -> dict[str, Any]:
    """Return the published shape of ``valgen sign --json``."""
    return {
        "tasks": [
            {
                "document": one.prepared.subject.key,
                "number": one.prepared.candidate.frozen.number,
                "title": one.prepared.candidate.frozen.title,
                "version": one.prepared.subject.version,
                "meaning": one.step.meaning,
                "role": one.step.role,
                "path": shown_path(one.prepared.file.path, root),
                "digest": one.prepared.file.shown.sha256,
                "content": one.prepared.subject.content,
                "signed": [
                    {"name": given.name, "role": given.role, "meaning": given.meaning, "time": given.time}
                    for given in one.given
                ],
            }
            for one in tasks
        ]
    }


def shown_path(path: Path, root: Path) -> str:
    """Return a path as people can type it: relative to the project where it lies inside."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _tasks(state: State, account: Account) -> Iterator[Task]:
    others = state.others()
    for spec in plan_documents(state.context):
        if hindrance(state, spec) is not None:
            continue
        if not any(step.role in account.roles for step in others[spec.key]):
            continue
        subject = subject_of(state, find_candidate(state, spec))
        approval = subject.approval(state.records.signatures)
        step = next((one for one in awaited(approval) if _can(state, subject, account, one)), None)
        if step is not None:
            yield Task(prepared=prepare(state, spec), step=step, approval=approval)


def _can(state: State, subject: Subject, account: Account, step: SignatureStep) -> bool:
    if step.role not in account.roles:
        return False
    records = state.records
    return not objections(subject, records.signatures, records.registry, account, step, state.others())

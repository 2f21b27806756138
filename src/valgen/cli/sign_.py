"""``valgen sign``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from valgen.cli.options import json_option, project_option, root_of
from valgen.cli.secrets import acting_options, has_terminal
from valgen.cli.user_ import desk_at, who_acts
from valgen.documents.visible import visible
from valgen.errors import AuthorityError, ExecutionError

if TYPE_CHECKING:
    from valgen.model.signature import Signature
    from valgen.workflow.approve import Refused, Request, Signed
    from valgen.workflow.approve_subject import Prepared
    from valgen.workflow.approve_tasks import Task
    from valgen.workflow.people import Desk

MEANINGS = ("authored", "reviewed", "approved", "executed", "witnessed", "verified copy", "closed")

_UNSEEN = "0" * 64
"""What somebody confirms who was shown nothing: no file has this digest."""


@click.command("sign")
@click.argument("document", metavar="[DOC]", required=False)
@click.option("--meaning", type=click.Choice(MEANINGS), help="What your signature means.")
@click.option("--reason", metavar="TEXT", help="Why you sign: what you did or checked.")
@click.option("--role", metavar="ROLE", default="", help="The role in which you sign; the one that fits unless given.")
@click.option("--version", "version", metavar="V", default="", help="The version that you mean; the newest one only.")
@click.option("--expect", metavar="DIGEST", default="", help="Sign only the file with this digest, which you saw.")
@click.option("--yes", is_flag=True, help="Sign what is there now, without being asked.")
@acting_options
@json_option
@project_option
def command(
    document: str | None,
    meaning: str | None,
    reason: str | None,
    role: str,
    version: str,
    expect: str,
    yes: bool,
    acting: str | None,
    password_fd: int | None,
    totp_fd: int | None,
    as_json: bool,
    project: Path,
) -> int:
    """Sign a document with your name, its meaning and a reason; without DOC, go through your tasks.

    DOC is a document such as URS, FS or OQ-protocol. Its newest version is signed, and frozen before, so that nobody
    changes it any more. You are shown the file and its digest first; exactly this file is signed.

    Exit status: 0 when it is signed, 1 when a rule does not allow it. A refusal is recorded.
    """
    desk = desk_at(project)
    if document is None:
        return _tasks(desk, root_of(project), acting, password_fd, totp_fd, as_json)
    if meaning is None:
        raise click.UsageError(f"--meaning says what your signature means: {', '.join(MEANINGS)}")
    from valgen.workflow.approve import Request, sign

    request = Request(
        document=document, meaning=meaning, reason=asked_reason(reason, as_json), role=role, version=version,
        expect=confirmed(root_of(project), document, version, expect, yes=yes, as_json=as_json),
    )  # fmt: skip
    return settled(desk, request, acting, password_fd, totp_fd, as_json, act=sign)


def asked_reason(reason: str | None, as_json: bool) -> str:
    """Return the reason that was given, or ask for it."""
    if reason is not None:
        return reason
    if as_json or not has_terminal():
        raise click.UsageError("--reason says why: what you did or checked")
    answer: str = click.prompt("Reason", err=True)
    return answer


def confirmed(root: Path, document: str, version: str, expect: str, *, yes: bool, as_json: bool) -> str:
    """Return the digest that the person confirms: the one given, or that of the file that they are shown now."""
    from valgen.workflow.approve import look_at

    if expect or yes:
        return expect
    if as_json or not has_terminal():
        raise ExecutionError(
            "nobody confirmed which file is signed",
            why="a signature covers exactly the file that the signer saw",
            fix="valgen sign --json lists your tasks with path and digest; give --expect DIGEST, or --yes to sign what "
            "is there now",
            code="VG617",
        )
    try:
        prepared = look_at(root, document, version=version)
    except AuthorityError:
        return _UNSEEN  # nobody can sign it now; the act says so, and records it
    show_file(prepared, root)
    click.confirm("Is this the file that you looked at, and do you go on with it?", abort=True, err=True)
    return prepared.file.shown.sha256


def settled(
    desk: Desk, request: Request, acting: str | None, password_fd: int | None, totp_fd: int | None, as_json: bool,
    *, act: Any,
) -> int:  # fmt: skip
    """Do an act of signing or rejecting and show what came of it; return the exit status."""
    from valgen.workflow.approve import Refused

    by = who_acts(desk, acting, password_fd, totp_fd)
    try:
        done: Signed = act(desk, by, request)
    except Refused as refused:
        _show_refusal(refused, as_json)
        return 1
    _show_done(done, desk.place.project, as_json)
    return 0


def show_file(prepared: Prepared, root: Path) -> None:
    """Show which document it is, where the file lies, and its digest."""
    from valgen.workflow.approve_tasks import shown_path

    frozen = prepared.candidate.frozen
    click.echo(visible(f"{frozen.key} {frozen.version}: {frozen.number} {frozen.title}"), err=True)
    row = frozen.history[-1]
    click.echo(visible(f"  reason for this version: {row.summary} ({row.date}, {row.author})"), err=True)
    click.echo(f"  file:   {visible(shown_path(prepared.file.path, root))}", err=True)
    click.echo(f"  digest: {prepared.file.shown.sha256}", err=True)


def _tasks(
    desk: Desk, root: Path, acting: str | None, password_fd: int | None, totp_fd: int | None, as_json: bool
) -> int:
    from valgen.workflow.approve_tasks import my_tasks, tasks_json
    from valgen.workflow.people import expected

    user = expected(desk, acting).user
    tasks = my_tasks(root, user)
    if as_json:
        click.echo(json.dumps(tasks_json(tasks, root), ensure_ascii=False, indent=1))
        return 0
    if not tasks:
        click.echo(f"Nothing waits for the signature of {visible(user)}.")
        return 0
    status = 0
    for number, task in enumerate(tasks, 1):
        click.echo(f"\nTask {number} of {len(tasks)}: {', '.join(_words(task))}", err=True)
        show_file(task.prepared, root)
        for line in _given(task.given):
            click.echo(f"  {line}", err=True)
        if has_terminal():
            status = max(status, _one(desk, task, user, password_fd, totp_fd))
    if not has_terminal():
        click.echo(f"{len(tasks)} task{'s' if len(tasks) != 1 else ''} of {visible(user)}.")
    return status


def _one(desk: Desk, task: Task, user: str, password_fd: int | None, totp_fd: int | None) -> int:
    from valgen.workflow.approve import Request, reject, sign

    choice = click.prompt(
        "Sign it, reject it, or leave it for later",
        type=click.Choice(["sign", "reject", "later"]),
        default="later",
        err=True,
    )
    if choice == "later":
        return 0
    request = Request(
        document=task.prepared.subject.key,
        meaning=task.step.meaning if choice == "sign" else "",
        reason=asked_reason(None, False),
        role=task.step.role,
        expect=task.prepared.file.shown.sha256,
    )
    act = sign if choice == "sign" else reject
    return settled(desk, request, user, password_fd, totp_fd, False, act=act)


def _words(task: Task) -> tuple[str, ...]:
    from valgen.documents.signatures import meaning_text, role_name

    return f"as {role_name(task.step.role)}", meaning_text(task.step.meaning, task.step.role)


def _given(signatures: Sequence[Signature]) -> Iterator[str]:
    from valgen.documents.signatures import role_name

    for one in signatures:
        yield visible(f"signed: {one.name}, {role_name(one.role)} ({one.meaning}), {one.time}")


def _show_done(done: Signed, root: Path, as_json: bool) -> None:
    from valgen.documents.signatures import standing_sentence
    from valgen.workflow.approve_tasks import shown_path

    one, approval = done.signature, done.approval
    if as_json:
        answer = {
            "signed": not one.rejected,
            "rejected": one.rejected,
            "record": one.record,
            "document": one.document,
            "version": one.version,
            "meaning": one.meaning,
            "role": one.role,
            "name": one.name,
            "time": one.time,
            "path": shown_path(done.file.path, root),
            "digest": one.rendition,
            "content": one.content,
            "status": str(approval.status),
            "missing": [{"role": step.role, "meaning": step.meaning} for step in approval.missing],
            "supersedes": done.previous,
        }
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
        return
    what = "Rejected" if one.rejected else f"Signed ({one.meaning})"
    click.echo(visible(f"{what}: {one.document} {one.version} by {one.name}, {one.time}, record {one.record}"))
    click.echo(f"  file:   {visible(shown_path(done.file.path, root))}")
    click.echo(f"  digest: {one.rendition}")
    if one.key_note:
        click.echo(f"  {visible(one.key_note)}")
    click.echo(visible(standing_sentence(approval)))
    if done.previous:
        click.echo(f"It takes the place of version {done.previous}.")


def _show_refusal(refused: Refused, as_json: bool) -> None:
    if as_json:
        answer = {
            "signed": False,
            "rejected": False,
            "record": refused.record,
            "refused": [{"code": one.code, "message": one.what, "fix": one.fix} for one in refused.objections],
        }
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
        return
    show_objections(refused)
    click.echo(f"Nothing was signed. The refusal is record {refused.record}.", err=True)


def show_objections(refused: Refused) -> None:
    """Show every reason why an act was refused."""
    for one in refused.objections:
        click.echo(f"refused[{one.code}] {visible(one.what)}", err=True)
        if one.fix:
            click.echo(f"  fix: {visible(one.fix)}", err=True)

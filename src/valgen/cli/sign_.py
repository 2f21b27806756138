"""``valgen sign``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from valgen.cli.acting import Who, acting_options, desk_at
from valgen.cli.options import json_option, project_option, root_of
from valgen.cli.secrets import has_terminal
from valgen.cli.signing import Chosen, asked_reason, choice_options, requested, settled, show_file
from valgen.documents.visible import visible

if TYPE_CHECKING:
    from valgen.model.signature import Signature
    from valgen.workflow.approve_tasks import Task
    from valgen.workflow.people import Desk

MEANINGS = ("authored", "reviewed", "approved", "executed", "witnessed", "verified copy", "closed")


@click.command("sign")
@click.argument("document", metavar="[DOC]", required=False)
@click.option("--meaning", type=click.Choice(MEANINGS), help="What your signature means.")
@click.option("--reason", metavar="TEXT", help="Why you sign: what you did or checked.")
@choice_options("sign")
@acting_options
@json_option
@project_option
def command(
    document: str | None,
    meaning: str | None,
    reason: str | None,
    chosen: Chosen,
    who: Who,
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
        return _tasks(desk, root_of(project), who, as_json)
    if meaning is None:
        raise click.UsageError(f"--meaning says what your signature means: {', '.join(MEANINGS)}")
    from valgen.workflow.approve import sign

    root = root_of(project)
    request = requested(root, document, chosen, meaning=meaning, reason=reason, as_json=as_json)
    return settled(desk, request, who, as_json, act=sign)


def _tasks(desk: Desk, root: Path, who: Who, as_json: bool) -> int:
    from valgen.workflow.approve_tasks import my_tasks, tasks_json
    from valgen.workflow.people import expected

    user = expected(desk, who.user).user
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
            status = max(status, _one(desk, task, replace(who, user=user)))
    if not has_terminal():
        click.echo(f"{len(tasks)} task{'s' if len(tasks) != 1 else ''} of {visible(user)}.")
    return status


def _one(desk: Desk, task: Task, who: Who) -> int:
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
    return settled(desk, request, who, False, act=act)


def _words(task: Task) -> tuple[str, ...]:
    from valgen.documents.signatures import meaning_text, role_name

    return f"as {role_name(task.step.role)}", meaning_text(task.step.meaning, task.step.role)


def _given(signatures: Sequence[Signature]) -> Iterator[str]:
    from valgen.documents.signatures import role_name

    for one in signatures:
        yield visible(f"signed: {one.name}, {role_name(one.role)} ({one.meaning}), {one.time}")

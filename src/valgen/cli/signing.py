"""Signing and rejecting on the command line: what both ask, confirm and show.

A signature covers exactly the file that the signer saw, so the digest of that file is given, or the file is shown and
confirmed before any secret is asked for.

Left to others: who acts (``acting``), the rules and the act itself (``workflow.approve``).

Source: design.md §7; 21 CFR 11.50, 11.70; integrity.md §4.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from valgen.cli.acting import Who, who_acts
from valgen.cli.refusals import refusal_json, show_refusal
from valgen.cli.secrets import has_terminal
from valgen.documents.visible import visible
from valgen.errors import AuthorityError, ExecutionError

if TYPE_CHECKING:
    from valgen.workflow.approve import Request, Signed
    from valgen.workflow.approve_subject import Prepared
    from valgen.workflow.people import Desk

_F = TypeVar("_F", bound=Callable[..., Any])

_UNSEEN = "0" * 64
"""What somebody confirms who was shown nothing: no file has this digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """In which role somebody signs or rejects, and which file they mean.

    Attributes:
        role: empty for the one that fits.
        version: the version that they mean; empty for the newest.
        expect: digest of the file that they saw; empty when none was given.
        yes: they take what is there now, without being asked.
    """

    role: str
    version: str
    expect: str
    yes: bool


def choice_options(verb: str) -> Callable[[_F], _F]:
    """Add ``--role``, ``--version``, ``--expect`` and ``--yes``, and hand them to the command as `chosen`.

    Args:
        verb: what is done, such as ``sign``, for the help.
    """

    def added(function: _F) -> _F:
        @functools.wraps(function)
        def command(*arguments: Any, role: str, version: str, expect: str, yes: bool, **options: Any) -> Any:
            chosen = Chosen(role=role, version=version, expect=expect, yes=yes)
            return function(*arguments, chosen=chosen, **options)

        gathered = cast(_F, command)
        gathered = click.option("--yes", is_flag=True, help=f"{verb.title()} what is there now, without being asked.")(
            gathered
        )
        gathered = click.option(
            "--expect",
            metavar="DIGEST",
            default="",
            help=f"{verb.title()} only the file with this digest, which you saw.",
        )(gathered)
        gathered = click.option(
            "--version", metavar="V", default="", help="The version that you mean; the newest one only."
        )(gathered)
        return click.option(
            "--role",
            metavar="ROLE",
            default="",
            help=f"The role in which you {verb}; the one that fits unless given.",
        )(gathered)

    return added


def requested(
    root: Path, document: str, chosen: Chosen, *, meaning: str = "", reason: str | None, as_json: bool
) -> Request:
    """Return what somebody asks for, with the reason and the digest that they confirm.

    Args:
        root: folder of the project.
        document: key of a document, such as URS.
        chosen: role and file.
        meaning: of the signature; empty for a rejection.
        reason: as given; None to ask for it.
        as_json: nobody is asked anything.

    Raises:
        click.UsageError: no reason, and nobody to ask.
        ExecutionError: nobody confirmed which file is meant.
    """
    from valgen.workflow.approve import Request

    return Request(
        document=document,
        meaning=meaning,
        reason=asked_reason(reason, as_json),
        role=chosen.role,
        version=chosen.version,
        expect=_confirmed(root, document, chosen, as_json),
    )


def asked_reason(reason: str | None, as_json: bool) -> str:
    """Return the reason that was given, or ask for it."""
    if reason is not None:
        return reason
    if as_json or not has_terminal():
        raise click.UsageError("--reason says why: what you did or checked")
    answer: str = click.prompt("Reason", err=True)
    return answer


def _confirmed(root: Path, document: str, chosen: Chosen, as_json: bool) -> str:
    """Return the digest that the person confirms: the one given, or that of the file that they are shown now."""
    from valgen.workflow.approve import look_at

    if chosen.expect or chosen.yes:
        return chosen.expect
    if as_json or not has_terminal():
        raise ExecutionError(
            "nobody confirmed which file is signed",
            why="a signature covers exactly the file that the signer saw",
            fix="valgen sign --json lists your tasks with path and digest; give --expect DIGEST, or --yes to sign what "
            "is there now",
            code="VG617",
        )
    try:
        prepared = look_at(root, document, version=chosen.version)
    except AuthorityError:
        return _UNSEEN  # nobody can sign it now; the act says so, and records it
    show_file(prepared, root)
    click.confirm("Is this the file that you looked at, and do you go on with it?", abort=True, err=True)
    return prepared.file.shown.sha256


def settled(desk: Desk, request: Request, who: Who, as_json: bool, *, act: Any) -> int:
    """Do an act of signing or rejecting and show what came of it; return the exit status."""
    from valgen.workflow.approve import Refused

    by = who_acts(desk, who)
    try:
        done: Signed = act(desk, by, request)
    except Refused as refused:
        if as_json:
            answer = refusal_json(refused, "signed", "rejected")
            click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
        else:
            show_refusal(refused, "Nothing was signed.")
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

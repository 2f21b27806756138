"""``valgen audit``: the audit trail, and the signed review of it."""

from __future__ import annotations

from pathlib import Path

import click

from valgen.cli.acting import Who, acting_options, desk_at, who_acts
from valgen.cli.options import json_option, project_option, root_of
from valgen.documents.visible import visible
from valgen.errors import AuthorityError, ExecutionError, VerificationError


@click.group("audit", invoke_without_command=True)
@click.option("--user", metavar="USER", default="", help="Acts of a person, and acts about their account.")
@click.option("--item", metavar="ID", default="", help="Changes of an item, or records about a case, run or execution.")
@click.option("--document", metavar="KEY", default="", help="Records about a document.")
@click.option(
    "--action", metavar="KIND", default="", help="Kind of record, such as signature, or account for all of it."
)
@click.option("--field", metavar="FIELD", default="", help="Changes of a field, such as text or roles.")
@click.option("--from", "since", metavar="TIME", default="", help="From this date or time on, in UTC.")
@click.option("--to", "until", metavar="TIME", default="", help="Up to this date or time, which counts whole, in UTC.")
@click.option("--format", "form", type=click.Choice(["text", "csv", "json", "pdf"]), default="text", show_default=True)
@click.option(
    "--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file; needed for pdf."
)
@json_option
@project_option
@click.pass_context
def command(
    context: click.Context,
    user: str,
    item: str,
    document: str,
    action: str,
    field: str,
    since: str,
    until: str,
    form: str,
    output: Path | None,
    as_json: bool,
    project: Path,
) -> int | None:
    """Show the audit trail: who did what, when, old and new value, and why.

    Exit status: 0 when it was shown, 1 when records were altered, in which case none is shown, 2 when there is no
    ledger or a filter cannot be used.
    """
    if context.invoked_subcommand is not None:
        return None
    from valgen.records.audit import Wanted
    from valgen.workflow import audit

    root = root_of(project)
    form = "json" if as_json else form
    if form == "pdf" and output is None:
        raise click.UsageError("--format pdf needs --output FILE")
    wanted = Wanted(user=user, item=item, document=document, action=action, field=field, since=since, until=until)
    try:
        trail = audit.audit_trail(root, wanted)
    except VerificationError as error:
        from valgen.cli.failure import report

        report(error)
        click.echo("Nothing of the audit trail is shown, because it may not be what was recorded.", err=True)
        return 1
    if form == "csv":
        _put(audit.trail_csv(trail), output)
    elif form == "json":
        _put(f"{audit.trail_json(trail)}\n".encode(), output)
    elif form == "pdf" and output is not None:
        for number, data in enumerate(audit.trail_pdf(trail, root), 1):
            name = output if number == 1 else output.with_name(f"{output.stem}.{number}{output.suffix}")
            _put(data, name)
            click.echo(f"{name}", err=True)
    else:
        lines = []
        for entry in trail.entries:
            who = f"{entry.name} ({entry.user})" if entry.user else entry.name
            zone = f" (zone of the person: {entry.zone})" if entry.zone else ""
            lines.append(f"{entry.seq:>6}  {entry.time}{zone}  {who}")
            lines.append(f"        {entry.text}")
            lines += [
                f"        {one.item}, {one.field}: {one.old or 'nothing'} -> {one.new or 'nothing'}"
                for one in entry.changes
            ]
            if entry.reason:
                lines.append(f"        Reason: {entry.reason}")
        shown = f"Asked for: {trail.asked}. {len(trail.entries)} of {trail.records} records; root fingerprint "
        shown += trail.root_fingerprint
        if trail.unsealed:
            shown += f"; {trail.unsealed} more are being written and are not shown yet"
        _put("".join(f"{_line(line)}\n" for line in [*lines, shown]).encode(), output)
    if not trail.entries:
        click.echo("No record fits. Ids are compared as they are written, with capital and small letters.", err=True)
    return 0


@command.command("review")
@click.option("--from", "first", type=click.IntRange(0), metavar="N", help="First record; after the last review.")
@click.option("--to", "last", type=click.IntRange(0), metavar="N", help="Last record; the newest unless given.")
@click.option("--scope", required=True, metavar="TEXT", help="What you looked at, and how you chose it.")
@click.option("--findings", default="", metavar="TEXT", help="What you found.")
@click.option("--conclusion", required=True, metavar="TEXT", help="What follows.")
@click.option("--next", "due", default="", metavar="DATE", help="When the next review is due.")
@click.option("--role", default="", metavar="ROLE", help="The role in which you review, where you hold several.")
@acting_options
@project_option
def review(
    first: int | None,
    last: int | None,
    scope: str,
    findings: str,
    conclusion: str,
    due: str,
    role: str,
    who: Who,
    project: Path,
) -> int:
    """Sign that you reviewed a part of the audit trail, what you found and what follows.

    Exit status: 0 when it is signed, 1 when you hold no role in which you could review. A refusal is recorded.
    """
    from valgen.workflow.audit import Review, sign_review

    desk = desk_at(project)
    by = who_acts(desk, who)
    wanted = Review(first=first, last=last, scope=scope, findings=findings, conclusion=conclusion, next=due, role=role)
    try:
        done = sign_review(desk, by, wanted)
    except AuthorityError as error:
        if error.code != "VG628":
            raise
        from valgen.cli.failure import report

        report(error)
        return 1
    click.echo(
        visible(
            f"Record {done.record}: {done.name} ({done.role}) reviewed the audit trail, records {done.first} to "
            f"{done.last}."
        )
    )
    return 0


def _line(text: str) -> str:
    """Show text of records in one line, so that no part of it can pass for another record."""
    return visible(" ".join(text.split("\n")))


def _put(data: bytes, output: Path | None) -> None:
    if output is None:
        click.echo(data, nl=False)
        return
    try:
        output.write_bytes(data)
    except OSError as error:
        raise ExecutionError(
            f"{output} cannot be written: {error.strerror or error}",
            why="a part of it would be taken for the whole",
            fix="see that the folder exists, that the disk has room and that you may write there",
        ) from error

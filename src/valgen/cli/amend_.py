"""``valgen amend``."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from valgen.cli.acting import Who, acting_options, desk_at, who_acts
from valgen.cli.options import json_option, project_option, root_of
from valgen.cli.refusals import refusal_json, show_refusal
from valgen.cli.secrets import has_terminal
from valgen.cli.signing import asked_reason
from valgen.documents.visible import visible

if TYPE_CHECKING:
    from valgen.workflow.amend import Amended, AmendRequest


@click.command("amend")
@click.argument("case", metavar="CASE")
@click.option("--reason", metavar="TEXT", help="What is wrong with the script, or what you checked.")
@click.option(
    "--affects", metavar="ID", multiple=True, help="A further executed case that has to be executed again; repeatable."
)
@click.option("--role", metavar="ROLE", default="", help="The role in which you sign; the one that fits unless given.")
@click.option("--reject", "rejects", is_flag=True, help="Reject the amendment that somebody asked for.")
@click.option("--expect", metavar="DIGEST", multiple=True, help="Sign only what has this digest, which you saw.")
@click.option("--yes", is_flag=True, help="Sign what is there now, without being asked.")
@acting_options
@json_option
@project_option
def command(
    case: str,
    reason: str | None,
    affects: tuple[str, ...],
    role: str,
    rejects: bool,
    expect: tuple[str, ...],
    yes: bool,
    who: Who,
    as_json: bool,
    project: Path,
) -> int:
    """Amend the script of CASE, such as OQ-014, in the protocol that was approved.

    Change the script in its file first. The owner of the process or system and the quality unit sign the amendment, two
    persons, in any order; from then on the changed script is executed in the same execution. Results of the script as
    it was stay on record and no longer count.

    Exit status: 0 when it is signed, 1 when a rule does not allow it. A refusal is recorded.
    """
    from valgen.workflow.amend import AmendRequest, amend
    from valgen.workflow.approve import Refused

    desk = desk_at(project)
    request = AmendRequest(
        case=case, reason=asked_reason(reason, as_json), affects=affects, role=role, expect=expect, rejects=rejects
    )
    if not (expect or yes or as_json) and has_terminal():
        request = _confirmed(root_of(project), request)
    by = who_acts(desk, who)
    try:
        done = amend(desk, by, request)
    except Refused as refused:
        if as_json:
            answer = refusal_json(refused, "signed")
            click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
        else:
            show_refusal(refused, "Nothing was amended.")
        return 1
    _show(done, rejects, as_json)
    return 0


def _confirmed(root: Path, request: AmendRequest) -> AmendRequest:
    """Show what would be signed and return the request with its digests."""
    from valgen.errors import AuthorityError
    from valgen.workflow.amend import look_at_amendment

    try:
        proposals = look_at_amendment(root, request)
    except AuthorityError:
        return request  # the act says what is missing, and records it
    for one in proposals:
        click.echo(visible(one.paper.text.decode("utf-8")), err=True)
        click.echo(f"digest: {one.paper.content}", err=True)
    click.confirm("Is this what you looked at, and do you go on with it?", abort=True, err=True)
    return replace(request, expect=tuple(one.paper.content for one in proposals))


def _show(done: Amended, rejects: bool, as_json: bool) -> None:
    from valgen.documents.amendments import amendment_state

    if as_json:
        found = [
            {
                "amendment": one.id,
                "record": record,
                "protocol": one.protocol,
                "version": one.version,
                "case": one.case,
                "before": one.before,
                "after": one.after,
                "changes": [{"field": name, "old": old, "new": new} for name, old, new in one.changes],
                "repeat": list(one.repeat),
                "reason": one.reason,
                "in_force": one.in_force is not None,
                "missing": list(one.missing),
            }
            for one, record in zip(done.amendments, done.records, strict=True)
        ]
        answer = {"signed": not rejects, "name": done.name, "role": done.role, "time": done.time, "amendments": found}
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
        return
    for one, record in zip(done.amendments, done.records, strict=True):
        what = "rejected" if rejects else "signed"
        where = f"{one.case} in {one.protocol} {one.version}"
        click.echo(visible(f"{one.number}, {where}: {what} by {done.name}, {done.time}, record {record}"))
        for name, old, new in one.changes:
            click.echo(visible(f"  {name}"))
            for label, text in (("before", old), ("after ", new)):
                for line in text.splitlines() or ["nothing"]:
                    click.echo(visible(f"    {label}: {line}"))
        click.echo(visible(f"  {amendment_state(one)}"))
        if one.repeat and not rejects:
            click.echo(visible(f"  to be executed again: {', '.join(one.repeat)}"))

"""``valgen assess``."""

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
    from valgen.workflow.assess import Assessed, AssessRequest


@click.command("assess")
@click.argument("item", metavar="ITEM")
@click.option("--no-impact", "no_impact", is_flag=True, help="State that the change has no impact on the results.")
@click.option("--reason", metavar="TEXT", help="Why it has none.")
@click.option("--expect", metavar="DIGEST", default="", help="Sign only what has this digest, which you saw.")
@click.option("--yes", is_flag=True, help="Sign what is there now, without being asked.")
@acting_options
@json_option
@project_option
def command(
    item: str,
    no_impact: bool,
    reason: str | None,
    expect: str,
    yes: bool,
    who: Who,
    as_json: bool,
    project: Path,
) -> int:
    """Sign that a change of ITEM has no impact on results, so that they go on counting.

    ITEM is what changed: an item such as FS-012, a file of step code, or a test case for everything that changed since
    it was executed. The quality unit signs, somebody who executed none of the tests. The assessment holds for the
    results that there are now and for what changed until now.

    Exit status: 0 when it is signed, 1 when a rule does not allow it. A refusal is recorded.
    """
    from valgen.workflow.approve import Refused
    from valgen.workflow.assess import AssessRequest, assess

    if not no_impact:
        raise click.UsageError(
            "--no-impact says what the assessment states; a change with impact takes a new execution"
        )
    desk = desk_at(project)
    request = AssessRequest(subject=item, reason=asked_reason(reason, as_json), expect=expect)
    if not (expect or yes or as_json) and has_terminal():
        request = _confirmed(root_of(project), request)
    by = who_acts(desk, who)
    try:
        done = assess(desk, by, request)
    except Refused as refused:
        if as_json:
            answer = refusal_json(refused, "signed")
            click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
        else:
            show_refusal(refused, "Nothing was assessed.")
        return 1
    _show(done, as_json)
    return 0


def _confirmed(root: Path, request: AssessRequest) -> AssessRequest:
    """Show what would be signed and return the request with its digest."""
    from valgen.errors import AuthorityError
    from valgen.workflow.assess import look_at_assessment

    try:
        found = look_at_assessment(root, request)
    except AuthorityError:
        return request  # the act says what is missing, and records it
    click.echo(visible(found.paper.text.decode("utf-8")), err=True)
    click.echo(f"digest: {found.paper.content}", err=True)
    click.confirm("Is this what you looked at, and do you go on with it?", abort=True, err=True)
    return replace(request, expect=found.paper.content)


def _show(done: Assessed, as_json: bool) -> None:
    if as_json:
        answer = {
            "signed": True,
            "assessment": done.paper.id,
            "record": done.record,
            "name": done.name,
            "time": done.time,
            "changes": [{"name": one.name, "before": one.before, "after": one.after} for one in done.changes],
            "results": list(done.results),
            "current": list(done.current),
            "still_stale": list(done.still),
        }
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
        return
    names = ", ".join(dict.fromkeys(one.name for one in done.changes))
    click.echo(
        visible(f"{done.paper.id} signed by {done.name}, {done.time}, record {done.record}: no impact of {names}")
    )
    if done.current:
        click.echo(visible(f"  counts again: {', '.join(done.current)}"))
    if done.still:
        click.echo(visible(f"  out of date still, because something else changed: {', '.join(done.still)}"))

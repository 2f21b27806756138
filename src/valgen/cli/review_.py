"""``valgen review``."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from valgen.cli.acting import Who, acting_options, desk_at, who_acts
from valgen.cli.options import json_option, project_option
from valgen.cli.refusals import refusal_json, show_refusal
from valgen.documents.visible import visible


@click.command("review")
@click.argument("execution", metavar="EXECUTION")
@click.option("--conclusion", type=click.Choice(["accepted", "returned"]), required=True, help="What follows.")
@click.option("--comment", metavar="TEXT", required=True, help="What you compared and found; names what did not pass.")
@click.option(
    "--role", metavar="ROLE", default="", help="The role in which you review; the one that fits unless given."
)
@acting_options
@json_option
@project_option
def command(execution: str, conclusion: str, comment: str, role: str, who: Who, as_json: bool, project: Path) -> int:
    """Review the results of a formal execution, such as exec-0001, and sign what you conclude.

    You have executed none of its tests. A comment that accepts results names every case that did not pass in some
    attempt, or was not executed, and says what was decided. The report of the stage can be signed once every planned
    case is covered by an accepted review.

    Exit status: 0 when it is reviewed, 1 when a rule does not allow it. A refusal is recorded.
    """
    from valgen.workflow.approve import Refused
    from valgen.workflow.review import ReviewRequest, review

    desk = desk_at(project)
    by = who_acts(desk, who)
    request = ReviewRequest(execution=execution, conclusion=conclusion, comment=comment, role=role)
    try:
        done = review(desk, by, request)
    except Refused as refused:
        if as_json:
            answer = refusal_json(refused, "reviewed")
            click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
        else:
            show_refusal(refused, "Nothing was reviewed.")
        return 1
    if as_json:
        click.echo(json.dumps({"reviewed": True, **asdict(done)}, ensure_ascii=False, indent=1))
        return 0
    results = f"{done.results} result{'s' if done.results != 1 else ''}"
    by_whom = f"by {done.name}, {done.time}, record {done.record}"
    click.echo(visible(f"{done.execution} reviewed, {done.conclusion}: {results}, {by_whom}"))
    if done.open:
        click.echo(f"Not executed yet: {', '.join(done.open[:10])}")
    return 0

"""``valgen reject``."""

from __future__ import annotations

from pathlib import Path

import click

from valgen.cli.acting import Who, acting_options, desk_at
from valgen.cli.options import json_option, project_option, root_of
from valgen.cli.signing import Chosen, choice_options, requested, settled


@click.command("reject")
@click.argument("document", metavar="DOC")
@click.option("--reason", metavar="TEXT", help="Why you reject it: what must change.")
@choice_options("reject")
@acting_options
@json_option
@project_option
def command(
    document: str,
    reason: str | None,
    chosen: Chosen,
    who: Who,
    as_json: bool,
    project: Path,
) -> int:
    """Reject the newest version of a document: the signatures on it so far no longer count.

    A rejection is signed like an approval, by somebody whom the workflow asks to sign the document.

    Exit status: 0 when it is rejected, 1 when a rule does not allow it. A refusal is recorded.
    """
    from valgen.workflow.approve import reject

    desk = desk_at(project)
    request = requested(root_of(project), document, chosen, reason=reason, as_json=as_json)
    return settled(desk, request, who, as_json, act=reject)

"""``valgen reject``."""

from __future__ import annotations

from pathlib import Path

import click

from valgen.cli.options import json_option, project_option, root_of
from valgen.cli.secrets import acting_options
from valgen.cli.sign_ import asked_reason, confirmed, settled
from valgen.cli.user_ import desk_at


@click.command("reject")
@click.argument("document", metavar="DOC")
@click.option("--reason", metavar="TEXT", help="Why you reject it: what must change.")
@click.option("--role", metavar="ROLE", default="", help="The role in which you act; the one that fits unless given.")
@click.option("--version", "version", metavar="V", default="", help="The version that you mean; the newest one only.")
@click.option("--expect", metavar="DIGEST", default="", help="Reject only the file with this digest, which you saw.")
@click.option("--yes", is_flag=True, help="Reject what is there now, without being asked.")
@acting_options
@json_option
@project_option
def command(
    document: str,
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
    """Reject the newest version of a document: the signatures on it so far no longer count.

    A rejection is signed like an approval, by somebody whom the workflow asks to sign the document.

    Exit status: 0 when it is rejected, 1 when a rule does not allow it. A refusal is recorded.
    """
    from valgen.workflow.approve import Request, reject

    desk = desk_at(project)
    request = Request(
        document=document,
        meaning="",
        reason=asked_reason(reason, as_json),
        role=role,
        version=version,
        expect=confirmed(root_of(project), document, version, expect, yes=yes, as_json=as_json),
    )
    return settled(desk, request, acting, password_fd, totp_fd, as_json, act=reject)

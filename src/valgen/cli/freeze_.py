"""``valgen freeze``."""

from __future__ import annotations

from pathlib import Path

import click

from valgen.cli.options import project_option, root_of
from valgen.documents.visible import visible


@click.command("freeze")
@click.argument("documents", metavar="[DOC]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Freeze every document that has a version.")
@click.option("--quiet", "-q", is_flag=True, help="Say only what is wrong.")
@project_option
def command(documents: tuple[str, ...], everything: bool, project: Path, quiet: bool) -> int:
    """Keep the present version of documents, so that later versions can be compared with it.

    DOC is a document such as URS, OQ-protocol or RTM. Its present version is the last row of its history. Freezing is
    not an approval: the document stays a draft until people have signed it.
    """
    from valgen.workflow.versions import freeze

    if bool(documents) is everything:
        raise click.UsageError("name the documents to freeze, or give --all")
    done = freeze(root_of(project), documents)
    if quiet:
        return 0
    for one in done.frozen:
        number = visible(one.number)
        click.echo(f"Frozen: {one.key} {one.version} ({number}), content {one.content_sha256[:12]}, {one.path}")
    for one in done.unchanged:
        click.echo(f"Unchanged: {one.key} {one.version} is frozen already, with the same content.")
    for key, why in done.left_out:
        click.echo(f"Left out: {key}: {visible(why)}.")
    if done.frozen:
        click.echo("Frozen is not approved: the documents stay drafts until people have signed them.")
    return 0

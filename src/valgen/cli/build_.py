"""``valgen build``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from valgen.cli.acting import Who, acting_options, desk_at, who_acts
from valgen.cli.options import project_option, root_of, verbose_option
from valgen.cli.refusals import show_refusal
from valgen.documents.visible import visible

_KNOWN = ("docx", "pdf", "html", "xlsx")


@click.command("build")
@click.argument("documents", metavar="[DOC]...", nargs=-1)
@project_option
@click.option(
    "--format", "formats", default="docx,pdf,html,xlsx", show_default=True, help="Formats, separated by commas."
)
@click.option("--output", "-o", type=click.Path(path_type=Path, file_okay=False), help="Folder of the pack.")
@click.option("--version", "version", metavar="V", help="Write this frozen version of DOC instead of the present one.")
@click.option("--issue", is_flag=True, help="Issue DOC, or every approved document: files once and for all, recorded.")
@acting_options
@click.option("--fresh", is_flag=True, help="Write every file anew; take nothing from the cache of earlier builds.")
@verbose_option
def command(
    documents: tuple[str, ...],
    project: Path,
    formats: str,
    output: Path | None,
    version: str | None,
    issue: bool,
    who: Who,
    fresh: bool,
    verbose: bool,
    quiet: bool,
) -> int:
    """Write the validation pack: Word, PDF, HTML, Excel, data and attachments.

    DOC is a document such as URS, OQ-report or RTM; without it, all are written. With --version, the files say what
    that version said when it was frozen, and stand beside the present ones under names such as word/URS-1.0.docx.

    With --issue, approved documents are issued before: Word and PDF are written once, the PDF gets a seal, and the
    record of it names you. From then on the pack shows these files. What is not approved is refused: exit status 1.
    """
    from valgen.cli.findings import text_report
    from valgen.workflow.load import newest_missing
    from valgen.workflow.publish import build

    chosen = [one.strip() for one in formats.split(",") if one.strip()]
    unknown = [one for one in chosen if one not in _KNOWN]
    if unknown or not chosen:
        raise click.UsageError(f"unknown format {', '.join(unknown) or '(none)'}; formats are {', '.join(_KNOWN)}")
    root = root_of(project)

    def progress(text: str) -> None:
        if verbose and not quiet:
            click.echo(f"  {text}", err=True)

    if issue:
        if not _issue(project, documents, version or "", who, fresh, progress, quiet):
            return 1
    elif who.said:
        raise click.UsageError("--as, --password-fd and --totp-fd belong to --issue")
    if version is not None:
        return _frozen(root, version, documents, chosen, output, fresh, progress, quiet)
    if behind := newest_missing(root):
        click.echo(f"Later records are missing in the pack: {behind}.", err=True)
    pack = build(root, only=documents, formats=chosen, output=output, fresh=fresh, progress=progress)
    if pack.findings:
        click.echo(text_report(pack.findings, str(root)), err=True)
    if not quiet:
        count = len(pack.documents)
        click.echo(f"{count} document{'s' if count != 1 else ''}, {len(pack.files)} files in {pack.folder}")
        left_out = [name for name in _KNOWN if name not in chosen]
        if left_out and not documents:
            click.echo(
                f"The pack is new and holds no {' and no '.join(left_out)}: only {', '.join(chosen)} was asked for."
            )
        if pack.dry_run:
            click.echo("Results in it are those of dry runs and marked so: they are no evidence.")
        click.echo(f"Open {pack.folder / 'README.html'}")
    return 0


def _issue(
    project: Path,
    documents: tuple[str, ...],
    version: str,
    who: Who,
    fresh: bool,
    progress: Callable[[str], None],
    quiet: bool,
) -> bool:
    """Issue documents and show what came of it; return whether that was allowed."""
    from valgen.workflow.approve import Refused
    from valgen.workflow.issue import issue

    desk = desk_at(project)
    by = who_acts(desk, who, signing=False)
    try:
        done = issue(desk, by, documents, version=version, fresh=fresh, progress=progress)
    except Refused as refused:
        show_refusal(refused, "Nothing was issued.")
        return False
    if quiet:
        return True
    for one in done.issued:
        click.echo(visible(f"Issued: {one.document} {one.version} by {one.name}, {one.time}, record {one.record}"))
        for file in one.files:
            click.echo(visible(f"  {file.sha256}  {file.name}"))
    for one in done.before:
        click.echo(visible(f"{one.document} {one.version} was issued before, in record {one.record}: the same files."))
    for _, why in done.left_out:
        click.echo(visible(f"Not issued: {why}."))
    return True


def _frozen(
    root: Path,
    version: str,
    documents: tuple[str, ...],
    formats: list[str],
    output: Path | None,
    fresh: bool,
    progress: Callable[[str], None],
    quiet: bool,
) -> int:
    from valgen.cli.findings import text_report
    from valgen.workflow.version_pack import VERSION_FORMATS, build_version

    if not set(formats) & set(VERSION_FORMATS):
        raise click.UsageError(f"a frozen version has the formats {', '.join(VERSION_FORMATS)}")
    pack = build_version(root, version, only=documents, formats=formats, output=output, fresh=fresh, progress=progress)
    if pack.findings:
        click.echo(text_report(pack.findings, str(root)), err=True)
    if not quiet:
        for one in pack.documents:
            name = visible(f"{one.number} {one.title}")
            click.echo(f"{name}, version {version} as frozen ({', '.join((one.status, *one.marks))})")
            if one.key in pack.superseded:
                click.echo(f"It is not valid any more: version {pack.superseded[one.key]} took its place.")
        click.echo(f"{len(pack.files)} files in {pack.folder}")
    return 0

"""``valgen build``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from valgen.cli.options import project_option, root_of, verbose_option
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
@click.option("--fresh", is_flag=True, help="Write every file anew; take nothing from the cache of earlier builds.")
@verbose_option
def command(
    documents: tuple[str, ...],
    project: Path,
    formats: str,
    output: Path | None,
    version: str | None,
    fresh: bool,
    verbose: bool,
    quiet: bool,
) -> int:
    """Write the validation pack: Word, PDF, HTML, Excel, data and attachments.

    DOC is a document such as URS, OQ-report or RTM; without it, all are written. With --version, the files say what
    that version said when it was frozen, and stand beside the present ones under names such as word/URS-1.0.docx.
    """
    from valgen.cli.findings import text_report
    from valgen.workflow.publish import build

    chosen = [one.strip() for one in formats.split(",") if one.strip()]
    unknown = [one for one in chosen if one not in _KNOWN]
    if unknown or not chosen:
        raise click.UsageError(f"unknown format {', '.join(unknown) or '(none)'}; formats are {', '.join(_KNOWN)}")
    root = root_of(project)

    def progress(text: str) -> None:
        if verbose and not quiet:
            click.echo(f"  {text}", err=True)

    if version is not None:
        return _frozen(root, version, documents, chosen, output, fresh, progress, quiet)
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

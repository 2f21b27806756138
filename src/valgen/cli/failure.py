"""What a person sees when a command cannot do its work: never a traceback unless asked for with ``-v``."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

import click

from valgen.documents.visible import visible
from valgen.errors import SourceError, ValgenError


def report(error: Exception) -> int:
    """Print an error and return the exit status it asks for."""
    if isinstance(error, SourceError) and error.findings:
        from valgen.cli.findings import text_report

        click.echo(text_report(error.findings, str(Path.cwd())), err=True)
        _show(error)
        return 1
    if isinstance(error, ValgenError):
        _show(error)
        return 2
    click.echo(f"error[VG999] mistake in valgen: {type(error).__name__}: {visible(str(error))}", err=True)
    click.echo("  fix: run the command again with -v and report what it prints", err=True)
    if "-v" in sys.argv or "--verbose" in sys.argv:
        traceback.print_exception(error)
    return 3


def _show(error: ValgenError) -> None:
    place = f"{error.location}: " if error.location else ""
    click.echo(f"{place}error[{error.code}] {visible(error.what)}", err=True)
    for label, text in (("why", error.why), ("fix", error.fix)):
        if text:
            click.echo(f"  {label}: {visible(text)}", err=True)

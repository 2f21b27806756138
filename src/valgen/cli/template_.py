"""``valgen template``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from valgen.cli.options import json_option, project_option, root_of

if TYPE_CHECKING:
    from valgen.errors import Finding
    from valgen.workflow.word_template import CheckedTemplate


@click.group("template")
def command() -> None:
    """Templates of documents: list them, copy one into the project, check them."""


@command.command("list")
@click.option("--directives", is_flag=True, help="Also list what a document template may contain, with examples.")
@click.option("--word", "word", is_flag=True, help="Also list the placeholders of Word templates.")
def list_(directives: bool, word: bool) -> int:
    """List the shipped templates and what each of them serves."""
    from valgen.workflow.templates import template_uses

    _rows("Templates of documents, to be copied with valgen template eject NAME", template_uses())
    if directives:
        _language()
    if word:
        from valgen.workflow.word_template import placeholder_names

        for title, rows in placeholder_names().items():
            _rows(title.rstrip(":"), rows)
    return 0


def _language() -> None:
    """Show what a document template may contain."""
    from valgen.documents.directives import FAMILIES
    from valgen.documents.template import PLACEHOLDERS
    from valgen.documents.template_parse import PLAIN_DIRECTIVES, REFUSED

    _rows("Placeholders, replaced by what the project says", {f"|{name}|": text for name, text in PLACEHOLDERS.items()})
    for title, specs in FAMILIES:
        click.echo(f"\n{click.style(title, bold=True)}")
        for spec in specs:
            argument = f" {spec.argument}" if spec.argument else ""
            argument += "" if spec.required or not spec.argument else ", or nothing"
            click.echo(f"\n  .. valgen:{spec.name}::{argument and f' ({argument.strip()})'}")
            click.echo(_wrapped(spec.summary))
            for option in spec.options:
                click.echo(_wrapped(f":{option}: {spec.says[option]}"))
            if spec.argument or spec.options:
                click.echo("    For example:")
                click.echo("\n".join(f"      {line}".rstrip() for line in spec.example.split("\n")))
    click.echo(f"\n{click.style('Also', bold=True)}")
    click.echo(_wrapped(f"Boxes, lists and tables: {', '.join(f'.. {name}::' for name in PLAIN_DIRECTIVES)}", "  "))
    _rows("Not in a template", {f".. {name}::": reason for name, reason in REFUSED.items()})


def _rows(title: str, rows: Mapping[str, str]) -> None:
    click.echo(f"\n{click.style(title, bold=True)}")
    width = max(len(name) for name in rows)
    for name, text in rows.items():
        click.echo(click.wrap_text(f"{name:<{width}}  {text}", 100, "  ", " " * (width + 4), preserve_paragraphs=False))


def _wrapped(text: str, indent: str = "    ") -> str:
    return click.wrap_text(text, 100, indent, f"{indent}  ")


@command.command("eject")
@click.argument("name")
@project_option
@click.option("--force", is_flag=True, help="Replace a template of the project.")
def eject(name: str, project: Path, force: bool) -> int:
    """Copy the shipped template NAME into the project, where it takes the place of the shipped one.

    NAME is one that `valgen template list` shows, such as URS, or word for the Word template.
    """
    from valgen.workflow.templates import eject_template

    path = eject_template(root_of(project), name, force=force)
    click.echo(f"Wrote {path}. The project now uses it instead of the shipped template.")
    return 0


@command.command("check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@project_option
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
@json_option
def check(files: tuple[Path, ...], project: Path, form: str, as_json: bool) -> int:
    """Check templates FILES, or all of the project: what may stand in a document template (.rst), and in a Word
    template styles, placeholders, what every page shows, harm.

    Exit status: 0 without errors, 1 with errors, 2 when there is nothing to check.
    """
    from valgen.cli.findings import json_report, text_report
    from valgen.workflow.template_files import check_template_files

    root, checked, findings = check_template_files(project.resolve(), files)
    if as_json or form == "json":
        report = json.loads(json_report(findings, 0, 0))
        summary = {name: report["summary"][name] for name in ("errors", "warnings", "infos")}
        templates = [{"path": one.path, "ok": one.ok, "found": dict(one.found)} for one in checked]
        click.echo(
            json.dumps(
                {"findings": report["findings"], "summary": summary, "templates": templates},
                ensure_ascii=False,
                indent=1,
            )
        )
    else:
        for one in checked:
            _table(one)
        if findings:
            click.echo(text_report(findings, str(root)))
        click.echo(_summary(findings))
    return 1 if any(one.severity == "error" for one in findings) else 0


def _table(template: CheckedTemplate) -> None:
    if not template.found:
        return
    click.echo(click.style(template.path, bold=True))
    width = max(len(label) for label, _ in template.found)
    for label, text in template.found:
        click.echo(click.wrap_text(f"{label:<{width}}  {text}", 110, "  ", " " * (width + 4)))
    click.echo()


def _summary(findings: Sequence[Finding]) -> str:
    counts = [sum(1 for one in findings if one.severity == word) for word in ("error", "warning", "info")]
    text = ", ".join(
        f"{count} {word}{'' if count == 1 else 's'}"
        for count, word in zip(counts, ("error", "warning", "remark"), strict=True)
    )
    verdict = "documents cannot be written" if counts[0] else "documents can be written with it"
    return click.style(f"{text}: {verdict}", fg="red" if counts[0] else "green", bold=True)

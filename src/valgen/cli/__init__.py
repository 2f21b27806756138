"""The command line: translate a request into one workflow call, show the answer.

Commands are imported when they are used, so that ``valgen --help`` starts fast. Exit status everywhere: 0 clean,
1 findings or a negative answer, 2 usage, configuration or cannot run, 3 internal error.

Source: design.md §7.
"""

from __future__ import annotations

import gc
import importlib
import sys
from collections.abc import Sequence
from typing import Any

import click

from valgen import __version__
from valgen.ledger.patience import PATIENCE

COMMANDS: dict[str, str] = {
    "new": "Start a small complete project that passes its checks.",
    "add": "Append a stub of an item or test case with the next free id.",
    "check": "Show every problem and gap at once.",
    "trace": "Show the chain of an id, or the whole matrix.",
    "run": "Execute test scripts and capture evidence.",
    "status": "Show what is validated, what is open, and what to do next.",
    "build": "Write the validation pack.",
    "records": "The ledger: begin it, look after it, let further computers write to it.",
    "user": "People of the project: accounts, roles, passwords, periodic check.",
    "sign": "Sign a document, or go through your tasks.",
    "review": "Review the results of a formal execution.",
    "amend": "Amend a script of an approved protocol, signed by owner and quality unit.",
    "assess": "Sign that a change has no impact on results, which go on counting.",
    "reject": "Reject a document: the signatures on it so far no longer count.",
    "freeze": "Keep the present version of documents, to compare later versions with it.",
    "diff": "Show what was added, changed and retired between two versions.",
    "verify": "Verify that recorded evidence is unaltered and complete.",
    "audit": "Show the audit trail, or sign that it was reviewed.",
    "disclose": "Give chosen records with their proofs to an inspector.",
    "regulations": "Show clauses of the regulations library.",
    "template": "List document templates, or copy one into the project.",
    "schema": "Write the JSON Schemas that editors use.",
    "explain": "Explain a finding code.",
    "doctor": "Show what this machine has and lacks for valgen.",
}


class _Lazy(click.Group):
    """Knows every command by name and loads one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"valgen.cli.{cmd_name}_")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            ctx.fail(f"no command {args[0]!r}.{hint} Commands: {', '.join(COMMANDS)}.")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, "--version", message="valgen %(version)s")
def _root() -> None:
    """Validation documents with executed evidence, from YAML requirements and Gherkin test scripts."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Any = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")
    PATIENCE.tell_with(lambda text: click.echo(text, err=True))
    try:
        status = _root.main(args=list(arguments) if arguments is not None else None, standalone_mode=False)
    except click.exceptions.Exit as error:
        status = error.exit_code
    except click.Abort:
        click.echo("Stopped.", err=True)
        status = 2
    except click.ClickException as error:
        error.show()
        status = 2
    except BrokenPipeError:
        status = 0
    except Exception as error:
        from valgen.cli.failure import report

        status = report(error)
    gc.freeze()  # the process ends: nothing that it holds need be walked for garbage once more
    sys.exit(status if isinstance(status, int) else 0)

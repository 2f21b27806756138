"""Options that several commands share."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_F = TypeVar("_F", bound=Callable[..., Any])


def project_option(function: _F) -> _F:
    """Add ``--project``: the folder from which the project is looked for; the current one unless given."""
    return click.option(
        "--project",
        "-C",
        "project",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        default=".",
        help="Folder of the project; the current folder unless given.",
    )(function)


def json_option(function: _F) -> _F:
    """Add ``--json``: JSON alone on standard output."""
    return click.option("--json", "as_json", is_flag=True, help="Same as --format json.")(function)


def verbose_option(function: _F) -> _F:
    """Add ``-v`` and ``-q``."""
    function = click.option("--verbose", "-v", is_flag=True, help="Say more.")(function)
    return click.option("--quiet", "-q", is_flag=True, help="Say only what is wrong.")(function)


def root_of(project: Path) -> Path:
    """Return the project's folder."""
    from valgen.workflow.load import project_root

    return project_root(project.resolve())


def fingerprint_option(root: str | None) -> str:
    """Return the digits of a root fingerprint as somebody typed it; empty for none.

    Raises:
        click.UsageError: it is none.
    """
    text = re.sub(r"[\s:]", "", root or "").lower()
    if text and not _FINGERPRINT.fullmatch(text):
        raise click.UsageError("--root takes the 64 hexadecimal digits of a root fingerprint")
    return text

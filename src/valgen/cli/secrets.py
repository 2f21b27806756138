"""Passwords and codes: typed without being shown, or one line from a file descriptor.

Never from arguments or the environment, where every user of the machine can read them, and never in a message.
Several secrets may come from one descriptor, one line each, in the order in which a command asks for them: only the
bytes of a line are taken.

Source: design.md §7; integrity.md W-11.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from valgen.errors import ExecutionError

MAX_BYTES = 4096
"""Longest line that is taken for a secret."""

_F = TypeVar("_F", bound=Callable[..., Any])
_HELP = {
    "password": "your password",
    "totp": "the code of your second factor",
    "code": "the one-time code",
    "new-password": "the new password",
    "root-passphrase": "the passphrase of the root key",
}


def secret_option(name: str, text: str = "") -> Callable[[_F], _F]:
    """Add ``--NAME-fd N``: the descriptor from which a secret is read.

    Args:
        name: a key of the table above, such as ``password``.
        text: what it holds, where that differs from the table.
    """
    return click.option(
        f"--{name}-fd",
        name.replace("-", "_") + "_fd",
        metavar="N",
        type=click.IntRange(0),
        help=f"Read {text or _HELP[name]} from file descriptor N, one line.",
    )


def has_terminal() -> bool:
    """Tell whether somebody can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


def read_secret(fd: int | None, label: str, *, option: str, confirm: bool = False) -> str:
    """Return a secret from a descriptor, or ask for it.

    Args:
        fd: file descriptor; None to ask at the terminal.
        label: what to ask for, such as ``Password of anna``.
        option: the option that names a descriptor, for the message when nobody can be asked.
        confirm: ask twice, for a secret that is made now.

    Raises:
        ExecutionError: no terminal and no descriptor, or the descriptor holds no line.
    """
    if fd is not None:
        return _line(fd, option)
    if not has_terminal():
        raise ExecutionError(
            f"{label} is needed, and there is no terminal to ask at",
            why="secrets are never taken from the command line or the environment",
            fix=f"give {option} N and write the secret as one line to file descriptor N",
            code="VG588",
        )
    answer: str = click.prompt(label, hide_input=True, confirmation_prompt=confirm, err=True)
    return answer


def _line(fd: int, option: str) -> str:
    data = bytearray()
    try:
        while len(data) <= MAX_BYTES and (byte := os.read(fd, 1)) and byte != b"\n":
            data += byte
    except OSError as error:
        raise ExecutionError(
            f"nothing can be read from file descriptor {fd}: {error.strerror}",
            why=f"{option} names it",
            fix=f"open it for reading, such as {option} 3 3<FILE",
            code="VG588",
        ) from error
    try:
        text = data.decode("utf-8").removesuffix("\r")
    except UnicodeDecodeError:  # its text would hold the secret, so it is not carried on
        text = ""
    if not text or len(data) > MAX_BYTES:
        raise ExecutionError(
            f"file descriptor {fd} gives no secret",
            why=f"{option} takes one line of UTF-8 text with at most {MAX_BYTES} bytes",
            fix="write the secret as one line",
            code="VG588",
        ) from None
    return text

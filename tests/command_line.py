"""Commands as somebody types them: in this process where that is enough, in one of their own where it is the point.

    done = typed("sign", "URS", "--as", "anna", folder=root, secrets={"--password-fd": "..."})
    assert done.returncode == 0, done.stderr

``typed`` is the same code from the arguments to the exit status, without starting Python and importing everything
anew; passwords are as real, and only the work of sealing a new key is the least that is accepted. ``program`` starts
Python, for promises about processes, terminals, environments and the work of guessing.
"""

from __future__ import annotations

import contextlib
import gc
import io
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from subprocess import CompletedProcess
from unittest import mock

import valgen
from valgen import cli
from valgen.ledger.sealed import Cost

CHEAP = Cost(memory_kib=8192, passes=1, lanes=1)
"""The least work of opening a key that is accepted."""

_PROGRAM = str(Path(valgen.__file__).with_name("__main__.py"))


def typed(
    *arguments: str,
    folder: Path,
    secrets: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
) -> CompletedProcess[str]:
    """Do what a command does, in this process.

    Args:
        arguments: of ``valgen``.
        folder: in which it is typed.
        secrets: option to text, such as ``--password-fd``; each goes through a pipe of its own.
        environment: variables that differ from those of this process.
    """
    out, err = _Captured(), _Captured()
    variables = {**os.environ, "COLUMNS": "200", **(environment or {})}
    with contextlib.ExitStack() as around:
        words = [*arguments, *around.enter_context(_pipes(secrets or {}))[0]]
        around.callback(os.chdir, Path.cwd())
        os.chdir(folder)
        around.enter_context(mock.patch.dict(os.environ, variables, clear=True))
        around.enter_context(mock.patch.multiple(sys, stdin=io.StringIO(), stdout=out, stderr=err))
        around.enter_context(mock.patch.object(sys, "argv", [_PROGRAM, *words]))
        around.enter_context(mock.patch("click.core._detect_program_name", return_value="python -m valgen"))
        around.enter_context(mock.patch("valgen.records.keyring.COST", CHEAP))
        around.callback(gc.unfreeze)
        try:
            cli.main(words)
            status = 0
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else 1
    return CompletedProcess(["valgen", *words], status, out.text(), err.text())


def program(
    *arguments: str,
    folder: Path,
    secrets: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
) -> CompletedProcess[str]:
    """Do what ``typed`` does, in a process of its own."""
    with _pipes(secrets or {}) as (words, fds):
        return subprocess.run(
            [sys.executable, "-m", "valgen", *arguments, *words],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env={**os.environ, "COLUMNS": "200", **(environment or {})},
            pass_fds=fds,
            check=False,
        )


def good(done: CompletedProcess[str]) -> str:
    """Return the output of a command that succeeded."""
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class _Captured(io.TextIOWrapper):
    """Keeps what is printed, text and bytes in their order."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", newline="\n", write_through=True)

    def text(self) -> str:
        self.flush()
        data = self.buffer
        assert isinstance(data, io.BytesIO)
        return data.getvalue().decode("utf-8").replace("\r\n", "\n")


@contextlib.contextmanager
def _pipes(secrets: Mapping[str, str]) -> Iterator[tuple[list[str], list[int]]]:
    words: list[str] = []
    fds: list[int] = []
    try:
        for option, text in secrets.items():
            reader, writer = os.pipe()
            fds.append(reader)
            words += [option, str(reader)]
            os.write(writer, text.encode() + b"\n")
            os.close(writer)
        yield words, fds
    finally:
        for reader in fds:
            os.close(reader)

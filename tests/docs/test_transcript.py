"""The page Start is what a person sees who types it."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

_STEP = re.compile(r"(?:<!-- append: (\S+) -->\n\n)?^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.mark.real
def test_start_shows_what_the_commands_print(docs: Path, tmp_path: Path) -> None:
    page = (docs / "start.md").read_text(encoding="utf-8")
    part = page.partition("<!-- start of the transcript -->")[2].partition("<!-- end of the transcript -->")[0]
    folder = tmp_path
    commands = 0
    for path, language, text in _STEP.findall(part):
        if path:
            with (folder / path).open("a", encoding="utf-8") as stream:
                stream.write(text)
        elif language == "console":
            for shown in text.split("$ ")[1:]:
                command, _, expected = shown.partition("\n")
                words = shlex.split(command)
                if words[0] == "cd":
                    folder = folder / words[1]
                    continue
                assert words[0] == "valgen"
                assert _matches(expected, _output(words[1:], folder)), command
                commands += 1
    assert commands >= 8


def _output(arguments: list[str], folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "valgen", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env={**os.environ, "COLUMNS": "200"},
        check=False,
    )
    return done.stdout


def _matches(expected: str, output: str) -> bool:
    """Compare texts; ``...`` stands for anything within a line."""
    pattern = "[^\n]*".join(re.escape(piece) for piece in expected.rstrip("\n").split("..."))
    if re.fullmatch(pattern, output.rstrip("\n")):
        return True
    print(f"--- the page says\n{expected}\n--- the command prints\n{output}")
    return False

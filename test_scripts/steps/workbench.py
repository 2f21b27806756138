"""A place to work in: a project folder and the installed program, called as a user calls it.

Nothing of valgen is imported here or in the steps: what is judged is the program and the files that it writes.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE_S = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a call of the program gave back."""

    command: str
    status: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Both outputs."""
        return self.out + self.err


class Workbench:
    """A project folder, and the ways to call the program in it.

    Attributes:
        root: project folder; made when its first file is written.
        answers: every call so far, oldest first.
    """

    def __init__(self, folder: Path) -> None:
        self.home = folder
        self.root = folder / "project"
        self.root.mkdir(parents=True)
        self.answers: list[Answer] = []
        self.facts: dict[str, Any] = {}
        self.variables: dict[str, str] = {}
        self._processes: list[subprocess.Popen[bytes]] = []

    @property
    def last(self) -> Answer:
        """The newest answer."""
        return self.answers[-1]

    def write(self, name: str, text: str) -> Path:
        """Write a file of the project."""
        return self.write_bytes(name, textwrap.dedent(text).lstrip("\n").encode("utf-8"))

    def write_bytes(self, name: str, data: bytes) -> Path:
        """Write a file of the project."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def replace(self, name: str, old: str, new: str) -> None:
        """Exchange one text of a file, which must stand in it once."""
        path = self.root / name
        text = path.read_text("utf-8")
        if text.count(old) != 1:
            raise ValueError(f"{old!r} stands {text.count(old)} times in {name}")
        path.write_text(text.replace(old, new), "utf-8")

    def environment(self) -> dict[str, str]:
        """Return the variables of a call: those of this process without what steers pytest and valgen."""
        own = ("PYTEST", "VALGEN", "COV_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
        places = {"VALGEN_CACHE": str(self.home / "cache"), "VALGEN_KEYSTORE": str(self.home / "keys")}
        return {**kept, **places, "NO_COLOR": "1", **self.variables}

    def valgen(self, arguments: str, folder: Path | None = None) -> Answer:
        """Call the program and keep its answer.

        Runs leave out the pytest plugin of hypothesis, which has nothing to do with valgen and costs a second to load.
        """
        words = shlex.split(arguments)
        lean = ("--pytest=-p", "--pytest=no:hypothesispytest") if words[:1] == ["run"] else ()
        return self.call([program(), *words, *lean], f"valgen {arguments}", folder)

    def call(self, command: list[str], shown: str, folder: Path | None = None) -> Answer:
        """Call any program and keep its answer."""
        done = subprocess.run(
            command,
            cwd=folder or self.root,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE_S,
            check=False,
        )
        out, err = (
            part.decode("utf-8", "backslashreplace").replace("\r\n", "\n") for part in (done.stdout, done.stderr)
        )
        answer = Answer(command=shown, status=done.returncode, out=out, err=err)
        self.answers.append(answer)
        return answer

    def pytest(self, arguments: str) -> Answer:
        """Call pytest as a user calls it."""
        return self.call([*runner_command(), *shlex.split(arguments)], f"pytest {arguments}")

    def start(self, command: list[str]) -> subprocess.Popen[bytes]:
        """Start a program and leave it running; it is ended at the latest when the case ends."""
        process = subprocess.Popen(
            command,
            cwd=self.root,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._processes.append(process)
        return process

    def prefer(self, folder: Path) -> None:
        """Have every Python of this bench look into a folder first."""
        before = os.environ.get("PYTHONPATH")
        self.variables["PYTHONPATH"] = os.pathsep.join([str(folder), before] if before else [str(folder)])

    def end_everything(self) -> None:
        """End what this case started."""
        for process in self._processes:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            process.wait()

    def copy_of(self, other: Workbench) -> None:
        """Take over the project folder of another place."""
        shutil.copytree(other.root, self.root, dirs_exist_ok=True, symlinks=True)


def program() -> str:
    """Return the path of the program that belongs to this Python."""
    found = shutil.which("valgen", path=sysconfig.get_path("scripts")) or shutil.which("valgen")
    if found is None:
        raise FileNotFoundError("the program valgen is not installed for this Python")
    return found


def runner_command() -> list[str]:
    """Return how pytest of this Python is called, without plugins that have nothing to do with valgen."""
    return [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:hypothesispytest"]

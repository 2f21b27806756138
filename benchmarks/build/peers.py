"""sphinx-needs and StrictDoc: an environment of their own, their projects, and the commands that write HTML."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
import venv
from collections.abc import Iterator
from pathlib import Path

from content import Content, Script, Thing

REQUIREMENTS = Path(__file__).parents[1] / "requirements-peers.txt"
NAMES = ("sphinx-needs", "sphinx", "strictdoc")
TITLES = {"URS": "User requirements", "FS": "Functions", "DS": "Design elements", "RSK": "Risks",
          "IQ": "Installation tests", "OQ": "Operational tests", "PQ": "Performance tests"}  # fmt: skip

_ID = re.compile(r"\b[A-Z]+-[0-9]+\b")


def prepare_environment(folder: Path) -> Path:
    """Create the environment once and install the pinned versions; return its folder of programs."""
    programs = folder / "bin"
    wanted = REQUIREMENTS.read_text(encoding="utf-8")
    done = folder / "installed.txt"
    if done.is_file() and done.read_text(encoding="utf-8") == wanted:
        return programs
    shutil.rmtree(folder, ignore_errors=True)
    venv.create(folder, with_pip=True)
    subprocess.run([str(programs / "python"), "-m", "pip", "install", "-q", "-r", str(REQUIREMENTS)], check=True)
    done.write_text(wanted, encoding="utf-8")
    return programs


def versions(programs: Path) -> dict[str, str]:
    """Return the installed version of each tool."""
    code = "import sys; from importlib.metadata import version; print(*map(version, sys.argv[1:]))"
    done = subprocess.run([str(programs / "python"), "-c", code, *NAMES], check=True, capture_output=True, text=True)
    return dict(zip(NAMES, done.stdout.split(), strict=True))


def sphinx_needs(programs: Path, build: Path) -> list[str]:
    """Return the command that writes all needs of the working folder as HTML."""
    return [str(programs / "python"), "-m", "sphinx", "-q", "-b", "html", ".", str(build)]


def strictdoc(programs: Path, build: Path) -> list[str]:
    """Return the command that writes all documents of the working folder as HTML."""
    return [str(programs / "strictdoc"), "export", ".", "--formats", "html", "--output-dir", str(build)]


def write_strictdoc(content: Content, folder: Path) -> None:
    """Write some 200 nodes to a document, as for the other tools; parents are relations to nodes of other documents."""
    folder.mkdir(parents=True, exist_ok=True)
    nodes: list[tuple[str, str]] = [(thing.type, _thing(thing)) for thing in content.things]
    nodes += [(script.stage, _script(script)) for script in content.scripts]
    for key, some in itertools.groupby(nodes, key=lambda pair: pair[0]):
        texts = [text for _, text in some]
        for number, part in enumerate(_portions(texts), 1):
            head = f"[DOCUMENT]\nTITLE: {TITLES[key]} {number}\n\n"
            path = folder / f"{key.lower()}-{number:03d}.sdoc"
            path.write_text(head + "\n".join(part), encoding="utf-8", newline="\n")


def count_on_pages(build: Path, names: set[str]) -> int:
    """Return how many of the ids stand on some HTML page."""
    found: set[str] = set()
    for page in build.rglob("*.html"):
        found.update(_ID.findall(page.read_text(encoding="utf-8", errors="replace")))
    return len(found & names)


def _portions(texts: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(texts), 200):
        yield texts[start : start + 200]


def _thing(thing: Thing) -> str:
    rest = "".join(f"\n\n{name}: {text}" for name, text in thing.details.items())
    return _node(thing.id, thing.title, thing.text + rest, [*thing.parents, *thing.controls])


def _script(script: Script) -> str:
    steps = "\n".join(f"- {keyword} {sentence}" for keyword, sentence in script.steps)
    parents = [*script.verifies, *([script.risk] if script.risk else [])]
    return _node(script.id, script.title, f"Objective: {script.objective}\n\n{steps}", parents)


def _node(name: str, title: str, text: str, parents: list[str]) -> str:
    relations = "".join(f"- TYPE: Parent\n  VALUE: {parent}\n" for parent in dict.fromkeys(parents))
    return f"[REQUIREMENT]\nUID: {name}\nTITLE: {title}\nSTATEMENT: >>>\n{text.strip()}\n<<<\n" + (
        f"RELATIONS:\n{relations}" if relations else ""
    )

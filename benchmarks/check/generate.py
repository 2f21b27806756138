"""Write the generated content as a valgen project, as Doorstop documents and as a sphinx-needs project.

``python benchmarks/check/generate.py FOLDER --size 10000`` writes all three, for a look at what is measured. Each tool
gets its native files in the shape that its documentation recommends: valgen some 200 items to a YAML file and 25
scenarios to a feature, sphinx-needs some 200 needs to a reST page, Doorstop one YAML file per item, since it knows no
other way. Doorstop links items to the parent document only, so controls of risks and risks of tests are left out there.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from content import Content, Script, Thing, make_content

ITEMS_PER_FILE = 200
SCENARIOS_PER_FILE = 25
TYPE_NAMES = {"URS": "User requirement", "FS": "Function", "DS": "Design element", "RSK": "Risk",
              "IQ": "Installation test", "OQ": "Operational test", "PQ": "Performance test"}  # fmt: skip
# Doorstop documents form a tree: each has one parent, to whose items its items link.
DOORSTOP_PARENTS = {"URS": "", "FS": "URS", "DS": "FS", "RSK": "URS", "IQ": "DS", "OQ": "FS", "PQ": "URS"}

_T = TypeVar("_T")

_SETTINGS = """[project]
id = "BENCH"
name = "Generated project"
gamp_category = 5
gxp_impact = "direct"

[system]
name = "Generated system"
version = "1.0"

[environments.VAL]
title = "Validation"

[stages]
IQ = ["VAL"]
OQ = ["VAL"]
PQ = ["VAL"]
"""

_NEEDS_CONF = """project = "Generated project"
extensions = ["sphinx_needs"]
needs_id_regex = "^[A-Z]+-[0-9]+"
needs_types = [
{types}
]
needs_fields = {{name: {{}} for name in ["category", "controls", "clause", "objective", {details}]}}
"""


def write_valgen(content: Content, folder: Path) -> None:
    """Write settings, ``requirements/`` and ``test_scripts/``."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "valgen.toml", _SETTINGS)
    for key, things in _by_type(content.things):
        for number, some in enumerate(_portions(things, ITEMS_PER_FILE), 1):
            lines = [f"type: {key}", "items:", *itertools.chain.from_iterable(_yaml(thing) for thing in some)]
            _write(folder / "requirements" / key.lower() / f"part-{number:03d}.yaml", "\n".join(lines) + "\n")
    for stage, scripts in itertools.groupby(content.scripts, key=lambda script: script.stage):
        for number, part in enumerate(_portions(scripts, SCENARIOS_PER_FILE), 1):
            parts = [f"Feature: {TYPE_NAMES[stage]}s, part {number}\n", *(_scenario(script) for script in part)]
            _write(folder / "test_scripts" / stage.lower() / f"part-{number:03d}.feature", "\n".join(parts))


def write_doorstop(content: Content, folder: Path) -> None:
    """Write one folder per document and one file per item; ``.git`` marks the root, as Doorstop wants it."""
    (folder / ".git").mkdir(parents=True, exist_ok=True)
    for key, parent in DOORSTOP_PARENTS.items():
        settings = [f"  digits: 5\n  prefix: {key}\n  sep: '-'\n", f"  parent: {parent}\n" if parent else ""]
        _write(folder / key.lower() / ".doorstop.yml", "settings:\n" + "".join(settings))
    level: dict[str, int] = {}
    for key, name, title, text, links in (*map(_flat_thing, content.things), *map(_flat_script, content.scripts)):
        level[key] = level.get(key, 0) + 1
        lines = [
            "active: true", "derived: false", f"header: {json.dumps(title)}", f"level: 1.{level[key]}",
            "links:" if links else "links: []", *(f"- {link}: null" for link in links), "normative: true", "ref: ''",
            "reviewed: null", "text: |", *(f"  {line}" for line in text.splitlines()),
        ]  # fmt: skip
        _write(folder / key.lower() / f"{name}.yml", "\n".join(lines) + "\n")


def write_needs(content: Content, folder: Path) -> None:
    """Write ``conf.py``, ``index.rst`` and pages of needs."""
    details = sorted({name for thing in content.things for name in thing.details})
    types = "\n".join(
        f'    {{"directive": "{key.lower()}", "title": "{title}", "prefix": "", "color": "#BFD8D2", "style": "node"}},'
        for key, title in TYPE_NAMES.items()
    )
    _write(folder / "conf.py", _NEEDS_CONF.format(types=types, details=", ".join(f'"{name}"' for name in details)))
    pages = []
    for key, things in _by_type(content.things):
        for number, some in enumerate(_portions(things, ITEMS_PER_FILE), 1):
            pages.append(f"{key.lower()}-{number:03d}")
            _write(folder / f"{pages[-1]}.rst", _page(f"{TYPE_NAMES[key]}s {number}", map(_need_thing, some)))
    for stage, scripts in itertools.groupby(content.scripts, key=lambda script: script.stage):
        for number, part in enumerate(_portions(scripts, ITEMS_PER_FILE), 1):
            pages.append(f"{stage.lower()}-{number:03d}")
            _write(folder / f"{pages[-1]}.rst", _page(f"{TYPE_NAMES[stage]}s {number}", map(_need_script, part)))
    toc = "\n".join(f"   {page}" for page in pages)
    _write(folder / "index.rst", f"Generated project\n=================\n\n.. toctree::\n\n{toc}\n")


def change_one_file(folder: Path, number: int) -> None:
    """Change one statement of one requirement file of a valgen project; each number is another change."""
    path = folder / "requirements" / "urs" / "part-001.yaml"
    text = re.sub(
        r"shall (?:[0-9]+ times )?let", f"shall {number} times let", path.read_text(encoding="utf-8"), count=1
    )
    _write(path, text)


def _yaml(thing: Thing) -> Iterator[str]:
    yield f"  - id: {thing.id}"
    yield f"    title: {thing.title}"
    yield "    text: |"
    for line in thing.text.splitlines():
        yield f"      {line}"
    yield f"    category: {thing.category}"
    if thing.parents:
        yield f"    {'assesses' if thing.type == 'RSK' else 'satisfies'}: [{', '.join(thing.parents)}]"
    if thing.controls:
        yield f"    mitigated_by: [{', '.join(thing.controls)}]"
    if thing.clause:
        yield f'    regulations: ["{thing.clause}"]'
    for name, text in thing.details.items():
        yield f"    {name}: {text}"


def _scenario(script: Script) -> str:
    tags = " ".join([f"@{script.id}", *(f"@verifies:{name}" for name in script.verifies)])
    tags += f" @risk:{script.risk}" if script.risk else ""
    steps = "\n".join(f"    {keyword} {sentence}" for keyword, sentence in script.steps)
    return f"  {tags} @{script.kind}\n  Scenario: {script.title}\n    Objective: {script.objective}\n{steps}\n"


def _flat_thing(thing: Thing) -> tuple[str, str, str, str, Sequence[str]]:
    rest = "".join(f"\n{name}: {text}" for name, text in thing.details.items())
    return thing.type, thing.id, thing.title, thing.text + rest, thing.parents


def _flat_script(script: Script) -> tuple[str, str, str, str, Sequence[str]]:
    steps = "\n".join(f"{keyword} {sentence}" for keyword, sentence in script.steps)
    return script.stage, script.id, script.title, f"Objective: {script.objective}\n{steps}", script.verifies


def _need_thing(thing: Thing) -> str:
    options = [f"   :id: {thing.id}", f"   :category: {thing.category}"]
    if thing.parents:
        options.append(f"   :links: {', '.join(thing.parents)}")
    if thing.controls:
        options.append(f"   :controls: {', '.join(thing.controls)}")
    if thing.clause:
        options.append(f"   :clause: {thing.clause}")
    options += [f"   :{name}: {text}" for name, text in thing.details.items()]
    text = "\n".join(f"   {line}" for line in thing.text.splitlines())
    return f".. {thing.type.lower()}:: {thing.title}\n" + "\n".join(options) + f"\n\n{text}\n"


def _need_script(script: Script) -> str:
    links = ", ".join([*script.verifies, *([script.risk] if script.risk else [])])
    steps = "\n".join(f"   #. {keyword} {sentence}" for keyword, sentence in script.steps)
    return (
        f".. {script.stage.lower()}:: {script.title}\n   :id: {script.id}\n   :links: {links}\n"
        f"   :objective: {script.objective}\n\n{steps}\n"
    )


def _page(title: str, needs: Iterable[str]) -> str:
    return f"{title}\n{'=' * len(title)}\n\n" + "\n".join(needs)


def _by_type(things: Sequence[Thing]) -> Iterator[tuple[str, Iterator[Thing]]]:
    return itertools.groupby(things, key=lambda thing: thing.type)


def _portions(values: Iterable[_T], size: int) -> Iterator[list[_T]]:
    rest = iter(values)
    while some := list(itertools.islice(rest, size)):
        yield some


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    """Write the three projects below a folder."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", type=int, default=1000, help="items and test cases together")
    options = parser.parse_args()
    content = make_content(options.size)
    for name, write in (("valgen", write_valgen), ("doorstop", write_doorstop), ("sphinx-needs", write_needs)):
        write(content, options.folder / name)
        print(options.folder / name)


if __name__ == "__main__":
    main()

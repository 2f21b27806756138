"""Order of files, and of things in files, never changes graph, rows or findings (design.md §3.2)."""

from __future__ import annotations

import random
from dataclasses import fields
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from builders import FACTS, case, project, requirement, risk, run
from valgen.model.item import Item
from valgen.model.outcome import Outcome
from valgen.model.project import Project
from valgen.model.testcase import TestCase
from valgen.readers.project import read_project
from valgen.trace.graph import build_graph
from valgen.trace.matrix import build_matrix
from valgen.trace.rules import check_graph
from valgen.workflow.tracing import rows_json

_IDS = {key: [f"{key}-{number}" for number in range(1, 6)] for key in ("URS", "FS", "DS", "RSK", "OQ", "SOP")}
_ANY = [name for names in _IDS.values() for name in names] + ["FS-99", "SOP-1"]


@st.composite
def worlds(draw: st.DrawFn) -> list[Item | TestCase]:
    """Draw things whose links lead anywhere: up, down, in circles, to nothing; each id once."""
    things: list[Item | TestCase] = []

    def some() -> list[str]:
        return draw(st.lists(st.sampled_from(_ANY), max_size=3, unique=True))

    for key in ("URS", "FS", "DS", "SOP"):
        for name in draw(st.lists(st.sampled_from(_IDS[key]), unique=True)):
            parents = some() if key != "URS" else []
            things.append(requirement(name, parents=parents, retired=draw(st.booleans()), priority="must"))
    for name in draw(st.lists(st.sampled_from(_IDS["RSK"]), unique=True)):
        things.append(risk(name, assesses=some(), controls=some(), retired=draw(st.booleans())))
    for name in draw(st.lists(st.sampled_from(_IDS["OQ"]), unique=True)):
        rows = draw(st.integers(0, 3))
        flags = draw(st.lists(st.sampled_from(["negative", "retired", "destructive"]), max_size=1))
        links: dict[str, Any] = {"verifies": some(), "risks": some(), "flags": flags}
        things += [case(name, row=row, **links) for row in range(1, rows + 1)] if rows else [case(name, **links)]
    return things


def _seen(world: Project) -> tuple[Any, ...]:
    graph = build_graph(world)
    links = {
        one.name: getattr(graph, one.name)
        for one in fields(graph)
        if one.name not in ("items", "cases", "types", "rows")
    }
    outcomes = {one.id: list(Outcome)[sum(map(ord, one.id)) % len(Outcome)] for one in graph.cases.values()}
    matrix = build_matrix(world, graph, (run(1, world, outcomes),))
    findings = {
        (one.code, one.message, str(one.location), one.ids, one.fix) for one in check_graph(world, graph, FACTS)
    }
    return links, rows_json(matrix), findings


@settings(max_examples=40, deadline=None)
@given(worlds(), st.randoms(use_true_random=False))
def test_order_of_things_changes_nothing(things: list[Item | TestCase], chance: random.Random) -> None:
    cases = [one for one in things if isinstance(one, TestCase)]
    items = [one for one in things if isinstance(one, Item)]
    scenarios = sorted({one.base_id for one in cases})
    chance.shuffle(scenarios)  # rows of one outline stay together, as in any file
    moved = [one for name in scenarios for one in cases if one.base_id == name]
    chance.shuffle(items)
    assert _seen(project(*items, *moved)) == _seen(project(*things))


_ITEMS = {
    "URS-1": "", "URS-2": "", "URS-10": "", "FS-1": "satisfies: [URS-1, URS-2]", "FS-2": "satisfies: [URS-10, URS-11]",
    "DS-1": "satisfies: [FS-2]", "DS-2": "satisfies: [URS-1]",
}  # fmt: skip
_CASES = {
    "OQ-1": "@verifies:FS-1",
    "OQ-2": "@verifies:DS-1 @verifies:FS-9",
    "OQ-3": "@verifies:URS-2",
    "OQ-5": "@retired",
}
_SETTINGS = """[project]
id = "P"
name = "P"
[system]
name = "S"
version = "1"
[environments.VAL]
[stages]
OQ = ["VAL"]
"""


def _write(root: Path, names: list[str], cases: list[str], portions: int) -> Project:
    for folder in ("requirements/a", "test_scripts/oq"):
        (root / folder).mkdir(parents=True)
    (root / "valgen.toml").write_text(_SETTINGS)
    for number in range(portions):
        items = [
            f"- id: {name}\n  title: {name}\n  text: It shall be.\n  {_ITEMS[name]}\n"
            for name in names[number::portions]
        ]
        (root / f"requirements/a/{9 - number}.yaml").write_text("".join(items))
        scenarios = [
            f"  @{name} {_CASES[name]}\n  Scenario: {name}\n    When it is\n    Then it is\n"
            for name in cases[number::portions]
        ]
        (root / f"test_scripts/oq/{9 - number}.feature").write_text("Feature: F\n" + "".join(scenarios))
    return read_project(root)


def test_moving_things_between_files_changes_no_row_and_no_finding(tmp_path: Path) -> None:
    def told(world: Project) -> tuple[Any, ...]:
        graph = build_graph(world)
        found = [*world.findings, *check_graph(world, graph, FACTS)]
        return rows_json(build_matrix(world, graph, ())), sorted((one.code, one.message, one.ids) for one in found)

    names, cases = list(_ITEMS), list(_CASES)
    expected = told(_write(tmp_path / "first", names, cases, 1))
    chance = random.Random(3)
    for portions in (1, 2, 3, 4):
        chance.shuffle(names)
        chance.shuffle(cases)
        assert told(_write(tmp_path / f"p{portions}", names, cases, portions)) == expected

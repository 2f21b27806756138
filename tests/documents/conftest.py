"""Projects for tests of documents: written to a folder, read by the readers, no run unless given."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from valgen.documents.context import Context
from valgen.model.run import Run
from valgen.readers import read_project
from valgen.trace.graph import build_graph
from valgen.trace.matrix import build_matrix

BASE = {
    "valgen.toml": """
[project]
id = "T"
name = "Tiny"
regulations = ["21-cfr-part-11"]
[system]
name = "Tiny <b>system</b>"
version = "1.0"
[environments.VAL]
title = "Validation"
""",
    "requirements/items.yaml": """
items:
  - id: URS-001
    title: Adds
    text: The system shall add two numbers.
    priority: must
  - id: URS-002
    title: Old
    text: The system shall be old.
    status: retired
    reason: Replaced by URS-001.
  - id: FS-001
    title: Addition
    text: Adds as URS-001 asks.
    satisfies: [URS-001]
""",
    "test_scripts/oq/a.feature": """
Feature: Addition
  @OQ-001 @verifies:FS-001
  Scenario: Works
    Given a calculator
    And a battery
    When 2 is typed
    And 3 is added
    Then 5 is shown
    And the light is green
    When it is switched off
    Then it is dark
""",
}

Make = Callable[..., Context]


@pytest.fixture
def context(tmp_path: Path) -> Make:
    """Make a context from files; given ones replace or join the base ones."""

    def make(files: dict[str, str] | None = None, runs: tuple[Run, ...] = ()) -> Context:
        for name, text in {**BASE, **(files or {})}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.lstrip("\n"), encoding="utf-8")
        project = read_project(tmp_path)
        errors = [one for one in project.findings if one.severity == "error"]
        assert not errors, errors
        graph = build_graph(project)
        return Context(project=project, graph=graph, matrix=build_matrix(project, graph, runs), runs=runs)

    return make

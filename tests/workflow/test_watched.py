"""A watched project says what it said, and notices which of its texts are read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from valgen.workflow.load import Loaded, load
from valgen.workflow.watched import Watched, watched

ITEMS = """
items:
  - {id: URS-001, title: Adds, text: It shall add., category: Sums}
  - {id: FS-001, title: Addition, text: Adds., satisfies: [URS-001]}
"""
CASES = """
Feature: Sums
  @OQ-001 @verifies:FS-001
  Scenario: Works
    Given a calculator
    Then the sum is 5
"""


class Files:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("valgen.toml", '[project]\nid = "T1"\nname = "Tiny"\n[environments.VAL]\ntitle = "Validation"\n')
        self.write("requirements/items.yaml", ITEMS)
        self.write("test_scripts/oq/a.feature", CASES)
        self.write("documents/URS.md", "# Scope\n\nSums.\n")

    def write(self, name: str, text: str) -> None:
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text, encoding="utf-8")

    def replaced(self, name: str, before: str, after: str) -> Watched:
        text = (self.root / name).read_text(encoding="utf-8")
        assert before in text
        self.write(name, text.replace(before, after))
        return self.watched()

    def watched(self) -> Watched:
        return watched(load(self.root))


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def test_every_part_of_a_watched_project_says_what_it_said(files: Files) -> None:
    plain: Loaded = load(files.root)
    seen = watched(plain).loaded
    for old, new in zip(plain.project.items, seen.project.items, strict=True):
        assert (new.id, new.title, new.text, new.fields, new.location) == (
            old.id, old.title, old.text, old.fields, old.location,
        )  # fmt: skip
        assert [[link.target for link in links] for links in new.links.values()] == [
            [link.target for link in links] for links in old.links.values()
        ]
    (old_case,), (case,) = plain.project.cases, seen.project.cases
    assert (case.steps, case.title, case.location, case.kinds) == (
        old_case.steps, old_case.title, old_case.location, old_case.kinds,
    )  # fmt: skip
    assert seen.project.prose["URS"].text == plain.project.prose["URS"].text
    assert seen.graph.items["FS-001"] is seen.project.items[0]
    assert seen.graph.cases["OQ-001"] is case


def test_heads_are_read_without_a_note_and_bodies_with_one(files: Files) -> None:
    made = files.watched()
    project, memo = made.loaded.project, made.memo
    for item in project.items:
        assert (item.title, item.value("category"), item.links, item.path) is not None
    assert [case.title for case in project.cases] == ["Works"]
    assert memo.read == set()
    with memo.reading("URS"):
        assert project.items[1].value("text") == "It shall add."
        assert project.prose["URS"].text
    with memo.reading("OQ"):
        assert len(project.cases[0].steps) == 2
    assert memo.reads == {"URS": {1, 3}, "OQ": {2}}


def test_where_something_stands_in_its_file_is_noted_as_well(files: Files) -> None:
    made = files.watched()
    with made.memo.reading("FS"):
        assert made.loaded.project.items[0].location.line
    assert made.memo.reads == {"FS": {0}}


def test_a_changed_copy_counts_as_everything(files: Files) -> None:
    made = files.watched()
    with made.memo.reading("URS"):
        assert replace(made.loaded.project.items[0], title="Another").text == "Adds."
    assert made.memo.reads["URS"] == {0, 1, 2, 3}


@pytest.mark.parametrize(
    ("name", "before", "after", "number"),
    [
        ("requirements/items.yaml", "Adds.,", "Adds it.,", 0),
        ("requirements/items.yaml", "shall add", "shall always add", 1),
        ("test_scripts/oq/a.feature", "the sum is 5", "the sum is 6", 2),
        ("test_scripts/oq/a.feature", "  @OQ-001", "  # comment\n  @OQ-001", 2),
        ("documents/URS.md", "Sums.", "Differences.", 3),
    ],
)
def test_a_changed_body_changes_its_own_digest_alone(
    files: Files, name: str, before: str, after: str, number: int
) -> None:
    first, second = files.watched(), files.replaced(name, before, after)
    assert first.heads == second.heads
    assert [at for at, (old, new) in enumerate(zip(first.bodies, second.bodies, strict=True)) if old != new] == [number]
    assert first.digest([number]) != second.digest([number])
    assert first.digest([4]) is None


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("requirements/items.yaml", "title: Adds", "title: Sums up"),
        ("requirements/items.yaml", "category: Sums", "category: Others"),
        ("requirements/items.yaml", "[URS-001]", "[]"),
        ("requirements/items.yaml", "FS-001", "FS-002"),
        ("test_scripts/oq/a.feature", "Scenario: Works", "Scenario: Runs"),
        ("test_scripts/oq/a.feature", "@verifies:FS-001", "@verifies:URS-001"),
        ("test_scripts/oq/a.feature", "@OQ-001", "@OQ-001 @critical"),
        ("valgen.toml", "Tiny", "Small"),
    ],
)
def test_anything_else_changes_the_heads(files: Files, name: str, before: str, after: str) -> None:
    first = files.watched()
    assert first.heads == files.watched().heads
    assert first.heads != files.replaced(name, before, after).heads

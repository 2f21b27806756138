"""A project with 20 planted mistakes: ``valgen check`` names 20 places and exits 1."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

MARK = "§"
"""Stands in the files below right before the place of a mistake; taken out before they are written."""

FILES = {
    "valgen.toml": """
[project]
id = "P"
name = "Planted"
regulations = [§"21-cfr-part-12"]
§colour = "blue"

[environments.VAL]
title = "Validation"
""",
    "requirements/urs.yaml": """
type: URS
items:
  - id: URS-001
    title: One
    text: The system shall do one.
    §priorty: must
  - id: URS-002
    title: Two
    text: The system shall do two.
    priority: §high
  - id: §URS-001
    title: One again
    text: The system shall do one again.
  - id: URS-004
    title: Four
    text: The system shall do four.
    regulations: [§"21CFR11.10(z)"]
  - id: §URS-005
    title: Nobody tests this
    text: The system shall be tested.
  - id: §URS-006
    title: Retired without reason
    text: The system shall be gone.
    status: retired
  - id: URS-007
    title: Twice a key
    text: The system shall have one text.
    §text: The system shall have another.
""",
    "requirements/fs.yaml": """
type: FS
items:
  - id: FS-001
    title: First
    text: Does one.
    satisfies: [URS-001, URS-002, URS-004, URS-007]
  - id: FS-002
    title: Broken link
    text: Does two.
    satisfies: [§URS-099]
  - id: FS-003
    title: Wrong level
    text: Does three.
    satisfies: [§RSK-001]
  - id: §FS-004
    title: Orphan
    text: Does four.
""",
    "requirements/ds.yaml": """
type: DS
items:
  - id: DS-001
    title: Circle
    text: Is built.
    satisfies: [§DS-001, FS-001]
""",
    "requirements/ra.yaml": """
type: RSK
items:
  - id: RSK-001
    title: Harm
    assesses: [URS-001]
    failure_mode: Fails.
    effect: Harms.
    severity: §enormous
    probability: low
    detectability: low
    mitigated_by: [FS-001]
""",
    "requirements/documents.yaml": """
documents:
  - type: URS
    number: P-URS
    history:
      - {version: "1.0", date: "2026-01-01", author: A, change_ref: C, summary: First}
      - {version: §"0.9", date: "2026-02-01", author: A, change_ref: C, summary: Second}
""",
    "requirements/applicability.yaml": """
applicability:
  - clause: §21CFR11.999
    applicable: no
    rationale: Does not exist.
""",
    "test_scripts/oq/a.feature": """
Feature: Tests
  @OQ-001 @verifies:FS-001
  Scenario: Good
    When one
    Then two

  @§OQ-001 @verifies:FS-001
  Scenario: Same id
    When one
    Then two

  @OQ-002 @verifies:§FS-098
  Scenario: Unknown item
    When one
    Then two

  §Scenario: Without an id
    When one
    Then two

  @§OQ-003
  Scenario: Verifies nothing
    When one
    Then two
""",
}


def plant(folder: Path) -> list[tuple[str, int, int]]:
    """Write the files without marks and return the places of the marks, line and column from 1."""
    places = []
    for name, text in FILES.items():
        clean = []
        for number, line in enumerate(text.lstrip("\n").split("\n"), 1):
            while MARK in line:
                places.append((name, number, line.index(MARK) + 1))
                line = line.replace(MARK, "", 1)
            clean.append(line)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(clean), encoding="utf-8")
    (folder / "requirements" / "notes.txt").write_text("not loaded")
    return places


@pytest.mark.verifies("URS-001")
def test_each_of_20_planted_mistakes_is_named_with_file_line_and_column(tmp_path: Path) -> None:
    places = plant(tmp_path)
    assert len(places) == 20, f"planted {len(places)}"
    done = subprocess.run(
        [sys.executable, "-m", "valgen", "check", "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 1, done.stderr
    found = json.loads(done.stdout)["findings"]
    serious = {(one["path"], one["line"], one["column"]) for one in found if one["severity"] != "info"}
    missing = [place for place in places if place not in serious]
    assert not missing, f"not named: {missing}\nnamed: {sorted(serious)}"
    assert any(one["path"] == "requirements/notes.txt" for one in found), "a file that was not loaded is not named"


@pytest.mark.verifies("URS-001")
def test_text_report_shows_place_code_and_mend_of_every_error(tmp_path: Path) -> None:
    plant(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "valgen", "check"], cwd=tmp_path, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert "requirements/fs.yaml:10:17: error[VG104] FS-002 satisfies URS-099, which no file defines" in done.stdout
    assert "fix:" in done.stdout

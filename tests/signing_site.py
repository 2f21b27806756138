"""A project with a URS, an FS and an OQ protocol that nobody has signed yet, and the people who can."""

from __future__ import annotations

from pathlib import Path

import people_site
from people_site import Person, Site

PEOPLE = {
    "anna": Person("Anna Author", "Validation engineer", ("author",)),
    "paul": Person("Paul Process", "Head of laboratory", ("process_owner",)),
    "quinn": Person("Quinn Quality", "Quality assurance", ("qa",)),
    "tess": Person("Tess Technical", "Engineer", ("technical_reviewer", "tester")),
}
SETTINGS = """
[project]
id = "T1"
name = "Tiny"
[system]
name = "Tiny"
version = "1.0"
[environments.VAL]
title = "Validation"
[stages]
OQ = ["VAL"]
"""
ITEMS = """
items:
  - id: URS-001
    title: Adds
    text: The system shall add two numbers.
  - id: FS-001
    title: Addition
    text: Adds.
    satisfies: [URS-001]
"""
REGISTER = """
documents:
  - type: URS
    number: T1-URS-001
    history:
      - {version: "1.0", date: "2026-01-01", author: Anna Author, change_ref: CR-1, summary: First issue}
  - type: FS
    number: T1-FS-001
    history:
      - {version: "1.0", date: "2026-01-01", author: Anna Author, summary: First issue}
  - type: OQ
    number: T1-OQ-001
    history:
      - {version: "1.0", date: "2026-01-01", author: Anna Author, summary: First issue}
"""
CASE = """
Feature: Addition
  @OQ-001 @verifies:FS-001
  Scenario: Works
    Given a calculator
    When 2 and 3 are added
    Then the sum is 5
"""


def found(base: Path) -> Site:
    """Make the project, its ledger and its people."""
    files = {
        "valgen.toml": SETTINGS,
        "requirements/items.yaml": ITEMS,
        "requirements/documents.yaml": REGISTER,
        "test_scripts/oq/add.feature": CASE,
    }
    site: Site = people_site.made(base, files, PEOPLE)
    return site


def approve(site: Site, *more: str) -> None:
    """Have the URS signed by everybody whom the workflow asks."""
    for meaning, user in (("authored", "anna"), ("approved", "paul"), ("approved", "quinn")):
        people_site.good(site.sign("URS", meaning, user, *more))

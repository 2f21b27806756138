"""A small system from its approved requirements to "validated: yes", and back to "no" after a change."""

from __future__ import annotations

from pathlib import Path

import pytest

import formal_site
from command_line import good

SHORT = '[{ role = "author", meaning = "authored" }, { role = "qa", meaning = "approved" }]'


@pytest.mark.verifies("FS-095", "FS-096")
def test_a_system_is_validated_when_everything_is_approved_executed_and_reviewed_and_not_before(tmp_path: Path) -> None:
    kinds = ("URS", "FS", "RTM", "DEVLOG", "VSR")
    settings = formal_site.SETTINGS + "".join(f"{kind} = {SHORT}\n" for kind in kinds)
    row = formal_site.ROW.rstrip()
    register = formal_site.REGISTER + "".join(
        f"  - type: {kind}\n    number: T1-{kind}-001{row}\n" for kind in ("FS", "DEVLOG", "VSR", "RTM")
    )
    site = formal_site.found(tmp_path, settings=settings, register=register)
    for document in ("URS", "FS", "RTM-initial"):
        site.approve(document)
    site.plug_in()
    good(site.run("tess"))
    good(site.review("quinn", "every step and attachment compared with the protocol"))
    assert site.status()["validated"] is False
    final = '      - {version: "2.0", date: "2026-01-02", author: Anna Author, summary: With results}\n'
    path = site.root / "requirements/documents.yaml"
    path.write_text(path.read_text(encoding="utf-8").rstrip() + "\n" + final, encoding="utf-8")
    for document in ("OQ-report", "DEVLOG", "RTM", "VSR"):
        site.approve(document)
    status = site.status()
    assert (status["validated"], status["why"]) == (True, [])
    done = site.valgen("status")
    assert (done.returncode, "Validated: yes" in done.stdout) == (0, True)
    good(site.valgen("build", "--format", "html,docx,pdf,xlsx"))
    good(site.valgen("verify"))
    good(site.valgen("verify", "build/pack"))

    site.edit("requirements/items.yaml", "text: Adds.", "text: Adds numbers.")
    status = site.status()
    assert status["validated"] is False
    assert status["stages"][0]["stale"] == ["OQ-001", "OQ-002"]

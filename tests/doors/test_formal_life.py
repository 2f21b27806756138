"""A small system from its approved requirements to "validated: yes", and back to "no" after a change."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("formal_site", Path(__file__).with_name("formal_site.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["formal_site"] = module
    spec.loader.exec_module(module)
    return module


formal_site = _load()
SHORT = '[{ role = "author", meaning = "authored" }, { role = "qa", meaning = "approved" }]'


@pytest.mark.verifies("FS-095", "FS-096")
def test_a_system_is_validated_when_everything_is_approved_executed_and_reviewed_and_not_before(tmp_path: Path) -> None:
    kinds = ("FS", "RTM", "DEVLOG", "VSR")
    settings = formal_site.SETTINGS + "".join(f"{kind} = {SHORT}\n" for kind in kinds)
    row = formal_site.ROW.rstrip()
    register = formal_site.REGISTER + "".join(
        f"  - type: {kind}\n    number: T1-{kind}-001{row}\n" for kind in ("FS", "DEVLOG", "VSR", "RTM")
    )
    site = formal_site.found(tmp_path, settings=settings, register=register, first=("URS", "FS"))
    site.approve("RTM-initial")
    site.plug_in()
    formal_site.good(site.run("tess"))
    formal_site.good(site.review("quinn", "every step and attachment compared with the protocol"))
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
    formal_site.good(site.valgen("build", "--format", "html,docx,pdf,xlsx"))
    formal_site.good(site.valgen("verify"))
    formal_site.good(site.valgen("verify", "build/pack"))

    site.edit("requirements/items.yaml", "text: Adds.", "text: Adds numbers.")
    status = site.status()
    assert status["validated"] is False
    assert status["stages"][0]["stale"] == ["OQ-001", "OQ-002"]

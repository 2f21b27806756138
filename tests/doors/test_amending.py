"""Amendments of scripts and no-impact assessments through the real command line."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

import formal_site
from command_line import good
from formal_site import Site
from valgen.verifier import valgen_verify

WHY = "the script named another number than the notes of the workshop"
CHECKED = "script compared with the notes of the workshop, the number is right now"
REVIEW = "every step and attachment compared with the protocol; OQ-002 failed as the adapter was forgotten"


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A project with both cases executed and passed; nobody may change it."""
    site = formal_site.found(tmp_path_factory.mktemp("amend"))
    site.plug_in()
    good(site.run("tess"))
    return site


@pytest.fixture
def site(executed: Site, tmp_path: Path) -> Site:
    """A copy of the project and its keys."""
    copy: Site = executed.copied(tmp_path)
    copy.plug_in()
    return copy


def words(site: Site, document: str) -> str:
    """Build a document and return its words."""
    good(site.valgen("build", document, "--format", "html"))
    text = (site.root / f"build/pack/html/{document}.html").read_text(encoding="utf-8")
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def verified(site: Site) -> None:
    """Verify the ledger alone, with valgen and with the program that knows nothing of it."""
    shutil.rmtree(site.root / "build", ignore_errors=True)
    good(site.valgen("verify"))
    alone = subprocess.run(
        [sys.executable, valgen_verify.__file__, str(site.root / ".valgen")], capture_output=True, text=True
    )
    assert alone.returncode == 0, alone.stdout + alone.stderr


def amended(site: Site, user: str, reason: str, *more: str) -> object:
    """Sign an amendment of OQ-002."""
    return site.by(user, "amend", "OQ-002", "--reason", reason, *more)


@pytest.mark.verifies("FS-110")
def test_an_amended_script_is_executed_once_owner_and_quality_unit_have_signed(site: Site) -> None:
    site.edit("test_scripts/oq/add.feature", "When 2 and 2 are added", "When 4 and 4 are added")
    assert "VG422" in site.run("tess", "--case", "OQ-002").stderr
    first = good(amended(site, "paul", WHY))
    assert "Amendment 0001, OQ-002 in OQ-protocol 1.0: signed by Paul Process" in first
    assert "not in force: waits for QA" in first
    assert "to be executed again: OQ-002" in first
    assert "VG422" in site.run("tess", "--case", "OQ-002").stderr
    assert "VG380" in site.valgen("check").stdout
    assert "in force since" in good(amended(site, "quinn", CHECKED))
    assert "VG380" not in site.valgen("check").stdout
    status = site.status()
    assert status["stages"][0]["stale"] == ["OQ-002"]
    done = good(site.run("theo"))
    assert "2 cases planned, 1 chosen" in done
    assert len(site.records("execution.opened")) == 1
    assert [one["case"] for one in site.records("case.result")] == ["OQ-001", "OQ-002", "OQ-002"]
    verified(site)


@pytest.mark.verifies("FS-110", "FS-113")
def test_what_is_amended_stands_in_protocol_report_status_and_audit_trail(site: Site) -> None:
    site.edit("test_scripts/oq/add.feature", "When 2 and 2 are added", "When 4 and 4 are added")
    good(amended(site, "quinn", CHECKED, "--affects", "OQ-001"))
    status = site.status()
    (one,) = status["amendments"]
    assert (one["case"], one["in_force"], one["missing"]) == ("OQ-002", False, ["process_owner"])
    assert "amendment/0001 of OQ-002 waits for Process owner" in status["why"]
    good(amended(site, "paul", WHY))
    status = site.status()
    assert status["amendments"][0]["in_force"] is True
    assert status["stages"][0]["stale"] == [
        "OQ-001",
        "OQ-002",
    ]  # --affects names an executed case that has to be repeated
    states = {entry["key"]: entry for entry in status["documents"]}
    assert (states["OQ-protocol"]["valid"], states["OQ-protocol"]["changed"]) == ("1.0", [])
    good(site.run("theo"))
    protocol = words(site, "OQ-protocol")
    assert "DRAFT" not in protocol.partition("Introduction")[0]
    for said in ("Amendment 0001", "Before: Given a calculator When 2 and 2", "After: Given a calculator When 4 and 4"):
        assert said in protocol
        assert said in words(site, "OQ-report")
    assert "Quinn Quality, QA" in protocol and "Paul Process, Process owner" in protocol
    assert "Theo Tester" in protocol  # the log of testers, which was a blank form before
    trail = good(site.valgen("audit", "--item", "OQ-002"))
    assert "When 4 and 4 are added" in trail
    assert "2 passed" not in trail
    verified(site)


@pytest.mark.verifies("FS-110")
def test_an_amendment_is_not_signed_twice_by_one_person_nor_by_a_tester_nor_without_a_change(site: Site) -> None:
    nothing = amended(site, "paul", WHY)
    assert (nothing.returncode, "refused[VG430]" in nothing.stderr) == (1, True)
    site.edit("test_scripts/oq/add.feature", "When 2 and 2 are added", "When 4 and 4 are added")
    assert "refused[VG431]" in amended(site, "anna", WHY).stderr
    assert "refused[VG431]" in amended(site, "rig7", WHY).stderr
    assert "refused[VG601]" in amended(site, "paul", "n/a").stderr
    good(site.by("mara", "user", "grant", "tess", "qa"))
    assert "refused[VG606]" in amended(site, "tess", CHECKED).stderr
    good(site.by("mara", "user", "grant", "paul", "qa"))
    good(amended(site, "paul", WHY))
    again = amended(site, "paul", CHECKED, "--role", "qa")
    assert (again.returncode, "a person counts once" in again.stderr) == (1, True)
    assert {one["act"] for one in site.records("refused")} == {"amendment"}
    # A script that changes once more is another amendment; the one before waits for nobody any more.
    site.edit("test_scripts/oq/add.feature", "When 4 and 4 are added", "When 5 and 5 are added")
    assert "Amendment 0002" in good(amended(site, "quinn", CHECKED))
    assert [one["amendment"] for one in site.status()["amendments"]] == ["amendment/0002"]
    rejected = good(site.by("paul", "amend", "OQ-002", "--reason", "the old numbers are the right ones", "--reject"))
    assert "rejected by Paul Process" in rejected
    assert "VG422" in site.run("theo", "--case", "OQ-002").stderr
    verified(site)


@pytest.mark.verifies("FS-111")
def test_an_assessment_keeps_the_results_current_that_rest_on_the_change_and_no_later_change(site: Site) -> None:
    site.edit("requirements/items.yaml", "text: Adds.", "text: Adds numbers.")
    assert site.status()["stages"][0]["stale"] == ["OQ-001", "OQ-002"]
    words_only = ("assess", "FS-001", "--no-impact", "--reason", "the sentence says the same in more words")
    for user, code in (("anna", "VG431"), ("tess", "VG431"), ("rig7", "VG431")):
        assert f"refused[{code}]" in site.by(user, *words_only).stderr
    assert site.by("quinn", "assess", "FS-001", "--reason", "none").returncode == 2
    assert "refused[VG433]" in site.by("quinn", "assess", "URS-001", *words_only[2:]).stderr
    done = good(site.by("quinn", *words_only))
    assert "assessment/0001 signed by Quinn Quality" in done
    assert "counts again: OQ-001 in VAL (run-0001), OQ-002 in VAL (run-0001)" in done
    status = site.status()
    assert status["stages"][0]["stale"] == []
    assert [(one["case"], one["subject"], one["by"]) for one in status["assessments"]] == [
        ("OQ-001", "FS-001", "Quinn Quality"),
        ("OQ-002", "FS-001", "Quinn Quality"),
    ]
    assert "kept current" in site.valgen("status").stdout
    assert "kept current by assessment/0001" in site.valgen("trace", "FS-001").stdout
    (row,) = [one for one in json.loads(site.valgen("trace", "--json").stdout)["rows"] if one["id"] == "FS-001"]
    assert row["status"] == "Covered-Passed"
    assert row["tests"][0]["assessed"] == ["assessment/0001"]
    report = words(site, "OQ-report")
    assert "kept current by assessment 0001" in report
    assert "the sentence says the same in more words" in report
    verified(site)
    site.edit("requirements/items.yaml", "text: Adds numbers.", "text: Subtracts.")
    assert site.status()["stages"][0]["stale"] == ["OQ-001", "OQ-002"]
    again = site.by("quinn", "assess", "OQ-001", *words_only[2:])
    assert "counts again: OQ-001 in VAL (run-0001)" in good(again)
    assert site.status()["stages"][0]["stale"] == ["OQ-002"]


def test_altered_statements_and_records_of_them_are_noticed(site: Site) -> None:
    site.edit("test_scripts/oq/add.feature", "When 2 and 2 are added", "When 4 and 4 are added")
    good(amended(site, "paul", WHY))
    (signature,) = [one for one in site.records("signature") if one["document"] == "amendment/0001"]
    blob = site.root / ".valgen/blobs" / signature["content"][:2] / signature["content"][2:]
    statement = blob.read_bytes()
    blob.chmod(0o600)
    blob.write_bytes(statement.replace(b"OQ-002", b"OQ-001"))
    assert site.valgen("verify").returncode == 1
    assert site.valgen("status").returncode != 0
    blob.write_bytes(statement)
    verified(site)

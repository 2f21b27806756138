"""A small system from its approved requirements to "validated: yes", and back to "no" after a change."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

import formal_site
from command_line import good

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
    sheet = openpyxl.load_workbook(site.root / "build/pack/excel/RTM.xlsx")["Results"]
    results = [line for line in sheet.iter_rows(values_only=True) if line[2] == "OQ"]
    assert [(line[4], line[6], line[8]) for line in results] == [("Passed", "Not executed", "none")] * 2

    site.edit("requirements/items.yaml", "text: Adds.", "text: Adds numbers.")
    status = site.status()
    assert status["validated"] is False
    assert status["stages"][0]["stale"] == ["OQ-001", "OQ-002"]


def test_a_report_covers_the_environments_in_which_tests_were_executed_and_production_comes_after_it(
    tmp_path: Path,
) -> None:
    settings = formal_site.SETTINGS.replace('IQ = ["VAL"]', 'IQ = ["VAL", "PROD"]')
    settings = settings.replace(
        'title = "Validation"\n', 'title = "Validation"\n[environments.PROD]\ntitle = "Production"\n'
    )
    register = formal_site.REGISTER + f"  - type: IQ\n    number: T1-IQ-001{formal_site.ROW.rstrip()}\n"
    site = formal_site.found(tmp_path, settings=settings, register=register)
    site.write(
        "test_scripts/iq/setup.feature",
        "Feature: Setup\n  @IQ-001 @verifies:FS-001\n  Scenario: Is there\n    Given a calculator\n"
        "    When 2 and 3 are added\n    Then the sum is 5\n",
    )
    site.approve("IQ-protocol")
    site.plug_in()
    comment = "every step and attachment compared with the protocol"

    good(site.by("tess", "run", "iq", "--env", "VAL", "--formal"))
    good(site.review("quinn", comment))
    site.approve("IQ-report")
    early = site.by("tess", "run", "iq", "--env", "PROD", "--formal")
    assert early.returncode == 2
    assert "refused[VG424] OQ-report on OQ in VAL is not approved" in early.stderr

    good(site.run("tess"))
    good(site.by("quinn", "review", "exec-0002", "--conclusion", "accepted", "--comment", comment))
    site.approve("OQ-report")
    good(site.by("tess", "run", "iq", "--env", "PROD", "--formal"))
    late = site.sign("IQ-report", "authored", "anna")
    assert late.returncode == 1
    assert "IQ-001 in PROD" in late.stderr and "VG611" in late.stderr


def test_a_certificate_is_signed_only_when_nothing_speaks_against_the_release(tmp_path: Path) -> None:
    settings = formal_site.SETTINGS + f"VSR = {SHORT}\nCERT = {SHORT}\n"
    row = formal_site.ROW.rstrip()
    register = formal_site.REGISTER + "".join(
        f"  - type: {kind}\n    number: T1-{kind}-001{row}\n" for kind in ("VSR", "CERT")
    )
    site = formal_site.found(tmp_path, settings=settings, register=register)
    site.run("tess")
    site.approve("VSR")
    refused = site.sign("CERT", "authored", "anna")
    assert refused.returncode == 1
    assert "refused[VG650]" in refused.stderr and "1 of 2 OQ tests in VAL are not accepted" in refused.stderr
    assert site.records("refused")[-1]["code"] == "VG650"

"""The register of documents: keys and numbers once, versions and dates that grow, reasons for what is left out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders import codes_of, document, findings_of, full_register, places, project
from valgen.codes import finding
from valgen.model.project import Paths
from valgen.model.version import version_order

REGISTER = "requirements/documents.yaml"


def test_full_register_has_no_findings() -> None:
    assert findings_of(project(*full_register())) == []


@pytest.mark.parametrize(("before", "after"), [("1.0", "0.9"), ("1.0", "1.0"), ("0.10", "0.9"), ("2.0", "1.10")])
def test_version_that_does_not_grow_is_reported_at_its_row(before: str, after: str) -> None:
    world = project(document("URS", f"{before} 2026-01-31", f"{after} 2026-02-01", line=10))
    assert places(world, "VG330") == [(REGISTER, 12, 18)]


def test_versions_compare_number_by_number() -> None:
    versions = ["0.9", "0.10", "1.0", "1.0.1", "1.2", "1.10", "2.0", "10.0"]
    assert sorted(reversed(versions), key=version_order) == versions
    rows = [f"{version} 2026-01-{day:02d}" for day, version in enumerate(versions, 1)]
    assert "VG330" not in codes_of(project(document("URS", *rows)))


def test_date_before_the_version_before_is_reported_at_its_row() -> None:
    world = project(document("URS", "0.1 2026-02-01", "1.0 2026-01-31", line=10))
    assert places(world, "VG331") == [(REGISTER, 12, 18)]
    assert "VG331" not in codes_of(project(document("URS", "0.1 2026-02-01", "1.0 2026-02-01")))


def test_key_or_number_used_twice_is_reported_at_the_second_place() -> None:
    world = project(
        document("OQ", line=2, number="P-7"), document("oq", line=8, type="OQ"), document("PQ", line=14, number="P-7")
    )
    found = findings_of(world, "VG332")
    assert [str(one.location) for one in found] == [f"{REGISTER}:8:9", f"{REGISTER}:14:9"]
    assert found[0].message == f"key oq is already used at {REGISTER}:2:9"
    assert found[1].message == f"number P-7 is already used at {REGISTER}:2:9"


def test_documents_without_numbers_do_not_clash() -> None:
    assert "VG332" not in codes_of(project(document("OQ"), document("PQ")))


def test_document_of_an_unknown_environment_is_reported() -> None:
    world = project(document("IQ-X", type="IQ", environment="PRDO", line=3))
    assert places(world, "VG333") == [(REGISTER, 3, 9)]
    assert "VG333" not in codes_of(project(document("IQ-P", type="IQ", environment="PROD")))


@pytest.mark.parametrize("planned", ["no", "combined"])
def test_document_that_is_left_out_needs_a_rationale(planned: str) -> None:
    assert places(project(document("DS", planned=planned, line=5)), "VG334") == [(REGISTER, 5, 9)]
    assert "VG334" not in codes_of(project(document("DS", planned=planned, rationale="Category 4.")))


def test_missing_rationale_that_the_reader_reported_is_not_told_twice() -> None:
    left_out = document("DS", planned="no", line=5)
    told = finding("VG311", "DS is not planned, without a rationale", left_out.location, ids=("DS",))
    assert "VG334" not in codes_of(project(left_out, findings=[told]))


def test_planned_document_without_history_has_no_version() -> None:
    assert places(project(document("URS", line=4)), "VG335") == [(REGISTER, 4, 9)]
    assert "VG335" not in codes_of(project(document("URS", planned="no", rationale="None needed.")))


def test_expected_document_that_is_not_registered_is_remarked() -> None:
    world = project(*(one for one in full_register() if one.key != "VSR"))
    (found,) = findings_of(world)
    assert (found.code, found.ids, str(found.location)) == ("VG336", ("VSR",), REGISTER)


def test_register_is_named_where_it_lies() -> None:
    world = project(*full_register()[:-1], paths=Paths(requirements="specs"))
    assert str(findings_of(world, "VG336")[0].location) == "specs/documents.yaml"


def test_project_without_a_register_is_not_asked_for_each_document() -> None:
    assert "VG336" not in codes_of(project())


def test_document_of_one_environment_counts_as_its_type() -> None:
    entries = [replace(one, key="IQ-VAL", environment="VAL") if one.key == "IQ" else one for one in full_register()]
    assert findings_of(project(*entries)) == []

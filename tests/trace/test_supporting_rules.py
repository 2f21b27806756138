"""Records of training, suppliers, changes and reviews: what is incomplete or contradicts itself is found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders import case, codes_of, findings_of, item, places, right_project
from valgen.trace.dependents import dependents
from valgen.trace.graph import build_graph

TRAINED = {"person": "A. Nna", "role": "User", "date": "2026-03-24", "trainer": "B. Oss", "outcome": "passed"}
SUPPORTING = tuple(f"VG36{digit}" for digit in range(10))


def record(name: str, **fields: str):
    return item(name, text="", **{**TRAINED, **fields})


def test_complete_records_disturb_nothing() -> None:
    world = right_project(
        record("TRN-001", valid_until="2028-03-24"),
        item("SA-001", text="", supplier="Cloud", domain="security", rating="satisfactory"),
        item("PRV-001", text="", area="changes", result="satisfactory"),
        item("CR-001", text="", affects=["URS-001"], kind="minor"),
    )
    assert codes_of(world) == codes_of(right_project())


@pytest.mark.parametrize(
    ("name", "fields", "code", "says"),
    [
        ("TRN-001", {**TRAINED, "trainer": ""}, "VG360", "no trainer"),
        ("TRN-001", {**TRAINED, "assessment": "Ten questions", "outcome": ""}, "VG360", "no outcome of the assessment"),
        ("TRN-001", {**TRAINED, "date": ""}, "VG360", "outcome but no date"),
        ("TRN-001", {**TRAINED, "valid_until": "2026-03-23"}, "VG361", "before its date"),
        ("TRN-001", {**TRAINED, "outcome": "failed"}, "VG362", "A. Nna did not pass"),
        ("SA-001", {"rating": "critical"}, "VG364", "has no action"),
        ("SA-001", {"rating": "minor", "action": "Ask again."}, "VG364", "has no date"),
        ("CR-001", {"date": "2026-04-02", "closed": "2026-04-01"}, "VG361", "before it was requested"),
        ("CR-001", {"closed": "2026-04-01"}, "VG366", "closed without impact assessment, validation scope"),
        ("CR-001", {"kind": "emergency", "implementation": "Done."}, "VG366", "without impact assessment"),
        ("PRV-001", {"result": "action_required", "action": "Close it."}, "VG368", "no owner, no due"),
    ],
)
def test_what_a_record_lacks_is_found_once(name: str, fields: dict[str, str], code: str, says: str) -> None:
    kept = {key: value for key, value in fields.items() if value}
    found = findings_of(right_project(item(name, text="", **kept)), *SUPPORTING)
    assert any(one.code == code and says in one.message for one in found), found
    assert len([one for one in found if one.code == code]) == 1


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"leverage": "full", "version_match": "yes"}, 0),
        ({"leverage": "full", "version_match": "no"}, 1),
        ({"leverage": "full", "version_match": "partly"}, 1),
        ({"leverage": "partial", "version_match": "no"}, 1),
        ({"leverage": "partial", "version_match": "no", "site_evidence": "IQ-001"}, 0),
        ({"leverage": "background", "version_match": "no"}, 0),
    ],
)
def test_reliance_on_another_version_is_found(fields: dict[str, str], found: int) -> None:
    world = right_project(item("SUP-001", text="", satisfies=["URS-001"], **fields))
    assert len(findings_of(world, "VG365")) == found


def test_a_repeated_training_that_was_passed_settles_the_failed_one() -> None:
    failed = record("TRN-001", outcome="failed")
    same = replace(record("TRN-002", date="2026-04-01"), title=failed.title)
    assert not findings_of(right_project(failed, same), "VG362")
    earlier = replace(record("TRN-002", date="2026-03-01"), title=failed.title)
    assert findings_of(right_project(failed, earlier), "VG362")
    other = replace(record("TRN-002", date="2026-04-01", person="C. Arl"), title=failed.title)
    assert findings_of(right_project(failed, other), "VG362")


def test_prerequisites_that_name_no_or_an_open_record_are_found_at_the_case() -> None:
    asking = replace(case("OQ-002", verifies=["FS-001"]), prerequisites="Training TRN-001, TRN-002 and TRN-9.")
    planned = item("TRN-002", text="", person="A. Nna", role="User")
    world = right_project(asking, record("TRN-001"), planned)
    assert [one.message for one in findings_of(world, "VG363")] == ["OQ-002 asks for TRN-9, which no file defines"]
    assert [one.message for one in findings_of(world, "VG369")] == ["OQ-002 asks for TRN-002, which is planned"]
    assert places(world, "VG369") == [("test_scripts/oq.feature", 20, 3)]


def test_rows_of_an_outline_ask_once() -> None:
    asking = [replace(case("OQ-002", verifies=["FS-001"], row=row), prerequisites="TRN-9") for row in (1, 2, 3)]
    assert len(findings_of(right_project(*asking), "VG363")) == 1


def test_everything_that_links_to_an_item_depends_on_it_over_any_number_of_links() -> None:
    graph = build_graph(right_project())
    found = dependents(graph, ["URS-001"])
    assert found.items == {"DS-001": "FS-001", "FS-001": "URS-001", "RSK-001": "URS-001"}
    assert set(found.cases) == {"IQ-001", "OQ-001", "PQ-001"}
    assert dependents(graph, ["DS-001"]).items == {}
    assert set(dependents(graph, ["DS-001"]).cases) == {"IQ-001"}
    assert dependents(graph, ["FS-001"]).items == {"DS-001": "FS-001", "RSK-001": "FS-001"}


def test_retired_items_changes_and_unknown_names_depend_on_nothing() -> None:
    world = right_project(
        item("FS-002", satisfies=["URS-001"], retired=True), item("CR-001", text="", affects=["URS-001"])
    )
    found = dependents(build_graph(world), ["URS-001", "URS-999"])
    assert not {"FS-002", "CR-001"} & set(found.items)

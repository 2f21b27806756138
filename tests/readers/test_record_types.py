"""Records of training, suppliers and reviews: their fields, and types of a project that have the same key."""

from __future__ import annotations

from pathlib import Path

import pytest

from valgen.model.item_types import SHIPPED_TYPES
from valgen.model.subjects import PROCEDURE_SUBJECTS, REVIEW_AREAS, SUPPLIER_DOMAINS
from valgen.readers.items import read_items
from valgen.readers.settings import read_settings

RECORDS = ("TRN", "SA", "PRV")


def codes(text: str) -> list[str]:
    return [one.code for one in read_items("a.yaml", text, SHIPPED_TYPES)[1]]


@pytest.mark.parametrize("key", RECORDS)
def test_a_type_of_the_project_with_the_key_of_a_record_is_an_understandable_finding(tmp_path: Path, key: str) -> None:
    (tmp_path / "valgen.toml").write_text(f'[types.{key}]\nname = "Mine"\n', encoding="utf-8")
    (one,) = read_settings(tmp_path)[1]
    assert one.code == "VG033" and one.message == f"{key} is a type that valgen ships"
    assert SHIPPED_TYPES[key].name.lower() in one.fix and one.location is not None


@pytest.mark.parametrize("key", RECORDS)
def test_records_are_no_requirements(key: str) -> None:
    kind = SHIPPED_TYPES[key]
    assert not kind.traced and not kind.links_up
    assert {field.name for field in kind.fields}.isdisjoint({"priority", "verification", "regulations", "impact"})


def test_records_are_read_and_their_mistakes_are_found() -> None:
    good = "{id: TRN-1, title: Course, person: A, role: User, covers: [SOP-1], outcome: passed, date: '2026-03-24'}"
    assert codes(good) == []
    assert codes(good.replace("2026-03-24", "24.3.26")) == ["VG110"]
    assert codes(good.replace("outcome: passed", "priority: must")) == ["VG101"]
    assert codes("{id: SA-1, title: A, supplier: B, domain: security, rating: minor}") == []
    assert codes("{id: SA-1, title: A, supplier: B, domain: colours, rating: minor}") == ["VG105"]


def test_choices_are_the_standard_subjects() -> None:
    wanted = {("SOP", "subject"): PROCEDURE_SUBJECTS, ("SA", "domain"): SUPPLIER_DOMAINS, ("PRV", "area"): REVIEW_AREAS}
    for (key, name), subjects in wanted.items():
        field = SHIPPED_TYPES[key].field(name)
        assert field is not None and field.choices == tuple(subjects)

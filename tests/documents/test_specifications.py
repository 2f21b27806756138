"""Specifications: every column a reviewer looks for, standard headings, coverage with reasons, configuration."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from valgen.documents import categories, configuration, design, item_tables, items
from valgen.documents.blocks import Block, CodeBlock, Document, Entry, Image, Section, Table, plain_text, walk
from valgen.documents.catalog import item_type_of, plan_documents
from valgen.documents.context import Context
from valgen.documents.shipped import find_template
from valgen.documents.template import assemble

Make = Callable[..., Context]

URS = """
items:
  - id: URS-001
    title: Adds
    text: The system shall add two numbers.
    category: Audit trail
    priority: must
    impact: [data_integrity, patient_safety]
    acceptance: 2 and 3 give 5.
    source: Workshop 1
    regulations: ["21CFR11.10(e)"]
    rationale: Sums are needed.
  - {id: URS-002, title: Wider, text: The system shall be wide., category: "Functional: sums", priority: should}
  - {id: URS-003, title: Own, text: The system shall be own., category: Wishes}
  - {id: URS-004, title: Taught, text: Users shall be taught., verification: procedure, category: Training}
  - {id: URS-005, title: Set, text: The limit shall be set.}
  - {id: URS-006, title: Later, text: The system shall print., priority: wont, reason: Next release.}
  - {id: FS-001, title: Addition, text: Adds., satisfies: [URS-001, URS-002, URS-003]}
  - {id: SOP-001, title: Teaching, satisfies: [URS-004]}
  - {id: CS-001, title: Limit, parameter: limit, value: "9", default: "5", satisfies: [URS-005], differences: None.}
  - {id: DS-001, title: Adder, text: Adds bits., module: adder.py, satisfies: [FS-001]}
"""
FILES = {"requirements/items.yaml": URS}


def document(context: Context, key: str) -> Document:
    spec = next(one for one in plan_documents(context) if one.key == key)
    made, findings = assemble(find_template(spec, {}, item_type_of(spec.entry.type, context)), spec, context)
    assert findings == ()
    return made


def texts(table: Block) -> list[list[str]]:
    assert isinstance(table, Table)
    return [[plain_text(one.blocks) for one in row.cells] for row in table.rows]


def entry(found: Document, anchor: str) -> Entry:
    return next(one for one in walk(found.sections) if isinstance(one, Entry) and one.anchor == anchor)


def test_record_of_a_requirement_has_every_column(context: Make) -> None:
    record = next(one for one in entry(document(context(FILES), "URS"), "URS-001").blocks if isinstance(one, Table))
    assert [one.title for one in record.columns] == [
        "Category", "Priority", "GxP-critical", "Acceptance criterion", "Source", "Rationale, comment",
    ]  # fmt: skip
    assert texts(record) == [
        [
            "Audit trail",
            "Must",
            "Yes: data integrity, patient safety",
            "2 and 3 give 5.",
            "Workshop 1\n21CFR11.10(e)",
            "Sums are needed.",
        ]
    ]


def test_what_nobody_stated_says_so_and_no_cell_is_blank(context: Make) -> None:
    found = document(context(FILES), "URS")
    record = next(one for one in entry(found, "URS-005").blocks if isinstance(one, Table))
    assert texts(record) == [["not stated", "not stated", "No", "not stated", "not stated", "not stated"]]


def test_standard_categories_come_first_in_their_order_then_own_ones_then_none(context: Make) -> None:
    sections = [one for one in items.items(context(FILES), None, "URS") if isinstance(one, Section)]
    assert [one.title for one in sections] == [
        "Functional: sums", "Audit trail", "Training", "Wishes", "Uncategorised",
    ]  # fmt: skip


def test_standard_category_without_requirements_is_listed_as_none_stated(context: Make) -> None:
    rows = {row[0]: row[1:] for row in texts(categories.table(context(FILES), None, "URS")[0])}
    assert len([name for name, _ in categories.STANDARD if name in rows]) == 16
    assert rows["Functional"] == ["1", "URS-002"]
    assert rows["Interface"] == ["0", "none stated"]
    assert rows["Wishes"] == ["1", "URS-003"]
    assert sum(int(row[0]) for row in rows.values()) == 6


@pytest.mark.parametrize(
    ("written", "category"),
    [
        ("Security & access", "Security and access"),
        ("security/access", "Security and access"),
        ("BACKUP", "Availability, backup, restore and disaster recovery"),
        ("Functional: storing", "Functional"),
        ("Wishes", ""),
        ("", ""),
    ],
)
def test_words_of_an_author_mean_a_standard_category(written: str, category: str) -> None:
    assert categories.standard_category(written) == category


def test_a_new_test_or_function_does_not_change_the_approved_requirements(context: Make) -> None:
    before = document(context(FILES), "URS").digest
    feature = "Feature: More\n  @OQ-002 @verifies:URS-001\n  Scenario: S\n    When x\n    Then y\n"
    more = URS + "  - {id: FS-002, title: More, text: Adds more., satisfies: [URS-001]}\n"
    after = context({"requirements/items.yaml": more, "test_scripts/oq/b.feature": feature})
    assert document(after, "URS").digest == before


def test_each_requirement_leads_to_its_row_of_the_matrix(context: Make) -> None:
    found = context(FILES)
    links = {
        run.link
        for block in walk(document(found, "URS").sections)
        for run in getattr(block, "runs", ())
        if run.link.startswith("#row-")
    }
    rows = {
        row.anchor for block in walk(document(found, "RTM").sections) if isinstance(block, Table) for row in block.rows
    }
    assert links
    assert links <= {f"#{anchor}" for anchor in rows}


def test_coverage_of_requirements_names_a_function_or_the_reason_for_none(context: Make) -> None:
    table, words = item_tables.coverage_by(context(FILES), None, "URS", ("FS", "CS", "DS"))
    found = {row[0]: row[2:] for row in texts(table)}
    assert found["URS-001"] == ["FS-001", "N/A: covered"]
    assert found["URS-004"] == ["none", "procedural: SOP-001"]
    assert found["URS-005"] == ["none", "infrastructure, by configuration CS-001"]
    assert found["URS-006"] == ["none", "not applicable: Next release."]
    assert plain_text((words,)) == "6 URS items; none is open."


def test_requirement_that_nothing_satisfies_is_a_gap_in_the_coverage_table(context: Make) -> None:
    more = URS + "  - {id: URS-007, title: Bare, text: The system shall be bare.}\n"
    table, words = item_tables.coverage_by(context({"requirements/items.yaml": more}), None, "URS", ("FS", "CS"))
    assert {row[0]: row[3] for row in texts(table)}["URS-007"].startswith("GAP")
    assert plain_text((words,)) == "7 URS items; 1 open."


def test_function_prints_every_attribute_also_those_not_stated(context: Make) -> None:
    text = plain_text((entry(document(context(FILES), "FS"), "FS-001"),))
    labels = [label for block in entry(document(context(FILES), "FS"), "FS-001").blocks for label, _ in block.rows]  # type: ignore[union-attr]
    assert labels[:9] == [
        "Description", "Satisfies", "Inputs", "Processing", "Outputs", "Error handling", "Access rights",
        "Audit trail and signature", "Acceptance criterion",
    ]  # fmt: skip
    assert text.count("not stated") == 7


def test_register_of_configuration_items_holds_components_and_settings(context: Make) -> None:
    settings = """
[project]
id = "T"
[system]
name = "Tiny"
version = "1.0"
owner = "Ann"
[[components]]
name = "adder"
version = "3"
gamp_category = 5
"""
    found = context({**FILES, "valgen.toml": settings})
    rows = texts(configuration.register(found, None, "CS")[0])
    assert [row[:2] for row in rows] == [["CI-01", "adder"], ["CS-001", "Limit"]]
    assert all(len(row) == 8 and all(row) for row in rows)
    assert configuration.baseline_id(found) == "T-BL-1.0"


def test_baseline_changes_with_a_setting_and_with_nothing_else(context: Make) -> None:
    before = configuration.baseline_digest(context(FILES))
    assert (
        configuration.baseline_digest(context({"requirements/items.yaml": URS.replace("Adds bits.", "Adds.")}))
        == before
    )
    assert configuration.baseline_digest(context({"requirements/items.yaml": URS.replace('"9"', '"8"')})) != before


def test_module_without_a_recorded_review_is_an_open_row(context: Make) -> None:
    assert texts(design.review_scope(context(FILES), None)[0]) == [["adder.py", "DS-001", "no review recorded"]]
    prose = "# Source code review\n\n| Component | Reviewer |\n|---|---|\n| adder.py | B |\n"
    entry_ds = next(one.entry for one in plan_documents(context(FILES)) if one.key == "DS")
    found = context({**FILES, "documents/DS.md": prose})
    assert texts(design.review_scope(found, entry_ds)[0])[0][2] == "in the record"
    assert "lacks Date, Author" in plain_text(document(found, "DS").sections)


def test_tables_code_emphasis_and_figures_of_a_requirement_survive(context: Make, tmp_path: Path) -> None:
    text = """
items:
  - id: URS-001
    title: Adds
    text: |
      The system shall *add*:

      | a | b |
      |---|---|
      | 1 | 2 |

      ```
      x = 1
      ```
    figures: ["flow.png | From scale to vault"]
  - {id: FS-001, title: Addition, text: "The `sum`:\\n\\n    y = 2\\n", satisfies: [URS-001]}
"""
    picture = tmp_path / "requirements" / "flow.png"
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(24))
    made = context({"requirements/items.yaml": text})
    made = Context(
        project=made.project,
        graph=made.graph,
        matrix=made.matrix,
        figures={("requirements/items.yaml", "flow.png | From scale to vault"): ("b" * 64, "image/png")},
        media={"b" * 64: str(picture)},
    )
    found = entry(document(made, "URS"), "URS-001")
    kinds = [type(block) for block in walk(found.blocks)]
    assert kinds.count(CodeBlock) == 1
    assert kinds.count(Table) == 2
    (image,) = (block for block in walk(found.blocks) if isinstance(block, Image))
    assert (image.name, image.caption) == ("flow.png", "URS-001: From scale to vault")
    assert document(made, "URS").media == (("b" * 64, str(picture)),)
    function = entry(document(made, "FS"), "FS-001")
    assert any(isinstance(block, CodeBlock) and block.text == "y = 2" for block in walk(function.blocks))

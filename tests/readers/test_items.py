# ruff: noqa: E501  (tables of cases read better with one case per line)
"""Items: forms of a file, every kind of field, every mistake with its place."""

import textwrap

import pytest

from valgen.model.item import Link
from valgen.model.item_types import SHIPPED_TYPES
from valgen.readers.fields import is_date
from valgen.readers.items import read_items


def read(text):
    return read_items("requirements/a.yaml", textwrap.dedent(text).lstrip("\n"), SHIPPED_TYPES)


def codes(text):
    return [(found.code, found.location.line, found.location.column) for found in read(text)[1]]


FULL = """
type: URS
defaults: {category: Audit trail, priority: must}
items:
  - id: URS-010
    title: Audit trail of record changes
    text: |
      The system shall record who changed a record.

      It keeps old and new value.
    impact: [data_integrity]
    priority: should
    regulations: ["21CFR11.10(e)", Annex11.9]
    source: PS-112
  - id: URS-011
    title: Second
    text: Another one.
"""


def test_item_carries_fields_links_and_places():
    items, findings = read(FULL)
    first = items[0]
    assert not findings
    assert (first.id, first.type, first.title) == ("URS-010", "URS", "Audit trail of record changes")
    assert first.text == "The system shall record who changed a record.\n\nIt keeps old and new value."
    assert first.fields["impact"] == ("data_integrity",)
    assert first.links == {"regulations": (Link("21CFR11.10(e)", 12, 19), Link("Annex11.9", 12, 36))}
    assert (str(first.location), str(first.where("title"))) == ("requirements/a.yaml:4:9", "requirements/a.yaml:5:12")


def test_defaults_fill_what_an_item_does_not_write():
    first, second = read(FULL)[0]
    assert (first.fields["priority"], second.fields["priority"]) == ("should", "must")
    assert first.fields["category"] == second.fields["category"] == "Audit trail"
    assert second.marks["category"] == (2, 22)


def test_order_of_keys_never_changes_an_item():
    one, _ = read("- {id: URS-1, title: A, text: B, source: C, impact: [product_quality]}")
    two, _ = read("- {impact: [product_quality], source: C, text: B, title: A, id: URS-1}")
    assert list(one[0].fields.items()) == list(two[0].fields.items())


@pytest.mark.parametrize(
    "text",
    [
        "id: URS-1\ntitle: A\ntext: B\n",
        "- id: URS-1\n  title: A\n  text: B\n",
        "items:\n- {id: URS-1, title: A, text: B}\n",
        "type: URS\nitems: [{id: URS-1, title: A, text: B}]\n",
        "type: URS\nid: URS-1\ntitle: A\ntext: B\n",
    ],
    ids=["single", "list", "items", "type and items", "single with type"],
)
def test_every_form_of_a_file_gives_the_item(text):
    items, findings = read(text)
    assert not findings
    assert [(item.id, item.type, item.title, item.text) for item in items] == [("URS-1", "URS", "A", "B")]


@pytest.mark.parametrize("written", ["NO", "1.10", "12:30", "010", "true", "2026-03-02", "yes"])
def test_bare_word_is_text_where_text_is_wanted(written):
    items, findings = read(f"{{id: CS-1, title: A, value: {written}}}")
    assert not findings
    assert items[0].fields["value"] == written


@pytest.mark.parametrize(
    ("field", "code"),
    [("gxp: NO", "VG105"), ("impact: NO", "VG103"), ("priority: 1.10", "VG105"), ("satisfies: 12:30", "VG103")],
)
def test_bare_word_is_an_error_where_something_else_is_wanted(field, code):
    assert [found.code for found in read(f"{{id: FS-1, title: A, text: B, {field}}}")[1]] == [code]


def test_scores_and_lists_of_a_risk():
    items, findings = read("""
        - id: RSK-1
          title: Loss
          assesses: [URS-1]
          failure_mode: Disk full
          effect: Record lost
          severity: high
          probability: low
          detectability: medium
          mitigated_by: [FS-1, SOP-1]
          residual: {detectability: high, severity: high, probability: low}
        """)
    assert not findings
    assert items[0].fields["residual"] == {"severity": "high", "probability": "low", "detectability": "high"}
    assert list(items[0].fields["residual"]) == ["severity", "probability", "detectability"]
    assert [link.target for link in items[0].links["mitigated_by"]] == ["FS-1", "SOP-1"]


def test_retired_item_needs_a_reason_and_nothing_else():
    items, findings = read("[{id: URS-1, status: retired, reason: Merged}, {id: URS-2, status: retired}]")
    assert [item.retired for item in items] == [True, True]
    assert [(found.code, found.ids) for found in findings] == [("VG111", ("URS-2",))]


WRONG = {
    "unknown field": ("{id: URS-1, title: A, text: B, titel: C}", [("VG101", 1, 32)]),
    "required field missing": ("{id: URS-1, title: A}", [("VG102", 1, 6)]),
    "list where text is wanted": ("{id: URS-1, title: [A], text: B}", [("VG103", 1, 20)]),
    "group where text is wanted": ("{id: URS-1, title: A, text: {b: c}}", [("VG103", 1, 29)]),
    "text where a list is wanted": ("{id: FS-1, title: A, text: B, satisfies: URS-1}", [("VG103", 1, 42)]),
    "group in a list": ("{id: FS-1, title: A, text: B, satisfies: [{URS: 1}]}", [("VG103", 1, 43)]),
    "wrong word": ("{id: URS-1, title: A, text: B, priority: high}", [("VG105", 1, 42)]),
    "wrong word in a list": ("{id: URS-1, title: A, text: B, impact: [data integrity]}", [("VG105", 1, 41)]),
    "wrong score": ("{id: RSK-1, title: A, assesses: [URS-1], failure_mode: x, effect: y, severity: severe, probability: low, "
                    "detectability: low}", [("VG105", 1, 80)]),
    "unknown score": ("{id: RSK-1, title: A, assesses: [URS-1], failure_mode: x, effect: y, severity: low, probability: low, "
                      "detectability: low, residual: {sevrity: low}}", [("VG101", 1, 134)]),
    "id with a space": ("{id: URS 1, title: A, text: B}", [("VG106", 1, 6)]),
    "id with an underscore": ("{id: URS_1, title: A, text: B}", [("VG106", 1, 6)]),
    "id with a Cyrillic letter": ("{id: URЅ-1, title: A, text: B}", [("VG106", 1, 6)]),
    "id without a type": ("type: URS\nitems: [{id: 010, title: A, text: B}]", [("VG106", 2, 14)]),
    "unknown type in an id": ("{id: REQ-1, title: A, text: B}", [("VG107", 1, 6)]),
    "test case as an item": ("{id: OQ-1, title: A, text: B}", [("VG107", 1, 6)]),
    "unknown type of a file": ("type: UR\nitems: [{id: URS-1, title: A, text: B}]", [("VG107", 1, 7)]),
    "type and id disagree": ("type: FS\nitems: [{id: URS-1, title: A, text: B}]", [("VG108", 2, 14)]),
    "empty text": ("{id: URS-1, title: A, text: ''}", [("VG109", 1, 29)]),
    "no text at all": ("id: URS-1\ntitle: A\ntext:\n", [("VG109", 3, 6)]),
    "empty list that is required": ("{id: RSK-1, title: A, assesses: [], failure_mode: x, effect: y, severity: low, "
                                    "probability: low, detectability: low}", [("VG109", 1, 33)]),
    "empty entry of a list": ("{id: FS-1, title: A, text: B, satisfies: ['']}", [("VG109", 1, 43)]),
    "date of the wrong form": ("{id: SOP-1, title: A, effective_date: 2.3.2026}", [("VG110", 1, 39)]),
    "date that does not exist": ("{id: SOP-1, title: A, effective_date: 2026-02-30}", [("VG110", 1, 39)]),
    "item without an id": ("- title: A\n", [("VG112", 1, 3)]),
    "empty id": ("- id:\n  title: A\n", [("VG112", 1, 6)]),
    "list as id": ("- id: [URS-1]\n", [("VG112", 1, 7)]),
    "unknown key of the file": ("type: URS\nitem: []\nitems: [{id: URS-1, title: A, text: B}]", [("VG113", 2, 1)]),
    "empty file": ("", [("VG114", 0, 0)]),
    "file with comments only": ("# nothing\n", [("VG114", 0, 0)]),
    "no items": ("type: URS\nitems: []\n", [("VG114", 2, 8)]),
    "id among the defaults": ("defaults: {id: URS-1}\nitems: [{id: URS-1, title: A, text: B}]", [("VG115", 1, 12)]),
    "unknown default": ("defaults: {categry: X}\nitems: [{id: URS-1, title: A, text: B}]", [("VG101", 1, 12)]),
    "wrong word in a default": ("defaults: {priority: x}\nitems: [{id: URS-1, title: A, text: B}, {id: URS-2, title: A, text: B}]",
                                [("VG105", 1, 22)]),
    "defaults as a list": ("defaults: [x]\nitems: [{id: URS-1, title: A, text: B}]", [("VG103", 1, 11)]),
    "same link twice": ("{id: FS-1, title: A, text: B, satisfies: [URS-1, URS-1]}", [("VG116", 1, 50)]),
    "title of several lines": ("id: URS-1\ntitle: |\n  A\n  B\ntext: C\n", [("VG117", 2, 8)]),
    "text cut by a comment": ("id: URS-1\ntitle: Fix issue #12\ntext: B\n", [("VG024", 2, 8)]),
    "the word null": ("{id: URS-1, title: A, text: B, rationale: null}", [("VG035", 1, 43)]),
    "text where items are wanted": ("just text\n", [("VG100", 1, 1)]),
    "mapping of ids": ("URS-1: The system shall\n", [("VG100", 1, 1)]),
    "item that is text": ("- URS-1\n", [("VG100", 1, 3)]),
    "items as a mapping": ("items: {URS-1: x}\n", [("VG103", 1, 8)]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=WRONG.keys())
def test_mistake_has_a_code_and_a_place(text, expected):
    assert codes(text) == expected


@pytest.mark.parametrize("name", [name for name, (_, found) in WRONG.items() if found[0][0] not in ("VG112", "VG114", "VG100")
                                  and "items as" not in name])  # fmt: skip
def test_item_with_a_mistake_is_still_delivered(name):
    assert read(WRONG[name][0])[0]


def test_text_in_place_of_a_list_keeps_its_link():
    items, _ = read("{id: FS-1, title: A, text: B, satisfies: URS-1}")
    assert items[0].links["satisfies"] == (Link("URS-1", 1, 42),)


def test_several_ids_in_one_text_are_several_links():
    items, findings = read("{id: FS-1, title: A, text: B, satisfies: 'URS-1, URS-22'}")
    assert items[0].links["satisfies"] == (Link("URS-1", 1, 43), Link("URS-22", 1, 50))
    assert [found.code for found in findings] == ["VG103"]


def test_wrong_word_is_left_out_and_never_guessed():
    items, _ = read("{id: URS-1, title: A, text: B, priority: must-have, status: retird}")
    assert "priority" not in items[0].fields
    assert not items[0].retired


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("{id: URS-1, title: A, text: B, priorty: must}", "did you mean priority?"),
        ("{id: URS-1, title: A, text: B, priority: Must}", "did you mean must? Allowed: must, should, could or wont"),
        ("{id: urs-1, title: A, text: B}", "did you mean URS-1?"),
        ("{id: URS 1, title: A, text: B}", "did you mean URS-1?"),
        ("{id: SPO-1, title: A}", "did you mean SOP?"),
        ("{id: FS-1, title: A, text: B, satisfies: 'URS-1, URS-2'}", "write satisfies: [URS-1, URS-2]"),
        (
            "{id: URЅ-1, title: A, text: B}",
            "the sign Ѕ is U+0405; ids use plain letters, digits, dots and hyphens only",
        ),
    ],
)
def test_mend_is_named(text, fix):
    assert read(text)[1][0].fix == fix


def test_five_mistakes_give_five_findings():
    found = codes("""
        type: URS
        items:
          - id: URS-1
            titel: A
            text: B
            priority: high
            impact: data_integrity
          - title: C
        """)
    assert sorted(found) == [
        ("VG101", 4, 5), ("VG102", 3, 9), ("VG102", 8, 5), ("VG103", 7, 13), ("VG105", 6, 15), ("VG112", 8, 5),
    ]  # fmt: skip


def test_ids_of_any_length_are_read():
    long_id = "URS-" + "1" * 6000
    assert read(f"{{id: {long_id}, title: A, text: B}}")[0][0].id == long_id


@pytest.mark.parametrize(
    ("text", "good"),
    [("2024-02-29", True), ("2023-02-29", False), ("2000-02-29", True), ("1900-02-29", False), ("2026-13-01", False),
     ("2026-3-2", False), ("0000-01-01", False), ("２０２６-01-01", False)],
)  # fmt: skip
def test_dates_are_days_of_the_calendar(text, good):
    assert is_date(text) is good

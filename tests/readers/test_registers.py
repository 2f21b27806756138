# ruff: noqa: E501  (tables of cases read better with one case per line)
"""Register of documents, applicability of clauses, prose."""

import pytest

from valgen.readers.applicability import read_applicability
from valgen.readers.prose import read_prose
from valgen.readers.register import read_register


def register(text):
    return read_register("requirements/documents.yaml", text, ("VAL", "PROD"), ("IF",))


def applicability(text):
    return read_applicability("requirements/applicability.yaml", text)


def places(findings):
    return [(found.code, found.location.line, found.location.column) for found in findings]


REGISTER = """
documents:
  - type: URS
    number: S3V-URS-001
    title: User Requirements
    owner: Process owner
    history:
      - {version: 0.9, date: 2026-02-01, author: A. Author, summary: First draft}
      - {version: 0.10, date: 2026-03-02, author: A. Author, change_ref: CR-1, summary: Review}
  - {key: IQ-PROD, type: IQ, environment: PROD, select: IQ-P.*}
  - {type: DS, planned: combined, rationale: Part of the FS}
  - {type: IF}
"""


def test_register_is_read_with_histories_and_places():
    entries, findings = register(REGISTER)
    assert not findings
    assert [(entry.key, entry.type, entry.environment, entry.planned) for entry in entries] == [
        ("URS", "URS", "", "yes"), ("IQ-PROD", "IQ", "PROD", "yes"), ("DS", "DS", "", "combined"), ("IF", "IF", "", "yes"),
    ]  # fmt: skip
    assert [(row.version, row.date, row.change_ref, row.line, row.column) for row in entries[0].history] == [
        ("0.9", "2026-02-01", "", 8, 19), ("0.10", "2026-03-02", "CR-1", 9, 19),
    ]  # fmt: skip
    assert (entries[0].version, str(entries[0].location)) == ("0.10", "requirements/documents.yaml:3:11")


def test_register_may_be_a_bare_list():
    assert [entry.key for entry in register("- type: URS\n")[0]] == ["URS"]


WRONG = {
    "unknown key of the file": ("document: []\ndocuments: []\n", [("VG301", 1, 1)]),
    "no list": ("title: x\n", [("VG301", 1, 1), ("VG300", 1, 1)]),
    "text": ("URS\n", [("VG300", 1, 1)]),
    "empty": ("", [("VG314", 0, 0)]),
    "unknown key": ("- {type: URS, nummer: 1}\n", [("VG301", 1, 15)]),
    "no type": ("- {number: 1}\n", [("VG302", 1, 3)]),
    "row that is text": ("- URS\n", [("VG303", 1, 3)]),
    "list as a title": ("- {type: URS, title: [x]}\n", [("VG303", 1, 22)]),
    "unknown word": ("- {type: URS, planned: maybe}\n", [("VG304", 1, 24)]),
    "bare NO": ("- {type: URS, planned: NO}\n", [("VG304", 1, 24)]),
    "unknown type": ("- {type: UR}\n", [("VG305", 1, 10)]),
    "key twice": ("- {type: URS}\n- {type: URS}\n", [("VG306", 2, 10)]),
    "key twice but for case": ("- {type: OQ}\n- {type: OQ, key: oq}\n", [("VG306", 2, 19)]),
    "key that is no file name": ("- {type: OQ, key: ../x}\n", [("VG307", 1, 19)]),
    "key that Windows keeps": ("- {type: OQ, key: CON}\n", [("VG307", 1, 19)]),
    "version in words": ("- {type: OQ, history: [{version: one, date: 2026-01-01, author: A, summary: B}]}\n", [("VG308", 1, 34)]),
    "date": ("- {type: OQ, history: [{version: 1.0, date: 1.1.2026, author: A, summary: B}]}\n", [("VG309", 1, 45)]),
    "version without author": ("- {type: OQ, history: [{version: 1.0, date: 2026-01-01, summary: B}]}\n", [("VG302", 1, 24)]),
    "history as text": ("- {type: OQ, history: 1.0}\n", [("VG303", 1, 23)]),
    "not planned, no reason": ("- {type: OQ, planned: no}\n", [("VG311", 1, 23)]),
    "unknown environment": ("- {type: OQ, environment: VLA}\n", [("VG313", 1, 27)]),
    "cut by a comment": ("- type: OQ\n  title: The #1 vault #2\n", [("VG024", 2, 10)]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=WRONG.keys())
def test_mistake_in_the_register_has_a_code_and_a_place(text, expected):
    assert places(register(text)[1]) == expected


def test_malformed_version_stays_in_the_history():
    entries, _ = register("- {type: OQ, history: [{version: one, date: 2026-01-01, author: A, summary: B}]}\n")
    assert entries[0].version == "one"


@pytest.mark.parametrize("top", ["", "applicability:\n", "clauses:\n"])
def test_applicability_is_read(top):
    decisions, findings = applicability(top + "- {clause: 21CFR11.30, applicable: no, rationale: Closed system}\n")
    assert not findings
    assert [(one.clause, one.applicable, one.rationale) for one in decisions] == [
        ("21CFR11.30", False, "Closed system")
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- {clause: A, applicable: NO, rationale: x}\n", [("VG304", 1, 27)]),
        ("- {clause: A, applicable: false, rationale: x}\n", [("VG304", 1, 27)]),
        ("- {clause: A, rationale: x}\n", [("VG302", 1, 3)]),
        ("- {applicable: no, rationale: x}\n", [("VG302", 1, 3)]),
        ("- {clause: A, applicable: no}\n", [("VG311", 1, 12)]),
        (
            "- {clause: A, applicable: no, rationale: x}\n- {clause: A, applicable: yes, rationale: x}\n",
            [("VG310", 2, 12)],
        ),
    ],
)
def test_mistake_in_applicability_has_a_code_and_a_place(text, expected):
    decisions, findings = applicability(text)
    assert places(findings) == expected
    assert len(decisions) <= 1


def test_prose_belongs_to_a_document():
    prose, findings = read_prose("documents/URS.md", "# Purpose\r\nText\r\n", ("URS", "VP"))
    assert not findings
    assert (prose.key, prose.text, prose.path) == ("URS", "# Purpose\nText\n", "documents/URS.md")


def test_prose_of_an_unknown_document_is_an_error_with_a_mend():
    prose, findings = read_prose("documents/USR.md", "x", ("URS", "VP"))
    assert prose is None
    assert [(found.code, found.fix) for found in findings] == [("VG312", "did you mean URS?")]


def test_empty_prose_is_a_warning():
    assert [found.code for found in read_prose("documents/URS.md", " \n", ("URS",))[1]] == ["VG314"]

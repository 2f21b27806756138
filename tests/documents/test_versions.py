"""Versions of documents: what a version changed stands there whole, and what did not change keeps its version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from valgen.documents.blocks import Block, Document, Notice, Paragraph, Table, plain_text, walk
from valgen.documents.catalog import item_type_of, plan_documents
from valgen.documents.context import Context
from valgen.documents.delta import conclusion
from valgen.documents.delta_selection import changed_ids, compared_documents, selection
from valgen.documents.shipped import find_template
from valgen.documents.snapshot import (
    Altered,
    SnapshotError,
    document_bytes,
    file_digest,
    read_document,
    read_version,
    version_bytes,
)
from valgen.documents.template import assemble
from valgen.documents.version_changes import joined_lines, marked
from valgen.documents.versions import Change, Making, differences, document_parts, making_of
from valgen.model.version import FrozenVersion, PartKind, version_order

Make = Callable[..., Context]
REGISTER = "requirements/documents.yaml"
HOSTILE = "=cmd|'/c calc'!A1 <script>alert(1)</script> \u202e\u0007 *star* |x| ``raw``"
ROWS = (
    '{version: "0.9", date: "2026-01-01", author: A, summary: Draft}',
    '{version: "0.10", date: "2026-02-01", author: A, summary: Second}',
    '{version: "1.0", date: "2026-03-01", author: A, summary: Third}',
)


def register(rows: int, *more: str) -> str:
    text = "documents:\n  - type: URS\n    number: T-URS-001\n    history:\n"
    text += "".join(f"      - {row}\n" for row in ROWS[:rows])
    return text + "".join(more)


def items(text: str, title: str = "Adds") -> str:
    lines = "\n".join(f"      {line}" for line in text.split("\n"))
    return f"items:\n  - id: URS-001\n    title: {title}\n    text: |\n{lines}\n    priority: must\n"


def made(context: Context, key: str = "URS") -> tuple[Document, Making]:
    spec = next(one for one in plan_documents(context) if one.key == key)
    template = find_template(spec, {}, item_type_of(spec.entry.type, context))
    document, found = assemble(template, spec, context)
    assert not found
    return document, making_of(spec.key, spec.entry, spec.variant, template)


def frozen(context: Context, key: str = "URS") -> FrozenVersion:
    document, making = made(context, key)
    return FrozenVersion(
        project=context.project.settings.project_id,
        key=key,
        type=making.entry.type,
        number=document.number,
        title=document.title,
        version=making.entry.version,
        history=making.entry.history,
        parts=document_parts(replace(context, making=making), making),
        template=making.template,
        template_sha256=making.template_sha256,
        content_sha256=document.digest,
        document_sha256=file_digest(document_bytes(document)),
    )


def with_versions(context: Context, *versions: FrozenVersion) -> Context:
    table: dict[str, tuple[FrozenVersion, ...]] = {}
    for one in versions:
        table[one.key] = tuple(sorted((*table.get(one.key, ()), one), key=lambda each: version_order(each.version)))
    return replace(context, versions=table)


def section(document: Document, title: str) -> tuple[Block, ...]:
    found = next(one for one in walk(document.sections) if getattr(one, "title", None) == title)
    return found.blocks  # type: ignore[union-attr, no-any-return]


def history_text(document: Document) -> list[str]:
    table = next(one for one in section(document, "Revision history") if isinstance(one, Table))
    return [plain_text(row.cells[4].blocks) for row in table.rows]


def test_versions_are_compared_number_by_number() -> None:
    assert sorted(["1.0", "0.10", "0.9"], key=version_order) == ["0.9", "0.10", "1.0"]


def test_a_first_version_says_that_there_is_nothing_to_compare_with(context: Make) -> None:
    document, _ = made(context({REGISTER: register(1)}))
    assert "first version" in plain_text(section(document, "Changes in this version"))


def test_without_a_frozen_version_the_changes_are_not_recorded(context: Make) -> None:
    document, _ = made(context({REGISTER: register(2)}))
    assert "not recorded" in plain_text(section(document, "Changes in this version"))
    assert "none is frozen" in plain_text(section(document, "Revision history"))


def test_unchanged_content_says_since_which_version_and_day(context: Make) -> None:
    first = context({REGISTER: register(1)})
    again = with_versions(first, frozen(first))
    text = plain_text(section(made(again)[0], "Changes in this version"))
    assert "The content has not changed since version 0.9 of 2026-01-01" in text


def test_a_new_version_without_a_change_says_so(context: Make) -> None:
    before = frozen(context({REGISTER: register(1)}))
    now = with_versions(context({REGISTER: register(2)}), before)
    document, _ = made(now)
    assert "not changed since version 0.9 of 2026-01-01" in plain_text(section(document, "Changes in this version"))
    assert history_text(document)[1].endswith("No content changed since version 0.9.")


def test_old_and_new_text_stand_there_literally(context: Make) -> None:
    before = frozen(context({REGISTER: register(1), "requirements/items.yaml": items("Old text.")}))
    now = context({REGISTER: register(2), "requirements/items.yaml": items(f"New text. {HOSTILE}".replace("\x07", ""))})
    document, _ = made(with_versions(now, before))
    blocks = section(document, "Changes in this version")
    table = next(one for one in blocks if isinstance(one, Table) and one.caption == "URS-001 Adds: changed")
    field, old, new = (plain_text(cell.blocks) for cell in table.rows[0].cells)
    assert (field, old) == ("Statement", "Old text.")
    assert new == f"New text. {HOSTILE}".replace("\x07", "")
    assert [column.title for column in table.columns] == ["Field", "Before: version 0.9", "After: version 0.10"]


def test_words_that_differ_are_bold_and_nothing_is_lost() -> None:
    left, right = marked("shall record who acted", "shall record at once who acted")
    assert "".join(run.text for run in left) == "shall record who acted"
    assert "".join(run.text for run in right if run.bold).strip() == "at once"


def test_very_long_texts_are_whole() -> None:
    old, new = "a b " * 20_000, "a c " * 20_000
    left, right = marked(old, new)
    assert "".join(run.text for run in left) == old
    assert "".join(run.text for run in right) == new


def test_lines_of_a_paragraph_are_joined_and_lists_are_not() -> None:
    assert joined_lines("one\ntwo\n\n- three\n- four\n1. five") == "one two\n\n- three\n- four\n1. five"
    assert joined_lines("```\na\nb\n```") == "```\na\nb\n```"


def test_a_row_of_the_history_names_added_changed_and_retired_ids(context: Make) -> None:
    base = {
        REGISTER: register(1),
        "requirements/items.yaml": "items:\n"
        "  - {id: URS-001, title: Adds, text: It adds., priority: must}\n"
        "  - {id: URS-002, title: Old, text: It is old., priority: must}\n",
    }
    before = frozen(context(base))
    later = {
        REGISTER: register(2),
        "requirements/items.yaml": "items:\n"
        "  - {id: URS-001, title: Adds, text: It adds at once., priority: must}\n"
        "  - {id: URS-002, title: Old, text: It is old., status: retired, reason: Nobody needs it., priority: must}\n"
        "  - {id: URS-003, title: New, text: It is new., priority: must}\n",
    }
    document, _ = made(with_versions(context(later), before))
    assert history_text(document)[1].split("\n")[1:] == [
        "Added: URS-003.",
        "Changed: URS-001.",
        "Retired: URS-002.",
    ]


def test_rows_of_versions_that_were_not_frozen_say_so(context: Make) -> None:
    second = frozen(context({REGISTER: register(2)}))
    document, _ = made(with_versions(context({REGISTER: register(3)}), second))
    _, older, newest = history_text(document)
    assert "not recorded" in older
    assert "No content changed since version 0.10." in newest


def test_content_that_changed_without_a_new_version_is_named_in_the_document(context: Make) -> None:
    before = frozen(context({REGISTER: register(1), "requirements/items.yaml": items("Old.")}))
    now = context({REGISTER: register(1), "requirements/items.yaml": items("New.")})
    blocks = section(made(with_versions(now, before))[0], "Changes in this version")
    assert any(isinstance(one, Notice) and one.title == "Changed without a new version" for one in blocks)


def test_another_document_gets_a_version_and_this_one_stays_as_it_is(context: Make) -> None:
    more = "  - type: FS\n    number: T-FS-001\n    history:\n      - " + ROWS[0] + "\n"
    first = context({REGISTER: register(1, more)})
    _, making = made(first)
    other = context({REGISTER: register(1, more + "      - " + ROWS[1] + "\n")})
    later = with_versions(other, replace(frozen(other, "FS")))
    _, again = made(later)
    assert differences(document_parts(first, making), document_parts(later, again)) == ()


def test_references_name_the_newest_frozen_version_and_that_it_is_not_approved(context: Make) -> None:
    more = "  - type: FS\n    number: T-FS-001\n    history:\n      - " + ROWS[0] + "\n"
    first = context({REGISTER: register(1, more)})
    pinned = with_versions(first, frozen(first, "FS"))
    for one in (first, pinned):
        assert "0.9 (not approved)" in plain_text(section(made(one)[0], "References"))


def test_registered_references_are_the_only_ones(context: Make) -> None:
    more = "    references: [FS]\n"
    found = context({REGISTER: register(1, more)})
    text = plain_text(section(made(found)[0], "References"))
    assert "T-FS" in text
    assert "T-RTM" not in text


def test_a_document_read_back_is_the_document_that_was_frozen(context: Make) -> None:
    found = context(
        {REGISTER: register(1), "requirements/items.yaml": items(f"| a | b |\n|---|---|\n| {HOSTILE[:20]} | c |")}
    )
    for key in ("URS", "OQ-protocol", "RTM", "VSR"):
        document, _ = made(found, key)
        data = document_bytes(document)
        one = replace(frozen(context({REGISTER: register(1)})), document_sha256=file_digest(data),
                      content_sha256=document.digest)  # fmt: skip
        assert read_document(data, one) == replace(document, media=())


def test_a_version_read_back_is_the_version_that_was_frozen(context: Make) -> None:
    one = replace(
        frozen(context({REGISTER: register(2), "requirements/items.yaml": items(HOSTILE[:40])})), path="x.json"
    )
    data = version_bytes(one)
    assert read_version(data, "x.json") == replace(
        one, history=tuple(replace(row, line=0, column=0) for row in one.history)
    )
    assert read_version(data.replace(b"\n", b"\r\n"), "x.json").version == "0.10"


def test_half_a_surrogate_pair_survives_freezing(context: Make) -> None:
    document, _ = made(context({REGISTER: register(1)}))
    odd = replace(document, title="half \udc80")
    data = document_bytes(odd)
    data.decode("utf-8")
    one = replace(
        frozen(context({REGISTER: register(1)})), document_sha256=file_digest(data), content_sha256=odd.digest
    )
    assert read_document(data, one).title == "half \udc80"


def test_every_changed_byte_of_a_frozen_version_is_noticed(context: Make) -> None:
    data = version_bytes(frozen(context({REGISTER: register(1), "requirements/items.yaml": items("Short.")})))
    for place in range(0, len(data) - 1, 7):
        altered = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        with pytest.raises(SnapshotError):
            read_version(altered, "x.json")


def test_an_altered_digest_names_itself(context: Make) -> None:
    data = version_bytes(frozen(context({REGISTER: register(1)})))
    with pytest.raises(Altered):
        read_version(data.replace(b"URS-001", b"URS-002"), "x.json")


def test_blocks_of_another_release_are_refused_in_words(context: Make) -> None:
    document, _ = made(context({REGISTER: register(1)}))
    data = document_bytes(document).replace(b'"kind":"Section"', b'"kind":"Chapter"', 1)
    one = replace(frozen(context({REGISTER: register(1)})), document_sha256=file_digest(data))
    with pytest.raises(SnapshotError, match="Chapter"):
        read_document(data, one)


TWO_OQ = (
    "  - {type: OQ, key: OQ-ADD, number: T-OQ-1, select: Addition, history: [" + ROWS[0] + "]}\n"
    "  - {type: OQ, key: OQ-SUB, number: T-OQ-2, select: OQ-2*, history: [" + ROWS[0] + "]}\n"
)
SUBTRACTION = """
Feature: Subtraction
  @OQ-201 @verifies:FS-001
  Scenario: Subtracts
    When 2 is taken from 3
    Then 1 is shown
"""


def test_two_documents_of_one_stage_share_its_cases(context: Make) -> None:
    found = context({REGISTER: register(1, TWO_OQ), "test_scripts/oq/b.feature": SUBTRACTION})
    one, two = (plain_text(made(found, f"{key}-protocol")[0].sections) for key in ("OQ-ADD", "OQ-SUB"))
    assert "OQ-001" in one and "OQ-201" not in one
    assert "OQ-201" in two and "OQ-001 " not in two


def test_a_change_of_one_document_of_a_stage_leaves_the_other_alone(context: Make) -> None:
    files = {REGISTER: register(1, TWO_OQ), "test_scripts/oq/b.feature": SUBTRACTION}
    first = context(files)
    before = [frozen(first, f"{key}-protocol") for key in ("OQ-ADD", "OQ-SUB")]
    later = context({**files, "test_scripts/oq/b.feature": SUBTRACTION.replace("1 is shown", "one is shown")})
    found = [[(one.change, one.id) for one in differences(old.parts, frozen(later, old.key).parts)] for old in before]
    assert found == [[], [(Change.CHANGED, "OQ-201")]]


def test_bookkeeping_is_no_content(context: Make) -> None:
    base = "items:\n  - {id: URS-001, title: Adds, text: It adds., owner: A}\n"
    before = frozen(context({REGISTER: register(1), "requirements/items.yaml": base}))
    now = frozen(context({REGISTER: register(1), "requirements/items.yaml": base.replace("owner: A", "owner: B")}))
    assert differences(before.parts, now.parts) == ()


def test_a_newer_shipped_template_is_no_change_and_an_own_one_is(context: Make) -> None:
    found = frozen(context({REGISTER: register(1)}))
    template = next(part for part in found.parts if part.kind is PartKind.TEMPLATE)
    newer = replace(template, values={"file": "valgen:URS.rst", "SHA-256": "0" * 64})
    own = replace(template, values={"file": "templates/URS.rst", "SHA-256": "0" * 64})
    assert differences((template,), (newer,)) == ()
    assert [one.change for one in differences((template,), (own,))] == [Change.CHANGED]


DELTA = "  - type: DELTA\n    number: T-D-1\n    history:\n      - " + ROWS[0] + "\n"


def test_a_delta_report_names_what_to_repeat_and_why(context: Make) -> None:
    first = context({REGISTER: register(1, DELTA)})
    before = frozen(first)
    changed_text = items("The system shall add two numbers at once.")
    later = context({REGISTER: register(2, DELTA), "requirements/items.yaml": changed_text + FUNCTION})
    found = with_versions(later, before)
    assert changed_ids(found) == {"URS-001": Change.CHANGED, "URS-002": Change.REMOVED}
    reasons = selection(found, changed_ids(found)).repeat
    assert reasons == {"OQ-001": "verifies or challenges FS-001, which depends on URS-001 (changed)"}


FUNCTION = "  - {id: FS-001, title: Addition, text: Adds as URS-001 asks., satisfies: [URS-001]}\n"


def test_a_delta_report_without_results_claims_nothing(context: Make) -> None:
    first = context({REGISTER: register(1, DELTA)})
    found = with_versions(context({REGISTER: register(2, DELTA)}), frozen(first))
    (notice,) = conclusion(found, None)
    assert isinstance(notice, Notice)
    assert "not shown" in notice.title


def test_a_delta_report_may_name_its_baseline(context: Make) -> None:
    first, second = frozen(context({REGISTER: register(1)})), frozen(context({REGISTER: register(2)}))
    prose = "# Baseline\n\nCompared with URS 0.9.\n\n# Reason for the release\n\nMore.\n"
    found = context({REGISTER: register(3, DELTA), "documents/DELTA.md": prose})
    bases = {one.spec.key: one.base for one in compared_documents(with_versions(found, first, second))}
    assert bases["URS"] is not None
    assert bases["URS"].version == "0.9"


def test_a_delta_report_has_every_section_of_its_outline(context: Make) -> None:
    found = context({REGISTER: register(1, DELTA), "documents/DELTA.md": "# Reason for the release\n\nMore.\n"})
    document, _ = made(with_versions(found, frozen(found)), "DELTA")
    titles = [one.title for one in document.sections]
    assert titles[1:6] == [
        "Release content",
        "Impact",
        "Regression testing",
        "Traceability of what changed",
        "Conclusion",
    ]
    assert any(isinstance(one, Paragraph) for one in walk(document.sections))

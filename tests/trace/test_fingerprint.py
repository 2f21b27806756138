"""Fingerprints: the same for the same content, another for any change that a reader of the evidence must know of."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from builders import case, requirement, risk
from valgen.model.item import Link
from valgen.model.item_types import COMMON_FIELDS, SHIPPED_TYPES
from valgen.trace.fingerprint import BOOKKEEPING, item_fingerprint, script_fingerprint

ITEM = requirement(
    "FS-001", parents=["URS-001"], priority="must", category="Audit trail", owner="A", source="W", comment="C"
)
FIELDS = sorted({field.name for kind in SHIPPED_TYPES.values() for field in kind.fields} - {"title", "text"})


def _digest(text: str) -> str:
    return "v1:" + hashlib.sha256(text.encode()).hexdigest()


def test_recipe_never_changes_under_its_name() -> None:
    # Evidence of years ago carries these values; a change of the recipe needs another prefix than v1.
    assert item_fingerprint(requirement("FS-001", parents=["URS-001"], owner="A")) == _digest(
        '{"fields":{"satisfies":["URS-001"]},"id":"FS-001","retired":false,"text":"The system shall do it.",'
        '"title":"Title of FS-001","type":"FS"}'
    )
    assert script_fingerprint(
        case("OQ-001", verifies=["FS-001"], steps=("When it is used", "Then it works"))
    ) == _digest(
        '{"id":"OQ-001","steps":[["When","When","it is used",[],null,"",false],'
        '["Then","Then","it works",[],null,"",false]],'
        '"tags":["OQ-001","verifies:FS-001"]}'
    )


def test_equal_content_has_equal_fingerprints() -> None:
    assert item_fingerprint(ITEM) == item_fingerprint(replace(ITEM, path="x.yaml", line=7, column=1, marks={}))
    reordered = dict(reversed(list(ITEM.fields.items())))
    assert item_fingerprint(ITEM) == item_fingerprint(replace(ITEM, fields=reordered))


@pytest.mark.parametrize("name", FIELDS)
def test_change_of_any_field_but_bookkeeping_is_seen(name: str) -> None:
    other = replace(ITEM, fields={**ITEM.fields, name: "something else"})
    assert (item_fingerprint(other) == item_fingerprint(ITEM)) == (name in BOOKKEEPING)
    gone = replace(ITEM, fields={key: value for key, value in ITEM.fields.items() if key != name})
    assert (item_fingerprint(gone) == item_fingerprint(ITEM)) == (name in BOOKKEEPING or name not in ITEM.fields)


@pytest.mark.parametrize(
    "change", [{"title": "x"}, {"text": "x"}, {"retired": True}, {"id": "FS-002"}, {"type": "DS"}], ids=str
)
def test_change_of_title_text_status_or_identity_is_seen(change: dict[str, object]) -> None:
    assert item_fingerprint(replace(ITEM, **change)) != item_fingerprint(ITEM)  # type: ignore[arg-type]


def test_bookkeeping_are_fields_that_exist() -> None:
    assert {field.name for field in COMMON_FIELDS} >= BOOKKEEPING


def test_residual_scores_are_seen() -> None:
    one = risk("RSK-001", residual={"severity": "low"})
    assert item_fingerprint(one) != item_fingerprint(risk("RSK-001", residual={"severity": "high"}))


SCRIPT = case("OQ-001", verifies=["FS-001"], flags=["negative"])


def _step(**values: object) -> tuple[object, ...]:
    return (replace(SCRIPT.steps[0], **values), *SCRIPT.steps[1:])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"steps": _step(text="Given another thing")},
        {"steps": _step(table=(("a",), ("1",)))},
        {"steps": _step(doc_string="")},
        {"steps": _step(media_type="json")},
        {"steps": _step(background=True)},
        {"steps": _step(keyword="And")},
        {"steps": SCRIPT.steps[:-1]},
        {"steps": (*SCRIPT.steps[1:], SCRIPT.steps[0])},
        {"tags": (*SCRIPT.tags, Link("env:PROD", 9, 1))},
        {"tags": SCRIPT.tags[:-1]},
    ],
    ids=[
        "text",
        "table",
        "doc string",
        "media type",
        "background",
        "keyword",
        "step removed",
        "order",
        "tag",
        "no tag",
    ],
)
def test_change_of_a_script_is_seen(change: dict[str, object]) -> None:
    assert script_fingerprint(replace(SCRIPT, **change)) != script_fingerprint(SCRIPT)  # type: ignore[arg-type]


def test_title_place_and_order_of_tags_are_no_part_of_a_script() -> None:
    other = replace(SCRIPT, title="x", path="y.feature", line=99, scenario_line=99, tags=tuple(reversed(SCRIPT.tags)))
    assert script_fingerprint(other) == script_fingerprint(SCRIPT)


def test_table_cells_do_not_run_together() -> None:
    one = replace(SCRIPT, steps=_step(table=(("a", "b"),)))  # type: ignore[arg-type]
    other = replace(SCRIPT, steps=_step(table=(("a",), ("b",))))  # type: ignore[arg-type]
    assert script_fingerprint(one) != script_fingerprint(other)

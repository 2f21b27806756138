"""Training records and the qualified version as entry criteria of a formal run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from valgen import __version__
from valgen.documents.catalog import plan_documents
from valgen.documents.context import Context
from valgen.ledger.registry import Account, Registry
from valgen.model.outcome import Mode, Stage
from valgen.model.signature import LedgerFacts
from valgen.records.signing_reader import SigningRecords
from valgen.workflow.load import Executed, load, make_context
from valgen.workflow.sequence import tool_objections, training_objections, unapproved_before, unreported_before

TODAY = "2026-03-02"
CASES = """
Feature: A
  @OQ-001 @verifies:URS-001
  Scenario: Plain
    Given a thing
  @OQ-002 @verifies:URS-001
  Scenario: Asks for training
    Prerequisites: training TRN-009
    Given a thing
"""


def record(number: int, person: str, more: str, title: str = "Execution of tests") -> str:
    """Return a training record as YAML."""
    return f"  - {{id: TRN-00{number}, title: {title}, text: x, person: {person}, role: tester{more}}}\n"


def context(root: Path, records: str, settings: str = "") -> Context:
    """Return a project with training records."""
    (root / "requirements").mkdir(parents=True)
    (root / "test_scripts/oq").mkdir(parents=True)
    head = f'[project]\nid = "T1"\nname = "Tiny"\n{settings}\n[environments.VAL]\ntitle = "V"\n[stages]\nOQ = ["VAL"]\n'
    (root / "valgen.toml").write_text(head)
    (root / "test_scripts/oq/a.feature").write_text(CASES)
    items = "items:\n  - {id: URS-001, title: A, text: The system shall add.}\n"
    (root / "requirements/items.yaml").write_text(items + records)
    return make_context(load(root), Executed())


def tess(*, service: bool = False) -> Account:
    """Return the account of a tester."""
    return Account(
        id="u-0005",
        person="u-0005",
        user="tess",
        name="Tess Tester",
        function="",
        email="",
        service=service,
        roles=("tester",),
        state="active",
    )


DONE = ", date: 2026-01-05, outcome: passed"


@pytest.mark.parametrize(
    ("records", "chosen", "said"),
    [
        ("", "OQ-001 OQ-002", []),
        (record(1, "Tess  TESTER", DONE), "OQ-001", []),
        (record(1, "tess", DONE), "OQ-001", []),
        (record(1, "Theo Tester", DONE), "OQ-001", ["no training record shows that Tess Tester (tess) was trained"]),
        (record(1, "tess", ""), "OQ-001", ["TRN-001 (planned, without a date)"]),
        (record(1, "tess", ", date: 2026-01-05, outcome: failed"), "OQ-001", ["assessment not passed"]),
        (record(1, "tess", DONE + ", valid_until: 2026-03-01"), "OQ-001", ["valid until 2026-03-01 only"]),
        (record(1, "tess", DONE + ", valid_until: 2026-03-02"), "OQ-001", []),
        (record(1, "tess", ", date: 2026-03-03, outcome: passed"), "OQ-001", ["dated 2026-03-03, which is to come"]),
        (record(1, "tess", DONE), "OQ-001 OQ-002", ["OQ-002 asks for the training TRN-009"]),
        (record(1, "tess", DONE) + record(9, "theo", DONE), "OQ-002", []),
        (
            record(1, "tess", DONE) + record(9, "theo", DONE, "Balance"),
            "OQ-002",
            ["OQ-002 asks for the training TRN-009"],
        ),
    ],
)
def test_a_tester_without_a_valid_training_record_does_not_execute_where_records_are_kept(
    tmp_path: Path, records: str, chosen: str, said: list[str]
) -> None:
    made = context(tmp_path, records)
    cases = [made.graph.cases[name] for name in chosen.split()]
    found = list(training_objections(made, tess(), cases, TODAY))
    assert [one.code for one in found] == ["VG435"] * len(said)
    for one, words in zip(found, said, strict=True):
        assert words in one.what
    assert list(training_objections(made, tess(service=True), cases, TODAY)) == []
    manual = [replace(case, mode=Mode.MANUAL) for case in cases]
    due = [one for one in said if "asks for" not in one]  # nobody executes them in this run
    assert len(list(training_objections(made, tess(), manual, TODAY))) == len(due)


@pytest.mark.verifies("FS-112")
def test_only_the_qualified_version_executes_formally_where_the_settings_name_one(tmp_path: Path) -> None:
    assert list(tool_objections(context(tmp_path / "a", ""))) == []
    assert list(tool_objections(context(tmp_path / "b", "", f'qualified_valgen = "{__version__}"'))) == []
    (other,) = tool_objections(context(tmp_path / "c", "", 'qualified_valgen = "0.0.1"'))
    assert (other.code, "the settings name 0.0.1 as the qualified version" in other.what) == ("VG436", True)


@pytest.mark.verifies("FS-112")
def test_registered_specifications_and_the_summary_report_come_first(tmp_path: Path) -> None:
    made = context(tmp_path, "")
    row = '{version: "1.0", date: "2026-01-01", author: A, summary: First}'
    kinds = ("URS", "FS", "DS", "IQ", "OQ", "VSR", "CERT")
    register = "".join(f"  - {{type: {kind}, number: N-{kind}, history: [{row}]}}\n" for kind in kinds)
    (tmp_path / "requirements/documents.yaml").write_text("documents:\n" + register)
    made = make_context(load(tmp_path), Executed())
    facts = LedgerFacts(origin="valgen:x/T1", root_fingerprint="ab" * 32)
    records = SigningRecords(folder=tmp_path, signatures=(), facts=facts, registry=Registry())
    found = {spec.key: unapproved_before(made, records, spec) for spec in plan_documents(made) if spec.registered}
    assert {key: names for key, names in found.items() if names} == {
        "IQ-protocol": ("URS", "FS", "DS"),
        "OQ-protocol": ("URS", "FS"),
        "CERT": ("VSR",),
    }


def test_reports_of_the_stages_before_are_named_for_what_comes_after_them(tmp_path: Path) -> None:
    """What valgen run refuses for this reason, valgen status does not propose."""
    (tmp_path / "requirements").mkdir()
    row = '{version: "1.0", date: "2026-01-01", author: A, summary: First}'
    register = "".join(f"  - {{type: {kind}, number: N-{kind}, history: [{row}]}}\n" for kind in ("IQ", "OQ", "PQ"))
    (tmp_path / "requirements/documents.yaml").write_text(f"documents:\n{register}")
    (tmp_path / "valgen.toml").write_text(
        '[project]\nid = "T1"\nname = "Tiny"\n[environments.VAL]\ntitle = "V"\n[environments.PROD]\ntitle = "P"\n'
        '[stages]\nIQ = ["VAL", "PROD"]\nOQ = ["VAL"]\nPQ = ["VAL"]\n'
    )
    for kind in ("IQ", "OQ", "PQ"):
        (tmp_path / f"test_scripts/{kind.lower()}").mkdir(parents=True)
        script = f"Feature: A\n  @{kind}-001\n  Scenario: Plain\n    Given a thing\n"
        (tmp_path / f"test_scripts/{kind.lower()}/a.feature").write_text(script)
    made = make_context(load(tmp_path), Executed())
    facts = LedgerFacts(origin="valgen:x/T1", root_fingerprint="ab" * 32)
    none = SigningRecords(folder=tmp_path, signatures=(), facts=facts, registry=Registry())

    def before(stage: Stage, where: str) -> list[str]:
        return [f"{key} {of} {place}" for key, of, place in unreported_before(made, none, stage, where)]

    assert before(Stage.IQ, "VAL") == []
    assert before(Stage.OQ, "VAL") == ["IQ-report IQ VAL"]
    assert before(Stage.IQ, "PROD") == ["OQ-report OQ VAL"]
    assert before(Stage.PQ, "VAL") == ["IQ-report IQ VAL", "OQ-report OQ VAL"]

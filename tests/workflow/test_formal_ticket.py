"""What the executing process loaded and collected is what was approved and chosen, or nothing begins."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from valgen.errors import ExecutionError
from valgen.model.outcome import Stage
from valgen.model.project import SystemInfo
from valgen.workflow.formal_ticket import Ticket, changed_code, check_identity, read_ticket

CODE = {"conftest.py": "a" * 64, "test_scripts/steps/s.py": "b" * 64, "test_scripts/oq/x.feature": "c" * 64}
TICKET = Ticket(
    execution="exec-0001",
    session="0" * 32,
    tester="u-0002",
    team={},
    keystore="keys",
    stage="OQ",
    cases={"OQ-001": "v1:1", "OQ-002": "v1:2"},
    chosen=("OQ-001",),
    code=CODE,
)
STEPS = {"test_scripts/steps/s.py": "b" * 64}


def check(ticket: Ticket = TICKET, **other: object) -> None:
    """Check a session that fits, but for what is given."""
    fits: dict[str, object] = {
        "stages": [Stage.OQ],
        "scripts": dict(TICKET.cases),
        "collected": {"OQ-001"},
        "before": CODE,
        "after": CODE,
        "loaded": STEPS,
    }
    fits |= other
    ticket.check(  # type: ignore[arg-type]
        fits["stages"], fits["scripts"], fits["collected"], fits["before"], fits["after"], loaded=fits["loaded"]
    )


def test_a_session_that_fits_begins() -> None:
    check()
    check(after={**CODE, "test_scripts/oq/x.feature": "d" * 64})  # features count by the fingerprints of their scripts


@pytest.mark.parametrize(
    ("other", "code", "words"),
    [
        ({"stages": [Stage.IQ]}, "VG422", "would execute IQ, not OQ"),
        ({"scripts": {**TICKET.cases, "OQ-002": "v1:3"}}, "VG422", "scripts are not the approved ones: OQ-002"),
        ({"scripts": {"OQ-001": "v1:1"}}, "VG422", "OQ-002"),
        ({"scripts": {**TICKET.cases, "OQ-003": "v1:3"}}, "VG422", "OQ-003"),
        ({"before": {**CODE, "conftest.py": "e" * 64}}, "VG422", "conftest.py"),
        ({"after": {**CODE, "test_scripts/conftest.py": "e" * 64}}, "VG422", "test_scripts/conftest.py"),
        ({"loaded": {"test_scripts/steps/s.py": "e" * 64}}, "VG422", "other step code was loaded"),
        ({"loaded": {"test_scripts/steps/new.py": "e" * 64}}, "VG422", "new.py"),
        ({"collected": set()}, "VG421", "OQ-001"),
        ({"collected": {"OQ-001", "OQ-002"}}, "VG421", "OQ-002"),
    ],
)
def test_what_differs_stops_the_run_before_its_first_step(other: dict[str, object], code: str, words: str) -> None:
    with pytest.raises(ExecutionError, match=words) as caught:
        check(**other)
    assert caught.value.code == code


def test_a_file_that_is_gone_is_a_change_of_the_code() -> None:
    assert "conftest.py" in changed_code(CODE, STEPS)
    assert changed_code(CODE, dict(CODE)) == ""


def test_a_ticket_goes_through_a_file_and_nothing_else_is_one(tmp_path: Path) -> None:
    path = tmp_path / "ticket"
    path.write_bytes(TICKET.data())
    assert replace(read_ticket(path), chosen=TICKET.chosen) == TICKET
    for text in (b"", b"{}", b"[1]", b'{"execution": "exec-0001"}', b"\xff"):
        path.write_bytes(text)
        with pytest.raises(ExecutionError) as caught:
            read_ticket(path)
        assert caught.value.code == "VG420"
    with pytest.raises(ExecutionError):
        read_ticket(tmp_path / "nowhere")


def test_the_system_says_what_was_declared_or_nothing_is_executed() -> None:
    system = SystemInfo(name="Vault", version="2.1.0")
    for said in (
        "2.1.0",
        "Vault 2.1.0",
        " Vault  2.1.0\n",
        {"name": "Vault", "version": "2.1.0"},
        {"version": "2.1.0"},
    ):
        assert "Vault 2.1.0" in check_identity(said, system) or "2.1.0" in check_identity(said, system)
    for said in ("2.1", "2.1.0-rc1", "Vault", "", None, {}, {"name": "Vault"}, ["2.1.0"]):
        with pytest.raises(ExecutionError) as caught:
            check_identity(said, system)
        assert caught.value.code == "VG426"

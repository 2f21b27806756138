"""Clauses and libraries as the rest of valgen sees them."""

from __future__ import annotations

import pytest

from valgen import regulations


def test_ids_of_every_family_are_known() -> None:
    wanted = {"21CFR11.10(e)", "Annex11.9", "ALCOA.original", "GAMP5.cat5", "CSA.record", "FDADI2018.Q1c",
              "DI.AT.who", "RET.AT", "PR.211", "INSP-01", "RDY-01", "STEP-01", "VEND-01", "AWS-S3-01",
              "FDA2003.SCOPE", "Annex11D2025.12"}  # fmt: skip
    assert wanted <= regulations.known_ids()
    assert "21CFR11.10(z)" not in regulations.known_ids()


def test_required_and_conditional_clauses_count_and_others_do_not() -> None:
    assert regulations.clause("21CFR11.10(e)").counts
    assert regulations.clause("21CFR11.10(h)").counts
    assert regulations.clause("21CFR11.10(h)").conditional
    assert regulations.clause("21CFR11.10(h)").condition
    assert not regulations.clause("21CFR11.50").counts
    assert not regulations.clause("21CFR11.3(b)(5)").counts
    assert not regulations.clause("INSP-01").counts


def test_clause_carries_what_documents_print() -> None:
    clause = regulations.clause("21CFR11.70")
    assert clause.library == "21-cfr-part-11"
    assert clause.title == "Signature and record linked"
    assert clause.demand.startswith("Electronic signatures")
    assert clause.responsible
    assert clause.expected_evidence
    assert clause.typical_failures
    assert "Annex11.14(b)" in clause.related


def test_control_keeps_its_calls_as_details() -> None:
    control = regulations.clause("AWS-S3-01")
    assert control.demand == "Status Enabled"
    assert control.details["calls"] == ("s3.get_bucket_versioning",)
    assert "Annex11.7.1" in control.related


@pytest.mark.parametrize("clause_id", sorted(regulations.known_ids()))
def test_every_clause_has_a_title_and_a_demand(clause_id: str) -> None:
    clause = regulations.clause(clause_id)
    assert clause.title
    assert len(clause.demand) >= 3


def test_unknown_clause_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        regulations.clause("21CFR11.10(z)")


def test_library_lists_its_clauses_in_the_order_of_the_text() -> None:
    ids = [clause.id for clause in regulations.library_clauses("21-cfr-part-11")]
    assert ids.index("21CFR11.10(a)") < ids.index("21CFR11.10(b)") < ids.index("21CFR11.300")


def test_draft_says_that_it_is_not_in_force() -> None:
    assert regulations.library("eu-annex-11").in_force
    assert not regulations.library("eu-annex-11-draft-2025").in_force


def test_clauses_is_one_mapping_over_all_libraries() -> None:
    clauses = regulations.clauses()
    assert set(clauses) == regulations.known_ids()
    assert len(clauses) == sum(len(library.ids) for library in regulations.libraries().values())
    assert "nothing" not in clauses

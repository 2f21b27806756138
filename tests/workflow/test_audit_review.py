"""A review of the audit trail is a signed record of what was looked at, by whom, and what follows."""

from __future__ import annotations

from typing import Any

import pytest

from signing_office import Office
from valgen.errors import AuthorityError, ExecutionError
from valgen.records.signing_reader import read_signing
from valgen.workflow import audit
from valgen.workflow.audit import Review, sign_review
from valgen.workflow.verify import verify


@pytest.fixture
def signed_in(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr(audit, "authority_of", office._authority)
    return office


def review(**more: Any) -> Review:
    return Review(**{"scope": "all refusals", "findings": "", "conclusion": "nothing to object to", **more})


def test_review_is_a_signed_record_that_verifies(signed_in: Office) -> None:
    done = sign_review(signed_in.desk, signed_in.by("quinn"), review(next="2026-06-30", findings="one refusal"))
    (body,) = signed_in.bodies("audit.reviewed")
    assert (body["first"], body["last"], body["role"], body["next"]) == (0, done.last, "qa", "2026-06-30")
    assert (body["name"], body["findings"], body["scope"]) == ("Quinn Quality", "one refusal", "all refusals")
    assert body["head"]["size"] == body["seq"] == done.record
    assert verify(None, signed_in.root).ok
    (seen,) = read_signing(signed_in.place.folder).reviews
    assert (seen.name, seen.next) == ("Quinn Quality", "2026-06-30")


def test_next_review_begins_after_the_last_one(signed_in: Office) -> None:
    first = sign_review(signed_in.desk, signed_in.by("quinn"), review())
    second = sign_review(signed_in.desk, signed_in.by("quinn"), review())
    assert second.first == first.last + 1
    assert second.last >= first.record


def test_who_holds_no_fitting_role_is_refused_and_the_attempt_is_recorded(signed_in: Office) -> None:
    with pytest.raises(AuthorityError) as refused:
        sign_review(signed_in.desk, signed_in.by("anna"), review())
    assert refused.value.code == "VG628"
    assert signed_in.bodies("audit.reviewed") == []
    assert [one["act"] for one in signed_in.bodies("refused")] == ["audit.reviewed"]


def test_role_that_is_not_held_cannot_be_named(signed_in: Office) -> None:
    with pytest.raises(AuthorityError):
        sign_review(signed_in.desk, signed_in.by("quinn"), review(role="administrator"))
    assert signed_in.bodies("audit.reviewed") == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"first": 5, "last": 2},
        {"last": 10_000},
        {"scope": "n/a"},
        {"conclusion": "."},
        {"conclusion": "\u200b\u200b"},
        {"scope": "x y z " * 400},
        {"next": "soon"},
    ],
)
def test_review_that_says_nothing_or_too_much_is_refused_and_leaves_no_record(
    signed_in: Office, wrong: dict[str, Any]
) -> None:
    before = signed_in.lines()
    with pytest.raises(ExecutionError) as refused:
        sign_review(signed_in.desk, signed_in.by("quinn"), review(**wrong))
    assert refused.value.code == "VG628"
    assert signed_in.lines() == before

"""Every role in which results are reviewed, amended or assessed is one that an administrator can grant."""

from __future__ import annotations

from valgen.readers.settings_declared import ROLES
from valgen.records.judgements import OWNERS, QA
from valgen.workflow.formal import TESTER
from valgen.workflow.review import REVIEWERS


def test_roles_of_reviewers_owners_and_testers_can_be_granted() -> None:
    assert {*REVIEWERS, *OWNERS, QA, TESTER} <= set(ROLES)

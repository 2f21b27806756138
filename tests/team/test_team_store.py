"""One ledger on several computers: nothing lost, nothing twice, one history."""

from __future__ import annotations

import pytest

from valgen.ledger.verify import verify_log
from valgen.workflow.team_store import Done

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("team")]


def test_a_ledger_is_put_fetched_and_continued_on_both_computers(office) -> None:
    made = office.begin(records=3)
    assert made.done is Done.PUT
    assert office.rows() == office.lines(1)
    fetched = office.join()
    assert fetched.done is Done.FETCHED
    office.write("from two", 2)
    office.write("from one", 1)
    office.write("from two again", 2)
    assert office.words(2)[-3:] == ["from two", "from one", "from two again"]
    assert office.rows() == office.lines(2)
    assert verify_log(office.place(2).folder, strict=True).problems == ()

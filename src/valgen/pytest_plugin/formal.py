"""The ticket of a formal session: taken once, and its step code made known to workers of pytest-xdist.

Source: design.md §4; integrity.md X-8, X-14.
"""

from __future__ import annotations

import pytest

from valgen.errors import ExecutionError
from valgen.workflow.formal_ticket import Ticket, read_ticket

_TICKET = pytest.StashKey[Ticket]()


def take_ticket(config: pytest.Config) -> None:
    """Read the ticket that ``valgen run --formal`` handed over.

    Raises:
        pytest.UsageError: there is none.
    """
    try:
        config.stash[_TICKET] = read_ticket(config.getoption("--valgen-formal"))
    except ExecutionError as error:
        raise pytest.UsageError(f"{error.what}: {error.why}; {error.fix}") from error


def ticket_of(config: pytest.Config) -> Ticket | None:
    """Return the ticket of this session; None in a dry run and in a worker."""
    return config.stash.get(_TICKET, None)

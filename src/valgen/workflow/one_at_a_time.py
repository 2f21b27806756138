"""One act of signing, opening, reviewing or issuing at a time.

Each of them looks at what was recorded, decides and records. Whoever comes second sees what the first one did: on this
computer because acts wait for each other, and in a team store because what the others have recorded is fetched first.

Left to others: what an act looks at and what it records.

Source: integrity.md C-5, X-7.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from valgen.ledger.files import Layout
from valgen.ledger.lock import Lock
from valgen.records.ledger import bring_up_to_date
from valgen.workflow.people import Desk

_LOCK = "sign"


@contextmanager
def alone(desk: Desk) -> Iterator[None]:
    """Keep other such acts away; without a ledger there are none, and reading it says what is missing."""
    folder = Layout(desk.place.folder).lock
    if not desk.place.exists:
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    with Lock(folder / _LOCK):
        bring_up_to_date(desk.place)
        yield

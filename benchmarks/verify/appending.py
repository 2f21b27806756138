"""Open a ledger of any size, append to it durably, and print what that took.

    python appending.py FOLDER COUNT       the ledger FOLDER/.valgen of `history.py`; adds COUNT records to it

Prints one line of JSON: records before, processor seconds to open, median milliseconds of an append, and the largest
memory.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from pathlib import Path

from history import people

from valgen.ledger.store import Log

_LATER = 100_000_000  # second at which appends happen; histories end before


def measure(base: Path, count: int) -> dict[str, float]:
    """Open the ledger and append so many records, each made to last."""
    now = people.time(_LATER)
    start = time.process_time()
    log = Log.open_ledger(base / ".valgen", project="S3V", now=now, keystore=base / "keys-1", boot="boot-1")
    opened = time.process_time() - start
    size = log.size
    failed = people.Draft("login.failed", {"account": "", "source": "vault-val", "reason": "credentials"})
    taken = []
    for number in range(count):
        start = time.perf_counter()
        log.append([failed], time=now, mono=_LATER + number, boot="boot-1", actor="valgen", durable=True)
        taken.append(time.perf_counter() - start)
    log.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return {"records": size, "open_s": opened, "append_ms": 1000 * statistics.median(taken), "peak_mb": peak}


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), int(sys.argv[2]))))

"""A computer of the team as a process of its own: writes words, one act each; perhaps kills itself within the last."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

from valgen.ledger.record import Draft
from valgen.ledger.store import Log
from valgen.ledger.team import Team
from valgen.ledger.team_address import TeamAddress
from valgen.ledger.team_database import Database


def main() -> None:
    told = json.loads(sys.argv[1])
    import datetime

    def now() -> str:
        return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    log = Log.open_ledger(
        Path(told["folder"]),
        project="S3V",
        now=now(),
        keystore=Path(told["keystore"]),
        boot=f"boot-{told['machine']}",
        team=Team(TeamAddress(**told["address"])),
    )
    commit = Database.commit

    def dying(self: Database) -> None:
        if told["die"] == "after commit":
            commit(self)
        os.kill(os.getpid(), signal.SIGKILL)

    for number, word in enumerate(told["words"], 1):
        if told["die"] and number == len(told["words"]):
            Database.commit = dying  # type: ignore[method-assign]
        body = {"act": "tried", "account": "", "subject": word, "code": "VG601", "reason": "because"}
        log.append([Draft("refused", body)], time=now(), mono=0, boot="boot", actor="valgen", durable=True)
        print(word, flush=True)
    log.close()


main()

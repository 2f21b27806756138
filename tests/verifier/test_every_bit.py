"""Bits of every file of a sealed ledger and of a sealed pack, flipped one by one, before both verifiers (I-1).

Here a sample, spread evenly; `tools/flips.py` flips every bit.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

RECORDS = {"records", "attachments", "checkpoint", "checkpoints.jsonl", "root.json"}
PACK = {"manifest.json", *(f"evidence: {name}" for name in RECORDS)}


@pytest.mark.real
@pytest.mark.attack("I-1")
@pytest.mark.parametrize(("options", "kinds"), [([], RECORDS), (["--pack"], PACK)], ids=["ledger", "pack"])
def test_flipped_bits_of_every_file_are_noticed_by_both_verifiers_which_agree(
    options: list[str], kinds: set[str], repository: Path
) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    # 61 has no factor in common with 8, so that over all bytes every bit of a byte comes up.
    command = [sys.executable, str(repository / "tools/flips.py"), *options, "--every=61", "--jobs=1", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    tried, own, alone, apart = found["all"]
    assert tried == own == alone > 1500
    assert apart == 0
    assert kinds <= set(found["kinds"])

"""Both verifiers give the same answer however they are started (integrity.md C-15), and make nothing up.

Optimised, with other seeds and locales, without a home folder or with one that cannot be written, under any umask.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from valgen.verifier import verifier_path

VECTORS = Path(__file__).parents[1] / "vectors"
WAYS: dict[str, tuple[list[str], dict[str, str | None]]] = {
    "optimised": (["-O"], {}),
    "optimised twice": (["-OO"], {}),
    "seed 0": ([], {"PYTHONHASHSEED": "0"}),
    "seed 4711": ([], {"PYTHONHASHSEED": "4711"}),
    "plain locale": ([], {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
    "no home": ([], {"HOME": None, "XDG_DATA_HOME": None, "VALGEN_KEYSTORE": None, "VALGEN_CACHE": None}),
    "home that is no folder": ([], {"HOME": "/dev/null", "VALGEN_KEYSTORE": None, "VALGEN_CACHE": None}),
    "another zone": ([], {"TZ": "Australia/Lord_Howe"}),
}


def call(way: str, program: list[str], path: Path, umask: int, folder: Path) -> int:
    options, changes = WAYS[way]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    for name, value in changes.items():
        environment.pop(name, None)
        if value is not None:
            environment[name] = value
    command = [sys.executable, *options, *program, str(path)]
    done = subprocess.run(
        command, env=environment, cwd=folder, umask=umask, capture_output=True, text=True, check=False, errors="replace"
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode


@pytest.mark.skipif(os.name != "posix", reason="umask and locale of POSIX")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("verifier", ["valgen", "alone"])
def test_answer_does_not_depend_on_how_the_program_is_started(way: str, verifier: str, tmp_path: Path) -> None:
    program = ["-m", "valgen", "verify"] if verifier == "valgen" else [str(verifier_path())]
    found = {
        name: call(way, program, VECTORS / name, umask, tmp_path)
        for name, umask in (("ledger", 0o000), ("fail/I-1_bit_of_a_record", 0o077), ("fail/S-1_other_meaning", 0o000))
    }
    assert found == {"ledger": 0, "fail/I-1_bit_of_a_record": 1, "fail/S-1_other_meaning": 1}

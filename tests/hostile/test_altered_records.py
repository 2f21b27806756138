"""Records that somebody changed or unsealed are never shown as results."""

from __future__ import annotations

import pytest


@pytest.fixture
def failed(tiny):
    tiny.steps('@then("it holds")\ndef _():\n    assert 1 == 2\n')
    assert tiny.valgen("run", "oq").returncode == 1
    return tiny


@pytest.mark.parametrize("gone", [("checkpoint",), ("checkpoint", "checkpoints.jsonl"), ()])
def test_edited_or_unsealed_log_gives_no_result_in_any_command(failed, gone):
    log = failed.root / ".valgen/dry/log/000000000.jsonl"
    log.write_bytes(log.read_bytes().replace(b'"Failed"', b'"Passed"'))
    for name in gone:
        (failed.root / ".valgen/dry" / name).unlink()
    for command in (("status",), ("trace",), ("build",)):
        done = failed.valgen(*command)
        assert (done.returncode, done.stdout) == (2, "")
        assert "error[VG507]" in done.stderr
    assert failed.valgen("verify", "--dry").returncode == 1
    assert failed.valgen("run", "oq").returncode == 2

"""A command typed within the process of the tests says and does what it does in a process of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_line import program, typed


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(("status",), 1), (("check", "--json"), 0), (("user", "list"), 2), (("stauts",), 2), (("trace", "URS-999"), 2)],
    ids=lambda given: " ".join(given) if isinstance(given, tuple) else "",
)
def test_both_ways_to_type_a_command_answer_the_same(ran: Path, arguments: tuple[str, ...], status: int) -> None:
    one, other = (way(*arguments, folder=ran) for way in (typed, program))
    assert (one.returncode, one.stdout, one.stderr) == (other.returncode, other.stdout, other.stderr)
    assert one.returncode == status
    assert one.stdout + one.stderr


def test_secrets_come_through_pipes_in_both(ran: Path) -> None:
    secrets = {"--code-fd": "no code", "--password-fd": "plum kettle orbit nineteen"}
    for way in (typed, program):
        done = way("user", "activate", "anna", folder=ran, secrets=secrets)
        assert done.returncode == 2
        assert "VG570" in done.stderr

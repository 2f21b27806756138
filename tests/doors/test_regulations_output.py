"""`valgen regulations --json`: libraries, the clauses of each, one clause."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from valgen.cli.regulations_ import command
from valgen.regulations.library import libraries, library_clauses


def answer(*arguments: str) -> object:
    result = CliRunner().invoke(command, [*arguments, "--json"], standalone_mode=False)
    assert result.exception is None, result.exception
    return json.loads(result.output)


@pytest.mark.parametrize("name", sorted(libraries()))
def test_every_library_can_be_had_as_json(name):
    found = answer(name)
    assert isinstance(found, list)
    assert [one["id"] for one in found] == [one.id for one in library_clauses(name)]


def test_clause_as_json_holds_what_it_asks_for():
    found = answer("21CFR11.10(e)")
    assert isinstance(found, dict)
    assert found["title"] == "Audit trail"
    assert found["demand"]


def test_details_of_an_entry_are_part_of_its_json():
    name, entry = next((name, one) for name in sorted(libraries()) for one in library_clauses(name) if one.details)
    found = answer(entry.id)
    assert isinstance(found, dict)
    assert found["details"] == {key: list(lines) for key, lines in entry.details.items()}, name

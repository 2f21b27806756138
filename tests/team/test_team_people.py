"""What people do with a team store: begin, fetch on a second computer, let it write, work on both."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from team_world import Office, tried

import people_world
from people_world import World
from valgen.cli.records_ import command as records
from valgen.cli.verify_ import command as verify
from valgen.errors import AuthorityError, ExecutionError, ValgenError
from valgen.ledger.user_keys import sealed_path
from valgen.recorder.__main__ import _open_log
from valgen.recorder.clock import Moment
from valgen.records.ledger import read_registry
from valgen.workflow.one_at_a_time import alone
from valgen.workflow.people_founding import add_machine
from valgen.workflow.restore import restore

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("team")]


@pytest.fixture
def team(office: Office, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Two computers whose projects name the same database."""
    line = f'[records]\ndatabase = "{office.database}"\n'
    monkeypatch.setattr(people_world, "SETTINGS", people_world.SETTINGS + line)
    worlds = {}
    for name in ("first", "second"):
        folder = office.base / name
        folder.mkdir()
        worlds[name] = World(folder)
    return worlds


def type_(world: World, *arguments: str, command: Any = records, **options: Any) -> Result:
    """Type a command at a computer, in this process."""
    words = [*arguments, "--project", str(world.root)]
    environment = {"VALGEN_KEYSTORE": str(world.keystore)}
    return CliRunner().invoke(command, words, env=environment, standalone_mode=False, **options)


def join(team: dict[str, Any]) -> None:
    """Fetch the ledger on the second computer and let it write, as docs/team-store.md says."""
    first, second = team["first"], team["second"]
    done = type_(second, "store")
    assert done.exception is None
    assert "is on this computer now" in done.output
    second.root_file = first.root_file
    second.codes = first.codes
    origin = read_registry(first.desk.place).origin
    source, target = (sealed_path(world.keystore, origin, "u-0001") for world in (first, second))
    target.parent.mkdir(parents=True)
    shutil.copy(source, target)
    add_machine(second.desk, second.by("mara"), reason="second computer")


def test_the_first_computer_begins_and_the_second_goes_on(team: dict[str, Any]) -> None:
    first, second = team["first"], team["second"]
    made = first.begin()
    join(team)
    second.hire("anna", "author")
    first.hire("paul", "qa")
    assert {one["user"] for one in second.records("account.created")} == {"mara", "anna"}
    assert "1 of them new" not in type_(second, "store").output  # two records of paul
    assert {one["user"] for one in second.records("account.created")} == {"mara", "anna", "paul"}
    assert made.root_fingerprint in type_(first, "store").output
    for world in (first, second):
        done = type_(world, "--json", command=verify)
        found = json.loads(done.output)
        assert found["ok"], found["problems"]
        assert any(part.startswith("Team store:") for part in found["parts"])


def test_whoever_signs_opens_or_reviews_first_sees_what_others_recorded(team: dict[str, Any]) -> None:
    first, second = team["first"], team["second"]
    first.begin()
    join(team)
    first.hire("paul", "qa")
    assert {one["user"] for one in second.records("account.created")} == {"mara"}
    with alone(second.desk):
        assert {one["user"] for one in second.records("account.created")} == {"mara", "paul"}


def test_a_second_ledger_is_not_begun_beside_the_one_in_the_store(team: dict[str, Any]) -> None:
    team["first"].begin()
    with pytest.raises(AuthorityError) as error:
        team["second"].begin()
    assert error.value.code == "VG571"
    assert not team["second"].desk.place.exists


def test_tables_are_printed_for_an_administrator_of_the_database(team: dict[str, Any], office: Office) -> None:
    done = type_(team["first"], "store", "--sql", "valgen_writer")
    assert done.exception is None
    assert f"CREATE TABLE {office.schema}.record" in done.output
    assert "GRANT SELECT, INSERT ON" in done.output
    assert '"valgen_writer"' in done.output


def test_without_a_team_store_in_the_settings_the_command_says_what_to_write(tmp_path: Path) -> None:
    world = World(tmp_path)
    done = type_(world, "store")
    assert isinstance(done.exception, ValgenError)
    assert done.exception.code == "VG644"
    assert "postgresql://" in done.exception.fix


def test_no_copy_is_put_in_place_on_one_computer(team: dict[str, Any], tmp_path: Path) -> None:
    first = team["first"]
    first.begin()
    copy = tmp_path / "copy"
    shutil.copytree(first.desk.place.folder, copy)
    with pytest.raises(ExecutionError) as error:
        restore(first.desk, first.by("mara"), source=copy, reason="try")
    assert error.value.code == "VG635"


def test_the_recorder_of_a_formal_run_writes_to_the_team_store(team: dict[str, Any], office: Office) -> None:
    first = team["first"]
    first.begin()
    place = first.desk.place
    formal = {"project": str(place.project), "keystore": str(place.keystore), "team": place.team.keys()}
    settings = {"records": str(place.folder), "origin": place.project_id, "formal": formal, "actor": "valgen"}
    with _open_log(settings, Moment(1_772_443_900_000, 5_100_000), "boot-1") as log:
        log.append([tried("step")], time="2026-03-02T09:32:00.000Z", mono=1, boot="boot-1", actor="valgen")
        assert json.loads(office.rows()[-1])["body"]["subject"] == "step"


def test_settings_that_cannot_be_used_stop_acts_instead_of_leaving_the_store_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = '[records]\nobjects = "s3://records"\n'
    monkeypatch.setattr(people_world, "SETTINGS", people_world.SETTINGS + line)
    world = World(tmp_path)
    with pytest.raises(ValgenError):
        world.begin()
    assert not world.desk.place.exists

"""How the database is reached: password file, encryption, missing libraries; and nothing secret in any message."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from team_world import Office, make_certificate

from valgen.errors import ExecutionError
from valgen.ledger.team import Team
from valgen.ledger.team_address import TeamAddress
from valgen.ledger.team_sql import wrong_rights

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("team")]
SECRET = "thirteen lamps"


def over_network(office: Office, more: str = "") -> TeamAddress:
    text = f"postgresql://{office.role}@127.0.0.1:{office.port}/postgres?schema={office.schema}{more}"
    return TeamAddress(database=text)


def password_file(office: Office, monkeypatch: pytest.MonkeyPatch, text: str, mode: int = 0o600) -> Path:
    path = office.base / "pgpass"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    monkeypatch.setenv("PGPASSFILE", str(path))
    return path


def reach(address: TeamAddress) -> str:
    """Return the code with which a connection is refused; empty when it is not."""
    team = Team(address)
    try:
        team.database.connect()
    except ExecutionError as error:
        assert SECRET not in f"{error}{error.what}{error.why}{error.fix}"
        return error.code
    finally:
        team.close()
    return ""


def test_the_password_comes_from_the_password_file(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = f"# people\nother:*:*:*:wrong\n127.0.0.1:{office.port}:*:{office.role}:{SECRET}\n*:*:*:*:wrong\n"
    password_file(office, monkeypatch, lines)
    assert reach(over_network(office)) == ""
    password_file(office, monkeypatch, f"*:*:*:*:{SECRET} and more\n")
    assert reach(over_network(office)) == "VG641"
    password_file(office, monkeypatch, "")
    assert reach(over_network(office)) == "VG641"
    monkeypatch.setenv("PGPASSFILE", str(office.base / "nothing here"))
    assert reach(over_network(office)) == "VG641"


def test_a_colon_in_a_password_stands_behind_a_backslash(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.sql.run(f"ALTER ROLE {office.role} PASSWORD 'a:b\\c'")
    password_file(office, monkeypatch, "*:*:*:*:a\\:b\\\\c\n")
    assert reach(over_network(office)) == ""


def test_a_password_file_that_others_can_read_is_refused(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    password_file(office, monkeypatch, f"*:*:*:*:{SECRET}\n", mode=0o644)
    assert reach(over_network(office)) == "VG641"


def test_an_encrypted_connection_goes_to_the_right_server_only(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    password_file(office, monkeypatch, f"*:*:*:*:{SECRET}\n")
    right = over_network(office, f"&sslmode=verify-full&sslrootcert={office.postgres}/server.crt")
    assert reach(right) == ""
    make_certificate(office.base / "other")
    wrong = over_network(office, f"&sslmode=verify-full&sslrootcert={office.base}/other.crt")
    assert reach(wrong) == "VG641"
    assert reach(over_network(office, "&sslmode=verify-full")) == "VG641"


@pytest.mark.parametrize(("library", "extra"), [("pg8000", "postgresql"), ("boto3", "aws")])
def test_a_missing_library_is_named_with_its_extra(
    office: Office, monkeypatch: pytest.MonkeyPatch, library: str, extra: str
) -> None:
    office.with_bucket()
    for name in [name for name in sys.modules if name.split(".")[0] == library]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    team = Team(office.address)
    with pytest.raises(ExecutionError) as error, team.turn("valgen:0/S3V"):
        pass
    assert error.value.code == "VG640"
    assert f'pip install "valgen[{extra}]"' in error.value.fix


def test_the_owner_of_the_tables_is_no_role_that_writes_records(office: Office) -> None:
    address = TeamAddress(database=office.database.replace(f"{office.role}@", "owner@"))
    assert reach(address) == "VG642"


def test_a_server_that_can_lose_what_it_committed_is_named() -> None:
    def run(sql: str, **named: str) -> list[list[object]]:
        return [["off" if named.get("name") == "fsync" else False if "privilege" in sql else "on"]]

    assert [one for one in wrong_rights(run, "valgen") if "fsync = off" in one]

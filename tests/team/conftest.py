"""A real PostgreSQL, started once, and an S3 service over HTTP (moto's), for tests of team stores.

Each test gets a schema and a bucket of its own. The database is started as the person who runs the tests, or, where
that is root, as the user that its package made.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent

for _name, _path in (
    ("ledger_sample", HERE.parent / "ledger/sample.py"),
    ("ledger_people", HERE.parent / "ledger/people.py"),
    ("people_world", HERE.parent / "people_world.py"),
    ("team_world", HERE / "team_world.py"),
):
    if _name not in sys.modules:
        _spec = importlib.util.spec_from_file_location(_name, _path)
        if _spec is None or _spec.loader is None:
            raise ImportError(_path)
        _module = importlib.util.module_from_spec(_spec)
        sys.modules[_name] = _module
        _spec.loader.exec_module(_module)


def _programs() -> Path | None:
    found = shutil.which("postgres")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((folder for folder in reversed(folders) if (folder / "initdb").is_file()), None)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Path]:
    """A running PostgreSQL; gives the folder of its socket. Its owner is the role ``owner``."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed here (tools/system-packages.sh installs it)")
    folder = Path(tempfile.mkdtemp(prefix="vg-pg-"))
    user = None
    if os.name == "posix" and os.geteuid() == 0:  # it refuses to run as root
        user = "postgres"
        shutil.chown(folder, user)
    data = folder / "data"
    run: dict[str, Any] = {"user": user, "check": True, "cwd": folder}
    run |= {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = None
    try:
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "owner", "-A", "trust", "-E", "UTF8", "--no-sync"], **run
        )
        (data / "pg_hba.conf").write_text(
            "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n", encoding="utf-8"
        )
        sys.modules["team_world"].make_certificate(folder / "server", user)
        options = ("ssl=on", f"ssl_cert_file={folder}/server.crt", f"ssl_key_file={folder}/server.key")
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, "-k", folder, "-p", str(port()), "-h", "127.0.0.1"]
            + [word for option in options for word in ("-c", option)],
            user=user,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=(Path(folder) / "log").open("wb"),
        )
        sys.modules["team_world"].wait_for(folder, server)
        yield folder
    finally:
        if server is not None:
            server.terminate()
            server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


_PORT: list[int] = []


def port() -> int:
    """Return a free port, the same at every call."""
    if not _PORT:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            _PORT.append(probe.getsockname()[1])
    return _PORT[0]


@pytest.fixture(scope="session")
def s3_service() -> Iterator[str]:
    """An S3 service; gives its address."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, number = server.get_host_and_port()
    yield f"http://{host}:{number}"
    server.stop()


@pytest.fixture
def office(tmp_path: Path, postgres: Path, s3_service: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """A database schema and a bucket, with a ledger that has not been put there yet."""
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "testing"),
        ("AWS_SECRET_ACCESS_KEY", "testing"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ):
        monkeypatch.setenv(name, value)
    made = sys.modules["team_world"].Office(tmp_path, postgres, port(), s3_service)
    yield made
    made.close()

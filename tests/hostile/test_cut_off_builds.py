"""A build that is killed, finds no room or meets another one leaves a whole pack, and the next one is as any other."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from valgen.workflow import pack_place
from valgen.workflow.pack_place import exchange, replacing

_LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
import valgen.cli
valgen.cli.main(["build", *sys.argv[2:]])
"""


def _files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def _left(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".pack-") and path.is_dir()]


def _start(tiny, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "valgen", "build", *arguments], cwd=tiny.root, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env={**os.environ, "COLUMNS": "200"},
    )  # fmt: skip


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system cannot kill so")
@pytest.mark.parametrize(
    ("moment", "formats"),
    [("word/FS.docx", "docx"), pytest.param("html/index.html", "docx,html", marks=pytest.mark.real)],
)
def test_killed_build_leaves_the_old_pack_and_nothing_that_stops_the_next_one(tiny, moment, formats):
    assert tiny.valgen("build", "--format", formats).returncode == 0
    before = _files(tiny.root / "build/pack")
    text = (tiny.root / "requirements/items.yaml").read_text("utf-8")
    tiny.write("requirements/items.yaml", text.replace("Adds.", "Adds up."))
    running = _start(tiny, "--format", formats)
    while running.poll() is None and not list((tiny.root / "build").glob(f".pack-*/pack/{moment}")):
        time.sleep(0.002)
    running.kill()
    running.communicate()
    if running.returncode == -signal.SIGKILL:
        assert _files(tiny.root / "build/pack") == before
        assert _left(tiny.root / "build")
    assert tiny.valgen("verify").returncode == 0
    assert tiny.valgen("build", "--format", formats).returncode == 0
    assert _left(tiny.root / "build") == []
    assert tiny.valgen("build", "--format", formats, "--fresh", "-o", "build/fresh").returncode == 0
    assert _files(tiny.root / "build/pack") == _files(tiny.root / "build/fresh") != before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no limit for the size of files")
@pytest.mark.parametrize("limit", [0, 20_000, pytest.param(100_000, marks=pytest.mark.real)])
def test_build_that_finds_no_room_keeps_the_old_pack_and_says_so(tiny, limit):
    assert tiny.valgen("build", "URS", "--format", "docx,pdf").returncode == 0
    before = _files(tiny.root / "build/pack")
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, str(limit), "--fresh"], cwd=tiny.root, capture_output=True, text=True,
        check=False, env={**os.environ, "COLUMNS": "200"},
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert "VG999" not in done.stderr
    assert "disk has room" in done.stderr
    assert _files(tiny.root / "build/pack") == before
    assert _left(tiny.root / "build") == []


@pytest.mark.real
def test_builds_at_the_same_time_all_succeed_and_the_pack_is_of_one_state(tiny):
    running = [_start(tiny, *arguments) for arguments in ((), ("URS", "--format", "docx"), ("--fresh",))]
    for one in running:
        said = one.communicate()
        assert one.returncode == 0, said
    assert tiny.valgen("verify").returncode == 0
    assert tiny.valgen("build").returncode == 0
    pack = _files(tiny.root / "build/pack")
    assert tiny.valgen("build", "--fresh", "-o", "build/fresh").returncode == 0
    assert _files(tiny.root / "build/fresh") == pack
    assert _left(tiny.root / "build") == []


def _pack(folder: Path, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "file.txt").write_text(text, "utf-8")


@pytest.mark.parametrize("in_one_step", [True, False])
def test_new_pack_takes_the_place_of_the_old_one(tmp_path, monkeypatch, in_one_step):
    if not in_one_step:
        monkeypatch.setattr(pack_place, "exchange", lambda one, other: False)
    for text in ("first", "second"):
        with replacing(tmp_path / "pack") as work:
            _pack(work, text)
        assert (tmp_path / "pack/file.txt").read_text("utf-8") == text
    assert _left(tmp_path) == []


@pytest.mark.skipif(sys.platform not in ("linux", "darwin"), reason="this system cannot exchange folders")
def test_two_folders_change_places_in_one_step(tmp_path):
    _pack(tmp_path / "a", "a")
    _pack(tmp_path / "b", "b")
    assert exchange(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "a/file.txt").read_text("utf-8") == "b"
    assert not exchange(tmp_path / "a", tmp_path / "missing")


@pytest.mark.parametrize("error", [OSError("no room"), KeyboardInterrupt()])
def test_failure_while_writing_leaves_the_old_pack(tmp_path, error):
    _pack(tmp_path / "pack", "old")
    with pytest.raises(type(error)), replacing(tmp_path / "pack") as work:
        _pack(work, "new")
        raise error
    assert (tmp_path / "pack/file.txt").read_text("utf-8") == "old"
    assert _left(tmp_path) == []


def test_failure_of_the_last_step_puts_the_old_pack_back(tmp_path, monkeypatch):
    _pack(tmp_path / "pack", "old")
    monkeypatch.setattr(pack_place, "exchange", lambda one, other: False)
    with pytest.raises(OSError), replacing(tmp_path / "pack") as work:
        work.rmdir()  # so that it cannot be moved
    assert (tmp_path / "pack/file.txt").read_text("utf-8") == "old"


def test_pack_that_a_killed_build_had_taken_away_is_put_back(tmp_path, monkeypatch):
    _pack(tmp_path / "pack", "old")
    with pytest.raises(ZeroDivisionError), replacing(tmp_path / "pack") as work:
        place = work.parent
        1 / 0  # noqa: B018
    _pack(place / "pack", "half of the new")
    (tmp_path / "pack").rename(place / "before")
    _pack(tmp_path / ".pack-00000000-of-another", "belongs to another pack")
    with pytest.raises(ZeroDivisionError), replacing(tmp_path / "pack"):
        assert (tmp_path / "pack/file.txt").read_text("utf-8") == "old"
        1 / 0  # noqa: B018
    assert (tmp_path / "pack/file.txt").read_text("utf-8") == "old"
    assert _left(tmp_path) == [".pack-00000000-of-another"]

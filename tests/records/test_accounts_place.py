"""Where a ledger may lie: not on drives that others write to, with a warning where a program synchronises."""

from __future__ import annotations

from pathlib import Path

import pytest

from valgen.errors import ExecutionError
from valgen.ledger.durable import Disk
from valgen.records.place import check_drive, probe, synchronised_by

MOUNTS = """22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
36 22 0:31 / /home/anna/share rw,relatime shared:2 - {kind} //server/share rw
37 22 8:2 / /home/anna/share/local\\040disk rw shared:3 - ext4 /dev/sdb1 rw
"""


@pytest.mark.attack("C-6")
@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p", "fuse.rclone"])
def test_a_network_drive_is_refused(kind: str) -> None:
    mounts = MOUNTS.format(kind=kind)
    with pytest.raises(ExecutionError) as refused:
        check_drive(Path("/home/anna/share/project/.valgen"), mounts=mounts)
    assert refused.value.code == "VG574" and kind in refused.value.what
    check_drive(Path("/home/anna/project"), mounts=mounts)
    check_drive(Path("/home/anna/share/local disk/project"), mounts=mounts)


@pytest.mark.parametrize(
    "path",
    ["/home/anna/Dropbox/p", "/home/anna/OneDrive - ACME Ltd/p", "/Users/a/Library/Mobile Documents/x", "/h/Nextcloud"],
)
def test_a_synchronised_folder_is_named(path: str) -> None:
    assert synchronised_by(Path(path))


@pytest.mark.parametrize("path", ["/home/boxer/p", "/home/anna/toolbox/p", "/home/anna/syncthesis/p", "/srv/megaphone"])
def test_other_folders_are_not(path: str) -> None:
    assert synchronised_by(Path(path)) == ""


def test_a_marker_of_a_synchronising_program_is_found(tmp_path: Path) -> None:
    (tmp_path / ".stfolder").mkdir()
    (tmp_path / "deep" / "project").mkdir(parents=True)
    assert synchronised_by(tmp_path / "deep" / "project") == ".stfolder"


class NoRename(Disk):
    def replace(self, source: Path, target: Path) -> None:
        raise OSError(95, "Operation not supported")


class NoSync(Disk):
    def sync(self, fd: int) -> None:
        raise OSError(22, "Invalid argument")


@pytest.mark.attack("C-6")
@pytest.mark.parametrize("disk", [NoRename(), NoSync()])
def test_a_folder_where_a_step_does_not_work_is_refused_and_left_as_it_was(tmp_path: Path, disk: Disk) -> None:
    with pytest.raises(ExecutionError) as refused:
        probe(tmp_path / "records", disk=disk)
    assert refused.value.code == "VG574"
    assert list(tmp_path.iterdir()) == []
    probe(tmp_path / "records")
    assert list(tmp_path.iterdir()) == []


def test_locks_that_two_can_hold_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from valgen.ledger import lock

    monkeypatch.setattr(lock, "_lock", lambda fd: True)
    with pytest.raises(ExecutionError, match="lock a file"):
        probe(tmp_path)

"""A check that was made before is not made again, and never gives an answer that no longer holds."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from valgen.readers import packs
from valgen.workflow import check as check_module
from valgen.workflow.check import CheckReport, check

SETTINGS = """[project]
id = "P"
name = "P"
regulations = ["21-cfr-part-11"]
[system]
name = "S"
version = "1"
"""
FILES = {
    "valgen.toml": SETTINGS,
    "requirements/urs.yaml": "- {id: URS-1, title: A, text: It shall be fast.}\n"
    "- {id: URS-2, title: B, text: It shall be.}\n",
    "requirements/fs.yaml": "- {id: FS-1, title: A, text: B, satisfies: [URS-1, URS-9]}\n",
    "requirements/documents.yaml": "documents:\n  - {type: URS}\n",
    "requirements/applicability.yaml": "applicability:\n  - {clause: 21CFR11.30, applicable: 'no', rationale: X}\n",
    "test_scripts/oq/a.feature": "Feature: F\n  @OQ-1 @verifies:FS-1\n  Scenario: S\n    When x\n    Then y\n",
    "test_scripts/steps/box.py": "x = 1\n",
    "documents/URS.md": "# Scope\n\nText.\n",
}


def write(root: Path, files: dict[str, str | bytes | None]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            path.unlink()
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    write(folder, dict(FILES))
    return folder


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VALGEN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def packs_of(cache: Path) -> list[Path]:
    return sorted(cache.glob("check-*.cache"))


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Count the checks that are really made."""
    made: list[int] = []
    real = check_module.check_loaded

    def counted(loaded: object) -> CheckReport:
        made.append(1)
        return real(loaded)  # type: ignore[arg-type]

    monkeypatch.setattr(check_module, "check_loaded", counted)
    yield made


def test_unchanged_project_is_not_judged_again(root: Path, cache: Path, judged: list[int]) -> None:
    first = check(root)
    assert first.findings and len(judged) == 1
    assert check(root) == first
    assert len(judged) == 1
    assert check(root, cached=False) == first


def test_moved_project_is_judged_anew(root: Path, cache: Path, judged: list[int]) -> None:
    first = check(root)
    moved = root.rename(root.parent / "elsewhere")
    assert check(moved) == first
    assert len(judged) == 2


CHANGES: dict[str, dict[str, str | bytes | None]] = {
    "requirement": {"requirements/urs.yaml": FILES["requirements/urs.yaml"].replace("fast", "quick")},
    "link": {"requirements/fs.yaml": FILES["requirements/fs.yaml"].replace("URS-9", "URS-2")},
    "file of items added": {"requirements/more.yaml": "- {id: URS-2, title: A, text: It shall be.}\n"},
    "file of items removed": {"requirements/fs.yaml": None},
    "file renamed": {"requirements/fs.yaml": None, "requirements/g.yaml": FILES["requirements/fs.yaml"]},
    "script": {"test_scripts/oq/a.feature": FILES["test_scripts/oq/a.feature"].replace("Then", "And")},
    "register": {"requirements/documents.yaml": "documents:\n  - {type: URS}\n  - {type: FS}\n"},
    "applicability": {"requirements/applicability.yaml": "applicability:\n  - {clause: X, applicable: 'no'}\n"},
    "prose": {"documents/URS.md": ""},
    "prose of nothing": {"documents/NIX.md": "x"},
    "settings": {"valgen.toml": SETTINGS + '[environments.TEST]\n[stages]\nOQ = []\n'},
    "severity": {"valgen.toml": SETTINGS + '[severity]\nVG180 = "error"\n'},
    "settings twice": {"pyproject.toml": "[tool.valgen]\n"},
    "file that is not read": {"requirements/notes.docx": b"x"},
    "stray Python": {"test_scripts/oq/helper.py": "x = 1\n"},
    "image that nothing names": {"documents/picture.png": b"x"},
    "nested project": {"requirements/inner/valgen.toml": "", "requirements/inner/a.yaml": "- {id: URS-7}\n"},
    "template": {"templates/URS.rst": "A\n=\n\n|no|\n"},
    "template of nothing": {"templates/NIX.rst": "A\n=\n\nx\n"},
    "template that is no text": {"templates/URS.rst": b"\xff"},
    "logo": {"templates/logo.png": b"no picture"},
    "Word template": {"templates/company.docx": b"no zip"},
    "Word template that is not there": {"valgen.toml": SETTINGS.replace("[sys", 'word_template = "x.docx"\n[sys')},
    "wrong encoding": {"requirements/urs.yaml": b"\xff\xfe"},
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_change_is_judged_as_without_a_cache(
    root: Path, cache: Path, judged: list[int], change: dict[str, str | bytes | None]
) -> None:
    before = check(root)
    write(root, change)
    after = check(root)
    assert after == check(root, cached=False)
    assert after.findings != before.findings
    assert len(judged) == 3


def test_change_and_change_back_is_judged_each_time(root: Path, cache: Path) -> None:
    first = check(root)
    write(root, {"requirements/fs.yaml": "[]\n"})
    assert check(root) != first
    write(root, {"requirements/fs.yaml": FILES["requirements/fs.yaml"]})
    assert check(root) == first


def test_same_size_and_time_do_not_hide_a_change(root: Path, cache: Path) -> None:
    path = root / "requirements" / "fs.yaml"
    first, status = check(root), path.stat()
    path.write_text(path.read_text().replace("URS-9", "URS-1"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert check(root) != first


def test_other_code_judges_anew(root: Path, cache: Path, judged: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    check(root)
    real = packs._code
    monkeypatch.setattr(packs, "_code", lambda rooms: [*real(rooms), ("valgen/trace/rules/more.py", 1, 1)])
    check(root)
    assert len(judged) == 2


def test_world_covers_the_rules_the_clauses_and_the_parsers(root: Path) -> None:
    names = [name.replace(os.sep, "/") for name, _, _ in packs._code(check_module._ROOMS)]
    wanted_names = (
        "trace/rules/links.py", "trace/graph.py", "codes/trace.py", "regulations/data/index.json", "documents/rules.py",
        "readers/items.py", "model/item_types.py", "workflow/check.py", "yaml/__init__.py", "gherkin/__init__.py",
    )  # fmt: skip
    for wanted in wanted_names:
        assert any(name.endswith(wanted) for name in names), wanted


def test_any_changed_byte_of_the_pack_is_noticed(root: Path, cache: Path, judged: list[int]) -> None:
    first = check(root)
    (pack,) = packs_of(cache)
    good = pack.read_bytes()
    for at in range(0, len(good), max(len(good) // 60, 1)):
        pack.write_bytes(good[:at] + bytes([good[at] ^ 0x10]) + good[at + 1 :])
        judged.clear()
        assert check(root) == first
        assert judged == [1]


@pytest.mark.parametrize("damage", [b"", b"x", b"valgen-cache\n", b"valgen-cache\n" + b"\0" * 40])
def test_damaged_pack_is_ignored_and_rewritten(root: Path, cache: Path, judged: list[int], damage: bytes) -> None:
    first = check(root)
    (pack,) = packs_of(cache)
    pack.write_bytes(damage)
    assert check(root) == first
    assert check(root) == first
    assert len(judged) == 2


def test_pack_with_something_else_in_it_is_ignored(root: Path, cache: Path) -> None:
    first = check(root)
    (pack,) = packs_of(cache)
    world = packs.world_of(check_module._ROOMS, check_module._FORMAT, check_module.read_sources(root).digest())
    for values in (None, (), (1, 2), (1, 2, 3), (1, 2, [(1,)]), {"items": 1}):
        packs.write_pack(pack, world, values)
        assert check(root) == first


def test_figure_that_disappears_is_noticed(root: Path, cache: Path) -> None:
    write(
        root,
        {
            "art/x.png": b"\x89PNG\r\n\x1a\n",
            "requirements/p.yaml": "- {id: URS-3, title: A, text: B, figures: [../art/x.png]}\n",
        },
    )
    assert not any(one.code == "VG118" for one in check(root).findings)
    assert packs_of(cache) == []
    write(root, {"art/x.png": None})
    assert any(one.code == "VG118" for one in check(root).findings)


def test_file_that_cannot_be_read_is_tried_again(root: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.read_bytes

    def refused(path: Path) -> bytes:
        if path.name == "fs.yaml":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", refused)
    assert any(one.code == "VG010" for one in check(root).findings)
    assert packs_of(cache) == []
    monkeypatch.undo()
    monkeypatch.setenv("VALGEN_CACHE", str(cache))
    assert not any(one.code == "VG010" for one in check(root).findings)


def test_unusable_settings_are_never_kept(root: Path, cache: Path) -> None:
    write(root, {"valgen.toml": "[project\n"})
    assert [one.code for one in check(root).findings] == ["VG004"]
    assert packs_of(cache) == []


def test_without_a_cache_nothing_is_written(root: Path, cache: Path) -> None:
    check(root, cached=False)
    assert not cache.exists()


def test_cache_folder_that_cannot_be_written_is_done_without(root: Path, cache: Path) -> None:
    cache.write_text("a file where the folder should be")
    assert check(root) == check(root, cached=False)

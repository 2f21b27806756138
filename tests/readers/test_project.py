# ruff: noqa: E501  (tables of cases read better with one case per line)
"""Whole projects: what is loaded, what is reported, order, digests, and the cache."""

import hashlib

import pytest

from valgen.readers import project as project_module
from valgen.readers import read_project
from valgen.readers import sources as sources_module
from valgen.readers.cache import ReadCache

ITEM = "id: {id}\ntitle: A\ntext: B\n"
FEATURE = "Feature: F\n  @{id}\n  Scenario: S\n    When x\n    Then y\n"


def write(root, files):
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "project"
    write(
        folder,
        {
            "valgen.toml": '[project]\nid = "P"\n',
            "requirements/b.yaml": "- {id: URS-10, title: A, text: B}\n- {id: URS-2, title: A, text: B}\n",
            "requirements/deep/a.yaml": ITEM.format(id="URS-1"),
            "requirements/documents.yaml": "documents:\n  - {type: URS, key: URS-A}\n",
            "requirements/applicability.yaml": "- {clause: 21CFR11.30, applicable: no, rationale: x}\n",
            "test_scripts/oq/b.feature": FEATURE.format(id="OQ-2"),
            "test_scripts/oq/a.feature": FEATURE.format(id="OQ-10"),
            "test_scripts/iq/deep/c.feature": FEATURE.format(id="IQ-1"),
            "test_scripts/conftest.py": "",
            "test_scripts/oq/conftest.py": "",
            "test_scripts/steps/own.py": "",
            "documents/URS-A.md": "# Purpose\n",
            "documents/VP.md": "# Purpose\n",
        },
    )
    return folder


def codes(project):
    return [(found.code, str(found.location)) for found in project.findings]


def test_whole_project_is_read_in_order(root):
    project = read_project(root)
    assert not project.findings
    assert [item.id for item in project.items] == ["URS-1", "URS-2", "URS-10"]
    assert [case.id for case in project.cases] == ["IQ-1", "OQ-10", "OQ-2"]
    assert [entry.key for entry in project.documents] == ["URS-A"]
    assert [one.clause for one in project.applicability] == ["21CFR11.30"]
    assert sorted(project.prose) == ["URS-A", "VP"]
    assert project.root == str(root)


def test_every_loaded_file_has_its_digest(root):
    files = {file.path: file for file in read_project(root).files}
    on_disk = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    assert sorted(files) == on_disk
    data = (root / "requirements/b.yaml").read_bytes()
    assert (files["requirements/b.yaml"].sha256, files["requirements/b.yaml"].size_bytes) == (
        hashlib.sha256(data).hexdigest(), len(data),
    )  # fmt: skip


NOT_LOADED = {
    "requirements/old.yml": ("VG026", "rename it to old.yaml"),
    "requirements/OLD.YAML": ("VG026", "rename it to OLD.yaml"),
    "requirements/notes.txt": ("VG027", ""),
    "requirements/urs.yaml.bak": ("VG027", ""),
    "requirements/diagram.png": ("VG027", ""),
    "test_scripts/oq/x.feature.md": ("VG026", "rename it to x.feature"),
    "test_scripts/oq/X.Feature": ("VG026", "rename it to X.feature"),
    "test_scripts/oq/x.feature.bak": ("VG028", ""),
    "test_scripts/oq/test_more.py": ("VG027", "move it to test_scripts/steps/ if it holds steps; fixtures belong into conftest.py"),
    "test_scripts/steps/deep/x.py": ("VG027", "move it to test_scripts/steps/ if it holds steps; fixtures belong into conftest.py"),
    "test_scripts/data/table.csv": ("VG028", ""),
    "documents/deep/VP.md": ("VG026", "rename it to documents/VP.md"),
    "documents/VP.markdown": ("VG026", "rename it to documents/VP.md"),
    "documents/README.md": ("VG027", ""),
    "documents/VP.docx": ("VG027", ""),
    "documents/USR.md": ("VG312", "did you mean URS?"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "expected"), NOT_LOADED.items(), ids=NOT_LOADED.keys())
def test_file_that_is_not_loaded_is_reported(root, name, expected):
    write(root, {name: "x"})
    assert [(found.code, str(found.location), found.fix) for found in read_project(root).findings] == [
        (expected[0], name, expected[1])
    ]


@pytest.mark.parametrize(
    "name",
    ["requirements/.hidden.yaml", "requirements/a.yaml~", "requirements/.git/x.yaml", "requirements/#a.yaml#", "documents/~$VP.docx",
     "test_scripts/__pycache__/x.pyc", "test_scripts/oq/.a.feature.swp", "documents/Thumbs.db", "requirements/.DS_Store"],
)  # fmt: skip
def test_what_editors_leave_behind_is_passed_over(root, name):
    write(root, {name: "x"})
    assert not read_project(root).findings


def test_feature_outside_the_stage_folders_is_read_with_a_warning(root):
    write(root, {"test_scripts/x.feature": FEATURE.format(id="PQ-1")})
    project = read_project(root)
    assert codes(project) == [("VG214", "test_scripts/x.feature")]
    assert "PQ-1" in [case.id for case in project.cases]


def test_nested_project_is_its_own(root):
    write(root, {"requirements/inner/valgen.toml": "", "requirements/inner/requirements/x.yaml": "broken: ["})
    assert codes(read_project(root)) == [("VG030", "requirements/inner")]


def test_links_inside_are_followed_and_links_outside_are_mistakes(root, tmp_path):
    write(tmp_path, {"outside.yaml": ITEM.format(id="URS-98"), "elsewhere/x.yaml": ""})
    write(root, {"shared/inside.yaml": ITEM.format(id="URS-99")})
    (root / "requirements" / "out.yaml").symlink_to(tmp_path / "outside.yaml")
    (root / "requirements" / "in.yaml").symlink_to(root / "shared" / "inside.yaml")
    (root / "requirements" / "loop").symlink_to(root / "requirements")
    (root / "requirements" / "folder").symlink_to(tmp_path / "elsewhere")
    (root / "requirements" / "dangling.yaml").symlink_to(root / "nothing")
    project = read_project(root)
    assert codes(project) == [
        ("VG010", "requirements/dangling.yaml"), ("VG029", "requirements/folder"), ("VG027", "requirements/loop"),
        ("VG029", "requirements/out.yaml"),
    ]  # fmt: skip
    assert "URS-99" in [item.id for item in project.items]


def test_named_figure_is_used_and_missing_figure_is_reported(root):
    write(
        root,
        {
            "requirements/p/a.png": b"\x89PNG\r\n\x1a\n",
            "documents/img/b.png": b"x",
            "documents/VP.md": "![x](img/b.png)\n",
        },
    )
    write(root, {"requirements/p/f.yaml": "{id: URS-7, title: A, text: B, figures: [a.png, c.png, ../../../x.png]}\n"})
    assert codes(read_project(root)) == [("VG118", "requirements/p/f.yaml:1:41")] * 2


def test_missing_folders_are_warnings(tmp_path):
    write(tmp_path, {"valgen.toml": ""})
    assert codes(read_project(tmp_path)) == [("VG034", "requirements"), ("VG034", "test_scripts")]


def test_unusable_settings_are_the_only_finding(root):
    (root / "valgen.toml").write_text("[project\n")
    project = read_project(root)
    assert [found.code for found in project.findings] == ["VG004"]
    assert not project.items


def test_folder_without_settings_is_a_finding(tmp_path):
    assert codes(read_project(tmp_path)) == [("VG002", "valgen.toml")]


def test_mistakes_of_every_file_come_in_the_order_of_places(root):
    write(
        root,
        {
            "requirements/b.yaml": "- {id: URS-2, titel: A, text: B}\n",
            "requirements/a.yaml": b"\xff",
            "test_scripts/oq/a.feature": "Feature: F\n  Scenario: S\n    When x\n    oops\n",
            "documents/VP.md": b"a\n\xe4",
        },
    )
    assert codes(read_project(root)) == [
        ("VG011", "documents/VP.md:2:1"),
        ("VG011", "requirements/a.yaml:1:1"),
        ("VG102", "requirements/b.yaml:1:8"),
        ("VG101", "requirements/b.yaml:1:15"),
        ("VG200", "test_scripts/oq/a.feature:4:5"),
    ]


def test_order_in_which_files_are_named_changes_nothing(root, monkeypatch):
    first = read_project(root)
    real = sources_module.list_files

    def shuffled(*args):
        listing = real(*args)
        listing.items.reverse()
        listing.features.reverse()
        listing.prose.reverse()
        return listing

    monkeypatch.setattr(sources_module, "list_files", shuffled)
    again = read_project(root)
    assert (again.items, again.cases, again.files, again.findings) == (
        first.items,
        first.cases,
        first.files,
        first.findings,
    )
    assert list(again.prose) == list(first.prose)


def test_cached_project_equals_the_one_read_anew(root, tmp_path):
    write(
        root,
        {"requirements/wrong.yaml": "- {id: URS-3, titel: A}\n- {id: FS-1, title: A, text: B, satisfies: [URS-1]}\n"},
    )
    write(root, {"test_scripts/oq/out.feature": 'Feature: F\n  @OQ-7 @critcal\n  Scenario Outline: S\n    When <x>\n      """json\n      1\n'
                 '      """\n    Then y\n      | a |\n    Examples:\n      | case | x |\n      | u    | 1 |\n'})  # fmt: skip
    cache = tmp_path / "cache"
    anew = read_project(root)
    assert read_project(root, cache=cache) == anew
    assert read_project(root, cache=cache) == anew


def test_unchanged_file_is_not_read_again_and_a_changed_one_is(root, tmp_path, monkeypatch):
    cache = tmp_path / "cache"
    read_project(root, cache=cache)
    seen = []
    real = project_module.read_items
    monkeypatch.setattr(project_module, "read_items", lambda path, *rest: (seen.append(path), real(path, *rest))[1])
    read_project(root, cache=cache)
    assert seen == []
    write(root, {"requirements/deep/a.yaml": ITEM.format(id="URS-5")})
    assert [item.id for item in read_project(root, cache=cache).items] == ["URS-2", "URS-5", "URS-10"]
    assert seen == ["requirements/deep/a.yaml"]


def test_changed_settings_make_everything_be_read_again(root, tmp_path):
    cache = tmp_path / "cache"
    write(root, {"requirements/if.yaml": ITEM.format(id="IF-1")})
    assert [code for code, _ in codes(read_project(root, cache=cache))] == ["VG107"]
    write(root, {"valgen.toml": '[types.IF]\nname = "Interface"\n'})
    assert codes(read_project(root, cache=cache)) == []


@pytest.mark.parametrize("damage", [b"", b"x", b"valgen-cache\n" + b"\0" * 60])
def test_damaged_cache_is_ignored_and_rewritten(root, tmp_path, damage):
    cache = tmp_path / "cache"
    anew = read_project(root, cache=cache)
    (pack,) = cache.iterdir()
    good = pack.read_bytes()
    pack.write_bytes(damage)
    assert read_project(root, cache=cache) == anew
    assert pack.read_bytes() == good


def test_any_changed_byte_of_the_cache_is_noticed(root, tmp_path):
    cache = tmp_path / "cache"
    anew = read_project(root, cache=cache)
    (pack,) = cache.iterdir()
    good = pack.read_bytes()
    for at in range(0, len(good), max(len(good) // 40, 1)):
        pack.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        assert read_project(root, cache=cache) == anew


def test_cache_that_cannot_be_written_is_done_without(root, tmp_path):
    (tmp_path / "file").write_text("")
    assert read_project(root, cache=tmp_path / "file") == read_project(root)


def test_cache_of_another_world_is_not_used(tmp_path):
    folder, root = tmp_path / "cache", tmp_path
    one = ReadCache(folder, root, "a")
    one.put("x", b"d", ([], [], []))
    one.save()
    assert ReadCache(folder, root, "a").get("x", b"d") == ([], [], [])
    assert ReadCache(folder, root, "b").get("x", b"d") is None
    assert ReadCache(folder, root, "a").get("x", b"e") is None

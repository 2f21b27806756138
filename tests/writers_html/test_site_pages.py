"""The site as a folder of files: addresses, safety, equal bytes, what is written again and what is left alone."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import sample_pack
from hostile_pages import HOSTILE, PAGE_TAGS, Read, assert_inert
from sample_pack import document, paragraph, requirement

from valgen.documents.blocks import Column, Document, Entry, Image, Paragraph, Row, Run, Section, Table, cell
from valgen.documents.visible import visible
from valgen.errors import RenderError
from valgen.writers.html import ExtraPage, build_site


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def page(folder: Path, name: str) -> Read:
    return Read((folder / f"{name}.html").read_text(encoding="utf-8"))


def small(text: str = "first", key: str = "URS") -> Document:
    return document(key, Section("Items", "items", (requirement("URS-001", "One", text),)))


# Addresses


def test_every_document_has_its_page_and_every_id_its_address(built: Path) -> None:
    for name, anchors in {
        "URS": ("URS-010", "URS-011", "URS-020", "purpose", "users"),
        "OQ-report": ("OQ-014", "OQ-015", "OQ-017[2]", "OQ-014.s2"),
        "OQ-protocol": ("OQ-014",),
        "RTM": ("URS-010", "URS-399", "forward"),
    }.items():
        assert set(anchors) <= set(page(built, name).values("id"))


def test_every_link_inside_the_site_leads_to_a_place_that_exists(built: Path) -> None:
    from urllib.parse import unquote

    ids = {path.name: set(Read(path.read_text(encoding="utf-8")).values("id")) for path in built.glob("*.html")}
    links = 0
    for path in built.glob("*.html"):
        for href in Read(path.read_text(encoding="utf-8")).values("href"):
            if re.match(r"https?:|mailto:", href):
                continue
            name, _, place = href.partition("#")
            target = name or path.name
            assert (built / target).is_file(), (path.name, href)
            if place:
                assert unquote(place) in ids[target], (path.name, href)
                links += 1
    assert links > 100


def test_no_page_has_one_id_twice(built: Path) -> None:
    for path in built.glob("*.html"):
        ids = Read(path.read_text(encoding="utf-8")).values("id")
        assert len(ids) == len(set(ids)), path.name


def test_matrix_leads_to_the_requirement_and_to_the_executed_case(built: Path) -> None:
    hrefs = page(built, "RTM").values("href")
    assert "URS.html#URS-010" in hrefs
    assert "OQ-report.html#OQ-014" in hrefs
    assert "OQ-protocol.html#OQ-014" not in hrefs


def test_link_prefers_the_entry_on_its_own_page(tmp_path: Path) -> None:
    own = Entry("OQ-001", "OQ-001", "x", "OQ", (Paragraph((Run("itself", link="#OQ-001"),)),))
    build_site([document("OQ-protocol", Section("a", "a", (own,))), document("OQ-report", Section("a", "b", (own,)))],
               tmp_path, title="t")  # fmt: skip
    assert "OQ-report.html#OQ-001" not in page(tmp_path, "OQ-protocol").values("href")


def test_case_of_several_environments_is_found_by_its_plain_id(tmp_path: Path) -> None:
    link = Paragraph((Run("OQ-001", link="#OQ-001"), Run("2", link="#OQ-001.2")))
    build_site(
        [
            document("OQ-protocol", Section("a", "a", (Entry("OQ-001", "OQ-001", "x", "OQ", ()),))),
            document("OQ-report", Section("a", "a", (
                Entry("OQ-001.2", "OQ-001.2", "another case", "OQ", ()),
                Entry("OQ-001.VAL", "OQ-001 in VAL", "x", "OQ", ()),
                Entry("OQ-001.PROD", "OQ-001 in PROD", "x", "OQ", ()),
            ))),
            document("RTM", Section("a", "a", (link,))),
        ],
        tmp_path, title="t",
    )  # fmt: skip
    assert {"OQ-report.html#OQ-001.VAL", "OQ-report.html#OQ-001.2"} <= set(page(tmp_path, "RTM").values("href"))
    from sphinx.util.inventory import InventoryFile

    cases = InventoryFile.loads((tmp_path / "objects.inv").read_bytes(), uri="").data["valgen:case"]
    assert cases["OQ-001"].uri == "OQ-report.html#OQ-001.VAL"
    assert cases["OQ-001.PROD"].uri == "OQ-report.html#OQ-001.PROD"


def test_first_page_lists_documents_with_version_status_and_marks(built: Path) -> None:
    text = " ".join(page(built, "index").text.split())
    for words in ("User requirements specification", "S3V-URS-001", "0.3 DRAFT", "Draft", "DRY RUN"):
        assert words in text


def test_marks_stand_on_every_page(built: Path) -> None:
    for path in built.glob("*.html"):
        assert '<ul class="vg-marks"' in path.read_text(encoding="utf-8"), path.name


def test_sections_are_numbered_in_page_and_contents(built: Path) -> None:
    html = (built / "URS.html").read_text(encoding="utf-8")
    assert re.search(r"<h3>3\.2 Retention<", html)
    assert '<a href="#cat-retention">3.2 Retention</a>' in html


def test_other_projects_can_read_the_inventory(built: Path) -> None:
    from sphinx.util.inventory import InventoryFile

    inventory = InventoryFile.loads((built / "objects.inv").read_bytes(), uri="").data
    assert inventory["valgen:item"]["URS-010"].uri == "URS.html#URS-010"
    assert inventory["valgen:case"]["OQ-014"].uri == "OQ-report.html#OQ-014"
    assert inventory["valgen:case"]["OQ-017[2]"].display_name == "-"


def test_inventory_larger_than_one_block_is_read_whole(tmp_path: Path) -> None:
    from sphinx.util.inventory import InventoryFile

    entries = tuple(Entry(f"URS-{n}", f"URS-{n}", "x", "URS", ()) for n in range(3000))
    build_site([document("URS", Section("a", "a", entries))], tmp_path, title="t")
    data = (tmp_path / "objects.inv").read_bytes()
    assert len(data) > 65536
    assert len(InventoryFile.loads(data, uri="").data["valgen:item"]) == 3000


def test_search_index_holds_every_entry_and_section(built: Path) -> None:
    text = (built / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(text[text.index("[") : text.rindex("]") + 1])
    found = {name: {record[0]: record for record in records} for name, _, records in index}
    assert found["OQ-report.html"]["#OQ-014"][1].startswith("OQ-014 A locked record")
    assert "HTTP 403 AccessDenied" in found["OQ-report.html"]["#OQ-014"][2]
    assert found["URS.html"]["#cat-retention"][1] == "3.2 Retention"


# Safety


def hostile_pack() -> list[Document]:
    texts = [*HOSTILE]
    entries = tuple(
        Entry(f"URS-{n}", text, text, text, (paragraph(text), Paragraph((Run(text, link=text),))), text)
        for n, text in enumerate(texts)
    )
    strange = Section(HOSTILE[0], HOSTILE[2], tuple(Entry(text, text, text, "URS", ()) for text in texts))
    matrix = Table(
        (Column(HOSTILE[0]),), tuple(Row((cell(text),), text) for text in texts), caption=HOSTILE[1], role="matrix"
    )
    return [
        document("URS", Section(HOSTILE[1], "items", (*entries, matrix)), strange,
                 title=HOSTILE[1], marks=(HOSTILE[0],), number=HOSTILE[2],
                 version=HOSTILE[3], status=HOSTILE[4], system=HOSTILE[11], language=HOSTILE[2],
                 control=tuple((text, text) for text in texts)),
    ]  # fmt: skip


def test_hostile_texts_stay_literal_on_every_page(tmp_path: Path) -> None:
    build_site(hostile_pack(), tmp_path, title=HOSTILE[0])
    for path in tmp_path.glob("*.html"):
        assert_inert(path.read_text(encoding="utf-8"), PAGE_TAGS)
    text = "".join(page(tmp_path, "URS").text.split())
    for one in HOSTILE:
        assert "".join(visible(one).split()) in text


def test_pages_hold_no_inline_script_and_no_outside_resource(built: Path) -> None:
    for path in built.glob("*.html"):
        read = Read(path.read_text(encoding="utf-8"))
        scripts = [attrs for tag, attrs in read.tags if tag == "script"]
        assert scripts and all(attrs.get("src") for attrs in scripts)
        policy = [attrs["content"] for _, attrs in read.tags if attrs.get("http-equiv") == "Content-Security-Policy"]
        assert policy and "unsafe" not in policy[0]
        for tag, attrs in read.tags:
            source = attrs.get("src") or (attrs.get("href") if tag == "link" else None) or ""
            assert ":" not in source, (path.name, source)
    for path in (built / "_static").iterdir():
        assert not re.search(r"https?://|@import|url\(", path.read_text(encoding="utf-8")), path.name


def test_picture_is_kept_by_digest_and_type_of_its_bytes(built: Path) -> None:
    (source,) = set(page(built, "OQ-report").values("src")) - {"_static/valgen-tables.js", "_static/valgen-site.js"}
    assert re.fullmatch(r"_images/[0-9a-f]{64}\.png", source)
    assert (built / source).read_bytes() == sample_pack.png()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "kind"),
        (b"<html><script>alert(1)</script></html>", "kind"),
    ],
)
def test_svg_and_html_called_png_are_never_part_of_the_site(tmp_path: Path, data: bytes, reason: str) -> None:
    import hashlib

    sha = hashlib.sha256(data).hexdigest()
    (tmp_path / "x.png").write_bytes(data)
    image = Image(sha, "x.png", "image/png", "screen")
    made = document("R", Section("a", "a", (image,)), media=((sha, str(tmp_path / "x.png")),))
    build_site([made], tmp_path / "out", title="t")
    assert not (tmp_path / "out" / "_images").exists()
    assert reason in page(tmp_path / "out", "R").text


def test_picture_whose_bytes_were_altered_is_not_shown(tmp_path: Path) -> None:
    made = sample_pack.oq_report(tmp_path)
    (tmp_path / "screen.bin").write_bytes(sample_pack.png(10, 10))
    build_site([made], tmp_path / "out", title="t")
    assert "do not match its digest" in page(tmp_path / "out", "OQ-report").text
    assert not (tmp_path / "out" / "_images").exists()


def test_media_of_another_document_are_not_shown(tmp_path: Path) -> None:
    report = sample_pack.oq_report(tmp_path)
    build_site([replace(report, media=()), replace(report, key="OQ2-report")], tmp_path / "out", title="t")
    assert not [one for one in page(tmp_path / "out", "OQ-report").values("src") if "_images" in one]
    assert [one for one in page(tmp_path / "out", "OQ2-report").values("src") if "_images" in one]


# Equal bytes

_BUILD = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import sample_pack
from valgen.writers.html import build_site
build_site(sample_pack.pack(Path(sys.argv[2])), Path(sys.argv[2]) / "out", title="S3V validation pack")
"""


def test_equal_input_gives_equal_bytes_elsewhere(built: Path, tmp_path: Path) -> None:
    settings = {"PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland", "LANG": "de_DE.UTF-8", "LANGUAGE": "de"}
    subprocess.run(
        [sys.executable, "-c", _BUILD, str(Path(__file__).parent), str(tmp_path)],
        check=True, cwd=tmp_path, env={**os.environ, **settings},
    )  # fmt: skip
    assert files(tmp_path / "out") == files(built)


def test_output_names_no_place_of_the_machine_and_no_pickle(built: Path) -> None:
    for name, data in files(built).items():
        assert str(built.parent).encode() not in data
        assert b"/tmp" not in data
        assert not name.endswith((".pickle", ".doctree")) and ".buildinfo" not in name


# Building again


def test_nothing_changed_writes_nothing_again(tmp_path: Path) -> None:
    cache, out = tmp_path / "cache", tmp_path / "out"
    build_site([small()], out, title="t", doctree_cache=cache)
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*.html")}
    build_site([small()], out, title="t", doctree_cache=cache)
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*.html")} == before


def test_a_kept_work_folder_gives_the_bytes_of_a_fresh_build(tmp_path: Path) -> None:
    cache, out = tmp_path / "cache", tmp_path / "out"
    fs = document("FS", Section("a", "a", (Paragraph((Run("URS-001", link="#URS-001"),)),)))
    build_site([small("old"), fs], out, title="t", doctree_cache=cache)
    build_site([small("new"), fs], out, title="t", doctree_cache=cache)
    build_site([small("new"), fs], tmp_path / "fresh", title="t")
    assert files(out) == files(tmp_path / "fresh")


def test_page_is_written_again_when_the_target_of_its_link_moves(tmp_path: Path) -> None:
    cache, out = tmp_path / "cache", tmp_path / "out"
    fs = document("FS", Section("a", "a", (Paragraph((Run("URS-001", link="#URS-001"),)),)))
    empty = document("URS", Section("Items", "items", ()))
    build_site([fs, small(), document("CS")], out, title="t", doctree_cache=cache)
    assert "URS.html#URS-001" in page(out, "FS").values("href")
    build_site([fs, empty, document("CS", *small().sections)], out, title="t", doctree_cache=cache)
    assert "CS.html#URS-001" in page(out, "FS").values("href")
    build_site([fs, empty, document("CS")], out, title="t", doctree_cache=cache)
    assert "vg-unresolved" in (out / "FS.html").read_text(encoding="utf-8")


def test_damaged_work_folder_is_built_anew(tmp_path: Path) -> None:
    cache, out = tmp_path / "cache", tmp_path / "out"
    build_site([small()], out, title="t", doctree_cache=cache)
    good = files(out)
    (cache / "state.json").write_text('{"common": 1, "pages": {"URS": []}}', encoding="utf-8")
    (cache / "html" / "URS.html").unlink()
    build_site([small()], out, title="t", doctree_cache=cache)
    assert files(out) == good


def test_page_of_a_document_that_is_gone_is_removed_and_foreign_files_stay(tmp_path: Path) -> None:
    out = tmp_path / "out"
    build_site([small(), document("FS")], out, title="t")
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    build_site([small()], out, title="t")
    assert not (out / "FS.html").exists()
    assert (out / "notes.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("line", ["../victim.txt", "/victim.txt", "_static/../../victim.txt", "a/b", "..", ""])
def test_list_of_earlier_files_cannot_lead_out_of_the_folder(tmp_path: Path, line: str) -> None:
    out = tmp_path / "out"
    build_site([small()], out, title="t")
    (tmp_path / "victim.txt").write_text("x", encoding="utf-8")
    (out / "site-files.txt").write_text(f"{line}\n", encoding="utf-8")
    build_site([small()], out, title="t")
    assert (tmp_path / "victim.txt").exists()


# Page names


@pytest.mark.parametrize("key", ["index", "Search", "genindex", "a/b", "../x", "", "a b", "ends.", "x\n"])
def test_key_that_cannot_be_a_page_name_is_refused_with_a_way_out(tmp_path: Path, key: str) -> None:
    with pytest.raises(RenderError) as caught:
        build_site([document("URS"), replace(document("FS"), key=key)], tmp_path, title="t")
    assert caught.value.code == "VG720"
    assert caught.value.fix


def test_keys_that_differ_by_capitals_only_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="taken by URS"):
        build_site([document("URS"), document("urs")], tmp_path, title="t")


def test_folder_that_cannot_be_written_is_an_error_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(RenderError) as caught:
        build_site([small()], tmp_path / "file" / "out", title="t")
    assert caught.value.code == "VG721"


def test_extra_page_is_listed_and_may_link_to_ids(tmp_path: Path) -> None:
    extra = ExtraPage(key="digests", title="Digests", summary="SHA-256 of every file.",
                      blocks=(Paragraph((Run("URS-001", link="#URS-001"),)),))  # fmt: skip
    build_site([small()], tmp_path, title="t", extra_pages=[extra])
    assert "URS.html#URS-001" in page(tmp_path, "digests").values("href")
    assert "SHA-256 of every file." in page(tmp_path, "index").text


def test_pack_without_documents_is_a_site_that_says_so(tmp_path: Path) -> None:
    build_site([], tmp_path, title="t")
    assert "No documents." in page(tmp_path, "index").text


def test_sphinx_has_nothing_to_complain_about(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    build_site(sample_pack.pack(tmp_path), tmp_path / "out", title="t")
    assert not [record for record in caplog.records if record.name.startswith("valgen")]

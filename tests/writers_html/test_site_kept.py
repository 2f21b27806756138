"""A kept work folder never decides what a page says: whatever was done to it, the site is that of a build afresh."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sample_pack import document

from valgen.documents.blocks import Document, Section, paragraph
from valgen.writers.html.site import build_site


def _document(key: str, text: str = "The system shall add.") -> Document:
    return document(key, Section("One", "one", (paragraph(text),)))


def _files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


class _Runs:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.path),)


def _change_page(work: Path) -> None:
    page = work / "html/URS.html"
    page.write_text(page.read_text("utf-8").replace("shall add", "shall never add"), "utf-8")


def _change_page_and_its_time(work: Path) -> None:
    page = work / "html/URS.html"
    status = page.stat()
    _change_page(work)
    os.utime(page, ns=(status.st_atime_ns, status.st_mtime_ns))


def _change_search(work: Path) -> None:
    path = work / "state.json"
    path.write_text(path.read_text("utf-8").replace("shall add", "alert(1)"), "utf-8")


def _other_form(work: Path) -> None:
    _, _, body = (work / "state.json").read_text("utf-8").partition("\n")
    content = json.loads(body)
    content["noted"]["pages"] = {"URS": []}
    text = json.dumps(content, sort_keys=True)
    (work / "state.json").write_text(f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}", "utf-8")


def _garbage(name: str, data: bytes = b"\x00garbage") -> Callable[[Path], None]:
    def change(work: Path) -> None:
        (work / name).write_bytes(data)

    return change


def _script(work: Path) -> None:
    (work / "html/_static/valgen-site.js").write_text("alert(1)", "utf-8")


def _empty(work: Path) -> None:
    shutil.rmtree(work / "html")


def _pickle(work: Path) -> None:
    (work / "doctrees/environment.pickle").write_bytes(pickle.dumps(_Runs(work.parent / "ran")))


def _conf(work: Path) -> None:
    (work / "source/conf.py").write_text(f"import os\nos.mkdir({str(work.parent / 'ran')!r})\n", "utf-8")


def _link(work: Path) -> None:
    victim = work.parent / "victim.txt"
    victim.write_text("mine", "utf-8")
    (work / "html/URS.html").unlink()
    (work / "html/URS.html").symlink_to(victim)
    shutil.rmtree(work / "source")
    (work.parent / "folder").mkdir()
    (work.parent / "folder/kept.txt").write_text("mine", "utf-8")
    (work / "source").symlink_to(work.parent / "folder")


DAMAGES = {
    "changed page": _change_page, "changed page of the same time": _change_page_and_its_time,
    "changed text for the search": _change_search, "notes of another form": _other_form,
    "garbage in a pickle": _garbage("doctrees/environment.pickle"), "code in a pickle": _pickle,
    "garbage in a doctree": _garbage("doctrees/URS.doctree"), "garbage in the list": _garbage("state.json"),
    "deep list": _garbage("state.json", b"[" * 100_000), "another script": _script, "no pages": _empty,
    "settings with code": _conf, "links out of the folder": _link, "a file more": _garbage("html/more.html"),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGES)
def test_damaged_or_poisoned_work_folder_is_made_anew(tmp_path: Path, name: str) -> None:
    work, out = tmp_path / "work", tmp_path / "out"
    documents = [_document("URS"), _document("FS")]
    build_site(documents, out, title="t", doctree_cache=work)
    good = _files(out)
    DAMAGES[name](work)
    documents = [_document("URS"), _document("FS", "Changed.")] if "pickle" in name else documents
    build_site(documents, out, title="t", doctree_cache=work)
    build_site(documents, tmp_path / "fresh", title="t")
    assert _files(out) == _files(tmp_path / "fresh")
    assert "pickle" in name or _files(out) == good
    assert not (tmp_path / "ran").exists()
    if name == "links out of the folder":
        assert (tmp_path / "victim.txt").read_text("utf-8") == "mine"
        assert [path.name for path in (tmp_path / "folder").iterdir()] == ["kept.txt"]


def test_work_folder_that_is_a_link_is_replaced_and_its_target_left_alone(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own/thesis.txt").write_text("mine", "utf-8")
    (tmp_path / "work").symlink_to(tmp_path / "own")
    build_site([_document("URS")], tmp_path / "out", title="t", doctree_cache=tmp_path / "work")
    assert [path.name for path in (tmp_path / "own").iterdir()] == ["thesis.txt"]
    assert not (tmp_path / "work").is_symlink()

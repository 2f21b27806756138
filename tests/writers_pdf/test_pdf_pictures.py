"""Pictures: placed, scaled, described; odd ones are named and left out."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pikepdf
import pytest
from office import document
from office_samples import png
from pdf_files import one, opened, text

from valgen.documents.blocks import Block, Cell, Column, Document, Image, Row, Table

GIF = base64.b64decode("R0lGODdhCAAIAIEAAMgeHgAAAAAAAAAAACwAAAAACAAIAAAIDwABCBxIsKDBgwgTKkwYEAA7")


def _document(folder: Path, pictures: dict[str, bytes], *more: Block, logo: str = "") -> Document:
    blocks: list[Block] = []
    media = []
    for name, data in pictures.items():
        (folder / name).write_bytes(data)
        digest = hashlib.sha256(data).hexdigest()
        media.append((digest, str(folder / name)))
        blocks.append(Image(digest, name, "image/any", f"what {name} shows", caption=f"caption of {name}"))
    chosen = hashlib.sha256(pictures[logo]).hexdigest() if logo else ""
    return document(*blocks, *more, media=tuple(media), logo=chosen)


def _images(data: bytes) -> list[tuple[int, int]]:
    found = []
    for item in opened(data).objects:
        if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image" and "/Width" in item:
            found.append((int(item.Width), int(item.Height)))
    return sorted(set(found))  # a mask for transparency is an image too


def test_pictures_are_placed_once_and_described(tmp_path: Path) -> None:
    screen = png(320, 200)
    digest = hashlib.sha256(screen).hexdigest()
    again = Table((Column("A"),), (Row((Cell((Image(digest, "s", "", "again"),)),)),))
    data = one(_document(tmp_path, {"screen.png": screen, "small.gif": GIF}, again))
    assert _images(data) == [(8, 8), (320, 200)]
    alts = [str(item.Alt) for item in opened(data).objects if isinstance(item, pikepdf.Dictionary) and "/Alt" in item]
    assert {"what screen.png shows", "what small.gif shows", "again"} <= set(alts)


def test_large_pictures_fit_the_page(tmp_path: Path) -> None:
    data = one(_document(tmp_path, {"tall.png": png(10, 3000), "wide.png": png(3000, 10), "dot.png": png(1, 1)}))
    assert len(opened(data).pages) <= 4


@pytest.mark.parametrize("name", ["cut", "half", "header only", "bad sum"])
def test_picture_that_cannot_be_decoded_is_left_out(name: str, tmp_path: Path) -> None:
    whole = png(300, 200)
    bad = {
        "cut": whole[:-60], "half": whole[:200], "header only": whole[:33], "bad sum": whole[:60] + b"!!!" + whole[63:],
    }[name]  # fmt: skip
    data = one(_document(tmp_path, {"good.png": whole, "bad.png": bad}))
    assert _images(data) == [(300, 200)]


@pytest.mark.real
def test_left_out_picture_is_named_with_its_reason(tmp_path: Path) -> None:
    gone = Image("0" * 64, "n", "", "alt")
    made = _document(tmp_path, {"bad.png": png(30, 20)[:-30], "drawing.svg": b"<svg/>"}, gone)
    shown = " ".join(text(one(made), tmp_path).split())
    assert "Attachment bad.png" in shown and "the picture is damaged" in shown
    assert "pictures of this kind are not printed" in shown and "the file was not handed over" in shown
    assert "caption of bad.png" in shown


def test_logo_stands_on_the_first_page(tmp_path: Path) -> None:
    made = _document(tmp_path, {"logo.png": png(200, 60)}, logo="logo.png")
    page = opened(one(made)).pages[0]
    assert len(page.get_images()) == 1


def test_damaged_logo_is_left_out(tmp_path: Path) -> None:
    made = _document(tmp_path, {"logo.png": png(200, 60)[:-50]}, logo="logo.png")
    assert len(opened(one(made)).pages[0].get_images()) == 0

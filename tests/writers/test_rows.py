"""CSV and JSON of tables."""

from __future__ import annotations

import csv
import io
import json

import office_samples
import pytest

from valgen.documents.blocks import Column, Row, Table, Tone, cell, link_cell
from valgen.writers.rows import write_csv, write_json


def _table(*texts: str) -> Table:
    return Table(
        (Column("Id"), Column("Text")), tuple(Row((cell(f"R-{n}"), cell(text))) for n, text in enumerate(texts))
    )


def _read(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf"), "Excel needs the mark to read UTF-8"
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_csv_reads_back_as_the_rows() -> None:
    texts = ("plain", 'quote " and, comma', "two\nlines", "ü 日本", "")
    assert _read(write_csv(_table(*texts))) == [["Id", "Text"], *([f"R-{n}", text] for n, text in enumerate(texts))]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "  =1", "＝1", "\n=1"])
def test_csv_cell_never_begins_as_a_formula(text: str) -> None:
    shown = _read(write_csv(_table(text)))[1][1]
    assert shown.startswith("'")


def test_csv_heading_never_begins_as_a_formula() -> None:
    assert _read(write_csv(Table((Column("=x"),), ())))[0] == ["'=x"]


def test_csv_shows_what_cannot_be_seen() -> None:
    assert _read(write_csv(_table("a\0b\u202e\ud800")))[1][1] == "a␀bU+202EU+D800"


def test_json_keeps_every_text_as_it_is() -> None:
    texts = ("=1+1", "a\0b\u202e", "\ud800", "ü")
    rows = json.loads(write_json(_table(*texts)))
    assert [row["Text"] for row in rows] == list(texts)


def test_json_keys_are_the_titles_even_when_two_are_alike() -> None:
    table = Table((Column("A"), Column("A"), Column("")), (Row((cell("1"), cell("2"), cell("3"))), Row((cell("4"),))))
    assert json.loads(write_json(table)) == [
        {"A": "1", "A (2)": "2", "Column 3": "3"},
        {"A": "4", "A (2)": "", "Column 3": ""},
    ]


def test_several_ids_stand_on_lines_of_their_own() -> None:
    table = Table((Column("Ids"),), (Row((link_cell(("A-1", "A-2"), Tone.GOOD),)),))
    assert json.loads(write_json(table)) == [{"Ids": "A-1\nA-2"}]


def test_csv_json_and_workbook_have_the_same_rows() -> None:
    table = office_samples.matrix().sheets[0].table
    rows = json.loads(write_json(table))
    assert [list(row.values()) for row in rows] == _read(write_csv(table))[1:]
    assert len(rows) == len(table.rows)
